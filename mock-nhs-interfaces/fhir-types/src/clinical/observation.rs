//! `Observation`: what was measured, seen or asked. <https://hl7.org/fhir/R4/observation.html>

use fhir_sdk::Instant;
use fhir_sdk::r4b::codes::ObservationStatus;
use fhir_sdk::r4b::resources::{
    Observation as FhirObservation, ObservationComponent, ObservationComponentValue, ObservationEffective,
    ObservationReferenceRange, ObservationValue,
};
use time::OffsetDateTime;

use crate::WriteError;
use crate::authored::{
    Amount, Authored, Code, Concept, Head, When, coded, concept, concepts, meta, reference, references, when,
};
use crate::part::{notes, quantity};
use crate::pen::Pen;

/// Something measured, seen or asked.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Kind of observation, such as vital signs.
    pub category: Code,
    /// What was observed.
    pub code: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the encounter; may be empty.
    pub encounter: &'a str,
    /// When.
    pub at: When,
    /// When the result was released, of what a laboratory measured.
    pub issued: Option<OffsetDateTime>,
    /// Reference to who observed; may be empty.
    pub performer: &'a str,
    /// What was found; `None` where the components or members say it.
    pub value: Option<Value<'a>>,
    /// Whether it is low, high or normal.
    pub interpretation: Option<Code>,
    /// What is normal.
    pub range: Option<Range>,
    /// Parts of a measurement that belong together.
    pub components: &'a [Component<'a>],
    /// References to observations that this one sums up.
    pub members: &'a [&'a str],
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

/// What was found.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// An amount.
    Amount(Amount),
    /// A code.
    Concept(Concept<'a>),
    /// A whole number.
    Whole(i32),
    /// Words.
    Words(&'a str),
}

/// One part of a measurement.
#[derive(Clone, Copy, Debug)]
pub struct Component<'a> {
    /// What was observed.
    pub code: Concept<'a>,
    /// What was found.
    pub value: Value<'a>,
}

/// What is normal; at least one end is there.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// From.
    pub low: Option<Amount>,
    /// To.
    pub high: Option<Amount>,
}

impl Authored for Observation<'_> {
    const TYPE: &'static str = "Observation";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = self.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("category", &built.category)?
            .field("code", &built.code)?
            .field("subject", &built.subject)?
            .field("encounter", &built.encounter)?
            .choice(built.effective.as_ref())?
            .field("issued", &built.issued)?
            .field("performer", &built.performer)?
            .choice(built.value.as_ref())?
            .field("interpretation", &built.interpretation)?
            .field("note", &built.note)?
            .field("referenceRange", &built.reference_range)?
            .field("hasMember", &built.has_member)?
            .field("component", &built.component)?;
        Ok(pen.finish())
    }
}

impl Observation<'_> {
    fn build(&self) -> Result<FhirObservation, WriteError> {
        let mut built = FhirObservation::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(ObservationStatus::Final)
            .category(vec![Some(coded(&self.category)?)])
            .code(concept(&self.code)?)
            .subject(reference(self.patient)?)
            .effective(ObservationEffective::DateTime(when(self.at)));
        if !self.encounter.is_empty() {
            built = built.encounter(reference(self.encounter)?);
        }
        if let Some(issued) = self.issued {
            built = built.issued(Instant(issued));
        }
        if !self.performer.is_empty() {
            built = built.performer(references(&[self.performer])?);
        }
        if let Some(value) = &self.value {
            built = built.value(value.build()?);
        }
        if let Some(interpretation) = &self.interpretation {
            built = built.interpretation(concepts(&Concept::of(interpretation))?);
        }
        if !self.note.is_empty() {
            built = built.note(notes(self.note)?);
        }
        if let Some(range) = &self.range {
            built = built.reference_range(vec![Some(range.build()?)]);
        }
        if !self.members.is_empty() {
            built = built.has_member(references(self.members)?);
        }
        if !self.components.is_empty() {
            let components: Result<Vec<_>, WriteError> = self
                .components
                .iter()
                .map(|component| component.build().map(Some))
                .collect();
            built = built.component(components?);
        }
        Ok(built.build()?)
    }
}

impl Value<'_> {
    fn build(&self) -> Result<ObservationValue, WriteError> {
        Ok(match self {
            Self::Amount(amount) => ObservationValue::Quantity(quantity(amount)?),
            Self::Concept(of) => ObservationValue::CodeableConcept(concept(of)?),
            Self::Whole(number) => ObservationValue::Integer(*number),
            Self::Words(words) => ObservationValue::String((*words).to_owned()),
        })
    }
}

impl Component<'_> {
    fn build(&self) -> Result<ObservationComponent, WriteError> {
        let value = match &self.value {
            Value::Amount(amount) => ObservationComponentValue::Quantity(quantity(amount)?),
            Value::Concept(of) => ObservationComponentValue::CodeableConcept(concept(of)?),
            Value::Whole(number) => ObservationComponentValue::Integer(*number),
            Value::Words(words) => ObservationComponentValue::String((*words).to_owned()),
        };
        Ok(ObservationComponent::builder()
            .code(concept(&self.code)?)
            .value(value)
            .build()?)
    }
}

impl Range {
    fn build(&self) -> Result<ObservationReferenceRange, WriteError> {
        let mut built = ObservationReferenceRange::builder();
        if let Some(low) = &self.low {
            built = built.low(quantity(low)?);
        }
        if let Some(high) = &self.high {
            built = built.high(quantity(high)?);
        }
        Ok(built.build()?)
    }
}
