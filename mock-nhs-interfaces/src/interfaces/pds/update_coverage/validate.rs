//! What a European Health Insurance Card must say.

use fhir::json::Json;

use super::super::error::{Refused, TOO_MANY_VALUES_SUBMITTED};
use crate::population::day;

/// Where the card's texts stand, and how long they may be, in characters.
const TEXTS: [(&str, usize); 4] = [
    ("identifier/0/value", 25),
    ("identifier/0/assigner/identifier/value", 3),
    ("payor/0/identifier/value", 30),
    ("beneficiary/identifier/value", 25),
];

/// Whose card it is.
///
/// # Errors
/// When it does not say.
pub(in super::super) fn subscriber(body: &Json) -> Result<String, Refused> {
    text(body, "subscriber/identifier/value").map(str::to_owned)
}

/// Checks the rest of the card.
///
/// # Errors
/// The first thing that is wrong.
pub(in super::super) fn check(body: &Json) -> Result<(), Refused> {
    for list in ["identifier", "payor"] {
        let items = body.get(list).ok_or_else(|| Refused::missing(list))?;
        if items.items().len() > 1 {
            return Err(Refused::saying(
                &TOO_MANY_VALUES_SUBMITTED,
                format!("Too many values submitted - <json too long to display> in field '{list}'"),
            ));
        }
    }
    match body.get("status") {
        None => return Err(Refused::missing("status")),
        Some(status) if status.as_str() == Some("active") => {}
        Some(status) => return Err(Refused::invalid("status", status.as_str().unwrap_or_default())),
    }
    for (path, most) in TEXTS {
        let value = text(body, path)?;
        let is_plain = |character: char| character.is_ascii_alphanumeric() || "-,/:'. ".contains(character);
        let length = value.trim().chars().count();
        if length == 0 || length > most || !value.chars().all(is_plain) {
            return Err(Refused::invalid(path, value));
        }
    }
    if body.get("period").is_none() {
        return Err(Refused::missing("period"));
    }
    let end = text(body, "period/end")?;
    day(end)
        .map(drop)
        .ok_or_else(|| Refused::invalid("period/end", end))
}

/// The text at the end of a path; a digit is the first item of a list.
fn text<'j>(body: &'j Json, path: &str) -> Result<&'j str, Refused> {
    let found = path.split('/').try_fold(body, |at, part| match part {
        "0" => at.as_array()?.first(),
        _ => at.get(part),
    });
    let value = found.ok_or_else(|| Refused::missing(path))?;
    value
        .as_str()
        .ok_or_else(|| Refused::invalid(path, &value.to_text()))
}
