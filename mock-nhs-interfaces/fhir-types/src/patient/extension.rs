//! The UK Core and PDS extensions of a patient.
//! Source: <https://simplifier.net/guide/ukcoreimplementationguide/home>

use fhir_sdk::r4b::types::{Address, Extension, ExtensionValue, Period};
use fhir_sdk::{DateTime, Instant};
use serde::Serialize;
use time::OffsetDateTime;

use super::part::{coding, concept, ods_reference, versioned};
use super::{Communication, ContactPreference, Death, DeathStatus, PatientRecord, Removal};
use crate::{WriteError, instant};

/// An extension as Spine writes it: times end in `+00:00`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WrittenExtension<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extension: Vec<Self>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_date_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_period: Option<WrittenPeriod>,
    #[serde(flatten)]
    value: Option<&'a ExtensionValue>,
}

#[derive(Serialize)]
struct WrittenPeriod {
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
}

impl<'a> WrittenExtension<'a> {
    pub(super) fn all(extensions: &'a [Extension]) -> Result<Vec<Self>, WriteError> {
        extensions.iter().map(Self::one).collect()
    }

    fn one(extension: &'a Extension) -> Result<Self, WriteError> {
        let mut written = Self {
            url: &extension.url,
            extension: Self::all(&extension.extension)?,
            value_date_time: None,
            value_period: None,
            value: None,
        };
        if let Some(ExtensionValue::DateTime(DateTime::DateTime(at))) = &extension.value {
            written.value_date_time = Some(instant::written(at.0)?);
        } else if let Some(ExtensionValue::Period(period)) = &extension.value {
            written.value_period = Some(WrittenPeriod {
                start: time_of(period.start.as_ref())?,
                end: time_of(period.end.as_ref())?,
            });
        } else {
            written.value = extension.value.as_ref();
        }
        Ok(written)
    }
}

fn time_of(end_of_period: Option<&DateTime>) -> Result<Option<String>, WriteError> {
    match end_of_period {
        Some(DateTime::DateTime(at)) => Ok(Some(instant::written(at.0)?)),
        Some(DateTime::Date(_)) | None => Ok(None),
    }
}

/// Every extension that the facts ask for, in the order in which PDS writes them.
pub(super) fn of_record(record: &PatientRecord) -> Result<Vec<Extension>, WriteError> {
    let mut all = Vec::new();
    for (url, ods_code) in [
        (
            "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NominatedPharmacy",
            &record.nominated_pharmacy,
        ),
        (
            "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-PreferredDispenserOrganization",
            &record.preferred_dispenser,
        ),
        (
            "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicalApplianceSupplier",
            &record.appliance_supplier,
        ),
    ] {
        if let Some(ods_code) = ods_code {
            all.push(simple(url, ExtensionValue::Reference(ods_reference(ods_code)?))?);
        }
    }
    if let Some(death) = &record.death {
        all.push(death_notification(death)?);
    }
    if let Some(wanted) = &record.communication {
        all.push(communication(wanted)?);
    }
    if let Some(wanted) = &record.contact_preference {
        all.push(contact_preference(wanted)?);
    }
    if let Some(place) = &record.birth_place {
        let place = Address::builder()
            .city(place.city.clone())
            .district(place.district.clone())
            .country(place.country.clone())
            .build()?;
        all.push(simple(
            "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
            ExtensionValue::Address(place),
        )?);
    }
    if let Some(left) = &record.removal {
        all.push(removal(left)?);
    }
    Ok(all)
}

fn death_notification(death: &Death) -> Result<Extension, WriteError> {
    const SYSTEM: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-DeathNotificationStatus";
    let (code, display) = match death.status {
        DeathStatus::Informal => (
            "1",
            "Informal - death notice received via an update from a local NHS Organisation such as GPs or Trusts",
        ),
        DeathStatus::Formal => ("2", "Formal - death notice received from Registrar of Deaths"),
    };
    nested(
        "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus",
        vec![
            simple(
                "deathNotificationStatus",
                ExtensionValue::CodeableConcept(concept(versioned(SYSTEM, code, display)?)?),
            )?,
            simple("systemEffectiveDate", ExtensionValue::DateTime(at(death.at)))?,
        ],
    )
}

fn communication(wanted: &Communication) -> Result<Extension, WriteError> {
    const SYSTEM: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-HumanLanguage";
    let language = concept(versioned(SYSTEM, &wanted.language_code, &wanted.language)?)?;
    nested(
        "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSCommunication",
        vec![
            simple("language", ExtensionValue::CodeableConcept(language))?,
            simple(
                "interpreterRequired",
                ExtensionValue::Boolean(wanted.interpreter_required),
            )?,
        ],
    )
}

fn contact_preference(wanted: &ContactPreference) -> Result<Extension, WriteError> {
    let (format_code, format) = &wanted.written_format;
    let (method_code, method) = &wanted.method;
    let format = coding(
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-PreferredWrittenCommunicationFormat",
        format_code,
        format,
    )?;
    let method = coding(
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-PreferredContactMethod",
        method_code,
        method,
    )?;
    nested(
        "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-ContactPreference",
        vec![
            simple(
                "PreferredWrittenCommunicationFormat",
                ExtensionValue::CodeableConcept(concept(format)?),
            )?,
            simple(
                "PreferredContactMethod",
                ExtensionValue::CodeableConcept(concept(method)?),
            )?,
            simple(
                "PreferredContactTimes",
                ExtensionValue::String(wanted.times.clone()),
            )?,
        ],
    )
}

fn removal(left: &Removal) -> Result<Extension, WriteError> {
    let (code, display) = &left.reason;
    let reason = concept(coding(
        "https://fhir.nhs.uk/CodeSystem/PDS-RemovalReasonExitCode",
        code,
        display,
    )?)?;
    let period = Period::builder()
        .start(at(left.from))
        .end(at(left.until))
        .build()?;
    nested(
        "https://fhir.nhs.uk/StructureDefinition/Extension-PDS-RemovalFromRegistration",
        vec![
            simple(
                "removalFromRegistrationCode",
                ExtensionValue::CodeableConcept(reason),
            )?,
            simple("effectiveTime", ExtensionValue::Period(period))?,
        ],
    )
}

fn at(instant: OffsetDateTime) -> DateTime {
    DateTime::DateTime(Instant(instant))
}

/// An extension with a value.
pub(super) fn simple(url: &str, value: ExtensionValue) -> Result<Extension, WriteError> {
    Ok(Extension::builder().url(url.to_owned()).value(value).build()?)
}

/// An extension with extensions inside.
pub(super) fn nested(url: &str, inside: Vec<Extension>) -> Result<Extension, WriteError> {
    Ok(Extension::builder()
        .url(url.to_owned())
        .extension(inside)
        .build()?)
}
