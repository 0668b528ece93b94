//! FHIR's data types in words: names, dates, addresses, codes, quantities. <https://hl7.org/fhir/R4/datatypes.html>

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::web::words;

/// The system of NHS numbers.
pub(crate) const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// What stands there (RFC 6901); nothing where nothing does.
pub(crate) fn at<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    static NOTHING: Value = Value::Null;
    value.pointer(pointer).unwrap_or(&NOTHING)
}

/// The members of a list; nothing where there is none.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A text that is not empty.
pub(crate) fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A code of FHIR's own as words: `entered-in-error` is "Entered in error".
pub(crate) fn code(value: &Value) -> Option<String> {
    Some(capital(&text(value)?.replace(['-', '_'], " ")))
}

/// The first letter large.
pub(crate) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn all_texts(value: &Value) -> Vec<&str> {
    list(value).iter().filter_map(Value::as_str).collect()
}

/// A name as clinicians write it: given names, and the family name in capitals.
pub(crate) fn name(name: &Value) -> Option<String> {
    let family = text(&name["family"]).or_else(|| {
        all_texts(&name["family"])
            .first()
            .map(|first| (*first).to_owned())
    });
    let mut parts: Vec<String> = all_texts(&name["prefix"])
        .into_iter()
        .chain(all_texts(&name["given"]))
        .map(str::to_owned)
        .collect();
    parts.extend(family.map(|family| family.to_uppercase()));
    parts.extend(all_texts(&name["suffix"]).into_iter().map(str::to_owned));
    if parts.is_empty() {
        return text(&name["text"]);
    }
    Some(parts.join(" "))
}

/// The name that a person goes by: the usual one, else the official one, else the first.
pub(crate) fn usual_name(record: &Value) -> Option<&Value> {
    let names = &record["name"];
    if names.is_object() {
        return Some(names);
    }
    let names = list(names);
    let of_use = |wanted: &str| names.iter().find(|name| name["use"] == wanted);
    of_use("usual")
        .or_else(|| of_use("official"))
        .or_else(|| names.first())
}

/// The NHS number, as ten digits.
pub(crate) fn nhs_number(record: &Value) -> Option<String> {
    let number = list(&record["identifier"])
        .iter()
        .find(|identifier| identifier["system"] == NHS_NUMBER)?;
    text(&number["value"])
}

/// Ten digits in groups of 3, 3 and 4; anything else as it is.
pub(crate) fn spaced(number: &str) -> String {
    match (number.get(..3), number.get(3..6), number.get(6..)) {
        (Some(first), Some(second), Some(third))
            if number.len() == 10 && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{first} {second} {third}")
        }
        _ => number.to_owned(),
    }
}

/// The day of a FHIR date that has one.
pub(crate) fn day(written: &str) -> Option<Date> {
    Date::parse(written.get(..10)?, format_description!("[year]-[month]-[day]")).ok()
}

/// A date or a moment as the NHS writes it; what is no date, as it stands.
pub(crate) fn date(value: &Value) -> Option<String> {
    let written = text(value)?;
    if let Ok(moment) = OffsetDateTime::parse(&written, &Rfc3339) {
        return Some(words::moment(moment).words);
    }
    if let Some(day) = day(&written) {
        return Some(format!("{} {} {}", day.day(), day.month(), day.year()));
    }
    if let (Some(year), Some(month)) = (written.get(..4), written.get(5..7))
        && written.len() == 7
        && let Some(month) = month
            .parse::<u8>()
            .ok()
            .and_then(|month| time::Month::try_from(month).ok())
    {
        return Some(format!("{month} {year}"));
    }
    Some(written)
}

/// From when until when.
pub(crate) fn period(value: &Value) -> Option<String> {
    match (date(&value["start"]), date(&value["end"])) {
        (Some(start), Some(end)) => Some(format!("{start} to {end}")),
        (Some(start), None) => Some(format!("From {start}")),
        (None, Some(end)) => Some(format!("Until {end}")),
        (None, None) => None,
    }
}

