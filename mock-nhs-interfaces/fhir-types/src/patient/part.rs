//! The typed parts of a patient, one function each.

use fhir_sdk::r4b::resources::PatientContact;
use fhir_sdk::r4b::types::{
    Address, CodeableConcept, Coding, ContactPoint, Extension, ExtensionValue, HumanName, Identifier, Meta,
    Period, Reference,
};
use fhir_sdk::{Date as FhirDate, DateTime};
use time::Date;

use super::extension::{nested, simple};
use super::{
    ContactPointSystem, EmergencyContact, PatientRecord, PostalAddress, Practice, RecordedName, Telecom,
};
use crate::WriteError;

const ODS_SYSTEM: &str = "https://fhir.nhs.uk/Id/ods-organization-code";

pub(super) fn meta(record: &PatientRecord) -> Result<Meta, WriteError> {
    let (code, display) = if record.restricted {
        ("R", "restricted")
    } else {
        ("U", "unrestricted")
    };
    let security = coding(
        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
        code,
        display,
    )?;
    // Without the mark of a made-up person: the NHS's own tests compare `meta` member by member.
    Ok(Meta::builder()
        .version_id(record.version.to_string())
        .security(vec![Some(security)])
        .build()?)
}

/// As PDS writes it.
pub(super) fn nhs_number(number: &str) -> Result<Identifier, WriteError> {
    const SYSTEM: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus";
    verified(number, versioned(SYSTEM, "01", "Number present and verified")?)
}

/// As UK Core writes it, whose code system is a newer one.
pub(super) fn uk_core_nhs_number(number: &str) -> Result<Identifier, WriteError> {
    const SYSTEM: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland";
    verified(number, coding(SYSTEM, "01", "Number present and verified")?)
}

fn verified(number: &str, status: Coding) -> Result<Identifier, WriteError> {
    let status = simple(
        "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        ExtensionValue::CodeableConcept(concept(status)?),
    )?;
    Ok(Identifier::builder()
        .system("https://fhir.nhs.uk/Id/nhs-number".to_owned())
        .value(number.to_owned())
        .extension(vec![status])
        .build()?)
}

pub(super) fn name(name: &RecordedName) -> Result<HumanName, WriteError> {
    let mut built = HumanName::builder()
        .id(name.id.clone())
        .r#use(name.kind)
        .given(name.given.iter().cloned().map(Some).collect())
        .prefix(name.prefix.iter().cloned().map(Some).collect())
        .suffix(name.suffix.iter().cloned().map(Some).collect());
    if let Some(family) = &name.family {
        built = built.family(family.clone());
    }
    if let Some(period) = period(name.since, name.until)? {
        built = built.period(period);
    }
    Ok(built.build()?)
}

pub(super) fn address(address: &PostalAddress) -> Result<Address, WriteError> {
    let mut keys = Vec::new();
    for (kind, key) in [("PAF", &address.paf_key), ("UPRN", &address.uprn)] {
        if let Some(key) = key {
            keys.push(address_key(kind, key)?);
        }
    }
    let mut built = Address::builder()
        .id(address.id.clone())
        .r#use(address.kind)
        .line(address.lines.iter().cloned().map(Some).collect())
        .extension(keys);
    if let Some(text) = &address.text {
        built = built.text(text.clone());
    }
    if let Some(postcode) = &address.postcode {
        built = built.postal_code(postcode.clone());
    }
    if let Some(period) = period(address.since, address.until)? {
        built = built.period(period);
    }
    Ok(built.build()?)
}

fn address_key(kind: &str, key: &str) -> Result<Extension, WriteError> {
    let kind = Coding::builder()
        .system("https://fhir.hl7.org.uk/CodeSystem/UKCore-AddressKeyType".to_owned())
        .code(kind.to_owned())
        .build()?;
    nested(
        "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey",
        vec![
            simple("type", ExtensionValue::Coding(kind))?,
            simple("value", ExtensionValue::String(key.to_owned()))?,
        ],
    )
}

