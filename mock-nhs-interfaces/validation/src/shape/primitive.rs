//! Primitive values, and the extensions that stand beside them under a key with an underscore.

use definitions::{Child, Node};
use fhir::json::Json;

use super::format;
use super::object::Walk;
use crate::issue::{IssueCode, Place, quoted};

/// The kind of a JSON value in words.
pub(super) fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

/// Checks the kind and the form of one primitive value.
pub(super) fn check<'r>(walk: &mut Walk<'_, 'r>, value: &'r Json, type_name: &str, place: &Place<'_>) {
    let wanted = match type_name {
        "boolean" => "true or false, without quotation marks",
        "decimal" | "integer" | "positiveInt" | "unsignedInt" => "a number, without quotation marks",
        _ => "a string",
    };
    let form = match (value, type_name) {
        (Json::Bool(_), "boolean") => Ok(()),
        (Json::Number(number), "decimal" | "integer" | "positiveInt" | "unsignedInt") => {
            format::number(type_name, number)
        }
        (Json::String(text), name) if wanted == "a string" => {
            if text.starts_with('#') && matches!(name, "uri" | "url" | "canonical") {
                walk.local.push((text, false));
            }
            format::text(name, text)
        }
        _ => {
            walk.issues.error(place, IssueCode::Structure, || {
                format!(
                    "A value of the type {type_name} is {wanted}, not {}.",
                    kind(value)
                )
            });
            return;
        }
    };
    if let Err(sentence) = form {
        let text = value.as_str().or_else(|| value.as_number()).unwrap_or_default();
        walk.issues.error(place, IssueCode::Value, || {
            format!("This {type_name} {sentence}. It was {}.", quoted(text))
        });
    }
}

/// Checks the member `_name` of a primitive element `name`, whose own value is `sibling`.
pub(super) fn extensions<'r>(
    walk: &mut Walk<'_, 'r>,
    value: &'r Json,
    sibling: Option<&'r Json>,
    child: Child,
    place: &Place<'_>,
) {
    if !child.element.is_list() {
        one(walk, value, sibling.is_some_and(|value| !value.is_null()), place);
        return;
    }
    let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
        walk.issues.error(place, IssueCode::Structure, || {
            "The extensions of a list of primitives are an array too, with at least one item.".to_owned()
        });
        return;
    };
    let values = sibling.and_then(Json::as_array);
    if values.is_some_and(|values| values.len() != items.len()) {
        walk.issues.error(place, IssueCode::Structure, || {
            format!(
                "`{0}` and `_{0}` are matched item by item, so they have the same length; null fills the gaps.",
                child.element.name
            )
        });
    }
    for (index, item) in items.iter().enumerate() {
        if walk.issues.is_full() {
            return;
        }
        let has_value = values
            .and_then(|values| values.get(index))
            .is_some_and(|value| !value.is_null());
        let here = place.item(index);
        if !item.is_null() {
            one(walk, item, has_value, &here);
        } else if !has_value && values.is_none() {
            walk.issues.error(&here, IssueCode::Structure, || {
                "There is neither a value nor an extension here.".to_owned()
            });
        }
    }
}

/// The `id` and the extensions of one primitive value.
fn one<'r>(walk: &mut Walk<'_, 'r>, value: &'r Json, has_value: bool, place: &Place<'_>) {
    let (Some(members), Some(node)) = (value.as_object(), Node::of_type("Element")) else {
        walk.issues.error(place, IssueCode::Structure, || {
            format!(
                "The extensions of a primitive are an object, not {}.",
                kind(value)
            )
        });
        return;
    };
    let extended = value.get("extension").is_some();
    if members.is_empty() || !(has_value || extended) {
        walk.issues.error(place, IssueCode::Structure, || {
            "An element has a value or an extension: this one has neither.".to_owned()
        });
    }
    walk.members(members, node, place, false);
}
