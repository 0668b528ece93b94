//! What the types of records are called in plain words, and what people would call one record.

use serde_json::Value;

use super::say;

/// Type, what one is called, what several are called.
const KINDS: &[(&str, &str, &str)] = &[
    ("AllergyIntolerance", "Allergy", "allergies"),
    ("Appointment", "Appointment", "appointments"),
    ("Bundle", "List of records", "lists of records"),
    (
        "CapabilityStatement",
        "What the interface can do",
        "statements of what interfaces can do",
    ),
    ("CarePlan", "Care plan", "care plans"),
    ("CareTeam", "Care team", "care teams"),
    ("CodeSystem", "Code system", "code systems"),
    ("Communication", "Message", "messages"),
    ("Composition", "Document", "documents"),
    ("Condition", "Problem", "problems"),
    ("Consent", "Consent", "consents"),
    ("Coverage", "Cover for care abroad", "covers for care abroad"),
    ("Device", "Device", "devices"),
    ("DiagnosticReport", "Report", "reports"),
    ("DocumentReference", "Document", "documents"),
    ("Encounter", "Contact with care", "contacts with care"),
    ("EpisodeOfCare", "Episode of care", "episodes of care"),
    ("FamilyMemberHistory", "Family history", "family histories"),
    ("Flag", "Flag", "flags"),
    ("Goal", "Goal", "goals"),
    ("HealthcareService", "Service", "services"),
    ("Immunization", "Vaccination", "vaccinations"),
    ("List", "List", "lists"),
    ("Location", "Place", "places"),
    ("Medication", "Medicine", "medicines"),
    ("MedicationRequest", "Prescription", "prescriptions"),
    ("MedicationStatement", "Medicine taken", "medicines taken"),
    ("Observation", "Result", "results"),
    (
        "OperationOutcome",
        "What the interface says",
        "remarks of the interface",
    ),
    ("Organization", "Organisation", "organisations"),
    (
        "OrganizationAffiliation",
        "Relationship between organisations",
        "relationships between organisations",
    ),
    ("Parameters", "Answer", "answers"),
    ("Patient", "Patient", "patients"),
    ("Practitioner", "Clinician", "clinicians"),
    ("PractitionerRole", "Role of a clinician", "roles of clinicians"),
    ("Procedure", "Procedure", "procedures"),
    ("Questionnaire", "Questionnaire", "questionnaires"),
    (
        "QuestionnaireResponse",
        "Completed questionnaire",
        "completed questionnaires",
    ),
    ("RelatedPerson", "Related person", "related people"),
    ("Schedule", "Diary", "diaries"),
    ("ServiceRequest", "Referral or request", "referrals and requests"),
    ("Slot", "Free or booked time", "times in diaries"),
    ("Task", "Task", "tasks"),
    ("ValueSet", "Set of codes", "sets of codes"),
];

/// What one is called; the type's own name where there is no other, "Answer" where there is no type.
pub(crate) fn name(kind: &str) -> &str {
    match KINDS.iter().find(|(known, ..)| *known == kind) {
        Some((_, one, _)) => one,
        None if kind.is_empty() => "Answer",
        None => kind,
    }
}

/// What so many are called, in the middle of a sentence.
pub(crate) fn counted(kind: &str, count: u64) -> String {
    match KINDS.iter().find(|(known, ..)| *known == kind) {
        Some((_, one, _)) if count == 1 => one.to_lowercase(),
        Some((.., several)) => (*several).to_owned(),
        None if count == 1 => format!("record of type {kind}"),
        None => format!("records of type {kind}"),
    }
}

/// "the patient", before a name.
pub(crate) fn article(kind: &str) -> String {
    match KINDS.iter().find(|(known, ..)| *known == kind) {
        Some((_, one, _)) => format!("the {}", one.to_lowercase()),
        None => format!("the {kind}"),
    }
}

/// What people would call this record.
pub(crate) fn title(record: &Value) -> String {
    let kind = record["resourceType"].as_str().unwrap_or_default();
    let found = match kind {
        "Patient" | "Practitioner" | "RelatedPerson" => say::usual_name(record).and_then(say::name),
        "Condition" | "Procedure" | "Observation" | "AllergyIntolerance" | "Medication"
        | "DiagnosticReport" | "List" | "ServiceRequest" | "Flag" => say::concept(&record["code"]),
        "Immunization" => say::concept(&record["vaccineCode"]),
        "MedicationRequest" | "MedicationStatement" => medicine(record),
        "Appointment" => say::text(&record["description"])
            .or_else(|| say::concept(&record["serviceType"]))
            .or_else(|| say::date(&record["start"])),
        "Slot" => say::date(&record["start"]),
        "Encounter" => say::concept(&record["type"]).or_else(|| say::concept(&record["class"])),
        "DocumentReference" => say::text(&record["description"]).or_else(|| say::concept(&record["type"])),
        "CarePlan" | "Composition" | "Questionnaire" => {
            say::text(&record["title"]).or_else(|| say::concept(&record["category"]))
        }
        "Goal" => say::concept(&record["description"]),
        "OperationOutcome" => say::text(say::at(record, "/issue/0/details/coding/0/display"))
            .or_else(|| say::text(say::at(record, "/issue/0/details/text")))
            .or_else(|| say::code(say::at(record, "/issue/0/code"))),
        _ => say::text(&record["title"]),
    };
    let id = || {
        let id = say::text(&record["id"])?;
        Some(format!("{} {id}", name(kind)))
    };
    found
        .or_else(|| say::text(&record["name"]))
        .or_else(id)
        .unwrap_or_else(|| name(kind).to_owned())
}

/// The name of the medicine.
pub(crate) fn medicine(record: &Value) -> Option<String> {
    say::concept(&record["medicationCodeableConcept"])
        .or_else(|| say::reference(&record["medicationReference"]))
}
