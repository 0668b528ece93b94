//! `Flag`: what everybody who opens the record must know. <https://hl7.org/fhir/R4/flag.html>

pub use fhir_sdk::r4b::codes::FlagStatus;
use fhir_sdk::r4b::resources::Flag as FhirFlag;

use crate::WriteError;
use crate::authored::{Authored, Code, Concept, Head, Span, coded, concept, meta, reference};
use crate::part::period;
use crate::pen::Pen;

/// A warning or a need.
#[derive(Clone, Copy, Debug)]
pub struct Flag<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Whether it is up.
    pub status: FlagStatus,
    /// What kind of flag.
    pub category: Code,
    /// What it says.
    pub code: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// From when to when.
    pub span: Span,
    /// Reference to who put it up; may be empty.
    pub author: &'a str,
}

impl Authored for Flag<'_> {
    const TYPE: &'static str = "Flag";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut building = FhirFlag::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(self.status)
            .category(vec![Some(coded(&self.category)?)])
            .code(concept(&self.code)?)
            .subject(reference(self.patient)?)
            .period(period(&self.span)?);
        if !self.author.is_empty() {
            building = building.author(reference(self.author)?);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("category", &built.category)?
            .field("code", &built.code)?
            .field("subject", &built.subject)?
            .field("period", &built.period)?
            .field("author", &built.author)?;
        Ok(pen.finish())
    }
}
