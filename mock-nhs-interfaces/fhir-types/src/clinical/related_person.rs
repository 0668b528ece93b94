//! `RelatedPerson`: family, carers, whom to call. <https://hl7.org/fhir/R4/relatedperson.html>

use fhir_sdk::r4b::codes::{AdministrativeGender, ContactPointUse};
use fhir_sdk::r4b::resources::RelatedPerson as FhirRelatedPerson;

use crate::WriteError;
use crate::authored::{Authored, Code, Head, coded, meta, reference};
use crate::part::{name, phone};
use crate::pen::Pen;

/// Somebody who belongs to a person.
#[derive(Clone, Copy, Debug)]
pub struct RelatedPerson<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// What they are to them.
    pub relationships: &'a [Code],
    /// First name.
    pub given: &'a str,
    /// Family name.
    pub family: &'a str,
    /// Gender.
    pub gender: AdministrativeGender,
    /// Telephone; may be empty.
    pub phone: &'a str,
}

impl Authored for RelatedPerson<'_> {
    const TYPE: &'static str = "RelatedPerson";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let relationships: Result<Vec<_>, WriteError> = self
            .relationships
            .iter()
            .map(|code| coded(code).map(Some))
            .collect();
        let mut building = FhirRelatedPerson::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .active(true)
            .patient(reference(self.patient)?)
            .relationship(relationships?)
            .name(vec![Some(name("", self.given, self.family)?)])
            .gender(self.gender);
        if !self.phone.is_empty() {
            building = building.telecom(vec![Some(phone(self.phone, ContactPointUse::Mobile)?)]);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("active", &built.active)?
            .field("patient", &built.patient)?
            .field("relationship", &built.relationship)?
            .field("name", &built.name)?
            .field("telecom", &built.telecom)?
            .field("gender", &built.gender)?;
        Ok(pen.finish())
    }
}
