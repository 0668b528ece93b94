//! The fields, bodies and examples that several of its operations have.

use http::Method;
use mock_nhs_interfaces::interface::{FieldKind, Login, Need, Place};
use mock_nhs_interfaces::statement::{ExampleStatement, FaultStatement, FieldStatement, OperationStatement};

/// The types that people ask for most.
const TYPES: [&str; 12] = [
    "Patient",
    "Observation",
    "Condition",
    "MedicationRequest",
    "AllergyIntolerance",
    "Immunization",
    "Appointment",
    "Encounter",
    "Procedure",
    "DocumentReference",
    "Organization",
    "Practitioner",
];

pub(super) fn operation(
    id: &'static str,
    (title, summary): (&'static str, &'static str),
    (method, path): (Method, &'static str),
    fields: Vec<FieldStatement>,
    examples: Vec<ExampleStatement>,
) -> OperationStatement {
    OperationStatement {
        id: id.into(),
        title: title.into(),
        summary: summary.into(),
        method,
        path: path.into(),
        logins: vec![Login::Open],
        fields,
        examples,
        faults: vec![
            FaultStatement {
                status: 404,
                code: "".into(),
                when: "There is no such record.".into(),
            },
            FaultStatement {
                status: 422,
                code: "".into(),
                when: "What was sent breaks a rule of FHIR.".into(),
            },
        ],
    }
}

pub(super) fn field(
    (name, title): (&'static str, &'static str),
    place: Place,
    kind: FieldKind,
    need: Need,
    (hint, example): (&'static str, &'static str),
) -> FieldStatement {
    FieldStatement {
        name: name.into(),
        place,
        title: title.into(),
        kind,
        choices: kind.choices().iter().map(|choice| (*choice).into()).collect(),
        hint: hint.into(),
        need,
        example: example.into(),
        is_credential: false,
    }
}

pub(super) const TEXT: FieldKind = FieldKind::Text { wildcards: false };

pub(super) fn kind() -> FieldStatement {
    field(
        ("type", "Kind of record"),
        Place::Path,
        FieldKind::Choice(&TYPES),
        Need::Required,
        (
            "FHIR's name for it. Observation is a result, Condition a problem.",
            "Observation",
        ),
    )
}

pub(super) fn id(example: &'static str) -> FieldStatement {
    field(
        ("id", "Id of the record"),
        Place::Path,
        TEXT,
        Need::Required,
        (
            "As it stands in the record. A patient's is their NHS number.",
            example,
        ),
    )
}

pub(super) fn patient(place: Place, name: &'static str) -> FieldStatement {
    field(
        (name, "NHS number"),
        place,
        FieldKind::NhsNumber,
        if place == Place::Path {
            Need::Required
        } else {
            Need::Optional
        },
        ("Ten digits without spaces: whose records.", "9000000009"),
    )
}

pub(super) fn query(
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    example: &'static str,
) -> FieldStatement {
    field((name, title), Place::Query, TEXT, Need::Optional, (hint, example))
}

pub(super) fn count() -> FieldStatement {
    field(
        ("_count", "At most so many"),
        Place::Query,
        FieldKind::Number { least: 1, most: 200 },
        Need::Optional,
        ("Records on one page.", "20"),
    )
}

pub(super) fn body(example: &'static str) -> FieldStatement {
    field(
        ("body", "The record"),
        Place::Body,
        FieldKind::Json,
        Need::Required,
        ("JSON, as FHIR writes it.", example),
    )
}

pub(super) fn get(title: &'static str, path: &'static str, status: u16) -> ExampleStatement {
    ExampleStatement {
        title: title.into(),
        path_and_query: path.into(),
        headers: Vec::new(),
        body: None,
        status,
        profile: None,
    }
}

pub(super) fn sending(
    title: &'static str,
    path: &'static str,
    text: &'static str,
    status: u16,
) -> ExampleStatement {
    ExampleStatement {
        body: Some(("application/fhir+json".into(), text.into())),
        ..get(title, path, status)
    }
}
