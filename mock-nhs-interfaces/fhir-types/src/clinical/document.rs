//! `DocumentReference`: a letter, a summary, a report. <https://hl7.org/fhir/R4/documentreference.html>

use fhir_sdk::r4b::codes::{CompositionStatus, DocumentReferenceStatus};
use fhir_sdk::r4b::resources::{DocumentReference, DocumentReferenceContent, DocumentReferenceContext};
use fhir_sdk::r4b::types::Attachment;
use fhir_sdk::{Base64Binary, Instant};
use time::OffsetDateTime;

use crate::WriteError;
use crate::authored::{
    Authored, Code, Concept, Head, When, coded, concept, meta, reference, references, when,
};
use crate::pen::Pen;

/// A document, with its text inside.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// What kind of document.
    pub kind: Concept<'a>,
    /// What kind in general.
    pub category: Code,
    /// Reference to the person.
    pub patient: &'a str,
    /// When it was filed.
    pub at: OffsetDateTime,
    /// Reference to who wrote it; may be empty.
    pub author: &'a str,
    /// Reference to the organisation that keeps it.
    pub custodian: &'a str,
    /// What is in it, in one line.
    pub description: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Reference to the encounter it is about; may be empty.
    pub encounter: &'a str,
}

impl Authored for Document<'_> {
    const TYPE: &'static str = "DocumentReference";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let attachment = Attachment::builder()
            .content_type("text/plain; charset=utf-8".to_owned())
            .language("en-GB".to_owned())
            .data(Base64Binary(self.text.as_bytes().to_vec()))
            .title(self.description.to_owned())
            .creation(when(When::At(self.at)))
            .build()?;
        let content = DocumentReferenceContent::builder()
            .attachment(attachment)
            .build()?;
        let mut building = DocumentReference::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(DocumentReferenceStatus::Current)
            .doc_status(CompositionStatus::Final)
            .r#type(concept(&self.kind)?)
            .category(vec![Some(coded(&self.category)?)])
            .subject(reference(self.patient)?)
            .date(Instant(self.at))
            .author(references(&[self.author])?)
            .custodian(reference(self.custodian)?)
            .description(self.description.to_owned())
            .content(vec![Some(content)]);
        if !self.encounter.is_empty() {
            let context = DocumentReferenceContext::builder()
                .encounter(references(&[self.encounter])?)
                .build()?;
            building = building.context(context);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("docStatus", &built.doc_status)?
            .field("type", &built.r#type)?
            .field("category", &built.category)?
            .field("subject", &built.subject)?
            .field("date", &built.date)?
            .field("author", &built.author)?
            .field("custodian", &built.custodian)?
            .field("description", &built.description)?
            .field("content", &built.content)?
            .field("context", &built.context)?;
        Ok(pen.finish())
    }
}
