//! Which values of a record people can change, and the JSON Patch that changes them and nothing else (RFC 6902).
//!
//! What is not changed stays as it was written, to the last digit: only the values that differ are sent.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::web::summary::plain;

/// Fields on one page.
const MOST: usize = 60;
/// Longest value, in characters.
const LONGEST: usize = 2_000;

/// Members that are not for people to change: names of records, codes, addresses of definitions.
const FIXED: [&str; 22] = [
    "resourceType",
    "id",
    "meta",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "implicitRules",
    "language",
    "system",
    "url",
    "reference",
    "coding",
    "identifier",
    "code",
    "type",
    "profile",
    "contentType",
    "data",
    "attachment",
    "class",
    "rank",
];

/// Members that may be added where they are missing: type, member, label, hint.
const ADDABLE: [(&str, &str, &str, &str); 5] = [
    ("Patient", "birthDate", "Date of birth", "As 2010-10-22."),
    (
        "Patient",
        "deceasedDateTime",
        "Died on",
        "As 2026-11-01. Leave it empty for somebody who lives.",
    ),
    ("Condition", "onsetDateTime", "Began on", "As 2026-11-01."),
    (
        "Condition",
        "abatementDateTime",
        "Ended on",
        "As 2026-11-01. Leave it empty while it lasts.",
    ),
    ("Observation", "effectiveDateTime", "When", "As 2026-11-01."),
];

/// The words that a status may be.
const CHOICES: [(&str, &str, &[&str]); 8] = [
    ("Patient", "gender", &["male", "female", "other", "unknown"]),
    (
        "Observation",
        "status",
        &[
            "registered",
            "preliminary",
            "final",
            "amended",
            "corrected",
            "cancelled",
            "entered-in-error",
            "unknown",
        ],
    ),
    (
        "MedicationRequest",
        "status",
        &[
            "active",
            "on-hold",
            "cancelled",
            "completed",
            "entered-in-error",
            "stopped",
            "draft",
            "unknown",
        ],
    ),
    (
        "Immunization",
        "status",
        &["completed", "entered-in-error", "not-done"],
    ),
    (
        "Appointment",
        "status",
        &[
            "proposed",
            "pending",
            "booked",
            "arrived",
            "fulfilled",
            "cancelled",
            "noshow",
            "entered-in-error",
            "checked-in",
            "waitlist",
        ],
    ),
    (
        "AllergyIntolerance",
        "criticality",
        &["low", "high", "unable-to-assess"],
    ),
    ("AllergyIntolerance", "severity", &["mild", "moderate", "severe"]),
    (
        "Encounter",
        "status",
        &[
            "planned",
            "arrived",
            "triaged",
            "in-progress",
            "onleave",
            "finished",
            "cancelled",
            "entered-in-error",
            "unknown",
        ],
    ),
];

/// One value as a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Editable {
    /// Where it is (RFC 6901); the field's name and id.
    pub(super) pointer: String,
    pub(super) label: String,
    pub(super) hint: &'static str,
    pub(super) value: String,
    pub(super) choices: &'static [&'static str],
    pub(super) is_long: bool,
    pub(super) problem: Option<String>,
    kind: Kind,
    is_new: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Truth,
}

/// The values of a record that people can change.
pub(super) fn editable(kind: &str, record: &Value) -> Vec<Editable> {
    let mut fields = Vec::new();
    walk(kind, record, &mut Vec::new(), &mut String::new(), &mut fields);
    for (_, member, label, hint) in ADDABLE.iter().filter(|(of, ..)| *of == kind) {
        let is_there = !record[*member].is_null();
        let excluded = *member == "deceasedDateTime" && !record["deceasedBoolean"].is_null();
        if is_there {
            let field = fields
                .iter_mut()
                .find(|field| field.pointer == format!("/{member}"));
            if let Some(field) = field {
                (*label).clone_into(&mut field.label);
                field.hint = hint;
            }
        } else if !excluded {
            fields.push(Editable {
                pointer: format!("/{member}"),
                label: (*label).to_owned(),
                hint,
                value: String::new(),
                choices: &[],
                is_long: false,
                problem: None,
                kind: Kind::Text,
                is_new: true,
            });
        }
    }
    fields.truncate(MOST);
    fields.sort_by_key(|field| rank(&field.pointer));
    fields
}

/// Members that people change first.
const FIRST: [&str; 14] = [
    "name",
    "birthDate",
    "gender",
    "deceasedDateTime",
    "address",
    "telecom",
    "code",
    "valueQuantity",
    "component",
    "status",
    "clinicalStatus",
    "dosageInstruction",
    "effectiveDateTime",
    "onsetDateTime",
];

