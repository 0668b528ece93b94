//! Which values of a record people can change, each as a field.

mod known;
mod patch;

use serde_json::Value;

use self::known::{ADDABLE, CHOICES, DESCRIBING, FIRST, FIXED};
pub(super) use self::patch::patch;
use crate::web::summary::plain;

/// Fields on one page.
const MOST: usize = 60;

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
    fields.sort_by_key(|field| rank(&field.pointer));
    fields.truncate(MOST);
    fields
}

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_cannot_be_changed() {
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
    }
}
