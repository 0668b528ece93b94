//! What is known about one made-up person, before any resource is written.

use fhir_types::patient::{NameUse, PatientRecord};
use value::NhsNumber;

use crate::stories::Tale;

/// One made-up person, as PDS knows them.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The facts of their PDS record.
    pub record: PatientRecord,
    /// What is special about them, in one plain sentence.
    pub story: String,
    /// What became of their number.
    pub standing: Standing,
    /// The course of their health, if it was written by hand.
    pub(crate) tale: Option<Tale>,
}

/// What became of an NHS number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It stands.
    Current,
    /// The person has this number now.
    SupersededBy(NhsNumber),
    /// It was given by mistake and means nobody.
    Invalidated,
}

impl Draft {
    /// Their usual name as people say it; "No name recorded" where there is none.
    pub fn display_name(&self) -> String {
        let usual = self.record.names.iter().find(|name| name.kind == NameUse::Usual);
        let words: Vec<&str> = usual
            .into_iter()
            .flat_map(|name| name.given.iter().chain(&name.family))
            .map(String::as_str)
            .collect();
        if words.is_empty() {
            "No name recorded".to_owned()
        } else {
            words.join(" ")
        }
    }
}

/// Takes out of a record whatever could tell where somebody is, as PDS does for restricted records.
pub fn hide_location(record: &mut PatientRecord) {
    record.addresses.clear();
    record.telecoms.clear();
    record.emergency_contacts.clear();
    record.practice = None;
    record.managing_organisation = None;
    record.nominated_pharmacy = None;
    record.preferred_dispenser = None;
    record.appliance_supplier = None;
    record.birth_place = None;
    record.removal = None;
}
