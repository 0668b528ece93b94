//! Whatever has no words of its own: each member by its name, values by their shape, no deeper than people read.

use serde_json::{Map, Value};

use super::{Facts, say};
use crate::web::words;

/// Members of one thing that are told.
const MOST: usize = 40;
/// How deep a value is told.
const DEPTH: usize = 3;
/// Members that say nothing to people.
const SKIPPED: [&str; 8] = [
    "resourceType",
    "meta",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "implicitRules",
    "language",
];

/// Tells every member.
pub(crate) fn facts(record: &Value, facts: &mut Facts) {
    let Some(members) = record.as_object() else {
        facts.say("It says", Some(value(record)));
        return;
    };
    for (name, member) in shown(members).take(MOST) {
        let label = label(name);
        match member.as_array() {
            Some(several) => facts.say_all(&label, several.iter().take(20).map(value)),
            None => facts.say(&label, Some(value(member))),
        }
    }
}

fn shown(members: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    members
        .iter()
        .filter(|(name, _)| !SKIPPED.contains(&name.as_str()) && !name.starts_with('_'))
}

/// A member's name as words: `birthDate` is "Birth date".
pub(crate) fn label(name: &str) -> String {
    let mut words = String::new();
    let mut before_is_small = false;
    for letter in name.chars() {
        if matches!(letter, '_' | '-' | '.' | ':') {
            words.push(' ');
            before_is_small = false;
            continue;
        }
        if letter.is_uppercase() && before_is_small {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
        before_is_small = letter.is_lowercase() || letter.is_ascii_digit();
    }
    say::capital(words.trim())
}

/// Any value on one line.
pub(crate) fn value(value: &Value) -> String {
    words::shorten(&told(value, 0), 600)
}

fn told(value: &Value, depth: usize) -> String {
    match value {
        Value::Null => "Nothing".to_owned(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            let is_date =
                text.len() >= 10 && text.as_bytes().get(4) == Some(&b'-') && say::day(text).is_some();
            if is_date {
                say::date(value).unwrap_or_default()
            } else {
                text.clone()
            }
        }
        Value::Array(_) | Value::Object(_) if depth >= DEPTH => "…".to_owned(),
        Value::Array(several) => {
            let parts: Vec<String> = several.iter().take(10).map(|one| told(one, depth + 1)).collect();
            parts.join("; ")
        }
        Value::Object(members) => by_shape(value).unwrap_or_else(|| {
            let parts: Vec<String> = shown(members)
                .take(10)
                .map(|(name, member)| format!("{}: {}", label(name).to_lowercase(), told(member, depth + 1)))
                .collect();
            parts.join(", ")
        }),
    }
}

/// FHIR's data types are known by their members.
fn by_shape(value: &Value) -> Option<String> {
    let has = |member: &str| value.get(member).is_some();
    if has("coding") {
        return say::concept(value);
    }
    if has("reference") {
        return say::reference(value);
    }
    if has("family") || has("given") {
        return say::name(value);
    }
    if has("line") || has("postalCode") {
        return say::address(value);
    }
    if has("unit") && has("value") {
        return say::quantity(value);
    }
    if has("system") && has("value") {
        return say::text(&value["value"]);
    }
    if has("system") && has("code") {
        return say::text(&value["display"]).or_else(|| say::text(&value["code"]));
    }
    (has("start") || has("end")).then(|| say::period(value)).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_values_become_words() {
        assert_eq!(label("birthDate"), "Birth date");
        assert_eq!(label("msg_id"), "Msg id");
        assert_eq!(label(""), "");
        for (given, words) in [
            (json!({"coding":[{"display":"Asthma"}]}), "Asthma"),
            (
                json!({"start":"2020-01-01","end":"2020-02-01"}),
                "1 January 2020 to 1 February 2020",
            ),
            (json!({"a":{"b":{"c":{"d":1}}}}), "a: b: c: …"),
            (json!([true, null, 1.5]), "Yes; Nothing; 1.5"),
            (json!({"system":"x","value":"T1"}), "T1"),
        ] {
            assert_eq!(value(&given), words);
        }
    }
}
