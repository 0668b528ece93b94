//! Gender, date of birth, date of death, order of birth.

use fhir::json::Json;
use time::Date;

use super::{Refused, Today};
use crate::population::day;

/// Checks what is there once.
///
/// # Errors
/// The first rule that is broken.
pub(super) fn settle(after: &mut Json, before: &Json, today: &Today) -> Result<(), Refused> {
    for kept in ["gender", "birthDate", "deceasedDateTime"] {
        if before.get(kept).is_some() && after.get(kept).is_none() {
            return Err(Refused::forbidden_update(&format!(
                "source not permitted to remove '{kept}'"
            )));
        }
    }
    let changed = |member: &str| after.get(member).filter(|now| before.get(member) != Some(now));
    if let Some(gender) = changed("gender")
        && !matches!(gender.as_str(), Some("male" | "female" | "unknown"))
    {
        return Err(invalid("gender", gender));
    }
    if let Some(order) = changed("multipleBirthInteger") {
        let number = order.as_number().and_then(|text| text.parse::<u8>().ok());
        if !number.is_some_and(|number| (1..=9).contains(&number)) {
            return Err(invalid("multipleBirthInteger", order));
        }
    }
    let born = changed("birthDate")
        .map(|born| date("birthDate", born))
        .transpose()?;
    if born.is_some_and(|born| born > today.0) {
        return Err(Refused::invalid_update("birthDate cannot be in the future"));
    }
    let died = match changed("deceasedDateTime") {
        None => None,
        Some(died) => Some(death(died, today)?),
    };
    if let Some(died) = died {
        if is_formally_dead(before) {
            return Err(Refused::forbidden_update(
                "source not permitted to replace 'deceasedDateTime'",
            ));
        }
        after.set("deceasedDateTime", died.into());
    }
    let day_of = |member: &str| after.text(member).and_then(|text| day(text.get(..10)?));
    let is_touched = after.get("birthDate") != before.get("birthDate")
        || after.get("deceasedDateTime") != before.get("deceasedDateTime");
    if is_touched
        && let (Some(born), Some(died)) = (day_of("birthDate"), day_of("deceasedDateTime"))
        && died < born
    {
        return Err(Refused::invalid_update(
            "deceasedDateTime cannot be before birthDate",
        ));
    }
    Ok(())
}

fn invalid(field: &str, value: &Json) -> Refused {
    Refused::invalid(field, value.as_str().unwrap_or(&value.to_text()))
}

fn date(field: &str, value: &Json) -> Result<Date, Refused> {
    value.as_str().and_then(day).ok_or_else(|| invalid(field, value))
}

/// A time of death as PDS keeps it: in UTC, to the second. A date alone, and a time without offset, are taken as such.
fn death(value: &Json, today: &Today) -> Result<String, Refused> {
    let wrong = || invalid("deceasedDateTime", value);
    let text = value.as_str().ok_or_else(wrong)?;
    let (date, rest) = text.split_at_checked(10).ok_or_else(wrong)?;
    let died = day(date).ok_or_else(wrong)?;
    let clock = match rest {
        "" => "00:00:00",
        _ => {
            let clock = rest.strip_prefix('T').ok_or_else(wrong)?;
            clock.strip_suffix("+00:00").unwrap_or(clock)
        }
    };
    if !is_clock(clock) {
        return Err(wrong());
    }
    if died > today.0 {
        return Err(Refused::invalid_update(
            "deceasedDateTime cannot be in the future",
        ));
    }
    Ok(format!("{date}T{clock}+00:00"))
}

/// `23:59:59`.
fn is_clock(text: &str) -> bool {
    let mut parts = text.split(':');
    let mut part = |most: u8| {
        parts.next().is_some_and(|part| {
            part.len() == 2
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u8>().is_ok_and(|number| number <= most)
        })
    };
    part(23) && part(59) && part(59) && parts.next().is_none()
}

/// Whether the registrar has sent a notice.
pub(super) fn is_formally_dead(patient: &Json) -> bool {
    let extensions = patient
        .get("extension")
        .and_then(Json::as_array)
        .unwrap_or_default();
    extensions
        .iter()
        .any(|extension| super::extension::death_status(extension).is_some_and(|status| status == "2"))
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;
    use time::macros::date;

    use super::{Today, death};

    #[test]
    fn a_time_of_death_is_kept_in_utc() {
        let kept = |text: &str| death(&Json::from(text), &Today(date!(2026 - 01 - 15))).ok();
        assert_eq!(kept("2020-01-01").as_deref(), Some("2020-01-01T00:00:00+00:00"));
        assert_eq!(
            kept("2020-01-01T12:30:00").as_deref(),
            Some("2020-01-01T12:30:00+00:00")
        );
        assert_eq!(
            kept("2020-01-01T12:30:00+00:00").as_deref(),
            Some("2020-01-01T12:30:00+00:00")
        );
        for wrong in [
            "2020-01-01T12:30:00+01:00",
            "2020-01-01T12:30:00Z",
            "2020-01-01T12:30",
            "2020-01-01T24:00:00",
            "2020-02-30",
            "2027-01-01",
            "",
            "né",
        ] {
            assert_eq!(kept(wrong), None, "{wrong}");
        }
    }
}
