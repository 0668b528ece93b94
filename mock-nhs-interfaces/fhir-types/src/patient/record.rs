//! The plain facts about a patient.

use fhir_sdk::r4b::codes::{AddressUse, AdministrativeGender, ContactPointSystem, ContactPointUse, NameUse};
use time::{Date, OffsetDateTime};

/// Everything that is written about a patient. What is empty is left out of the JSON.
#[derive(Clone, Debug, Default)]
pub struct PatientRecord {
    /// Ten digits.
    pub nhs_number: String,
    /// Version of the record, from 1.
    pub version: u32,
    /// Whether where they live is kept from those who ask (security code R, else U).
    pub restricted: bool,
    /// Names, the usual one first.
    pub names: Vec<RecordedName>,
    /// Gender as on official documents.
    pub gender: Option<AdministrativeGender>,
    /// Date of birth.
    pub birth_date: Option<Date>,
    /// Whether no more of the date of birth is known than its year.
    pub only_birth_year: bool,
    /// Place in the order of birth of twins and more.
    pub multiple_birth: Option<i32>,
    /// Set once they have died.
    pub death: Option<Death>,
    /// Addresses.
    pub addresses: Vec<PostalAddress>,
    /// Telephone numbers, emails and the like.
    pub telecoms: Vec<Telecom>,
    /// Whom to call in an emergency.
    pub emergency_contacts: Vec<EmergencyContact>,
    /// The practice they are registered with.
    pub practice: Option<Practice>,
    /// The organisation that manages their record.
    pub managing_organisation: Option<Practice>,
    /// ODS code of the pharmacy they chose.
    pub nominated_pharmacy: Option<String>,
    /// ODS code of the dispensing doctor they chose.
    pub preferred_dispenser: Option<String>,
    /// ODS code of the appliance supplier they chose.
    pub appliance_supplier: Option<String>,
    /// Language and interpreter.
    pub communication: Option<Communication>,
    /// How they like to be reached.
    pub contact_preference: Option<ContactPreference>,
    /// Where they were born.
    pub birth_place: Option<BirthPlace>,
    /// Set once they have left the NHS in England.
    pub removal: Option<Removal>,
    /// What used to be recorded; never written, and found by a search through history.
    pub past: Past,
}

/// What used to be recorded about a patient and was replaced since.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Names.
    pub names: Vec<RecordedName>,
    /// Genders.
    pub genders: Vec<AdministrativeGender>,
    /// Addresses.
    pub addresses: Vec<PostalAddress>,
    /// Telephone numbers, emails and the like.
    pub telecoms: Vec<Telecom>,
}

/// A name.
#[derive(Clone, Debug)]
pub struct RecordedName {
    /// Id of this item in the record.
    pub id: String,
    /// Kind of name.
    pub kind: NameUse,
    /// Since when.
    pub since: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// Given names, first names first.
    pub given: Vec<String>,
    /// Family name.
    pub family: Option<String>,
    /// Such as `Mrs`.
    pub prefix: Option<String>,
    /// Such as `MBE`.
    pub suffix: Option<String>,
}

/// A death.
#[derive(Clone, Copy, Debug)]
pub struct Death {
    /// When.
    pub at: OffsetDateTime,
    /// How it is known.
    pub status: DeathStatus,
}

/// How a death is known.
/// Source: <https://fhir.hl7.org.uk/CodeSystem/UKCore-DeathNotificationStatus>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeathStatus {
    /// Somebody in the NHS heard of it.
    Informal,
    /// The registrar has sent a notice.
    Formal,
}

/// An address.
#[derive(Clone, Debug)]
pub struct PostalAddress {
    /// Id of this item in the record.
    pub id: String,
    /// Kind of address.
    pub kind: AddressUse,
    /// Since when.
    pub since: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// What the address is, such as `Student Accommodation`.
    pub text: Option<String>,
    /// The five lines of a postal address, without the empty ones.
    pub lines: Vec<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Key in the Postcode Address File.
    pub paf_key: Option<String>,
    /// Unique property reference number.
    pub uprn: Option<String>,
}

/// A way to reach somebody.
#[derive(Clone, Debug)]
pub struct Telecom {
    /// Id of this item in the record; a telephone of an emergency contact has none.
    pub id: Option<String>,
    /// Kind of system.
    pub system: ContactPointSystem,
    /// Number or address.
    pub value: String,
    /// Kind of use.
    pub kind: Option<ContactPointUse>,
    /// Since when.
    pub since: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// Code and display of a system that FHIR has no code for, such as `textphone`.
    pub other_system: Option<(String, String)>,
}

/// Whom to call in an emergency.
#[derive(Clone, Debug)]
pub struct EmergencyContact {
    /// Id of this item in the record.
    pub id: String,
    /// Since when.
    pub since: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// Telephone number.
    pub phone: String,
}

/// An organisation that a patient belongs to.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Id of this item in the record.
    pub id: Option<String>,
    /// ODS code.
    pub ods_code: String,
    /// Since when.
    pub since: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
}

/// Language and interpreter.
/// Source: <https://fhir.hl7.org.uk/CodeSystem/UKCore-HumanLanguage>
#[derive(Clone, Debug)]
pub struct Communication {
    /// Code of the language, such as `fr`.
    pub language_code: String,
    /// The language in words.
    pub language: String,
    /// Whether an interpreter is needed.
    pub interpreter_required: bool,
}

/// How somebody likes to be reached.
#[derive(Clone, Debug)]
pub struct ContactPreference {
    /// Code and words of the written format, such as `12` and `Braille`.
    pub written_format: (String, String),
    /// Code and words of the method, such as `1` and `Letter`.
    pub method: (String, String),
    /// Times, in their own words.
    pub times: String,
}

/// Where somebody was born.
#[derive(Clone, Debug)]
pub struct BirthPlace {
    /// Town or city.
    pub city: String,
    /// County or the like.
    pub district: String,
    /// Country, as three letters.
    pub country: String,
}

/// Why somebody is no longer registered.
#[derive(Clone, Debug)]
pub struct Removal {
    /// Code and words, such as `SCT` and `Transferred to Scotland`.
    pub reason: (String, String),
    /// Since when.
    pub from: OffsetDateTime,
    /// Until when.
    pub until: OffsetDateTime,
}
