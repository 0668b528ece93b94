//! `Organization` and `Location`.
//! <https://hl7.org/fhir/R4/organization.html> <https://hl7.org/fhir/R4/location.html>

use fhir_sdk::r4b::codes::{ContactPointSystem, LocationMode, LocationStatus};
use fhir_sdk::r4b::resources::{Location as FhirLocation, Organization};
use fhir_sdk::r4b::types::{Address, ContactPoint};

use super::ods::{Registration, assigned_identifier, country, record_kinds, registered, unique_property};
use crate::WriteError;
use crate::authored::{Authored, Code, Concept, Head, coded, concepts, meta, reference};
use crate::part::address;
use crate::pen::Pen;

/// Where somebody can be written to.
#[derive(Clone, Copy, Debug)]
pub struct Postal<'a> {
    /// House and street; an organisation's may have several lines.
    pub line: &'a str,
    /// Town or city.
    pub city: &'a str,
    /// Postcode.
    pub postcode: &'a str,
}

/// A practice, a trust, a pharmacy.
#[derive(Clone, Copy, Debug)]
pub struct Organisation<'a> {
    /// Id, profiles and time of change; the id is its ODS code.
    pub head: Head<'a>,
    /// What the register of organisations says about it.
    pub registration: Registration<'a>,
    /// Name.
    pub name: &'a str,
    /// Telephone; may be empty.
    pub phone: &'a str,
    /// Address of its pages; may be empty.
    pub website: &'a str,
    /// Where it is.
    pub address: Postal<'a>,
    /// Reference to the organisation it is part of; may be empty.
    pub part_of: &'a str,
}

/// A place.
#[derive(Clone, Copy, Debug)]
pub struct Location<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Name.
    pub name: &'a str,
    /// What kind of place.
    pub kind: Concept<'a>,
    /// What it is made of, such as a ward.
    pub physical: Code,
    /// Where it is.
    pub address: Postal<'a>,
    /// Reference to the organisation it belongs to.
    pub organisation: &'a str,
}

impl Authored for Organisation<'_> {
    const TYPE: &'static str = "Organization";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut building = Organization::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .extension(registered(&self.registration)?)
            .identifier(vec![Some(assigned_identifier(
                self.head.id,
                self.registration.assigner,
            )?)])
            .active(self.registration.is_active())
            .r#type(record_kinds(&self.registration)?)
            .name(self.name.to_owned())
            .address(vec![Some(self.written_address()?)]);
        let contacts: Result<Vec<_>, WriteError> = [
            (ContactPointSystem::Phone, self.phone),
            (ContactPointSystem::Url, self.website),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(system, value)| {
            Ok(Some(
                ContactPoint::builder()
                    .system(system)
                    .value(value.to_owned())
                    .build()?,
            ))
        })
        .collect();
        building = building.telecom(contacts?);
        if !self.part_of.is_empty() {
            building = building.part_of(reference(self.part_of)?);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("extension", &built.extension)?
            .field("identifier", &built.identifier)?
            .field("active", &built.active)?
            .field("type", &built.r#type)?
            .field("name", &built.name)?
            .field("telecom", &built.telecom)?
            .field("address", &built.address)?
            .field("partOf", &built.part_of)?;
        Ok(pen.finish())
    }
}

impl Organisation<'_> {
    fn written_address(&self) -> Result<Address, WriteError> {
        let mut building = Address::builder()
            .line(
                self.address
                    .line
                    .lines()
                    .map(|line| Some(line.to_owned()))
                    .collect(),
            )
            .country(country());
        if !self.address.city.is_empty() {
            building = building
                .city(self.address.city.to_owned())
                .postal_code(self.address.postcode.to_owned());
        }
        if !self.registration.unique_property.is_empty() {
            building = building.extension(vec![unique_property(self.registration.unique_property)?]);
        }
        Ok(building.build()?)
    }
}

impl Authored for Location<'_> {
    const TYPE: &'static str = "Location";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = FhirLocation::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(LocationStatus::Active)
            .name(self.name.to_owned())
            .mode(LocationMode::Instance)
            .r#type(concepts(&self.kind)?)
            .address(address(
                self.address.line,
                self.address.city,
                self.address.postcode,
            )?)
            .physical_type(coded(&self.physical)?)
            .managing_organization(reference(self.organisation)?)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("name", &built.name)?
            .field("mode", &built.mode)?
            .field("type", &built.r#type)?
            .field("address", &built.address)?
            .field("physicalType", &built.physical_type)?
            .field("managingOrganization", &built.managing_organization)?;
        Ok(pen.finish())
    }
}