pub(super) fn telecom(telecom: &Telecom) -> Result<ContactPoint, WriteError> {
    let mut built = ContactPoint::builder()
        .system(telecom.system)
        .value(telecom.value.clone());
    if let Some(id) = &telecom.id {
        built = built.id(id.clone());
    }
    if let Some(kind) = telecom.kind {
        built = built.r#use(kind);
    }
    if let Some(period) = period(telecom.since, telecom.until)? {
        built = built.period(period);
    }
    if let Some((code, display)) = &telecom.other_system {
        built = built.extension(vec![simple(
            "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-OtherContactSystem",
            ExtensionValue::Coding(coding(
                "https://fhir.hl7.org.uk/CodeSystem/UKCore-OtherContactSystem",
                code,
                display,
            )?),
        )?]);
    }
    Ok(built.build()?)
}

pub(super) fn emergency_contact(contact: &EmergencyContact) -> Result<PatientContact, WriteError> {
    let relationship = concept(coding(
        "http://terminology.hl7.org/CodeSystem/v2-0131",
        "C",
        "Emergency Contact",
    )?)?;
    let phone = ContactPoint::builder()
        .system(ContactPointSystem::Phone)
        .value(contact.phone.clone())
        .build()?;
    let mut built = PatientContact::builder()
        .id(contact.id.clone())
        .relationship(vec![Some(relationship)])
        .telecom(vec![Some(phone)]);
    if let Some(period) = period(contact.since, contact.until)? {
        built = built.period(period);
    }
    Ok(built.build()?)
}

pub(super) fn practice(practice: &Practice) -> Result<Reference, WriteError> {
    organisation(practice)
}

pub(super) fn organisation(organisation: &Practice) -> Result<Reference, WriteError> {
    let mut identifier = Identifier::builder()
        .system(ODS_SYSTEM.to_owned())
        .value(organisation.ods_code.clone());
    if let Some(period) = period(organisation.since, organisation.until)? {
        identifier = identifier.period(period);
    }
    let mut built = Reference::builder()
        .r#type("Organization".to_owned())
        .identifier(identifier.build()?);
    if let Some(id) = &organisation.id {
        built = built.id(id.clone());
    }
    Ok(built.build()?)
}

/// A reference by ODS code alone, as in the extensions.
pub(super) fn ods_reference(ods_code: &str) -> Result<Reference, WriteError> {
    let identifier = Identifier::builder()
        .system(ODS_SYSTEM.to_owned())
        .value(ods_code.to_owned())
        .build()?;
    Ok(Reference::builder().identifier(identifier).build()?)
}

pub(super) fn coding(system: &str, code: &str, display: &str) -> Result<Coding, WriteError> {
    Ok(Coding::builder()
        .system(system.to_owned())
        .code(code.to_owned())
        .display(display.to_owned())
        .build()?)
}

/// A coding of version 1.0.0, which PDS writes for some systems.
pub(super) fn versioned(system: &str, code: &str, display: &str) -> Result<Coding, WriteError> {
    Ok(Coding::builder()
        .system(system.to_owned())
        .version("1.0.0".to_owned())
        .code(code.to_owned())
        .display(display.to_owned())
        .build()?)
}

pub(super) fn concept(coding: Coding) -> Result<CodeableConcept, WriteError> {
    Ok(CodeableConcept::builder().coding(vec![Some(coding)]).build()?)
}

fn period(since: Option<Date>, until: Option<Date>) -> Result<Option<Period>, WriteError> {
    if since.is_none() && until.is_none() {
        return Ok(None);
    }
    let mut built = Period::builder();
    if let Some(since) = since {
        built = built.start(DateTime::Date(FhirDate::Date(since)));
    }
    if let Some(until) = until {
        built = built.end(DateTime::Date(FhirDate::Date(until)));
    }
    Ok(Some(built.build()?))
}
