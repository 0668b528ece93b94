//! `Coverage`: that the NHS, or the patient, pays. <https://hl7.org/fhir/R4/coverage.html>

use fhir_sdk::r4b::resources::Coverage as FhirCoverage;

use crate::WriteError;
use crate::authored::{Authored, Concept, Head, Span, concept, meta, reference, references};
use crate::part::period;
use crate::pen::Pen;

/// Who pays for somebody's care.
#[derive(Clone, Copy, Debug)]
pub struct Coverage<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Kind of cover.
    pub kind: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Since when and until when.
    pub span: Span,
    /// Reference to who pays.
    pub payor: &'a str,
}

impl Authored for Coverage<'_> {
    const TYPE: &'static str = "Coverage";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = FhirCoverage::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status("active".to_owned())
            .r#type(concept(&self.kind)?)
            .beneficiary(reference(self.patient)?)
            .period(period(&self.span)?)
            .payor(references(&[self.payor])?)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("type", &built.r#type)?
            .field("beneficiary", &built.beneficiary)?
            .field("period", &built.period)?
            .field("payor", &built.payor)?;
        Ok(pen.finish())
    }
}
