//! What records say about a patient's health, with the profiles of GP Connect: allergies, problems, immunisations,
//! observations, consultations.
//! Source: <https://developer.nhs.uk/apis/gpconnect/accessrecord_structured_development_resources_overview.html>

mod allergy;
mod consultation;
mod immunisation;
mod observation;
mod problem;
mod request;

use fhir::json::Json;

pub(crate) use self::allergy::allergy;
pub(crate) use self::consultation::{consultation, narrative};
pub(crate) use self::immunisation::immunisation;
pub(crate) use self::observation::observation;
pub(crate) use self::problem::{problem, problem_status, significance};
pub(crate) use self::request::{diary_entry, referral, report};
use super::shape::items;

const UK_DEFINITIONS: &str = "https://fhir.hl7.org.uk/STU3/StructureDefinition/";

/// The code of a status, which R4 keeps in a concept and STU3 as a bare code.
pub(crate) fn status_code<'a>(r4: &'a Json, key: &str) -> Option<&'a str> {
    items(r4.get(key)?, "coding").find_map(|coding| coding.text("code"))
}
