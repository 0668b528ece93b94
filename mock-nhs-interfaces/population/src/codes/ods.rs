//! Codes of the NHS's register of organisations: the few of each that organisations of the seed have.
//! <https://digital.nhs.uk/developer/api-catalogue/organisation-data-terminology>

pub use fhir_types::authored::Code;

/// Where codes of roles come from.
pub const ROLE_SYSTEM: &str =
    "https://digital.nhs.uk/services/organisation-data-service/CodeSystem/ODSOrganisationRole";
/// Where codes of relationships come from.
pub const RELATIONSHIP_SYSTEM: &str =
    "https://digital.nhs.uk/services/organisation-data-service/CodeSystem/ODSRelationship";
/// Where codes for organisations and sites come from.
pub const RECORD_CLASS_SYSTEM: &str =
    "https://digital.nhs.uk/services/organisation-data-service/CodeSystem/ODSRecordClass";
/// Where codes for whole and reduced entries come from.
pub const RECORD_USE_SYSTEM: &str = "https://fhir.nhs.uk/England/CodeSystem/England-ODSRecordUseType";

macro_rules! codes {
    ($system:ident, $all:ident, $doc:literal; $($name:ident = $code:literal, $display:literal;)+) => {
        $(pub(crate) const $name: Code = Code { system: $system, code: $code, display: $display };)+
        #[doc = $doc]
        pub const $all: &[Code] = &[$($name),+];
    };
}

codes! {
    ROLE_SYSTEM, ROLES, "Roles of organisations.";
    HOSPICE = "RO7", "HOSPICE";
    FOUNDATION_TRUST = "RO57", "FOUNDATION TRUST";
    GP_PRACTICE = "RO76", "GP PRACTICE";
    CLINICAL_COMMISSIONING_GROUP = "RO98", "CLINICAL COMMISSIONING GROUP";
    SOCIAL_CARE_PROVIDER = "RO104", "SOCIAL CARE PROVIDER";
    OPTICAL_SITE = "RO167", "OPTICAL SITE";
    INDEPENDENT_PROVIDER = "RO172", "INDEPENDENT SECTOR HEALTHCARE PROVIDER";
    PRESCRIBING_COST_CENTRE = "RO177", "PRESCRIBING COST CENTRE";
    PHARMACY_HEADQUARTER = "RO181", "PHARMACY HEADQUARTER";
    PHARMACY = "RO182", "PHARMACY";
    NHS_TRUST = "RO197", "NHS TRUST";
    NHS_TRUST_SITE = "RO198", "NHS TRUST SITE";
    STRATEGIC_PARTNERSHIP = "RO261", "STRATEGIC PARTNERSHIP";
    PRIMARY_CARE_NETWORK = "RO272", "PRIMARY CARE NETWORK";
    INTEGRATED_CARE_BOARD = "RO318", "INTEGRATED CARE BOARD";
    SUB_ICB_LOCATION = "RO319", "SUB ICB LOCATION";
}

/// Roles that an organisation has first of all; the others come beside one of these.
pub const PRIMARY_ROLES: &[&str] = &[
    "RO98", "RO104", "RO167", "RO172", "RO177", "RO181", "RO182", "RO197", "RO198", "RO261", "RO272",
];

codes! {
    RELATIONSHIP_SYSTEM, RELATIONSHIPS, "Relationships between organisations.";
    COMMISSIONED_BY = "RE4", "IS COMMISSIONED BY";
    LOCATED_IN = "RE5", "IS LOCATED IN THE GEOGRAPHY OF";
    OPERATED_BY = "RE6", "IS OPERATED BY";
    PARTNER_TO = "RE8", "IS PARTNER TO";
}

codes! {
    RECORD_CLASS_SYSTEM, RECORD_CLASSES, "Organisations, and sites of them.";
    ORGANISATION = "RC1", "HSCOrg";
    SITE = "RC2", "HSCSite";
}

codes! {
    RECORD_USE_SYSTEM, RECORD_USES, "Whole entries, and reduced ones that are only referred to.";
    FULL = "Full", "Full";
    REFERENCE_ONLY = "RefOnly", "RefOnly";
}
