//! `DiagnosticReport`: the results of a test and what they mean. <https://hl7.org/fhir/R4/diagnosticreport.html>

use fhir_sdk::Instant;
use fhir_sdk::r4b::codes::DiagnosticReportStatus;
use fhir_sdk::r4b::resources::{DiagnosticReport, DiagnosticReportEffective};
use time::OffsetDateTime;

use crate::WriteError;
use crate::authored::{
    Authored, Code, Concept, Head, When, coded, concept, meta, reference, references, when,
};
use crate::pen::Pen;

/// A report.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// What kind of service made it.
    pub category: Code,
    /// What it reports.
    pub code: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the encounter; may be empty.
    pub encounter: &'a str,
    /// When the sample was taken or the picture made.
    pub at: When,
    /// When it was released.
    pub issued: OffsetDateTime,
    /// Reference to who made it.
    pub performer: &'a str,
    /// References to the observations it reports.
    pub results: &'a [&'a str],
    /// What it means; may be empty.
    pub conclusion: &'a str,
}

impl Authored for Report<'_> {
    const TYPE: &'static str = "DiagnosticReport";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut building = DiagnosticReport::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(DiagnosticReportStatus::Final)
            .category(vec![Some(coded(&self.category)?)])
            .code(concept(&self.code)?)
            .subject(reference(self.patient)?)
            .effective(DiagnosticReportEffective::DateTime(when(self.at)))
            .issued(Instant(self.issued))
            .performer(references(&[self.performer])?)
            .result(references(self.results)?);
        if !self.encounter.is_empty() {
            building = building.encounter(reference(self.encounter)?);
        }
        if !self.conclusion.is_empty() {
            building = building.conclusion(self.conclusion.to_owned());
        }
        let built = building.build()?;
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
            .field("result", &built.result)?
            .field("conclusion", &built.conclusion)?;
        Ok(pen.finish())
    }
}
