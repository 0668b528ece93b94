//! `EpisodeOfCare`: a stretch of time in which somebody is cared for. <https://hl7.org/fhir/R4/episodeofcare.html>

pub use fhir_sdk::r4b::codes::EpisodeOfCareStatus as EpisodeStatus;
use fhir_sdk::r4b::resources::{EpisodeOfCare, EpisodeOfCareDiagnosis};

use crate::WriteError;
use crate::authored::{Authored, Concept, Head, Span, concepts, meta, reference};
use crate::part::period;
use crate::pen::Pen;

/// A stretch of care.
#[derive(Clone, Copy, Debug)]
pub struct Episode<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// How it stands.
    pub status: EpisodeStatus,
    /// What kind of care.
    pub kind: Concept<'a>,
    /// Reference to the problem it is about; may be empty.
    pub diagnosis: &'a str,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the organisation that cares.
    pub organisation: &'a str,
    /// From when to when.
    pub span: Span,
    /// Reference to who leads it; may be empty.
    pub manager: &'a str,
}

impl Authored for Episode<'_> {
    const TYPE: &'static str = "EpisodeOfCare";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut building = EpisodeOfCare::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(self.status)
            .r#type(concepts(&self.kind)?)
            .patient(reference(self.patient)?)
            .managing_organization(reference(self.organisation)?)
            .period(period(&self.span)?);
        if !self.diagnosis.is_empty() {
            let diagnosis = EpisodeOfCareDiagnosis::builder()
                .condition(reference(self.diagnosis)?)
                .build()?;
            building = building.diagnosis(vec![Some(diagnosis)]);
        }
        if !self.manager.is_empty() {
            building = building.care_manager(reference(self.manager)?);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("type", &built.r#type)?
            .field("diagnosis", &built.diagnosis)?
            .field("patient", &built.patient)?
            .field("managingOrganization", &built.managing_organization)?
            .field("period", &built.period)?
            .field("careManager", &built.care_manager)?;
        Ok(pen.finish())
    }
}