/// Where a field stands: what people change first, then the rest, then what only describes.
fn rank(pointer: &str) -> (bool, usize) {
    let mut segments = pointer.split('/').skip(1);
    let first = segments.next().unwrap_or_default();
    let is_detail = segments.any(|segment| DESCRIBING.contains(&segment));
    let place = FIRST.iter().position(|known| *known == first);
    (is_detail, place.unwrap_or(FIRST.len()))
}

fn walk(
    kind: &str,
    value: &Value,
    labels: &mut Vec<String>,
    pointer: &mut String,
    fields: &mut Vec<Editable>,
) {
    if fields.len() >= MOST {
        return;
    }
    let length = pointer.len();
    match value {
        Value::Object(members) => {
            let shown = members
                .iter()
                .filter(|(name, member)| !is_fixed(name, member) && !name.starts_with('_'));
            for (name, member) in shown {
                // Of a code, its words can be changed and the code itself cannot.
                labels.push(plain::label(name));
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                walk(kind, member, labels, pointer, fields);
                pointer.truncate(length);
                labels.pop();
            }
        }
        Value::Array(several) => {
            for (place, one) in several.iter().enumerate() {
                pointer.push_str(&format!("/{place}"));
                let is_numbered = several.len() > 1;
                if is_numbered {
                    labels.push((place + 1).to_string());
                }
                walk(kind, one, labels, pointer, fields);
                if is_numbered {
                    labels.pop();
                }
                pointer.truncate(length);
            }
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            fields.push(field(kind, value, labels, pointer))
        }
    }
}

fn is_fixed(name: &str, member: &Value) -> bool {
    // A text in words is a value; a narrative, which is an object, is not.
    if name == "text" {
        return !member.is_string();
    }
    if name == "code" || name == "type" {
        return !member["text"].is_string();
    }
    FIXED.contains(&name)
}

fn field(kind: &str, leaf: &Value, labels: &[String], pointer: &str) -> Editable {
    let (value, value_kind) = match (leaf.as_str(), leaf.is_number()) {
        (Some(text), _) => (text.to_owned(), Kind::Text),
        (None, true) => (leaf.to_string(), Kind::Number),
        (None, false) => (leaf.to_string(), Kind::Truth),
    };
    let member = pointer.rsplit('/').next().unwrap_or_default();
    let depth = pointer.matches('/').count();
    let known = CHOICES
        .iter()
        .find(|(of, name, _)| *of == kind && *name == member && (depth == 1 || *name == "severity"));
    let choices = match (value_kind, known) {
        (Kind::Truth, _) => &["true", "false"][..],
        (_, Some((_, _, choices))) if choices.contains(&value.as_str()) => choices,
        _ => &[],
    };
    Editable {
        pointer: pointer.to_owned(),
        label: labels.join(" › "),
        hint: "",
        is_long: value.len() > 60,
        value,
        choices,
        problem: None,
        kind: value_kind,
        is_new: false,
    }
}

/// The patch from one to the other; `None` where nothing differs. Fields that are wrong get their problem.
///
/// # Errors
/// One sentence where a value cannot be.
pub(super) fn patch(
    record: &Value,
    before: &[Editable],
    after: &mut [Editable],
) -> Result<Option<String>, String> {
    let mut operations: Vec<Value> = Vec::new();
    let mut emptied: HashSet<String> = HashSet::new();
    for (old, new) in before.iter().zip(after.iter_mut()) {
        if old.value == new.value {
            continue;
        }
        if new.value.chars().count() > LONGEST {
            new.problem = Some(format!("Enter {LONGEST} characters or fewer"));
            continue;
        }
        if new.value.is_empty() {
            emptied.insert(new.pointer.clone());
            continue;
        }
        let value = match new.kind {
            Kind::Text => Some(Value::from(new.value.as_str())),
            Kind::Number => serde_json::from_str(&new.value).ok().filter(Value::is_number),
            Kind::Truth => serde_json::from_str(&new.value).ok().filter(Value::is_boolean),
        };
        match value {
            Some(value) => {
                let op = if new.is_new { "add" } else { "replace" };
                operations.push(json!({"op": op, "path": new.pointer, "value": value}));
            }
            None => new.problem = Some("Enter a number, for example 7.4".to_owned()),
        }
    }
    if after.iter().any(|field| field.problem.is_some()) {
        return Err("Check the values that are marked.".to_owned());
    }
    // What is taken away comes last, and from the last to the first, so that nothing moves before it is met.
    remove(record, &mut String::new(), &emptied, &mut operations);
    if operations.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&operations)
        .map(Some)
        .map_err(|_| "This cannot be written.".to_owned())
}

/// Members that only describe the others: without these they go as well.
const DESCRIBING: [&str; 6] = ["system", "use", "rank", "period", "id", "extension"];

