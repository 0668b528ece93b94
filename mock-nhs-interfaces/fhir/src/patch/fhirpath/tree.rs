//! Changing lists and members of an object, together with what stands beside primitives.

use super::place::{Place, Step};
use super::{Applied, PatchErrorKind};
use crate::fhirpath::choice_type;
use crate::json::Json;

/// A new value and what stands beside it under `_name`.
pub(super) struct Built {
    /// `null` for a primitive that has only extensions.
    pub(super) json: Json,
    pub(super) shadow: Option<Json>,
}

fn beside(key: &str) -> String {
    format!("_{key}")
}

fn at<'a>(json: &'a mut Json, steps: &[Step]) -> Option<&'a mut Json> {
    steps.iter().try_fold(json, |json, step| match step {
        Step::Key(key) => json.get_mut(key),
        Step::Index(index) => json.as_array_mut()?.get_mut(*index),
    })
}

/// The object at the end of a path.
pub(super) fn object_at<'a>(resource: &'a mut Json, steps: &[Step]) -> Option<&'a mut Json> {
    at(resource, steps).filter(|json| json.as_object().is_some())
}

/// How many items a list has, of values or beside them.
pub(super) fn length(object: &Json, key: &str) -> usize {
    let count = |key: &str| object.get(key).and_then(Json::as_array).map_or(0, <[Json]>::len);
    count(key).max(count(&beside(key)))
}

pub(super) fn list_length(resource: &Json, place: &Place) -> Option<usize> {
    place.index?;
    let object = place.parent.iter().try_fold(resource, |json, step| match step {
        Step::Key(key) => json.get(key),
        Step::Index(index) => json.as_array()?.get(*index),
    })?;
    Some(length(object, &place.key))
}

/// Whether the object has a choice of this name already, with whatever type.
pub(super) fn has_choice(object: &Json, name: &str) -> bool {
    let members = object.as_object().unwrap_or_default();
    members.iter().any(|(key, _)| {
        let plain = key.strip_prefix('_').unwrap_or(key);
        plain
            .strip_prefix(name)
            .is_some_and(|suffix| choice_type(suffix).is_some())
    })
}

/// Turns a single value into a list of one, so that another can follow.
pub(super) fn make_list(object: &mut Json, key: &str) {
    for key in [key.to_owned(), beside(key)] {
        if let Some(there) = object.get_mut(&key)
            && there.as_array().is_none()
        {
            let first = std::mem::take(there);
            *there = Json::Array(vec![first]);
        }
    }
}

pub(super) fn set(object: &mut Json, key: &str, value: Built) {
    if !value.json.is_null() {
        object.set(key, value.json);
    }
    if let Some(shadow) = value.shadow {
        object.set(&beside(key), shadow);
    }
}

/// Puts an item into a list, which is made if it is not there. Lists of values and of what stands beside them are kept
/// equally long, once there are both.
pub(super) fn insert(object: &mut Json, key: &str, index: usize, value: Built) {
    let length = length(object, key);
    let fresh = |wanted: bool, there: bool| wanted || there;
    let shadows = fresh(value.shadow.is_some(), object.get(&beside(key)).is_some());
    let values = fresh(!value.json.is_null(), object.get(key).is_some());
    let parts = [
        (values, key.to_owned(), value.json),
        (shadows, beside(key), value.shadow.unwrap_or_default()),
    ];
    for (wanted, key, item) in parts {
        if !wanted {
            continue;
        }
        if object.get(&key).is_none() {
            object.set(&key, Json::Array(Vec::new()));
        }
        if let Some(items) = object.get_mut(&key).and_then(Json::as_array_mut) {
            items.resize(length, Json::Null);
            items.insert(index.min(length), item);
        }
    }
}

pub(super) fn replace_item(object: &mut Json, key: &str, index: usize, value: Built) {
    take_item(object, key, index);
    insert(object, key, index, value);
}

/// Gives a member another value, and another key if the choice's type has changed; its place among the members stays.
pub(super) fn rename(object: &mut Json, old: &str, new: &str, value: Built) {
    object.remove(&beside(old));
    let place = object
        .as_object()
        .and_then(|members| members.iter().position(|(key, _)| &**key == old));
    if let (Some(place), Some(members)) = (place, object.as_object_mut()) {
        if value.json.is_null() {
            members.remove(place);
        } else if let Some(member) = members.get_mut(place) {
            *member = (new.into(), value.json);
        }
        set(
            object,
            new,
            Built {
                json: Json::Null,
                shadow: value.shadow,
            },
        );
        return;
    }
    set(object, new, value);
}

fn take_item(object: &mut Json, key: &str, index: usize) {
    for key in [key.to_owned(), beside(key)] {
        if let Some(items) = object.get_mut(&key).and_then(Json::as_array_mut)
            && index < items.len()
        {
            items.remove(index);
        }
    }
}

/// Deletes an element, and then what has become empty by that, up to the resource.
pub(super) fn delete(resource: &mut Json, place: &Place) -> Applied<()> {
    if place.key.is_empty() {
        return Err(PatchErrorKind::WholeResource);
    }
    let object = object_at(resource, &place.parent).ok_or(PatchErrorKind::NotInResource)?;
    match place.index {
        Some(index) => take_item(object, &place.key, index),
        None => {
            object.remove(&place.key);
            object.remove(&beside(&place.key));
        }
    }
    for key in [place.key.to_string(), beside(&place.key)] {
        let empty = |list: &[Json]| list.is_empty() || list.iter().all(Json::is_null);
        if object.get(&key).and_then(Json::as_array).is_some_and(empty) {
            object.remove(&key);
        }
    }
    if !object.as_object().is_some_and(<[_]>::is_empty) {
        return Ok(());
    }
    let mut steps = place.parent.clone();
    let index = match steps.last() {
        Some(Step::Index(index)) => Some(*index),
        Some(Step::Key(_)) | None => None,
    };
    if index.is_some() {
        steps.pop();
    }
    match steps.pop() {
        Some(Step::Key(key)) => delete(
            resource,
            &Place {
                parent: steps,
                key,
                index,
            },
        ),
        Some(Step::Index(_)) | None => Ok(()),
    }
}

/// Moves an item within its list.
pub(super) fn reorder(resource: &mut Json, list: &Place, source: usize, destination: usize) -> Applied<()> {
    let object = object_at(resource, &list.parent).ok_or(PatchErrorKind::NotInResource)?;
    let length = length(object, &list.key);
    for index in [source, destination] {
        if index >= length {
            return Err(PatchErrorKind::Index { index, length });
        }
    }
    for key in [list.key.to_string(), beside(&list.key)] {
        if let Some(items) = object.get_mut(&key).and_then(Json::as_array_mut) {
            items.resize(length, Json::Null);
            let item = items.remove(source);
            items.insert(destination, item);
        }
    }
    Ok(())
}
