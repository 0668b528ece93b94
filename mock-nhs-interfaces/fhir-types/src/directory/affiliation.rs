//! `OrganizationAffiliation`: how two organisations of the register belong together.
//! <https://hl7.org/fhir/R4/organizationaffiliation.html>

use fhir_sdk::r4b::resources::OrganizationAffiliation;
use fhir_sdk::r4b::types::Reference;
use time::Date;

use super::ods::{ODS_SYSTEM, typed_periods};
use crate::WriteError;
use crate::authored::{Authored, Code, Head, Span, When, coded, meta};
use crate::part::{identifier, period};
use crate::pen::Pen;

const INSTANCE_SYSTEM: &str =
    "https://digital.nhs.uk/services/organisation-data-service/CodeSystem/organization-relationship-instance";

/// A relationship between two organisations.
#[derive(Clone, Copy, Debug)]
pub struct Affiliation<'a> {
    /// Id, profiles and time of change; the id is the number of the entry in the register.
    pub head: Head<'a>,
    /// ODS code of the organisation that has the relationship.
    pub source: &'a str,
    /// ODS code of the organisation that it has it to.
    pub target: &'a str,
    /// Which relationship.
    pub code: Code,
    /// Since when.
    pub from: Date,
    /// Until when; `None` while it lasts.
    pub until: Option<Date>,
}

fn organisation(ods_code: &str) -> Result<Reference, WriteError> {
    Ok(Reference::builder()
        .reference(format!("Organization/{ods_code}"))
        .identifier(identifier(ODS_SYSTEM, ods_code)?)
        .build()?)
}

impl Authored for Affiliation<'_> {
    const TYPE: &'static str = "OrganizationAffiliation";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let span = Span {
            from: When::Day(self.from),
            until: self.until.map(When::Day),
        };
        let built = OrganizationAffiliation::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .extension(typed_periods(self.from, self.until)?)
            .identifier(vec![Some(identifier(INSTANCE_SYSTEM, self.head.id)?)])
            .active(self.until.is_none())
            .period(period(&span)?)
            .organization(organisation(self.source)?)
            .participating_organization(organisation(self.target)?)
            .code(vec![Some(coded(&self.code)?)])
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("extension", &built.extension)?
            .field("identifier", &built.identifier)?
            .field("active", &built.active)?
            .field("period", &built.period)?
            .field("organization", &built.organization)?
            .field("participatingOrganization", &built.participating_organization)?
            .field("code", &built.code)?;
        Ok(pen.finish())
    }
}
