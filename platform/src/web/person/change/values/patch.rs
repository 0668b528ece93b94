//! The JSON Patch that changes the values that differ and nothing else (RFC 6902).
//!
//! What is not changed stays as it was written, to the last digit.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::known::DESCRIBING;
use super::{Editable, Kind};

/// Longest value, in characters.
const LONGEST: usize = 2_000;

/// One operation (RFC 6902 section 4). The value has the digits that were typed: 7.40 is not 7.4.
#[derive(Serialize)]
struct Operation {
    op: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
}

/// The patch from one to the other; `None` where nothing differs. Fields that are wrong get their problem.
///
/// # Errors
/// One sentence where a value cannot be.
pub(in super::super) fn patch(
    record: &Value,
    before: &[Editable],
    after: &mut [Editable],
) -> Result<Option<String>, String> {
    let mut operations: Vec<Operation> = Vec::new();
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
        match as_json(new) {
            Ok(value) => operations.push(Operation {
                op: if new.is_new { "add" } else { "replace" },
                path: new.pointer.clone(),
                value: Some(value),
            }),
            Err(problem) => new.problem = Some(problem.to_owned()),
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

/// What was typed, as a JSON value of its kind.
fn as_json(field: &Editable) -> Result<Box<RawValue>, &'static str> {
    let typed = |is_one: fn(&Value) -> bool| {
        let value = serde_json::from_str::<Value>(&field.value).ok();
        value
            .filter(is_one)
            .and_then(|_| RawValue::from_string(field.value.clone()).ok())
    };
    match field.kind {
        Kind::Text => RawValue::from_string(Value::from(field.value.as_str()).to_string())
            .map_err(|_| "This cannot be written"),
        Kind::Number => typed(Value::is_number).ok_or("Enter a number, for example 7.4"),
        Kind::Truth => typed(Value::is_boolean).ok_or("Choose true or false"),
    }
}

/// Takes the emptied values out, and with the last value of a thing the thing. Answers whether all of `value` is to go.
fn remove(
    value: &Value,
    pointer: &mut String,
    emptied: &HashSet<String>,
    operations: &mut Vec<Operation>,
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
            operations.push(Operation {
                op: "remove",
                path: pointer.clone(),
                value: None,
            });
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
    use serde_json::json;

    use super::*;
    use crate::web::person::change::values::editable;

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
    fn numbers_have_the_digits_that_were_typed() {
        let weight =
            json!({"resourceType":"Observation","id":"1","valueQuantity":{"value":72.5,"unit":"kg"}});
        let typed = |text: &str| {
            let before = editable("Observation", &weight);
            let mut after = before.clone();
            let value = after
                .iter_mut()
                .find(|field| field.pointer == "/valueQuantity/value");
            text.clone_into(&mut value.unwrap().value);
            patch(&weight, &before, &mut after)
        };
        assert_eq!(
            typed("7.40").unwrap().unwrap(),
            r#"[{"op":"replace","path":"/valueQuantity/value","value":7.40}]"#
        );
        for none in ["seven", "7,4", "7.4 kg", "\"7\"", "7.4, 5", "NaN"] {
            assert!(typed(none).is_err(), "{none}");
        }
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
    fn numbers_stay_numbers() {
        let record = json!({"resourceType":"Observation","status":"final","valueQuantity":{"value":7.4,"unit":"mmol/L","code":"mmol/L","system":"x"},
            "code":{"coding":[{"code":"1"}],"text":"Glucose"}});
        assert_eq!(
            changed(&record, &[("/valueQuantity/value", "8.1")]),
            Ok(Some(
                json!([{"op":"replace","path":"/valueQuantity/value","value":8.1}])
            ))
        );
        assert!(changed(&record, &[("/valueQuantity/value", "high")]).is_err());
    }
}
