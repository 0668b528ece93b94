//! European health insurance: how it is kept among the workspace's records, and how PDS writes it.

use fhir::json::Json;
use records::{ResourceId, ResourceType, View};

use super::bundle::AT_THE_NHS;
use super::caller::{self, Caller};
use super::error::{PdsError, Refused};
use crate::value::NhsNumber;

const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// The type of an insurance.
pub(super) fn kind() -> Option<ResourceType> {
    ResourceType::parse("Coverage")
}

/// A patient has one card: its id follows from theirs.
pub(super) fn id(patient: NhsNumber) -> Option<ResourceId> {
    ResourceId::parse(&format!("ehic-{patient}"))
}

/// The patient's insurance as PDS writes it, if there is one.
pub(super) fn of_patient(view: &View, patient: NhsNumber) -> Option<Json> {
    let record = view.read(kind()?, id(patient)?.as_str())?;
    Some(to_pds(&Json::parse(&record.text).ok()?))
}

/// The address of a patient's insurance at the NHS.
pub(super) fn full_url(patient: NhsNumber) -> String {
    format!("{AT_THE_NHS}/Coverage?subscriber:identifier={patient}")
}

pub(super) fn to_pds(kept: &Json) -> Json {
    let mut pds = Json::object([("resourceType", Json::from("Coverage"))]);
    for member in [
        "status",
        "subscriber",
        "identifier",
        "payor",
        "beneficiary",
        "period",
    ] {
        if let Some(value) = kept.get(member) {
            let mut value = value.clone();
            value.remove("reference");
            pds.set(member, value);
        }
    }
    pds
}

/// How a checked insurance is kept: FHIR's own resource, which leads to the patient.
pub(super) fn to_kept(sent: &Json, patient: NhsNumber) -> Json {
    let patient_at = |identifier: Option<&Json>| {
        let mut reference = Json::object([("reference", Json::from(format!("Patient/{patient}")))]);
        if let Some(identifier) = identifier {
            reference.set("identifier", identifier.clone());
        }
        reference
    };
    let number = Json::object([
        ("system", Json::from(NHS_NUMBER_SYSTEM)),
        ("value", patient.to_string().into()),
    ]);
    let mut kept = Json::object([
        ("resourceType", Json::from("Coverage")),
        ("status", "active".into()),
        (
            "type",
            Json::object([("text", Json::from("European Health Insurance Card"))]),
        ),
        ("subscriber", patient_at(Some(&number))),
        ("beneficiary", patient_at(sent.at(&["beneficiary", "identifier"]))),
    ]);
    for member in ["identifier", "payor", "period"] {
        if let Some(value) = sent.get(member) {
            kept.set(member, value.clone());
        }
    }
    kept
}

/// Only patients deal with their own insurance.
///
/// # Errors
/// What the others are told.
pub(super) fn patient(
    caller: Caller,
    to_application: &'static PdsError,
    to_worker: &'static PdsError,
) -> Result<NhsNumber, Refused> {
    const INSUFFICIENT: &str =
        "Your app has insufficient permissions to use this operation. Please contact support.";
    match caller {
        Caller::Patient(number) => Ok(number),
        Caller::Application => Err(Refused::saying(to_application, INSUFFICIENT)),
        Caller::Worker => Err(Refused::saying(to_worker, INSUFFICIENT)),
    }
}

/// A patient's own number, and nobody else's.
///
/// # Errors
/// When it is somebody else's.
pub(super) fn own(patient: NhsNumber, given: &str) -> Result<(), Refused> {
    if given.parse() == Ok(patient) {
        Ok(())
    } else {
        Err(caller::patient_denied())
    }
}
