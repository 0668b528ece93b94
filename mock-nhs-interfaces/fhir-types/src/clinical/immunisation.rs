//! `Immunization`: a vaccine that was given, or not. <https://hl7.org/fhir/R4/immunization.html>

use fhir_sdk::r4b::resources::{
    Immunization, ImmunizationOccurrence, ImmunizationPerformer, ImmunizationProtocolApplied,
    ImmunizationProtocolAppliedDoseNumber,
};
use std::num::NonZeroU32;

use crate::WriteError;
use crate::authored::{Authored, Code, Concept, Head, When, coded, concept, meta, reference, when};
use crate::part::notes;
use crate::pen::Pen;

/// A vaccine that was given, or was declined.
#[derive(Clone, Copy, Debug)]
pub struct Immunisation<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Why it was not given; says nothing when it was.
    pub declined_because: Concept<'a>,
    /// Which vaccine.
    pub vaccine: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the encounter; may be empty.
    pub encounter: &'a str,
    /// When.
    pub at: When,
    /// Number of the batch; may be empty.
    pub batch: &'a str,
    /// Where on the body.
    pub site: Option<Code>,
    /// How it got into the body.
    pub route: Option<Code>,
    /// Reference to who gave it; may be empty.
    pub performer: &'a str,
    /// Diseases it protects from.
    pub against: &'a [Code],
    /// Which dose of the series it is, from 1.
    pub dose: u32,
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

impl Authored for Immunisation<'_> {
    const TYPE: &'static str = "Immunization";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = self.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("statusReason", &built.status_reason)?
            .field("vaccineCode", &built.vaccine_code)?
            .field("patient", &built.patient)?
            .field("encounter", &built.encounter)?
            .choice(Some(&built.occurrence))?
            .field("primarySource", &built.primary_source)?
            .field("lotNumber", &built.lot_number)?
            .field("site", &built.site)?
            .field("route", &built.route)?
            .field("performer", &built.performer)?
            .field("note", &built.note)?
            .field("protocolApplied", &built.protocol_applied)?;
        Ok(pen.finish())
    }
}

impl Immunisation<'_> {
    fn build(&self) -> Result<Immunization, WriteError> {
        let given = self.declined_because.codes.is_empty() && self.declined_because.text.is_empty();
        let mut built = Immunization::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(if given { "completed" } else { "not-done" }.to_owned())
            .vaccine_code(concept(&self.vaccine)?)
            .patient(reference(self.patient)?)
            .occurrence(ImmunizationOccurrence::DateTime(when(self.at)))
            .primary_source(true)
            .note(notes(self.note)?);
        if !given {
            return Ok(built.status_reason(concept(&self.declined_because)?).build()?);
        }
        if !self.encounter.is_empty() {
            built = built.encounter(reference(self.encounter)?);
        }
        if !self.batch.is_empty() {
            built = built.lot_number(self.batch.to_owned());
        }
        if let Some(site) = &self.site {
            built = built.site(coded(site)?);
        }
        if let Some(route) = &self.route {
            built = built.route(coded(route)?);
        }
        if !self.performer.is_empty() {
            let performer = ImmunizationPerformer::builder()
                .actor(reference(self.performer)?)
                .build()?;
            built = built.performer(vec![Some(performer)]);
        }
        if let Some(dose) = NonZeroU32::new(self.dose) {
            let diseases: Result<Vec<_>, WriteError> =
                self.against.iter().map(|code| coded(code).map(Some)).collect();
            let protocol = ImmunizationProtocolApplied::builder()
                .target_disease(diseases?)
                .dose_number(ImmunizationProtocolAppliedDoseNumber::PositiveInt(dose))
                .build()?;
            built = built.protocol_applied(vec![Some(protocol)]);
        }
        Ok(built.build()?)
    }
}
