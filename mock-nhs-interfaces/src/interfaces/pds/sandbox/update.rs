//! What the sandbox does with a patch: a few paths have an effect, the others have none, and nothing is kept.

use bytes::Bytes;
use fhir::json::Json;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::super::error::{RESOURCE_NOT_FOUND, RESOURCE_VERSION_MISMATCH, Refused, UNSUPPORTED_SERVICE};
use super::super::patient_answer::{number_of, patient_answer};
use super::super::update_patient::version_wanted;
use super::{Answered, check_headers, people};
use crate::exchange::Exchange;
use crate::fhir::etag;
use crate::population::kept;

/// Answers as if the patches were applied.
pub(in super::super) fn update_patient(exchange: &Exchange<'_>, given: &str) -> Answered {
    number_of(given)?;
    let version = version_wanted(exchange.headers())?;
    let media_type = exchange
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(|given| given.starts_with("application/json")) {
        return Err(Refused::plainly(&UNSUPPORTED_SERVICE));
    }
    check_headers(exchange)?;
    let record = people::readable(exchange.population(), given)
        .ok_or_else(|| Refused::plainly(&RESOURCE_NOT_FOUND))?;
    let body = Json::parse(&exchange.body).unwrap_or_default();
    let patches = body.get("patches").and_then(Json::as_array).unwrap_or_default();
    if patches.is_empty() {
        return Err(Refused::invalid_update("No patches found"));
    }
    if version != etag::weak(record.version) {
        return Err(Refused::plainly(&RESOURCE_VERSION_MISMATCH));
    }
    check_operations(patches)?;
    let text = people::read_text(&record)?;
    let before = Json::parse(&text).map_err(|error| Refused::records(&error))?;
    let mut after = before.clone();
    let mut wrong = address_without_id(patches);
    for patch in patches {
        let (op, path) = (
            patch.text("op").unwrap_or_default(),
            patch.text("path").unwrap_or_default(),
        );
        let value = patch.get("value").cloned().unwrap_or_default();
        let outcome = match op {
            "add" => add(&mut after, path, value)?,
            "replace" => replace(&mut after, path, value),
            "remove" => remove(&mut after, path, patches)?,
            _ => None,
        };
        wrong = wrong.or(outcome);
    }
    if let Some(why) = wrong {
        return Err(Refused::invalid_update(&why));
    }
    let version = record.version.saturating_add(1);
    kept::set_version(&mut after, version);
    Ok(patient_answer(
        StatusCode::OK,
        etag::weak(version),
        Bytes::from(after.to_text()),
    ))
}

fn check_operations(patches: &[Json]) -> Result<(), Refused> {
    let op = |patch: &Json| patch.text("op").unwrap_or_default().to_owned();
    let are_known = patches
        .iter()
        .all(|patch| matches!(op(patch).as_str(), "add" | "replace" | "remove" | "test"));
    if are_known {
        return Ok(());
    }
    // The sandbox names the first operation, whichever is wrong.
    let first = patches.first().map(op).unwrap_or_default();
    Err(Refused::invalid("0/op", &first))
}

fn address_without_id(patches: &[Json]) -> Option<String> {
    let has = |is_it: &dyn Fn(&str) -> bool| {
        patches
            .iter()
            .any(|patch| is_it(patch.text("path").unwrap_or_default()))
    };
    let is_wrong = has(&|path| path.starts_with("/address"))
        && !has(&|path| path == "/address/0")
        && !has(&|path| path == "/address/0/id");
    is_wrong.then(|| "no id or url found for path with root /address/0".to_owned())
}

/// The item at a place of one of the patient's lists.
fn item<'j>(patient: &'j mut Json, list: &str, place: usize) -> Option<&'j mut Json> {
    patient.get_mut(list)?.as_array_mut()?.get_mut(place)
}

fn add(patient: &mut Json, path: &str, mut value: Json) -> Result<Option<String>, Refused> {
    match path {
        "/name/-" => {
            if value.text("use") == Some("usual") {
                return Err(Refused::forbidden_update("multiple usual names cannot be added"));
            }
            value.set("id", "new-object-id".into());
            if let Some(names) = patient.get_mut("name").and_then(Json::as_array_mut) {
                names.push(value);
            }
        }
        "/name/0/suffix" => {
            if let Some(name) = item(patient, "name", 0) {
                name.set("suffix", value);
            }
        }
        "/name/0/suffix/0" => {
            let suffixes = item(patient, "name", 0).and_then(|name| name.get_mut("suffix"));
            if let Some(suffixes) = suffixes.and_then(Json::as_array_mut) {
                suffixes.insert(0, value);
            }
        }
        "/deceasedDateTime" => {
            patient.set("deceasedDateTime", value);
        }
        "/extension/-" => {
            patient.set("extension", vec![value].into());
        }
        _ => {}
    }
    Ok(None)
}

