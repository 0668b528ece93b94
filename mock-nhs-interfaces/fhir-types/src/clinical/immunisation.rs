//! `Immunization`: a vaccine that was given, or not. <https://hl7.org/fhir/R4/immunization.html>

use fhir_sdk::r4b::resources::{
    Immunization, ImmunizationOccurrence, ImmunizationPerformer, ImmunizationProtocolApplied,
    ImmunizationProtocolAppliedDoseNumber,
};
use fhir_sdk::r4b::types::{Extension, ExtensionValue, Reference};
use std::num::NonZeroU32;

use crate::WriteError;
use crate::authored::{Amount, Authored, Code, Concept, Head, When, coded, concept, meta, reference, when};
use crate::part::{identifier, notes, quantity};
use crate::pen::Pen;

/// Where the identifiers of vaccinations come from that nobody else gave one.
const VACCINATION_SYSTEM: &str = "https://code4health.example/Id/vaccination";
/// Says in the national record what giving the vaccine is called.
const PROCEDURE: &str = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure";
const ODS_SYSTEM: &str = "https://fhir.nhs.uk/Id/ods-organization-code";

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
    /// What giving it is called.
    pub procedure: Option<Code>,
    /// Where on the body.
    pub site: Option<Code>,
    /// How it got into the body.
    pub route: Option<Code>,
    /// How much of it.
    pub amount: Option<Amount>,
    /// Reference to who gave it; may be empty.
    pub performer: &'a str,
    /// ODS code of the organisation that gave it, at the place of the same code; may be empty.
    pub practice: &'a str,
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
            .field("extension", &built.extension)?
            .field("identifier", &built.identifier)?
            .field("status", &built.status)?
            .field("statusReason", &built.status_reason)?
            .field("vaccineCode", &built.vaccine_code)?
            .field("patient", &built.patient)?
            .field("encounter", &built.encounter)?
            .choice(Some(&built.occurrence))?
            .field("recorded", &built.recorded)?
            .field("primarySource", &built.primary_source)?
            .field("location", &built.location)?
            .field("lotNumber", &built.lot_number)?
            .field("site", &built.site)?
            .field("route", &built.route)?
            .field("doseQuantity", &built.dose_quantity)?
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
            .recorded(when(self.at))
            .primary_source(true)
            .note(notes(self.note)?);
        if !given {
            return Ok(built.status_reason(concept(&self.declined_because)?).build()?);
        }
        built = built.identifier(vec![Some(identifier(VACCINATION_SYSTEM, self.head.id)?)]);
        if let Some(procedure) = &self.procedure {
            let value = ExtensionValue::CodeableConcept(coded(procedure)?);
            let extension = Extension::builder()
                .url(PROCEDURE.to_owned())
                .value(value)
                .build()?;
            built = built.extension(vec![extension]);
        }
        if !self.encounter.is_empty() {
            built = built.encounter(reference(self.encounter)?);
        }
        if !self.practice.is_empty() {
            built = built.location(self.practice_as("Location")?);
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
        if let Some(amount) = &self.amount {
            built = built.dose_quantity(quantity(amount)?);
        }
        built = built.performer(self.performers()?);
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

    /// Who gave it, and for whom.
    fn performers(&self) -> Result<Vec<Option<ImmunizationPerformer>>, WriteError> {
        let mut actors = Vec::new();
        if !self.performer.is_empty() {
            actors.push(reference(self.performer)?);
        }
        if !self.practice.is_empty() {
            actors.push(self.practice_as("Organization")?);
        }
        actors
            .into_iter()
            .map(|actor| Ok(Some(ImmunizationPerformer::builder().actor(actor).build()?)))
            .collect()
    }

    /// A reference to the practice as a resource of this type.
    fn practice_as(&self, kind: &str) -> Result<Reference, WriteError> {
        Ok(Reference::builder()
            .reference(format!("{kind}/{}", self.practice))
            .r#type(kind.to_owned())
            .identifier(identifier(ODS_SYSTEM, self.practice)?)
            .build()?)
    }
}