/// Takes the emptied values out, and with the last value of a thing the thing. Answers whether all of `value` is to go.
fn remove(
    value: &Value,
    pointer: &mut String,
    emptied: &HashSet<String>,
    operations: &mut Vec<Value>,
) -> bool {
    let children: Vec<(String, &Value, bool)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                (escaped, member, DESCRIBING.contains(&name.as_str()))
            })
            .collect(),
        Value::Array(several) => {
            let places = several.iter().enumerate();
            places
                .map(|(place, one)| (place.to_string(), one, false))
                .collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return emptied.contains(pointer.as_str());
        }
    };
    let length = pointer.len();
    let start = operations.len();
    let (mut gone, mut stays) = (false, false);
    for (name, child, is_describing) in children.into_iter().rev() {
        pointer.push('/');
        pointer.push_str(&name);
        if remove(child, pointer, emptied, operations) {
            operations.push(json!({"op": "remove", "path": pointer}));
            gone = true;
        } else if !is_describing {
            stays = true;
        }
        pointer.truncate(length);
    }
    // A record itself never goes: its type and id stay.
    let is_whole = gone && !stays && length > 0;
    if is_whole {
        operations.truncate(start);
    }
    is_whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(record: &Value, changes: &[(&str, &str)]) -> Result<Option<Value>, String> {
        let kind = record["resourceType"].as_str().unwrap();
        let before = editable(kind, record);
        let mut after = before.clone();
        for (pointer, value) in changes {
            (*value).clone_into(
                &mut after
                    .iter_mut()
                    .find(|field| field.pointer == *pointer)
                    .expect(pointer)
                    .value,
            );
        }
        let patch = patch(record, &before, &mut after)?;
        Ok(patch.map(|patch| serde_json::from_str(&patch).unwrap()))
    }

    #[test]
    fn only_what_differs_is_sent() {
        let patient = json!({"resourceType":"Patient","id":"1","name":[{"family":"Smith","given":["Jane","Ann"]}],
            "gender":"female","telecom":[{"system":"phone","value":"1"}]});
        assert_eq!(changed(&patient, &[]), Ok(None));
        assert_eq!(
            changed(
                &patient,
                &[
                    ("/name/0/family", "Smythe"),
                    ("/name/0/given/1", ""),
                    ("/deceasedDateTime", "2026-11-01")
                ]
            ),
            Ok(Some(json!([
                {"op":"replace","path":"/name/0/family","value":"Smythe"},
                {"op":"add","path":"/deceasedDateTime","value":"2026-11-01"},
                {"op":"remove","path":"/name/0/given/1"},
            ])))
        );
    }

    #[test]
    fn with_the_last_member_goes_the_thing() {
        let record = json!({"resourceType":"Condition","note":[{"text":"Better"}],"code":{"text":"Asthma"}});
        assert_eq!(
            changed(&record, &[("/note/0/text", "")]),
            Ok(Some(json!([{"op":"remove","path":"/note"}])))
        );
        let patient = json!({"resourceType":"Patient","telecom":[
            {"system":"phone","use":"home","value":"1"},{"system":"email","value":"2","period":{"start":"2020"}}]});
        assert_eq!(
            changed(&patient, &[("/telecom/0/value", ""), ("/telecom/0/use", "")]),
            Ok(Some(json!([{"op":"remove","path":"/telecom/0"}])))
        );
        assert_eq!(
            changed(
                &patient,
                &[
                    ("/telecom/0/value", ""),
                    ("/telecom/1/value", ""),
                    ("/telecom/1/period/start", "")
                ]
            ),
            Ok(Some(json!([{"op":"remove","path":"/telecom"}])))
        );
        assert_eq!(
            changed(&patient, &[("/telecom/1/period/start", "")]),
            Ok(Some(json!([{"op":"remove","path":"/telecom/1/period"}])))
        );
    }

    #[test]
    fn numbers_stay_numbers_and_codes_cannot_be_changed() {
        let record = json!({"resourceType":"Observation","status":"final","valueQuantity":{"value":7.4,"unit":"mmol/L","code":"mmol/L","system":"x"},
            "code":{"coding":[{"code":"1"}],"text":"Glucose"}});
        let pointers: Vec<String> = editable("Observation", &record)
            .into_iter()
            .map(|field| field.pointer)
            .collect();
        assert_eq!(
            pointers,
            [
                "/code/text",
                "/valueQuantity/unit",
                "/valueQuantity/value",
                "/status",
                "/effectiveDateTime"
            ]
        );
        assert_eq!(
            changed(&record, &[("/valueQuantity/value", "8.1")]),
            Ok(Some(
                json!([{"op":"replace","path":"/valueQuantity/value","value":8.1}])
            ))
        );
        assert!(changed(&record, &[("/valueQuantity/value", "high")]).is_err());
    }
}
