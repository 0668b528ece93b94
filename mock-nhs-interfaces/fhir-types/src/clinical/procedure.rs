//! `Procedure`: what was done to or with somebody. <https://hl7.org/fhir/R4/procedure.html>

use fhir_sdk::r4b::codes::EventStatus;
use fhir_sdk::r4b::resources::{Procedure as FhirProcedure, ProcedurePerformed, ProcedurePerformer};

use crate::WriteError;
use crate::authored::{
    Authored, Code, Concept, Head, When, coded, concept, concepts, meta, reference, references, when,
};
use crate::part::notes;
use crate::pen::Pen;

/// Something that was done.
#[derive(Clone, Copy, Debug)]
pub struct Procedure<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// What.
    pub code: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the encounter; may be empty.
    pub encounter: &'a str,
    /// When.
    pub at: When,
    /// Reference to who did it; may be empty.
    pub performer: &'a str,
    /// Reference to the problem it was for; may be empty.
    pub reason: &'a str,
    /// Reference to the request it fulfils; may be empty.
    pub based_on: &'a str,
    /// Where on the body.
    pub body_site: Option<Code>,
    /// What came of it.
    pub outcome: Concept<'a>,
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

impl Authored for Procedure<'_> {
    const TYPE: &'static str = "Procedure";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = self.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("basedOn", &built.based_on)?
            .field("status", &built.status)?
            .field("code", &built.code)?
            .field("subject", &built.subject)?
            .field("encounter", &built.encounter)?
            .choice(built.performed.as_ref())?
            .field("performer", &built.performer)?
            .field("reasonReference", &built.reason_reference)?
            .field("bodySite", &built.body_site)?
            .field("outcome", &built.outcome)?
            .field("note", &built.note)?;
        Ok(pen.finish())
    }
}

impl Procedure<'_> {
    fn build(&self) -> Result<FhirProcedure, WriteError> {
        let mut built = FhirProcedure::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .based_on(references(&[self.based_on])?)
            .status(EventStatus::Completed)
            .code(concept(&self.code)?)
            .subject(reference(self.patient)?)
            .performed(ProcedurePerformed::DateTime(when(self.at)))
            .reason_reference(references(&[self.reason])?)
            .note(notes(self.note)?);
        if !self.encounter.is_empty() {
            built = built.encounter(reference(self.encounter)?);
        }
        if !self.performer.is_empty() {
            let performer = ProcedurePerformer::builder()
                .actor(reference(self.performer)?)
                .build()?;
            built = built.performer(vec![Some(performer)]);
        }
        if let Some(site) = &self.body_site {
            built = built.body_site(vec![Some(coded(site)?)]);
        }
        if let Some(outcome) = concepts(&self.outcome)?.pop().flatten() {
            built = built.outcome(outcome);
        }
        Ok(built.build()?)
    }
}
