//! A vaccination as callers send and get it, and as the workspace keeps it.
//!
//! What a caller sends has the patient inside (`contained`) and points to it. It is kept pointing to the patient's own
//! record, so that every other interface finds it, and handed out as it was sent.

use serde_json::{Map, Value, json};

use super::error::{INVALID, Problem};
use super::vaccine;
use crate::value::NhsNumber;

const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// A vaccination that was sent, checked.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) document: Map<String, Value>,
    pub(super) nhs_number: NhsNumber,
    /// System and value of its identifier.
    pub(super) identifier: (String, String),
}

/// Reads a vaccination, without looking at what is recorded already.
///
/// # Errors
/// The first thing that is wrong with its shape, or everything that is wrong with what it says.
pub(super) fn read(body: &[u8]) -> Result<Sent, Problem> {
    let document = fhir::json::Json::parse(body).map_err(|error| {
        Problem::new(
            &INVALID,
            format!("Request's body contains malformed JSON: {error}"),
        )
    });
    document?;
    let Ok(Value::Object(document)) = serde_json::from_slice::<Value>(body) else {
        return Err(Problem::new(
            &INVALID,
            "Request's body contains malformed JSON: it is not an object",
        ));
    };
    let mut wrong = Vec::new();
    if document
        .get("resourceType")
        .is_none_or(|kind| kind != "Immunization")
    {
        wrong.push("This service only accepts FHIR Immunization Resources (i.e. resourceType must equal 'Immunization')".to_owned());
    }
    let nhs_number = nhs_number(&document, &mut wrong);
    let identifier = identifier(&document, &mut wrong);
    must_hold(&document, &mut wrong);
    match (nhs_number, identifier) {
        (Some(nhs_number), Some(identifier)) if wrong.is_empty() => Ok(Sent {
            document,
            nhs_number,
            identifier,
        }),
        _ => Err(Problem::invariant(wrong.join("; "))),
    }
}

fn nhs_number(document: &Map<String, Value>, wrong: &mut Vec<String>) -> Option<NhsNumber> {
    const AT: &str = "contained[?(@.resourceType=='Patient')]";
    let contained = document.get("contained").and_then(Value::as_array);
    let mut patients = contained
        .into_iter()
        .flatten()
        .filter(|inside| is_kind(inside, "Patient"));
    let Some(patient) = patients.next() else {
        wrong.push(format!("{AT} is mandatory"));
        return None;
    };
    if patients.next().is_some() {
        wrong.push(format!("{AT} must be unique"));
    }
    let id = patient.get("id").and_then(Value::as_str).unwrap_or_default();
    let points = document
        .get("patient")
        .and_then(|patient| patient.get("reference"))
        .and_then(Value::as_str);
    if points.and_then(|points| points.strip_prefix('#')) != Some(id) || id.is_empty() {
        wrong.push("The reference '#".to_owned() + id + "' does not exist in the patient reference");
    }
    let number = patient.pointer("/identifier/0/value").and_then(Value::as_str);
    let number = number.and_then(|number| number.parse().ok());
    if number.is_none() {
        wrong.push(format!("{AT}.identifier[0].value is not a valid NHS number"));
    }
    number
}

fn identifier(document: &Map<String, Value>, wrong: &mut Vec<String>) -> Option<(String, String)> {
    let identifiers = document.get("identifier").and_then(Value::as_array);
    let Some([identifier]) = identifiers.map(Vec::as_slice) else {
        wrong.push("identifier must be an array of length 1".to_owned());
        return None;
    };
    let mut part = |name: &str| {
        let part = identifier
            .get(name)
            .and_then(Value::as_str)
            .filter(|part| !part.is_empty());
        if part.is_none() {
            wrong.push(format!("identifier[0].{name} is a mandatory field"));
        }
        part.map(str::to_owned)
    };
    part("system").zip(part("value"))
}

fn must_hold(document: &Map<String, Value>, wrong: &mut Vec<String>) {
    for (name, holds) in [
        ("occurrenceDateTime", Value::is_string as fn(&Value) -> bool),
        ("recorded", Value::is_string),
        ("primarySource", Value::is_boolean),
        ("vaccineCode", Value::is_object),
    ] {
        if !document.get(name).is_some_and(holds) {
            wrong.push(format!("{name} is a mandatory field"));
        }
    }
    for name in ["occurrenceDateTime", "recorded"] {
        let text = document.get(name).and_then(Value::as_str);
        if text.is_some_and(|text| records::Instant::parse(text).is_none() && !is_date(text)) {
            wrong.push(format!(
                "{name} must be a valid datetime in the format 'YYYY-MM-DDThh:mm:ss+zz:zz' or a date"
            ));
        }
    }
    if document.get("status").is_none_or(|status| status != "completed") {
        wrong.push("status must be one of the following: completed".to_owned());
    }
    let whole = Value::Object(document.clone());
    let diseases = vaccine::diseases(&whole);
    if diseases.is_empty() {
        wrong.push("protocolApplied[0].targetDisease[0].coding[?(@.system=='http://snomed.info/sct')].code is a mandatory field".to_owned());
    } else if vaccine::named(&diseases).is_none() {
        wrong.push(format!("protocolApplied[0].targetDisease[*].coding[?(@.system=='http://snomed.info/sct')].code - {diseases:?} is not a valid combination of disease codes for this service"));
    }
}

fn is_date(text: &str) -> bool {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, format).is_ok()
}

fn is_kind(resource: &Value, kind: &str) -> bool {
    resource.get("resourceType").is_some_and(|said| said == kind)
}

impl Sent {
    /// The text that the workspace keeps.
    pub(super) fn kept(&self) -> String {
        let mut document = self.document.clone();
        let reference = json!({
            "reference": format!("Patient/{}", self.nhs_number),
            "type": "Patient",
            "identifier": { "system": NHS_NUMBER, "value": self.nhs_number.to_string() },
        });
        document.insert("patient".to_owned(), reference);
        Value::Object(document).to_string()
    }
}

/// A vaccination that is kept, as a read answers it: as it was sent.
pub(super) fn shown(text: &[u8]) -> Option<Value> {
    let mut document: Value = serde_json::from_slice(text).ok()?;
    if let Some(patient) = contained_patient(&document) {
        let id = patient.get("id")?.as_str()?.to_owned();
        document
            .as_object_mut()?
            .insert("patient".to_owned(), json!({ "reference": format!("#{id}") }));
    }
    Some(document)
}

/// A vaccination that is kept, as a search answers it: without what is inside, pointing to the patient of the answer.
pub(super) fn found(text: &[u8], patient_url: &str, nhs_number: &str) -> Option<Value> {
    let mut document: Value = serde_json::from_slice(text).ok()?;
    let members = document.as_object_mut()?;
    members.remove("contained");
    members.insert(
        "patient".to_owned(),
        json!({
            "reference": patient_url,
            "type": "Patient",
            "identifier": { "system": NHS_NUMBER, "value": nhs_number },
        }),
    );
    Some(document)
}

/// The patient inside a vaccination.
pub(super) fn contained_patient(document: &Value) -> Option<&Value> {
    let contained = document.get("contained")?.as_array()?;
    contained.iter().find(|inside| is_kind(inside, "Patient"))
}

/// System and value of the identifier of a vaccination that is kept.
pub(super) fn identifier_of(document: &Value) -> Option<(&str, &str)> {
    let identifier = document.pointer("/identifier/0")?;
    Some((
        identifier.get("system")?.as_str()?,
        identifier.get("value")?.as_str()?,
    ))
}
