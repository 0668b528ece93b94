//! Who is a patient of a practice, and who is not shown to anybody.
//! Source: <https://developer.nhs.uk/apis/gpconnect/foundations_use_case_find_a_patient.html>

use fhir::json::Json;

use super::places::{Read, Shelf};
use super::refused::{NO_PATIENT_CONSENT, PATIENT_NOT_FOUND};
use super::stu3;
use super::stu3::shape::items;
use super::{Refused, consent};
use crate::lookup::{LookupError, escaped};
use crate::value::NhsNumber;

/// A patient whom GP Connect shows, and the ODS code of their practice.
#[derive(Debug)]
pub(crate) struct Patient {
    pub(crate) read: Read,
    pub(crate) practice: String,
}

impl Patient {
    /// The patient with this id at any practice.
    ///
    /// # Errors
    /// Nobody is shown under it: unknown, deceased, inactive, sensitive, without practice, or not verified.
    pub(crate) fn find(shelf: &Shelf<'_>, id: &str) -> Result<Self, Refused> {
        Self::look_up(shelf, id).ok_or(Refused::plainly(&PATIENT_NOT_FOUND))
    }

    /// The patient with this id at this practice.
    ///
    /// # Errors
    /// As for [`Patient::find`]; also when they are registered elsewhere.
    pub(crate) fn find_at(shelf: &Shelf<'_>, id: &str, practice: &str) -> Result<Self, Refused> {
        Self::look_up(shelf, id)
            .filter(|patient| patient.practice == practice)
            .ok_or(Refused::plainly(&PATIENT_NOT_FOUND))
    }

    /// The patient with this NHS number, if GP Connect shows them.
    pub(crate) fn look_up(shelf: &Shelf<'_>, id: &str) -> Option<Self> {
        // A patient's id in the records is their NHS number.
        let number: NhsNumber = id.parse().ok()?;
        let read = shelf.read("Patient", &number.to_string())?;
        let practice = practice(&read.r4)?.to_owned();
        let is_shown = is_active(&read.r4) && !is_sensitive(&read.r4) && is_verified(&read.r4);
        is_shown.then_some(Self { read, practice })
    }

    pub(crate) fn stu3(&self) -> Json {
        stu3::patient::patient(&self.read.record, &self.read.r4, &self.practice)
    }

    /// Whether the patient lets the record be seen.
    ///
    /// # Errors
    /// They do not, or the search went too far.
    pub(crate) fn check_consent(&self, shelf: &Shelf<'_>) -> Result<(), Refused> {
        let denies = self.has_dissented(shelf)?;
        if denies {
            return Err(Refused::plainly(&NO_PATIENT_CONSENT));
        }
        Ok(())
    }

    fn has_dissented(&self, shelf: &Shelf<'_>) -> Result<bool, LookupError> {
        let criteria = format!("patient=Patient/{}&status=active", escaped(self.read.id()));
        Ok(consent::denies(&shelf.find("Consent", &criteria)?))
    }
}

/// The ODS code of the practice that somebody is registered with.
fn practice(r4: &Json) -> Option<&str> {
    items(r4, "generalPractitioner").find_map(|gp| gp.get("identifier")?.text("value"))
}

fn is_active(r4: &Json) -> bool {
    let is_dead = r4.get("deceasedDateTime").is_some()
        || r4.get("deceasedBoolean").and_then(Json::as_bool) == Some(true);
    let is_replaced = items(r4, "link").any(|link| link.text("type") == Some("replaced-by"));
    !is_dead && !is_replaced && r4.get("active").and_then(Json::as_bool) != Some(false)
}

/// Whether the record is marked as restricted, or more.
pub(crate) fn is_sensitive(r4: &Json) -> bool {
    r4.get("meta")
        .into_iter()
        .flat_map(|meta| items(meta, "security"))
        .any(|label| matches!(label.text("code"), Some("R" | "V")))
}

/// Whether the NHS number is 'present and verified', which it is unless the record says otherwise.
fn is_verified(r4: &Json) -> bool {
    items(r4, "identifier")
        .flat_map(|identifier| items(identifier, "extension"))
        .filter(|extension| {
            extension
                .text("url")
                .is_some_and(|url| url.ends_with("NHSNumberVerificationStatus"))
        })
        .filter_map(|extension| extension.get("valueCodeableConcept"))
        .flat_map(|concept| items(concept, "coding"))
        .all(|coding| coding.text("code") == Some("01"))
}
