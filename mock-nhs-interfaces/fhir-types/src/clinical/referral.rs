//! `ServiceRequest`: somebody is asked to see or test somebody. <https://hl7.org/fhir/R4/servicerequest.html>

use fhir_sdk::r4b::codes::RequestIntent;
pub use fhir_sdk::r4b::codes::RequestPriority;
use fhir_sdk::r4b::resources::ServiceRequest;

use super::RequestStatus;
use crate::WriteError;
use crate::authored::{
    Authored, Code, Concept, Head, When, coded, concept, meta, reference, references, when,
};
use crate::part::notes;
use crate::pen::Pen;

/// A referral or a request for a test.
#[derive(Clone, Copy, Debug)]
pub struct Referral<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// How it stands.
    pub status: RequestStatus,
    /// What kind of request.
    pub category: Code,
    /// How urgent.
    pub priority: RequestPriority,
    /// What is asked for.
    pub code: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the encounter; may be empty.
    pub encounter: &'a str,
    /// When it was written.
    pub authored: When,
    /// Reference to who asks.
    pub requester: &'a str,
    /// Reference to who is asked; may be empty.
    pub performer: &'a str,
    /// Reference to the problem it is about; may be empty.
    pub reason: &'a str,
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

impl Authored for Referral<'_> {
    const TYPE: &'static str = "ServiceRequest";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut building = ServiceRequest::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(self.status)
            .intent(RequestIntent::Order)
            .category(vec![Some(coded(&self.category)?)])
            .priority(self.priority)
            .code(concept(&self.code)?)
            .subject(reference(self.patient)?)
            .authored_on(when(self.authored))
            .requester(reference(self.requester)?)
            .performer(references(&[self.performer])?)
            .reason_reference(references(&[self.reason])?)
            .note(notes(self.note)?);
        if !self.encounter.is_empty() {
            building = building.encounter(reference(self.encounter)?);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("intent", &built.intent)?
            .field("category", &built.category)?
            .field("priority", &built.priority)?
            .field("code", &built.code)?
            .field("subject", &built.subject)?
            .field("encounter", &built.encounter)?
            .field("authoredOn", &built.authored_on)?
            .field("requester", &built.requester)?
            .field("performer", &built.performer)?
            .field("reasonReference", &built.reason_reference)?
            .field("note", &built.note)?;
        Ok(pen.finish())
    }
}
