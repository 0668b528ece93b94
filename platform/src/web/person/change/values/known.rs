//! What is known of the members of records: which stay as they are, which may be added, which words one may hold.

/// Members that are not for people to change: names of records, codes, addresses of definitions.
pub(super) const FIXED: [&str; 22] = [
    "resourceType",
    "id",
    "meta",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "implicitRules",
    "language",
    "system",
    "url",
    "reference",
    "coding",
    "identifier",
    "code",
    "type",
    "profile",
    "contentType",
    "data",
    "attachment",
    "class",
    "rank",
];

/// Members that may be added where they are missing: type, member, label, hint.
pub(super) const ADDABLE: [(&str, &str, &str, &str); 5] = [
    ("Patient", "birthDate", "Date of birth", "As 2010-10-22."),
    (
        "Patient",
        "deceasedDateTime",
        "Died on",
        "As 2026-11-01. Leave it empty for somebody who lives.",
    ),
    ("Condition", "onsetDateTime", "Began on", "As 2026-11-01."),
    (
        "Condition",
        "abatementDateTime",
        "Ended on",
        "As 2026-11-01. Leave it empty while it lasts.",
    ),
    ("Observation", "effectiveDateTime", "When", "As 2026-11-01."),
];

/// The words that a status may be.
pub(super) const CHOICES: [(&str, &str, &[&str]); 8] = [
    ("Patient", "gender", &["male", "female", "other", "unknown"]),
    (
        "Observation",
        "status",
        &[
            "registered",
            "preliminary",
            "final",
            "amended",
            "corrected",
            "cancelled",
            "entered-in-error",
            "unknown",
        ],
    ),
    (
        "MedicationRequest",
        "status",
        &[
            "active",
            "on-hold",
            "cancelled",
            "completed",
            "entered-in-error",
            "stopped",
            "draft",
            "unknown",
        ],
    ),
    (
        "Immunization",
        "status",
        &["completed", "entered-in-error", "not-done"],
    ),
    (
        "Appointment",
        "status",
        &[
            "proposed",
            "pending",
            "booked",
            "arrived",
            "fulfilled",
            "cancelled",
            "noshow",
            "entered-in-error",
            "checked-in",
            "waitlist",
        ],
    ),
    (
        "AllergyIntolerance",
        "criticality",
        &["low", "high", "unable-to-assess"],
    ),
    ("AllergyIntolerance", "severity", &["mild", "moderate", "severe"]),
    (
        "Encounter",
        "status",
        &[
            "planned",
            "arrived",
            "triaged",
            "in-progress",
            "onleave",
            "finished",
            "cancelled",
            "entered-in-error",
            "unknown",
        ],
    ),
];

/// Members that people change first.
pub(super) const FIRST: [&str; 14] = [
    "name",
    "birthDate",
    "gender",
    "deceasedDateTime",
    "address",
    "telecom",
    "code",
    "valueQuantity",
    "component",
    "status",
    "clinicalStatus",
    "dosageInstruction",
    "effectiveDateTime",
    "onsetDateTime",
];

/// Members that only describe the others: without these they go as well.
pub(super) const DESCRIBING: [&str; 6] = ["system", "use", "rank", "period", "id", "extension"];
