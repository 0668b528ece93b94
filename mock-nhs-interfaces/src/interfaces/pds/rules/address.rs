//! Addresses.

use fhir::json::Json;

use super::{Refused, Today, code, count, each_touched, period, text, too_many};

/// Uses that can be recorded; `work` is of old and can only be taken away.
const USES: [&str; 3] = ["home", "temp", "billing"];
/// What a temporary address can be.
const KINDS_OF_TEMPORARY: [&str; 7] = [
    "Second Home",
    "Student Accommodation",
    "Respite Care Address",
    "Temporary Residence Address",
    "Convalescence Home",
    "Mobile Home",
    "Holiday Home",
];
/// Lines of an address.
const MOST_LINES: usize = 5;
/// Longest line, in characters.
const MOST_CHARACTERS: usize = 35;

pub(super) fn settle(after: &mut Json, before: &Json, today: &Today) -> Result<(), Refused> {
    for wanted in USES {
        let is_it = |address: &Json| address.text("use") == Some(wanted);
        let had = count(before, "address", is_it);
        if count(after, "address", is_it) > had.max(1) {
            return Err(Refused::invalid_update(&format!(
                "multiple '{wanted}' addresses cannot be added"
            )));
        }
    }
    each_touched(after, before, "address", |touched| {
        check(touched.item, &touched.path)?;
        let has_end = touched.item.at(&["period", "end"]).is_some();
        if matches!(touched.item.text("use"), Some("temp" | "billing")) && !has_end {
            return Err(Refused::missing(&format!("{}/period/end", touched.path)));
        }
        without_empty_lines(touched.item);
        period::settle(touched, today)
    })
}

/// Checks an address that is changed or new.
///
/// # Errors
/// The first rule that is broken.
pub(in super::super) fn check(address: &Json, path: &str) -> Result<(), Refused> {
    let kind = code(address, path, "use", &USES)?;
    if kind == "temp" {
        code(address, path, "text", &KINDS_OF_TEMPORARY)?;
    }
    if address.get("postalCode").is_some() {
        text(address, path, "postalCode")?;
    }
    let Some(lines) = address.get("line") else {
        return Ok(());
    };
    let field = format!("{path}/line");
    let Some(items) = lines.as_array() else {
        return Err(Refused::invalid(
            &field,
            lines.as_str().unwrap_or(&lines.to_text()),
        ));
    };
    if items.len() > MOST_LINES {
        return Err(too_many("<json too long to display>", &field));
    }
    for (place, line) in items.iter().enumerate() {
        let fits = line
            .as_str()
            .is_some_and(|line| line.chars().count() <= MOST_CHARACTERS);
        if !fits {
            let line = line.as_str().unwrap_or_default();
            return Err(Refused::invalid(&format!("{field}/{place}"), line));
        }
    }
    check_keys(address, path)
}

/// A key of an address has what kind of key it is, and the key.
fn check_keys(address: &Json, path: &str) -> Result<(), Refused> {
    let keys = address
        .get("extension")
        .and_then(Json::as_array)
        .unwrap_or_default();
    for (place, key) in keys.iter().enumerate() {
        for member in ["url", "extension"] {
            if key.get(member).is_none() {
                return Err(Refused::missing(&format!("{path}/extension/{place}/{member}")));
            }
        }
    }
    Ok(())
}

/// Whether a new address says where it is: a house (line 1 or 2) and a town (line 4), a place of the postcode file, or
/// that there is no fixed abode.
pub(in super::super) fn check_lines(address: &Json) -> bool {
    let line = |place: usize| {
        let lines = address.get("line").and_then(Json::as_array).unwrap_or_default();
        lines
            .get(place)
            .and_then(Json::as_str)
            .is_some_and(|line| !line.trim().is_empty())
    };
    let postcode = address.text("postalCode").unwrap_or_default();
    let has_key = address.get("extension").is_some() && !postcode.is_empty();
    let has_no_abode = postcode.replace(' ', "").to_uppercase().starts_with("ZZ99");
    has_key || has_no_abode || ((line(0) || line(1)) && line(3))
}

/// FHIR has no empty lines.
pub(in super::super) fn without_empty_lines(address: &mut Json) {
    if let Some(lines) = address.get_mut("line").and_then(Json::as_array_mut) {
        lines.retain(|line| line.as_str().is_none_or(|line| !line.trim().is_empty()));
        if lines.is_empty() {
            address.remove("line");
        }
    }
}
