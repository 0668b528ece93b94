//! `Practitioner` and `PractitionerRole`.
//! <https://hl7.org/fhir/R4/practitioner.html> <https://hl7.org/fhir/R4/practitionerrole.html>

use fhir_sdk::r4b::codes::AdministrativeGender;
use fhir_sdk::r4b::resources::{Practitioner as FhirPractitioner, PractitionerRole};

use crate::WriteError;
use crate::authored::{Authored, Concept, Head, concepts, meta, reference, references};
use crate::part::{identifier, name};
use crate::pen::Pen;

/// Somebody who cares for people.
#[derive(Clone, Copy, Debug)]
pub struct Practitioner<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Number in the directory of this sandbox: never one that a register of professionals could give.
    pub number: &'a str,
    /// Title; may be empty.
    pub title: &'a str,
    /// First name.
    pub given: &'a str,
    /// Family name.
    pub family: &'a str,
    /// Gender.
    pub gender: AdministrativeGender,
}

/// What somebody does for an organisation.
#[derive(Clone, Copy, Debug)]
pub struct Role<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Reference to who.
    pub practitioner: &'a str,
    /// Reference to the organisation.
    pub organisation: &'a str,
    /// What they do.
    pub code: Concept<'a>,
    /// Reference to where; may be empty.
    pub location: &'a str,
    /// Reference to the service; may be empty.
    pub service: &'a str,
}

impl Authored for Practitioner<'_> {
    const TYPE: &'static str = "Practitioner";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = FhirPractitioner::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .identifier(vec![Some(identifier(
                "https://code4health.example/Id/practitioner",
                self.number,
            )?)])
            .active(true)
            .name(vec![Some(name(self.title, self.given, self.family)?)])
            .gender(self.gender)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("identifier", &built.identifier)?
            .field("active", &built.active)?
            .field("name", &built.name)?
            .field("gender", &built.gender)?;
        Ok(pen.finish())
    }
}

impl Authored for Role<'_> {
    const TYPE: &'static str = "PractitionerRole";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = PractitionerRole::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .active(true)
            .practitioner(reference(self.practitioner)?)
            .organization(reference(self.organisation)?)
            .code(concepts(&self.code)?)
            .location(references(&[self.location])?)
            .healthcare_service(references(&[self.service])?)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("active", &built.active)?
            .field("practitioner", &built.practitioner)?
            .field("organization", &built.organization)?
            .field("code", &built.code)?
            .field("location", &built.location)?
            .field("healthcareService", &built.healthcare_service)?;
        Ok(pen.finish())
    }
}
