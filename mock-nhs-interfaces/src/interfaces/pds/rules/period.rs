//! Since when and until when something is so.
//! Source: "Business rules for period" of
//! <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir#patch-/Patient/-id->

use fhir::json::Json;
use time::{Date, OffsetDateTime};

use super::{Refused, Touched, day_of};
use crate::population::day;

/// Today on the workspace's clock.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Today(pub(super) Date);

impl Today {
    pub(in super::super) fn of(now: OffsetDateTime) -> Self {
        Self(day_of(now))
    }

    /// Whether a day is still to come.
    pub(in super::super) fn is_before(self, day: Date) -> bool {
        self.0 < day
    }

    /// The day so many days ago.
    pub(in super::super) fn ago(self, days: i64) -> Date {
        self.0.saturating_sub(time::Duration::days(days))
    }

    /// As PDS writes a date.
    pub(in super::super) fn text(self) -> String {
        self.0.to_string()
    }
}

/// Checks the period of an item; a new item, and one that was replaced without saying since when, begins today.
///
/// # Errors
/// When it has no start, starts in the future or ends before it starts.
pub(super) fn settle(touched: &mut Touched<'_>, today: &Today) -> Result<(), Refused> {
    let path = format!("{}/period", touched.path);
    let Some(period) = touched.item.get("period") else {
        touched
            .item
            .set("period", Json::object([("start", Json::from(today.text()))]));
        return Ok(());
    };
    if touched.was.and_then(|was| was.get("period")) == Some(period) {
        return Ok(());
    }
    let end_of = |member: &str| -> Result<Option<Date>, Refused> {
        let Some(value) = period.get(member) else {
            return Ok(None);
        };
        let parsed = value.as_str().and_then(day);
        let wrong = || {
            Refused::invalid(
                &format!("{path}/{member}"),
                value.as_str().unwrap_or(&value.to_text()),
            )
        };
        parsed.map(Some).ok_or_else(wrong)
    };
    let (start, end) = (end_of("start")?, end_of("end")?);
    let start = start.ok_or_else(|| Refused::missing(&format!("{path}/start")))?;
    if start > today.0 {
        return Err(Refused::invalid_update(
            "period start date cannot be in the future",
        ));
    }
    if end.is_some_and(|end| end < start) {
        return Err(Refused::invalid_update(
            "period end date cannot be before period start date",
        ));
    }
    Ok(())
}
