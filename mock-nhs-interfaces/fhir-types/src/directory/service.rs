//! `HealthcareService` and `Medication`.
//! <https://hl7.org/fhir/R4/healthcareservice.html> <https://hl7.org/fhir/R4/medication.html>

use fhir_sdk::r4b::resources::{HealthcareService as FhirService, Medication as FhirMedication};

use crate::WriteError;
use crate::authored::{Authored, Concept, Head, concept, concepts, meta, reference, references};
use crate::pen::Pen;

/// What an organisation does for people.
#[derive(Clone, Copy, Debug)]
pub struct HealthcareService<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Name.
    pub name: &'a str,
    /// What kind of service.
    pub kind: Concept<'a>,
    /// Reference to who provides it.
    pub organisation: &'a str,
    /// Reference to where; may be empty.
    pub location: &'a str,
    /// Whether people need an appointment.
    pub by_appointment: bool,
}

/// A medicine, as it can be prescribed.
#[derive(Clone, Copy, Debug)]
pub struct Medication<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// What it is.
    pub code: Concept<'a>,
}

impl Authored for HealthcareService<'_> {
    const TYPE: &'static str = "HealthcareService";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = FhirService::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .active(true)
            .provided_by(reference(self.organisation)?)
            .r#type(concepts(&self.kind)?)
            .location(references(&[self.location])?)
            .name(self.name.to_owned())
            .appointment_required(self.by_appointment)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("active", &built.active)?
            .field("providedBy", &built.provided_by)?
            .field("type", &built.r#type)?
            .field("location", &built.location)?
            .field("name", &built.name)?
            .field("appointmentRequired", &built.appointment_required)?;
        Ok(pen.finish())
    }
}

impl Authored for Medication<'_> {
    const TYPE: &'static str = "Medication";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = FhirMedication::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .code(concept(&self.code)?)
            .status("active".to_owned())
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("code", &built.code)?
            .field("status", &built.status)?;
        Ok(pen.finish())
    }
}
