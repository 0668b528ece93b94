//! `Encounter`: a consultation, a visit, a stay. <https://hl7.org/fhir/R4/encounter.html>

pub use fhir_sdk::r4b::codes::EncounterStatus;
use fhir_sdk::r4b::resources::{
    Encounter as FhirEncounter, EncounterDiagnosis, EncounterHospitalization, EncounterLocation,
    EncounterParticipant,
};

use crate::WriteError;
use crate::authored::{
    Authored, Code, Concept, Head, Span, coded, coding, concepts, meta, reference, references,
};
use crate::part::period;
use crate::pen::Pen;

/// A meeting of somebody with those who care for them.
#[derive(Clone, Copy, Debug)]
pub struct Encounter<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// How far it is.
    pub status: EncounterStatus,
    /// Where it takes place in general, such as ambulatory.
    pub class: Code,
    /// Kind of encounter.
    pub kind: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the episode of care it belongs to; may be empty.
    pub episode: &'a str,
    /// Reference to who saw them; may be empty.
    pub clinician: &'a str,
    /// From when to when.
    pub span: Span,
    /// Why.
    pub reason: Concept<'a>,
    /// Reference to the problem it was about; may be empty.
    pub diagnosis: &'a str,
    /// Set when they stayed.
    pub stay: Option<Stay<'a>>,
    /// Reference to the place; may be empty.
    pub location: &'a str,
    /// Reference to the organisation.
    pub provider: &'a str,
}

/// How somebody came and left.
#[derive(Clone, Copy, Debug)]
pub struct Stay<'a> {
    /// Where they came from.
    pub admitted_from: Concept<'a>,
    /// Where they went to; says nothing while they are there.
    pub discharged_to: Concept<'a>,
}

impl Authored for Encounter<'_> {
    const TYPE: &'static str = "Encounter";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = self.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("class", &built.class)?
            .field("type", &built.r#type)?
            .field("subject", &built.subject)?
            .field("episodeOfCare", &built.episode_of_care)?
            .field("participant", &built.participant)?
            .field("period", &built.period)?
            .field("reasonCode", &built.reason_code)?
            .field("diagnosis", &built.diagnosis)?
            .field("hospitalization", &built.hospitalization)?
            .field("location", &built.location)?
            .field("serviceProvider", &built.service_provider)?;
        Ok(pen.finish())
    }
}

impl Encounter<'_> {
    fn build(&self) -> Result<FhirEncounter, WriteError> {
        let mut built = FhirEncounter::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(self.status)
            .class(coding(&self.class)?)
            .r#type(concepts(&self.kind)?)
            .subject(reference(self.patient)?)
            .episode_of_care(references(&[self.episode])?)
            .period(period(&self.span)?)
            .reason_code(concepts(&self.reason)?)
            .service_provider(reference(self.provider)?);
        if !self.clinician.is_empty() {
            let participant = EncounterParticipant::builder()
                .individual(reference(self.clinician)?)
                .build()?;
            built = built.participant(vec![Some(participant)]);
        }
        if !self.diagnosis.is_empty() {
            let diagnosis = EncounterDiagnosis::builder()
                .condition(reference(self.diagnosis)?)
                .build()?;
            built = built.diagnosis(vec![Some(diagnosis)]);
        }
        if let Some(stay) = &self.stay {
            built = built.hospitalization(stay.build()?);
        }
        if !self.location.is_empty() {
            let location = EncounterLocation::builder()
                .location(reference(self.location)?)
                .build()?;
            built = built.location(vec![Some(location)]);
        }
        Ok(built.build()?)
    }
}

impl Stay<'_> {
    fn build(&self) -> Result<EncounterHospitalization, WriteError> {
        let mut built = EncounterHospitalization::builder();
        if let Some(code) = self.admitted_from.codes.first() {
            built = built.admit_source(coded(code)?);
        }
        if let Some(code) = self.discharged_to.codes.first() {
            built = built.discharge_disposition(coded(code)?);
        }
        Ok(built.build()?)
    }
}
