//! What the sandbox answers to who creates a patient or registers a birth: always the same new number.

use bytes::Bytes;
use fhir::json::Json;
use http::{Response, StatusCode};

use super::super::error::{MISSING_VALUE, MULTIPLE_MATCHES, Refused, SINGLE_MATCH};
use super::super::rules::{new_id, without_empty_lines};
use super::super::update_patient::wording::shown;
use super::{Answered, check_headers};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::FHIR_JSON;
use crate::population::kept;
use crate::value::NhsNumber;

/// The number of whoever is created.
const NEW: &str = "5182663366";
/// The number of whoever is born.
const BORN: &str = "5900010775";
const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// Answers as if the patient were created.
pub(in super::super) fn create_patient(exchange: &Exchange<'_>) -> Answered {
    check_headers(exchange)?;
    let body = Json::parse(&exchange.body).unwrap_or_default();
    check(&body)?;
    check_matches(&body, "5900054586")?;
    answer(&body, NEW)
}

/// Answers as if the birth were registered.
pub(in super::super) fn register_birth(exchange: &Exchange<'_>) -> Answered {
    check_headers(exchange)?;
    let body = Json::parse(&exchange.body).unwrap_or_default();
    let entries = body.get("entry").and_then(Json::as_array).unwrap_or_default();
    let has_number = |patient: &Json| {
        let mut identifiers = patient.get("identifier").into_iter().flat_map(Json::items);
        identifiers.any(|identifier| identifier.text("system") == Some(NHS_NUMBER_SYSTEM))
    };
    let child = entries
        .iter()
        .filter_map(|entry| entry.get("resource"))
        .find(|part| part.text("resourceType") == Some("Patient") && !has_number(part))
        .ok_or_else(|| Refused::saying(&MISSING_VALUE, "Missing baby Patient resource in entry array"))?;
    check(child)?;
    check_matches(child, "5900004899")?;
    answer(child, BORN)
}

fn first<'j>(patient: &'j Json, list: &str) -> Option<&'j Json> {
    patient.get(list)?.as_array()?.first()
}

fn check(patient: &Json) -> Result<(), Refused> {
    for member in ["name", "address", "gender", "birthDate"] {
        if patient.get(member).is_none() {
            return Err(Refused::missing(member));
        }
    }
    let address = first(patient, "address").unwrap_or(&Json::Null);
    if address.as_array().is_some() {
        return Err(Refused::invalid("address/0", &shown(address)));
    }
    if address.get("period").is_none() {
        return Err(Refused::missing("address/0/period"));
    }
    let given = first(patient, "name").and_then(|name| name.get("given"));
    if given.and_then(Json::as_array).is_none() {
        return Err(Refused::invalid(
            "name/0/given",
            &given.map(shown).unwrap_or_default(),
        ));
    }
    if !matches!(patient.text("gender"), Some("male" | "female" | "unknown")) {
        return Err(Refused::invalid("gender", "other"));
    }
    let born = patient.text("birthDate").unwrap_or_default();
    let has_shape = born.len() == 10
        && born.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if has_shape {
        Ok(())
    } else {
        Err(Refused::invalid("birthDate", "not-a-date"))
    }
}

fn check_matches(patient: &Json, single: &str) -> Result<(), Refused> {
    let family = first(patient, "name").and_then(|name| name.text("family"));
    let postcode = first(patient, "address").and_then(|address| address.text("postalCode"));
    match (family, postcode) {
        (Some("McMatch-Single"), Some("BAP 4WG")) => Err(Refused::saying(
            &SINGLE_MATCH,
            format!("Unable to create new patient. NHS number {single} found for supplied demographic data."),
        )),
        (Some("McMatch-Multiple"), Some("DN19 7UD")) => Err(Refused::saying(
            &MULTIPLE_MATCHES,
            "Unable to create new patient. Multiple matches found for supplied demographic data.",
        )),
        _ => Ok(()),
    }
}

fn answer(sent: &Json, number: &str) -> Answered {
    let number: NhsNumber = number.parse().map_err(|error| Refused::records(&error))?;
    let mut parts = Json::object::<&str>([]);
    for list in ["name", "address"] {
        if let Some(item) = first(sent, list) {
            let mut item = item.clone();
            item.set("id", new_id().into());
            if list == "address" {
                without_empty_lines(&mut item);
            }
            parts.set(list, vec![item].into());
        }
    }
    for member in ["gender", "birthDate"] {
        if let Some(value) = sent.get(member) {
            parts.set(member, value.clone());
        }
    }
    if number.to_string() == BORN {
        if let Some(order) = sent.get("multipleBirthInteger") {
            parts.set("multipleBirthInteger", order.clone());
        }
        let place = Json::object([
            (
                "url",
                Json::from("http://hl7.org/fhir/StructureDefinition/patient-birthPlace"),
            ),
            (
                "valueAddress",
                Json::object([
                    ("city", Json::from("Manchester")),
                    ("district", "Greater Manchester".into()),
                    ("country", "1".into()),
                ]),
            ),
        ]);
        parts.set("extension", vec![place].into());
    }
    let text = kept::to_pds(&parts, number, 1, None).to_text();
    let response: Response<_> = reply(StatusCode::CREATED, FHIR_JSON, Bytes::from(text));
    Ok(response)
}
