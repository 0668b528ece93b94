//! What the NHS's register of organisations adds to `Organization` and `OrganizationAffiliation`.
//! <https://simplifier.net/guide/organisation-data-services>

use fhir_sdk::r4b::codes::IdentifierUse;
use fhir_sdk::r4b::types::{CodeableConcept, Extension, ExtensionValue, Identifier, Reference};
use time::Date;

use crate::WriteError;
use crate::authored::{Code, Span, When, coded, coding, when};
use crate::part::period;

pub(super) const ODS_SYSTEM: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
const ROLE: &str = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-OrganisationRole";
const TYPED_PERIOD: &str = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-TypedPeriod";
const TYPED_TIME: &str = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-TypedDateTime";
const ADDRESS_KEY: &str = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey";

const fn period_type(code: &'static str) -> Code {
    Code {
        system: "https://fhir.nhs.uk/England/CodeSystem/England-PeriodType",
        code,
        display: code,
    }
}

/// A role that an organisation has or had.
#[derive(Clone, Copy, Debug)]
pub struct HeldRole {
    /// The number of this entry in the register.
    pub instance: i32,
    /// Which role.
    pub role: Code,
    /// Since when.
    pub from: Date,
    /// Until when; `None` while it lasts.
    pub until: Option<Date>,
}

/// An organisation's entry in the register.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    /// Its roles, the primary one first.
    pub roles: &'a [HeldRole],
    /// When the entry was last changed.
    pub changed: Date,
    /// Whether the entry says everything or is only there to be referred to.
    pub record_use: Code,
    /// Whether it is an organisation or a site of one.
    pub record_class: Code,
    /// Who gave out the code.
    pub assigner: &'a str,
    /// Unique property reference number of its address; may be empty.
    pub unique_property: &'a str,
}

impl Registration<'_> {
    /// Whether it still has a role.
    pub(super) fn is_active(&self) -> bool {
        self.roles.iter().any(|held| held.until.is_none())
    }
}

pub(super) fn country() -> String {
    "ENGLAND".to_owned()
}

pub(super) fn assigned_identifier(ods_code: &str, assigner: &str) -> Result<Identifier, WriteError> {
    Ok(Identifier::builder()
        .r#use(IdentifierUse::Official)
        .system(ODS_SYSTEM.to_owned())
        .value(ods_code.to_owned())
        .assigner(Reference::builder().display(assigner.to_owned()).build()?)
        .build()?)
}

pub(super) fn record_kinds(
    registration: &Registration<'_>,
) -> Result<Vec<Option<CodeableConcept>>, WriteError> {
    Ok(vec![
        Some(coded(&registration.record_use)?),
        Some(coded(&registration.record_class)?),
    ])
}

/// Roles, and when the entry was last changed.
pub(super) fn registered(registration: &Registration<'_>) -> Result<Vec<Extension>, WriteError> {
    let mut all: Vec<Extension> = registration.roles.iter().map(role).collect::<Result<_, _>>()?;
    let last_change = Code {
        system: "https://fhir.nhs.uk/England/CodeSystem/England-ODSDateTime",
        code: "LastChangeDate",
        display: "Last Change Date",
    };
    all.push(nested(
        TYPED_TIME,
        vec![
            simple("type", ExtensionValue::Coding(coding(&last_change)?))?,
            simple(
                "dateTime",
                ExtensionValue::DateTime(when(When::Day(registration.changed))),
            )?,
        ],
    )?);
    Ok(all)
}

fn role(held: &HeldRole) -> Result<Extension, WriteError> {
    let mut inside = vec![
        simple("instanceID", ExtensionValue::Integer(held.instance))?,
        simple("roleCode", ExtensionValue::CodeableConcept(coded(&held.role)?))?,
    ];
    inside.extend(typed_periods(held.from, held.until)?);
    inside.push(simple("active", ExtensionValue::Boolean(held.until.is_none()))?);
    nested(ROLE, inside)
}

/// The same time twice: as it is in law, and as it is in practice.
pub(super) fn typed_periods(from: Date, until: Option<Date>) -> Result<Vec<Extension>, WriteError> {
    ["Legal", "Operational"]
        .into_iter()
        .map(|kind| {
            let span = Span {
                from: When::Day(from),
                until: until.map(When::Day),
            };
            nested(
                TYPED_PERIOD,
                vec![
                    simple("dateType", ExtensionValue::Coding(coding(&period_type(kind))?))?,
                    simple("period", ExtensionValue::Period(period(&span)?))?,
                ],
            )
        })
        .collect()
}

pub(super) fn unique_property(number: &str) -> Result<Extension, WriteError> {
    let kind = Code {
        system: "https://fhir.hl7.org.uk/CodeSystem/UKCore-AddressKeyType",
        code: "UPRN",
        display: "Unique Property Reference Number",
    };
    nested(
        ADDRESS_KEY,
        vec![
            simple("type", ExtensionValue::CodeableConcept(coded(&kind)?))?,
            simple("value", ExtensionValue::String(number.to_owned()))?,
        ],
    )
}

fn simple(url: &str, value: ExtensionValue) -> Result<Extension, WriteError> {
    Ok(Extension::builder().url(url.to_owned()).value(value).build()?)
}

fn nested(url: &str, inside: Vec<Extension>) -> Result<Extension, WriteError> {
    Ok(Extension::builder()
        .url(url.to_owned())
        .extension(inside)
        .build()?)
}
