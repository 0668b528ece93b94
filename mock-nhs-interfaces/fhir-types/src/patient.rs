//! A patient as the Personal Demographics Service writes one, from plain facts.
//! Source: <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir>

mod extension;
mod part;
mod record;

use fhir_sdk::Date;
pub use fhir_sdk::r4b::codes::LinkType;
pub use fhir_sdk::r4b::codes::{
    AddressUse, AdministrativeGender, ContactPointSystem, ContactPointUse, NameUse,
};
use fhir_sdk::r4b::resources::{Patient, PatientContact, PatientLink, PatientMultipleBirth};
use fhir_sdk::r4b::types::{Address, ContactPoint, HumanName, Identifier, Meta, Reference};
use serde::Serialize;

pub use record::{
    BirthPlace, Communication, ContactPreference, Death, DeathStatus, EmergencyContact, Past, PatientRecord,
    PostalAddress, Practice, RecordedName, Removal, Telecom,
};

use crate::authored::{Authored, Head, meta, reference};
use crate::{WriteError, instant};
use extension::WrittenExtension;

/// Code system of the mark that every person carries in `meta.tag` among other resources; not in PDS, whose tests compare
/// `meta` member by member. The domain can belong to nobody.
pub const ORIGIN_SYSTEM: &str = "https://code4health.example/CodeSystem/origin";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    resource_type: &'static str,
    id: &'a Option<String>,
    identifier: &'a [Option<Identifier>],
    meta: &'a Option<Meta>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: &'a Option<bool>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    name: &'a [Option<HumanName>],
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: &'a Option<AdministrativeGender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: &'a Option<Date>,
    #[serde(flatten)]
    multiple_birth: &'a Option<PatientMultipleBirth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deceased_date_time: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    general_practitioner: &'a [Option<Reference>],
    #[serde(skip_serializing_if = "Option::is_none")]
    managing_organization: &'a Option<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extension: Vec<WrittenExtension<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    telecom: &'a [Option<ContactPoint>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    contact: &'a [Option<PatientContact>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    address: &'a [Option<Address>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    link: &'a [Option<PatientLink>],
}

/// The JSON of a patient with these facts, as PDS writes it: other organisations are known by their codes.
///
/// # Errors
/// When a part cannot be built or written, such as a year of more than four digits.
pub fn patient(record: &PatientRecord) -> Result<Vec<u8>, WriteError> {
    written(record, &build(record)?)
}

/// A patient among other resources: other organisations are known by where they stand, too.
#[derive(Clone, Copy, Debug)]
pub struct KeptPatient<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// The facts.
    pub record: &'a PatientRecord,
    /// Whether the record is in use.
    pub active: bool,
    /// Kinds of link, and references to other records of the same person.
    pub links: &'a [(LinkType, String)],
}

impl Authored for KeptPatient<'_> {
    const TYPE: &'static str = "Patient";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut patient = build(self.record)?;
        patient.meta = Some(meta(&self.head)?);
        patient.active = Some(self.active);
        patient.identifier = vec![Some(part::uk_core_nhs_number(&self.record.nhs_number)?)];
        let parts = patient.0.as_mut();
        let organisations = parts.general_practitioner.iter_mut().flatten();
        for organisation in organisations.chain(&mut parts.managing_organization) {
            let code = organisation
                .identifier
                .as_ref()
                .and_then(|identifier| identifier.value.as_deref());
            organisation.reference = code.map(|code| format!("Organization/{code}"));
        }
        for (kind, other) in self.links {
            let link = PatientLink::builder()
                .r#type(*kind)
                .other(reference(other)?)
                .build()?;
            patient.link.push(Some(link));
        }
        written(self.record, &patient)
    }
}

fn written(record: &PatientRecord, patient: &Patient) -> Result<Vec<u8>, WriteError> {
    let written = Written {
        resource_type: "Patient",
        id: &patient.id,
        identifier: &patient.identifier,
        meta: &patient.meta,
        active: &patient.active,
        name: &patient.name,
        gender: &patient.gender,
        birth_date: &patient.birth_date,
        multiple_birth: &patient.multiple_birth,
        // FHIR's own field is not written: it would end in `Z`.
        deceased_date_time: record
            .death
            .as_ref()
            .map(|death| instant::written(death.at))
            .transpose()?,
        general_practitioner: &patient.general_practitioner,
        managing_organization: &patient.managing_organization,
        extension: WrittenExtension::all(&patient.extension)?,
        telecom: &patient.telecom,
        contact: &patient.contact,
        address: &patient.address,
        link: &patient.link,
    };
    Ok(serde_json::to_vec(&written)?)
}

fn build(record: &PatientRecord) -> Result<Patient, WriteError> {
    let mut patient = Patient::builder()
        .id(record.nhs_number.clone())
        .identifier(vec![Some(part::nhs_number(&record.nhs_number)?)])
        .meta(part::meta(record)?)
        .name(all(&record.names, part::name)?)
        .extension(extension::of_record(record)?)
        .telecom(all(&record.telecoms, part::telecom)?)
        .contact(all(&record.emergency_contacts, part::emergency_contact)?)
        .address(all(&record.addresses, part::address)?);
    if let Some(gender) = record.gender {
        patient = patient.gender(gender);
    }
    if let Some(born) = record.birth_date {
        patient = patient.birth_date(if record.only_birth_year {
            Date::Year(born.year())
        } else {
            Date::Date(born)
        });
    }
    if let Some(place) = record.multiple_birth {
        patient = patient.multiple_birth(PatientMultipleBirth::Integer(place));
    }
    if let Some(practice) = &record.practice {
        patient = patient.general_practitioner(vec![Some(part::practice(practice)?)]);
    }
    if let Some(organisation) = &record.managing_organisation {
        patient = patient.managing_organization(part::organisation(organisation)?);
    }
    Ok(patient.build()?)
}

/// Builds one part for each fact.
fn all<F, P>(facts: &[F], build: fn(&F) -> Result<P, WriteError>) -> Result<Vec<Option<P>>, WriteError> {
    facts.iter().map(|fact| build(fact).map(Some)).collect()
}

#[cfg(test)]
mod tests;