fn replace(patient: &mut Json, path: &str, value: Json) -> Option<String> {
    match path {
        "/gender" | "/birthDate" | "/deceasedDateTime" => {
            patient.set(path.trim_start_matches('/'), value);
        }
        "/name/0/given/0" => {
            let given = item(patient, "name", 0).and_then(|name| name.get_mut("given"));
            if let Some(first) = given
                .and_then(Json::as_array_mut)
                .and_then(|given| given.first_mut())
            {
                *first = value;
            }
        }
        "/extension/3" | "/extension/4" | "/extension/5" => {
            let place = path.rsplit('/').next().and_then(|place| place.parse().ok())?;
            if let Some(extension) = item(patient, "extension", place) {
                *extension = value;
            }
        }
        "/extension/4/extension/0" => inside(patient, 4, 0, value),
        "/extension/5/extension/1" => inside(patient, 5, 1, value),
        _ if path == "/address/0" || path.starts_with("/address/0/") => return address(patient, path, value),
        _ => {}
    }
    None
}

fn inside(patient: &mut Json, place: usize, inner: usize, value: Json) {
    if let Some(place) = item(patient, "extension", place).and_then(|outer| item(outer, "extension", inner)) {
        *place = value;
    }
}

fn address(patient: &mut Json, path: &str, value: Json) -> Option<String> {
    let Some(address) = item(patient, "address", 0) else {
        return Some("Invalid patch - index '0' is out of bounds".to_owned());
    };
    if !matches!(
        path,
        "/address/0" | "/address/0/line/0" | "/address/0/line" | "/address/0/id" | "/address/0/postalCode"
    ) {
        return None;
    }
    match (value.as_str(), &value) {
        (Some("123456"), _) => return Some("no 'address' resources with object id '123456'".to_owned()),
        (Some("2 Whitehall Quay"), _) => {
            let first = address.get_mut("line").and_then(Json::as_array_mut);
            if let Some(first) = first.and_then(|lines| lines.first_mut()) {
                *first = value;
            }
        }
        (Some("LS1 4BU"), _) => {
            address.set("postalCode", value);
        }
        (_, Json::Array(_)) => {
            return Some("Invalid patch - can't replace non-existent object 'line'".to_owned());
        }
        (_, Json::Object(_)) => *address = value,
        _ => {}
    }
    None
}

fn remove(patient: &mut Json, path: &str, patches: &[Json]) -> Result<Option<String>, Refused> {
    let missing = || Some("Invalid patch - can't remove non-existent object '0'".to_owned());
    let usual = item(patient, "name", 0).is_some_and(|name| name.text("use") == Some("usual"));
    match path {
        "/birthDate" | "/gender" => {
            let part = path.trim_start_matches('/');
            return Err(Refused::forbidden_update(&format!(
                "source not permitted to remove '{part}'"
            )));
        }
        "/name/0" if usual => {
            return Err(Refused::forbidden_update("not permitted to remove usual name"));
        }
        "/name/0/suffix" => {
            if let Some(name) = item(patient, "name", 0) {
                name.remove("suffix");
            }
        }
        "/name/0/suffix/0" => {
            let suffixes = item(patient, "name", 0).and_then(|name| name.get_mut("suffix"));
            match suffixes.and_then(Json::as_array_mut) {
                Some(suffixes) if !suffixes.is_empty() => {
                    suffixes.remove(0);
                }
                Some(_) => {}
                None => return Ok(missing()),
            }
        }
        "/name/1" | "/name/5" => return Ok(remove_name(patient, patches)),
        "/extension/1" | "/extension/4" => {
            let place = if path == "/extension/1" { 1 } else { 4 };
            let extensions = patient.get_mut("extension").and_then(Json::as_array_mut);
            match extensions.filter(|extensions| extensions.len() > place) {
                Some(extensions) => {
                    extensions.remove(place);
                }
                None => return Ok(missing()),
            }
        }
        "/extension/5/extension/2" => {
            let inner = item(patient, "extension", 5).and_then(|outer| outer.get_mut("extension"));
            if let Some(inner) = inner.and_then(Json::as_array_mut).filter(|inner| inner.len() > 2) {
                inner.remove(2);
            }
        }
        _ => {}
    }
    Ok(None)
}

fn remove_name(patient: &mut Json, patches: &[Json]) -> Option<String> {
    let first = patches.first()?;
    let path = first.text("path").unwrap_or_default();
    if first.text("op") != Some("test") || !path.starts_with("/name/1/id") {
        return Some(
            "removal '/name/1' is not immediately preceded by equivalent test - instead it is the first item"
                .to_owned(),
        );
    }
    if path == "/name/1/id" && first.text("value") == Some("123456") {
        return Some("Invalid patch - index '1' is out of bounds".to_owned());
    }
    let names = patient.get_mut("name").and_then(Json::as_array_mut);
    if let Some(names) = names.filter(|names| names.len() > 1) {
        names.remove(1);
    }
    None
}
