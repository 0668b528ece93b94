//! Who cares, where and in what kind of document: SNOMED CT.

use super::{SNOMED, code_table};

code_table! { SERVICES, SNOMED;
    GENERAL_PRACTICE = "788007007", "General practice service";
    EMERGENCY = "310000008", "Accident and Emergency service";
    ORTHOPAEDICS = "310161006", "Orthopaedic service";
    CARDIOLOGY = "789718008", "Cardiology service";
    CONSULTATION = "11429006", "Consultation";
    TELEPHONE = "185317003", "Telephone encounter";
    HOME_VISIT = "439708006", "Home visit";
    EMERGENCY_VISIT = "4525004", "Emergency department patient visit";
    ADMISSION = "32485007", "Hospital admission";
    CHECK_UP = "185349003", "Encounter for check up";
    FOLLOW_UP = "390906007", "Follow-up encounter";
}

code_table! { ROLES, SNOMED;
    GENERAL_PRACTITIONER = "62247001", "General practitioner";
    NURSE = "224535009", "Registered nurse";
    PHYSIOTHERAPIST = "36682004", "Physiotherapist";
    MIDWIFE = "309453006", "Registered midwife";
    PHARMACIST = "46255001", "Pharmacist";
    PHYSICIAN = "309343006", "Physician";
    ORTHOPAEDIC_SURGEON = "22731001", "Orthopaedic surgeon";
}

code_table! { DOCUMENTS, SNOMED;
    DISCHARGE_SUMMARY = "373942005", "Discharge summary";
    CARE_PLAN = "734163000", "Care plan";
    ALLERGIES = "886921000000105", "Allergies and adverse reactions";
    MEDICATIONS = "933361000000108", "Medications and medical devices";
}

/// What the practice asks of the hospital; words of our own, because no code was certain.
pub(crate) const REFERRAL: fhir_types::authored::Code = fhir_types::authored::Code {
    system: "https://code4health.example/CodeSystem/category",
    code: "referral",
    display: "Referral",
};

/// What the hospital writes.
pub(crate) const LETTERS: fhir_types::authored::Code = fhir_types::authored::Code {
    system: "https://code4health.example/CodeSystem/category",
    code: "letter",
    display: "Letter from the hospital",
};

/// Codes of our own for kinds of resource.
pub(crate) const CATEGORIES: &[fhir_types::authored::Code] = &[LETTERS, REFERRAL];
