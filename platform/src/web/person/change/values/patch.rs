//! The JSON Patch that changes the values that differ and nothing else (RFC 6902).
//!
//! What is not changed stays as it was written, to the last digit.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::known::DESCRIBING;
use super::{Editable, Kind};

/// Longest value, in characters.
const LONGEST: usize = 2_000;

/// The patch from one to the other; `None` where nothing differs. Fields that are wrong get their problem.
///
/// # Errors
/// One sentence where a value cannot be.
pub(in super::super) fn patch(
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