/// An address on one line.
pub(crate) fn address(value: &Value) -> Option<String> {
    let mut parts: Vec<String> = all_texts(&value["line"]).into_iter().map(str::to_owned).collect();
    for member in ["city", "district", "postalCode", "country"] {
        parts.extend(text(&value[member]));
    }
    parts.retain(|part| !part.trim().is_empty());
    if parts.is_empty() {
        return text(&value["text"]);
    }
    let kind = match value["use"].as_str() {
        Some("temp") => " (temporary)",
        Some("work") => " (work)",
        Some("old") => " (former)",
        _ => "",
    };
    Some(format!("{}{kind}", parts.join(", ")))
}

/// A coded thing: what was written, else what the code is called, else the code.
pub(crate) fn concept(value: &Value) -> Option<String> {
    if let Some(all) = value.as_array() {
        return all.iter().find_map(concept);
    }
    let codings = list(&value["coding"]);
    text(&value["text"])
        .or_else(|| codings.iter().find_map(|coding| text(&coding["display"])))
        .or_else(|| codings.iter().find_map(|coding| text(&coding["code"])))
        .or_else(|| text(&value["display"]))
        .or_else(|| code(&value["code"]))
}

/// A number with its unit.
pub(crate) fn quantity(value: &Value) -> Option<String> {
    let number = value["value"].as_number()?;
    let before = text(&value["comparator"]).unwrap_or_default();
    let unit = text(&value["unit"])
        .or_else(|| text(&value["code"]))
        .unwrap_or_default();
    let between = if unit == "%" || unit.is_empty() { "" } else { " " };
    Some(format!("{before}{number}{between}{unit}"))
}

/// What a reference leads to.
pub(crate) fn reference(value: &Value) -> Option<String> {
    text(&value["display"])
        .or_else(|| text(&value["reference"]))
        .or_else(|| text(at(value, "/identifier/value")))
}

/// The value of a result: a number, a word, a date, yes or no.
pub(crate) fn observed(value: &Value) -> Option<String> {
    quantity(&value["valueQuantity"])
        .or_else(|| concept(&value["valueCodeableConcept"]))
        .or_else(|| text(&value["valueString"]))
        .or_else(|| date(&value["valueDateTime"]))
        .or_else(|| period(&value["valuePeriod"]))
        .or_else(|| value["valueInteger"].as_i64().map(|number| number.to_string()))
        .or_else(|| {
            let is_so = value["valueBoolean"].as_bool()?;
            Some(if is_so { "Yes" } else { "No" }.to_owned())
        })
}

/// A telephone number or another way to reach somebody.
pub(crate) fn contact(value: &Value) -> Option<String> {
    let way = text(&value["value"])?;
    let kind = match value["use"].as_str() {
        Some("work") => " (work)",
        Some("mobile") => " (mobile)",
        Some("temp") => " (temporary)",
        Some("old") => " (former)",
        _ => "",
    };
    Some(format!("{way}{kind}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn data_types_have_words() {
        let check = |said: Option<String>, expected: &str| assert_eq!(said.as_deref(), Some(expected));
        check(
            name(&json!({"prefix":["Mrs"],"given":["Jane","Ann"],"family":"Smith"})),
            "Mrs Jane Ann SMITH",
        );
        check(name(&json!({"text":"Baby Okafor"})), "Baby Okafor");
        check(date(&json!("2010-10-22")), "22 October 2010");
        check(date(&json!("2010-10")), "October 2010");
        check(date(&json!("2010")), "2010");
        check(date(&json!("2018-08-06T16:30:00Z")), "6 August 2018 at 5:30pm");
        check(date(&json!("2018-13-06")), "2018-13-06");
        check(period(&json!({"start":"2020-01-01"})), "From 1 January 2020");
        check(
            address(&json!({"use":"temp","line":["1 High St",""],"city":"Leeds","postalCode":"LS1 6AE"})),
            "1 High St, Leeds, LS1 6AE (temporary)",
        );
        check(
            concept(&json!({"coding":[{"code":"1"},{"display":"Asthma"}]})),
            "Asthma",
        );
        check(quantity(&json!({"value":98,"unit":"%"})), "98%");
        check(
            quantity(&json!({"value":7.4,"unit":"mmol/L","comparator":"<"})),
            "<7.4 mmol/L",
        );
        check(code(&json!("entered-in-error")), "Entered in error");
        assert_eq!(spaced("9000000009"), "900 000 0009");
        assert_eq!(spaced("ä00000000"), "ä00000000");
        assert_eq!(date(&json!({"a":1})), None);
    }
}
