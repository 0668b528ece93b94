//! `$gpc.getstructuredrecord`: the parts of a record that were asked for, as one Bundle with a List for each part.
//! Source: <https://developer.nhs.uk/apis/gpconnect/accessrecord_structured_development_retrieve_patient_record.html>

mod assembly;
mod consultations;
mod lists;
mod medication;
mod parts;

use fhir::json::Json;

use super::Refused;
use super::parameters::Wanted;
use super::patients::Patient;
use super::places::{Practice, Shelf};
use super::stu3::shape::{Shape, definition};
use assembly::Assembly;

/// What was asked for of a patient's record.
///
/// # Errors
/// When the search went too far.
pub(crate) fn bundle(
    shelf: &Shelf<'_>,
    practice: &Practice,
    patient: &Patient,
    wanted: &Wanted,
) -> Result<Json, Refused> {
    let mut assembly = Assembly::begin(shelf, practice, patient);
    if let Some(with_ended) = wanted.allergies {
        parts::allergies(&mut assembly, with_ended)?;
    }
    if let Some(medicines) = wanted.medication {
        medication::add(&mut assembly, medicines)?;
    }
    if let Some(consultations) = wanted.consultations {
        consultations::add(&mut assembly, consultations)?;
    }
    if let Some(problems) = &wanted.problems {
        parts::problems(&mut assembly, problems)?;
    }
    if let Some(immunisations) = wanted.immunisations {
        parts::immunisations(&mut assembly, immunisations.not_given.unwrap_or(false))?;
    }
    if let Some(span) = wanted.uncategorised {
        parts::uncategorised(&mut assembly, span)?;
    }
    if let Some(span) = wanted.investigations {
        parts::investigations(&mut assembly, span)?;
    }
    if let Some(span) = wanted.referrals {
        parts::referrals(&mut assembly, span)?;
    }
    if let Some(until) = wanted.diary {
        parts::diary(&mut assembly, until)?;
    }
    let mut resources = assembly.finish()?;
    if !wanted.unknown.is_empty() {
        resources.push(lists::warnings(&wanted.unknown));
    }
    let entries: Vec<Json> = resources
        .into_iter()
        .map(|resource| Json::object([("resource", resource)]))
        .collect();
    let profile = definition("GPConnect-StructuredRecord-Bundle-1");
    Ok(Shape::new()
        .with("resourceType", "Bundle")
        .with(
            "meta",
            Json::object([("profile", Json::from(vec![profile.into()]))]),
        )
        .with("type", "collection")
        .with("entry", entries)
        .json())
}
