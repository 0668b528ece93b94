//! What must be sent to create a patient, checked in PDS's order.

use fhir::json::Json;

use super::super::error::{ADDITIONAL_PROPERTIES, INVALID_CREATE, Refused};
use super::super::rules::{self, Today, check_lines};
use super::super::update_patient::wording;
use crate::population::day;

/// What must be there, in the order in which it is asked for.
const REQUIRED: [&str; 5] = ["name", "address", "gender", "birthDate", "extension"];
/// What may be there.
const KNOWN: [&str; 7] = [
    "resourceType",
    "name",
    "gender",
    "birthDate",
    "address",
    "telecom",
    "extension",
];
/// Extensions that PDS keeps; the others it takes and forgets.
const KEPT: [&str; 2] = [
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSCommunication",
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-ContactPreference",
];

/// The parts of a patient that PDS keeps, with ids and in its own writing.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn parts(body: &Json, today: &Today) -> Result<Json, Refused> {
    for member in REQUIRED {
        if body.get(member).is_none() {
            return Err(Refused::missing(member));
        }
    }
    let members = body.as_object().unwrap_or_default();
    if let Some((unknown, _)) = members.iter().find(|(name, _)| !KNOWN.contains(&&**name)) {
        return Err(Refused::saying(
            &ADDITIONAL_PROPERTIES,
            format!(
                "Invalid request with error - Additional properties are not allowed ('{}' was unexpected)",
                crate::api_platform::shortened(unknown)
            ),
        ));
    }
    person(body, "", today)
}

/// The parts of somebody who is new; `at` is where they stand in what was sent, and ends with a slash if anywhere.
///
/// # Errors
/// The first thing that is wrong.
pub(in super::super) fn person(patient: &Json, at: &str, today: &Today) -> Result<Json, Refused> {
    for list in ["name", "address"] {
        check_items(patient, list, at)?;
    }
    check_address(patient, at)?;
    check_birth(patient, today)?;
    let telecoms = patient
        .get("telecom")
        .and_then(Json::as_array)
        .unwrap_or_default();
    let is_wrong = |telecom: &&Json| {
        telecom.text("system") == Some("email") && !telecom.text("value").is_some_and(rules::is_email)
    };
    if telecoms.iter().any(|telecom| is_wrong(&telecom)) {
        return Err(invalid_create("email format is invalid"));
    }
    let mut parts = Json::object::<&str>([]);
    for member in [
        "name",
        "gender",
        "birthDate",
        "multipleBirthInteger",
        "telecom",
        "address",
    ] {
        if let Some(value) = patient.get(member) {
            parts.set(member, value.clone());
        }
    }
    let extensions = patient
        .get("extension")
        .and_then(Json::as_array)
        .unwrap_or_default();
    let kept: Vec<Json> = extensions
        .iter()
        .filter(|extension| extension.text("url").is_some_and(|url| KEPT.contains(&url)))
        .cloned()
        .collect();
    if !kept.is_empty() {
        parts.set("extension", kept.into());
    }
    let nothing = Json::object::<&str>([]);
    rules::settle(&mut parts, &nothing, today).map_err(|refused| refused.of_a_create(at))?;
    Ok(parts)
}

/// A list with at least one item; what stands where an object should is repeated.
fn check_items(patient: &Json, list: &str, at: &str) -> Result<(), Refused> {
    let field = format!("{at}{list}");
    let value = patient.get(list).ok_or_else(|| Refused::missing(&field))?;
    let items = value
        .as_array()
        .filter(|items| !items.is_empty())
        .ok_or_else(|| Refused::invalid(&field, &wording::shown(value)))?;
    match items
        .iter()
        .enumerate()
        .find(|(_, item)| item.as_object().is_none())
    {
        None => Ok(()),
        Some((place, item)) => Err(Refused::invalid(
            &format!("{field}/{place}"),
            &wording::shown(item),
        )),
    }
}

fn check_address(patient: &Json, at: &str) -> Result<(), Refused> {
    let addresses = patient
        .get("address")
        .and_then(Json::as_array)
        .unwrap_or_default();
    for (place, address) in addresses.iter().enumerate() {
        if address.get("period").is_none() {
            return Err(Refused::missing(&format!("{at}address/{place}/period")));
        }
        let keys = address
            .get("extension")
            .and_then(Json::as_array)
            .unwrap_or_default();
        for (key, extension) in keys.iter().enumerate() {
            for member in ["url", "extension"] {
                if extension.get(member).is_none() {
                    let field = format!("{at}address/{place}/extension/{key}/{member}");
                    return Err(Refused::missing(&field));
                }
            }
        }
        if !check_lines(address) {
            return Err(invalid_create(
                "address lines 1 and 4 or 2 and 4 must be completed as a minimum",
            ));
        }
    }
    Ok(())
}

fn check_birth(patient: &Json, today: &Today) -> Result<(), Refused> {
    let gender = patient.get("gender").unwrap_or(&Json::Null);
    if !matches!(gender.as_str(), Some("male" | "female" | "unknown")) {
        return Err(Refused::invalid("gender", &wording::shown(gender)));
    }
    let born = patient.get("birthDate").unwrap_or(&Json::Null);
    match born.as_str().and_then(day) {
        None => Err(Refused::invalid("birthDate", &wording::shown(born))),
        Some(born) if today.is_before(born) => Err(invalid_create("birthDate cannot be in the future")),
        Some(_) => Ok(()),
    }
}

/// `INVALID_CREATE` in PDS's words.
pub(in super::super) fn invalid_create(why: &str) -> Refused {
    Refused::saying(
        &INVALID_CREATE,
        format!("Invalid patient create data provided - '{why}'"),
    )
}
