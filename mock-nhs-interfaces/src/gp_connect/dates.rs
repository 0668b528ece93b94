//! Dates and times as GP Connect wants them: whole days, or seconds with an offset; nothing in between.

use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A whole day such as `2026-11-26`; `None` for anything else, also for a part of one.
pub(crate) fn day(text: &str) -> Option<Date> {
    // Years of more than four digits are none of FHIR's.
    (text.len() == 10).then(|| Date::parse(text, DAY).ok()).flatten()
}

/// `2026-11-26`.
pub(crate) fn day_text(day: Date) -> String {
    day.format(DAY).unwrap_or_default()
}

/// A time with seconds and an offset such as `2026-11-26T09:00:00+00:00`.
pub(crate) fn instant(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// A moment for a query of the records: in UTC, with seconds.
pub(crate) fn instant_text(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .replace_nanosecond(0)
        .unwrap_or(at)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// A day or a time: where it begins and where it ends, the end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) begins: OffsetDateTime,
    pub(crate) ends: OffsetDateTime,
}

impl Moment {
    /// Reads a day or a time.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(day) = day(text) {
            let begins = day.midnight().assume_utc();
            return Some(Self {
                begins,
                ends: begins.saturating_add(Duration::DAY),
            });
        }
        let at = instant(text)?;
        Some(Self {
            begins: at,
            ends: at.saturating_add(Duration::SECOND),
        })
    }
}

/// A stored date or time as STU3 in the UK writes it: with an offset of digits, never `Z`.
pub(crate) fn with_offset(text: &str) -> String {
    text.strip_suffix('Z')
        .map_or_else(|| text.to_owned(), |start| format!("{start}+00:00"))
}

#[cfg(test)]
mod tests {
    use super::{Moment, day, instant, with_offset};

    #[test]
    fn parts_of_dates_and_times_are_refused() {
        for bad in [
            "2026",
            "2026-11",
            "2026-11-26T09:00:00",
            "",
            "x",
            "2026-13-01",
            "12026-11-26",
        ] {
            assert!(day(bad).is_none(), "{bad}");
            assert!(Moment::parse(bad).is_none(), "{bad}");
        }
        assert!(day("2026-11-26").is_some());
        assert!(instant("2026-11-26T09:00:00+01:00").is_some());
        assert!(Moment::parse("2026-11-26T09:00:00Z").is_some());
    }

    #[test]
    fn offsets_are_digits() {
        assert_eq!(with_offset("2026-11-02T09:00:00Z"), "2026-11-02T09:00:00+00:00");
        assert_eq!(with_offset("2026-11-02"), "2026-11-02");
    }
}
