//! Applying the operations one after the other. The words of what cannot be done are those of the library that PDS uses:
//! <https://github.com/stefankoegl/python-json-patch>.

use std::collections::HashSet;

use fhir::json::{Json, MAX_DEPTH};

use super::super::error::Refused;
use super::operations::{Kind, Patch};
use super::wording::{shown, type_of};
use crate::population::kept::{LISTS_WITH_IDS, MEMBERS};

/// Lists that PDS has, empty, where a patient has no such part: an item can be added to each.
const LISTS: [&str; 6] = [
    "name",
    "generalPractitioner",
    "extension",
    "telecom",
    "contact",
    "address",
];
/// The same inside a name.
const LISTS_OF_A_NAME: [&str; 3] = ["given", "prefix", "suffix"];

/// Why an operation cannot be done.
type Done = Result<(), String>;

/// The patient after all operations; the first that fails undoes everything.
///
/// # Errors
/// The first operation that cannot be done, and an id that no item had.
pub(super) fn all(before: &Json, patches: &[Patch<'_>]) -> Result<Json, Refused> {
    let mut patient = before.clone();
    pad(&mut patient);
    for patch in patches {
        check_root(patch)?;
        apply(&mut patient, patch)
            .map_err(|why| Refused::invalid_update(&format!("Invalid patch - {why}")))?;
    }
    strip(&mut patient);
    check_identity(before, &patient)?;
    Ok(patient)
}

/// Only what PDS knows can be changed, and what comes into a list comes at its end.
fn check_root(patch: &Patch<'_>) -> Result<(), Refused> {
    let root = patch.part(0);
    if patch.kind != Kind::Test && !MEMBERS.contains(&root) {
        return Err(Refused::invalid_update(&format!(
            "Update unsupported for resource - '{root}'"
        )));
    }
    if patch.kind == Kind::Add && patch.parts.len() == 2 && patch.item().is_some() && LISTS.contains(&root) {
        return Err(Refused::invalid_update(&format!(
            "Invalid patch - items are added to '{root}' with the index '-'"
        )));
    }
    Ok(())
}

fn pad(patient: &mut Json) {
    for list in LISTS {
        if patient.get(list).is_none() {
            patient.set(list, Vec::new().into());
        }
    }
    for name in patient
        .get_mut("name")
        .and_then(Json::as_array_mut)
        .into_iter()
        .flatten()
    {
        for list in LISTS_OF_A_NAME {
            if name.get(list).is_none() {
                name.set(list, Vec::new().into());
            }
        }
    }
}

/// Takes empty lists out again.
fn strip(patient: &mut Json) {
    let is_empty = |value: &Json| value.as_array().is_some_and(<[Json]>::is_empty);
    for name in patient
        .get_mut("name")
        .and_then(Json::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(members) = name.as_object_mut() {
            members.retain(|(_, value)| !is_empty(value));
        }
    }
    if let Some(members) = patient.as_object_mut() {
        members.retain(|(_, value)| !is_empty(value));
    }
}

/// Every item has the id that it had; a new one has none yet.
fn check_identity(before: &Json, after: &Json) -> Result<(), Refused> {
    let ids = |patient: &'_ Json, list: &str| -> Vec<String> {
        let items = patient.get(list).and_then(Json::as_array).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| item.text("id"))
            .map(str::to_owned)
            .collect()
    };
    for list in LISTS_WITH_IDS {
        let had: HashSet<String> = ids(before, list).into_iter().collect();
        let mut seen = HashSet::new();
        for id in ids(after, list) {
            if !had.contains(&id) {
                return Err(Refused::invalid_update(&format!(
                    "no '{list}' resources with object id '{id}'"
                )));
            }
            if !seen.insert(id.clone()) {
                return Err(Refused::invalid_update(&format!(
                    "multiple '{list}' resources with object id '{id}'"
                )));
            }
        }
    }
    Ok(())
}

fn apply(patient: &mut Json, patch: &Patch<'_>) -> Done {
    if patch.parts.len().saturating_add(patch.value.depth()) > MAX_DEPTH {
        return Err("the value is too deep".to_owned());
    }
    let Some((last, way)) = patch.parts.split_last() else {
        return Err("the whole resource cannot be replaced".to_owned());
    };
    let mut holder = patient;
    for part in way {
        holder = step(holder, part)?;
    }
    match patch.kind {
        Kind::Add => add(holder, last, new_item(patch)),
        Kind::Replace => replace(holder, last, patch.value),
        Kind::Remove => remove(holder, last),
        Kind::Test => test(holder, last, patch.value),
    }
}

