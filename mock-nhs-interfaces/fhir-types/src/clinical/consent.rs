//! `Consent`: what somebody allows to be done with their record. <https://hl7.org/fhir/R4/consent.html>

use fhir_sdk::r4b::codes::{ConsentProvisionType, ConsentState};
use fhir_sdk::r4b::resources::{Consent as FhirConsent, ConsentPolicy, ConsentProvision};

use crate::WriteError;
use crate::authored::{
    Authored, Code, Concept, Head, When, coded, concept, meta, reference, references, when,
};
use crate::pen::Pen;

/// What somebody allows or forbids.
#[derive(Clone, Copy, Debug)]
pub struct Consent<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// What it is about.
    pub scope: Code,
    /// What kind of consent.
    pub category: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// When they said so.
    pub at: When,
    /// Reference to the organisation that was told.
    pub organisation: &'a str,
    /// Address of the rule that it is under.
    pub policy: &'a str,
    /// Whether they allow it.
    pub permit: bool,
}

impl Authored for Consent<'_> {
    const TYPE: &'static str = "Consent";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let provision = ConsentProvision::builder()
            .r#type(if self.permit {
                ConsentProvisionType::Permit
            } else {
                ConsentProvisionType::Deny
            })
            .build()?;
        let built = FhirConsent::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(ConsentState::Active)
            .scope(coded(&self.scope)?)
            .category(vec![Some(concept(&self.category)?)])
            .patient(reference(self.patient)?)
            .date_time(when(self.at))
            .organization(references(&[self.organisation])?)
            .policy(vec![Some(
                ConsentPolicy::builder().uri(self.policy.to_owned()).build()?,
            )])
            .provision(provision)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("scope", &built.scope)?
            .field("category", &built.category)?
            .field("patient", &built.patient)?
            .field("dateTime", &built.date_time)?
            .field("organization", &built.organization)?
            .field("policy", &built.policy)?
            .field("provision", &built.provision)?;
        Ok(pen.finish())
    }
}
