//! A vaccination as callers send it, and as the workspace keeps it.
//!
//! What a caller sends has the patient inside (`contained`) and points to it. It is kept pointing to the patient's own
//! record, so that every other interface finds it.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::error::{INVALID, Problem};
use super::validate;
use crate::value::NhsNumber;

pub(super) const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// A vaccination that was sent, checked.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) document: Map<String, Value>,
    /// Some vaccinations are recorded before anybody knows it.
    pub(super) nhs_number: Option<NhsNumber>,
    /// System and value of its identifier.
    pub(super) identifier: (String, String),
}

/// Reads the body of a request.
///
/// # Errors
/// When it is no JSON object.
pub(super) fn read(body: &[u8]) -> Result<Map<String, Value>, Problem> {
    fhir::json::Json::parse(body).map_err(|error| {
        Problem::new(
            &INVALID,
            format!("Request's body contains malformed JSON: {error}"),
        )
    })?;
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(document)) => Ok(document),
        _ => Err(Problem::new(
            &INVALID,
            "Request's body contains malformed JSON: it is not an object",
        )),
    }
}

/// Checks a vaccination, without looking at what is recorded already.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(document: Map<String, Value>, now: OffsetDateTime) -> Result<Sent, Problem> {
    validate::check(&document, now)?;
    let nhs_number = contained_patient(document.get("contained"))
        .and_then(|patient| patient.pointer("/identifier/0/value")?.as_str()?.parse().ok());
    let part = |name: &str| {
        let identifier = document.get("identifier")?.get(0)?;
        identifier.get(name)?.as_str().map(str::to_owned)
    };
    let identifier = part("system").zip(part("value"));
    // Both are mandatory: they were looked at.
    let identifier = identifier.ok_or_else(|| Problem::invariant("identifier is a mandatory field"))?;
    Ok(Sent {
        document,
        nhs_number,
        identifier,
    })
}

impl Sent {
    /// The text that the workspace keeps.
    pub(super) fn kept(&self) -> String {
        let mut document = self.document.clone();
        if let Some(number) = self.nhs_number {
            let reference = json!({
                "reference": format!("Patient/{number}"),
                "type": "Patient",
                "identifier": { "system": NHS_NUMBER, "value": number.to_string() },
            });
            document.insert("patient".to_owned(), reference);
        }
        Value::Object(document).to_string()
    }

    /// The id of the record of this identifier, always the same: who takes a vaccination back and records it again has it
    /// at its old address.
    pub(super) fn id(&self) -> String {
        let (system, value) = &self.identifier;
        // The length keeps the two apart.
        let digest = Sha256::new()
            .chain_update(system.len().to_be_bytes())
            .chain_update(system)
            .chain_update(value)
            .finalize();
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = from;
        }
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

/// The patient inside a vaccination.
pub(super) fn contained_patient(contained: Option<&Value>) -> Option<&Value> {
    contained?
        .as_array()?
        .iter()
        .find(|inside| is_kind(inside, "Patient"))
}

pub(super) fn is_kind(resource: &Value, kind: &str) -> bool {
    resource.get("resourceType").is_some_and(|said| said == kind)
}

/// System and value of the identifier of a vaccination that is kept.
pub(super) fn identifier_of(document: &Value) -> Option<(&str, &str)> {
    let identifier = document.pointer("/identifier/0")?;
    Some((
        identifier.get("system")?.as_str()?,
        identifier.get("value")?.as_str()?,
    ))
}