/// An item that is added to one of the patient's lists gets its id from PDS, whatever it says.
fn new_item(patch: &Patch<'_>) -> Json {
    let mut value = patch.value.clone();
    if patch.parts.len() == 2 && LISTS_WITH_IDS.contains(&patch.part(0)) {
        value.remove("id");
    }
    value
}

fn step<'j>(holder: &'j mut Json, part: &str) -> Result<&'j mut Json, String> {
    if matches!(holder, Json::Array(_)) {
        let place = index(part)?;
        let items = holder.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
        return items
            .get_mut(place)
            .ok_or_else(|| format!("index '{place}' is out of bounds"));
    }
    if holder.as_object().is_none() {
        return Err(not_a_holder(holder));
    }
    if holder.get(part).is_none() {
        return Err(not_found(part, holder));
    }
    holder.get_mut(part).ok_or_else(String::new)
}

fn index(part: &str) -> Result<usize, String> {
    let is_index = part == "0" || (!part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()));
    part.parse()
        .ok()
        .filter(|_| is_index)
        .ok_or_else(|| format!("'{part}' is not a valid sequence index"))
}

fn not_found(part: &str, holder: &Json) -> String {
    format!("member '{part}' not found in {}", shown(holder))
}

fn not_a_holder(holder: &Json) -> String {
    format!(
        "Document '{}' does not support indexing, must be a mapping/sequence or support __getitem__",
        type_of(holder)
    )
}

fn add(holder: &mut Json, part: &str, value: Json) -> Done {
    match holder {
        Json::Array(items) => {
            let place = if part == "-" { items.len() } else { index(part)? };
            if place > items.len() {
                return Err("can't insert outside of list".to_owned());
            }
            items.insert(place, value);
            Ok(())
        }
        Json::Object(_) => {
            holder.set(part, value);
            Ok(())
        }
        other @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => Err(not_a_holder(other)),
    }
}

fn replace(holder: &mut Json, part: &str, value: &Json) -> Done {
    let place = match holder {
        Json::Array(_) if part == "-" => {
            return Err("'path' with '-' can't be applied to 'replace' operation".to_owned());
        }
        Json::Array(items) => {
            let place = index(part)?;
            let outside = "can't replace outside of list";
            items.get_mut(place).ok_or_else(|| outside.to_owned())?
        }
        Json::Object(_) => holder
            .get_mut(part)
            .ok_or_else(|| format!("can't replace non-existent object '{part}'"))?,
        other @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => {
            return Err(not_a_holder(other));
        }
    };
    *place = value.clone();
    Ok(())
}

fn remove(holder: &mut Json, part: &str) -> Done {
    let is_gone = match holder {
        Json::Array(items) => {
            let place = index(part)?;
            let is_there = place < items.len();
            if is_there {
                items.remove(place);
            }
            is_there
        }
        // An item without its id would be another one.
        Json::Object(_) => part != "id" && holder.remove(part).is_some(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    };
    if is_gone {
        Ok(())
    } else {
        Err(format!("can't remove non-existent object '{part}'"))
    }
}

fn test(holder: &mut Json, part: &str, value: &Json) -> Done {
    let held = step(holder, part)?;
    if held.same_value(value) || padded_same(held, value) {
        return Ok(());
    }
    Err(format!(
        "{} ({}) is not equal to tested value {} ({})",
        shown(held),
        type_of(held),
        shown(value),
        type_of(value)
    ))
}

/// A name is shown without its empty lists: a test of what was shown must succeed.
fn padded_same(held: &Json, value: &Json) -> bool {
    let Some(members) = held.as_object() else {
        return false;
    };
    let is_empty = |value: &Json| value.as_array().is_some_and(<[Json]>::is_empty);
    let without: Vec<(Box<str>, Json)> = members
        .iter()
        .filter(|(_, member)| !is_empty(member))
        .cloned()
        .collect();
    Json::Object(without).same_value(value)
}
