//! What the workspace's own FHIR server states about itself, in the words of the other interfaces.

mod fields;

use http::Method;
use mock_nhs_interfaces::interface::{FhirVersion, Login, Place};
use mock_nhs_interfaces::statement::{OperationStatement, Origin, Statement};

use self::fields::{body, count, get, id, kind, operation, patient, query, sending};
use crate::egress::fhir;

/// The statement.
pub(super) fn statement() -> Statement {
    Statement {
        id: fhir::ID.into(),
        title: fhir::TITLE.into(),
        summary: "Holds the whole record of every made-up person: problems, results, medicines, appointments and more."
            .into(),
        path_prefix: "".into(),
        specification: Some("https://hl7.org/fhir/R4/http.html".into()),
        fhir_version: Some(FhirVersion::R4),
        profiles: Vec::new(),
        logins: vec![Login::Open],
        operations: vec![
            search_patients(),
            everything(),
            search_records(),
            read(),
            history(),
            create(),
            update(),
            delete(),
            capabilities(),
        ],
        deviations: vec!["It is this sandbox's own: no NHS interface shows everything in one place.".into()],
        origin: Origin::BuiltIn,
    }
}

fn search_patients() -> OperationStatement {
    operation(
        "search-patients",
        (
            "Find patients",
            "Finds patients by name, date of birth or postcode.",
        ),
        (Method::GET, "/Patient"),
        vec![
            query("family", "Family name", "Its beginning is enough.", "Smith"),
            query("given", "First name", "Its beginning is enough.", "Jane"),
            query(
                "birthdate",
                "Date of birth",
                "As 2010-10-22, or a year.",
                "2010-10-22",
            ),
            query(
                "address-postalcode",
                "Postcode",
                "Its beginning is enough.",
                "LS1 6AE",
            ),
            count(),
        ],
        vec![
            get("Everybody called Smith", "/Patient?family=Smith", 200),
            get("Nobody has this name", "/Patient?family=Nobodyhasthis", 200),
            get(
                "A parameter that does not exist is refused",
                "/Patient?familly=Smith",
                400,
            ),
        ],
    )
}

fn everything() -> OperationStatement {
    operation(
        "everything",
        (
            "Read everything about a patient",
            "Answers a patient's whole record: problems, results, medicines and more.",
        ),
        (Method::GET, "/Patient/{id}/$everything"),
        vec![patient(Place::Path, "id"), count()],
        vec![
            get("A whole record", "/Patient/9000000009/$everything?_count=50", 200),
            get("Nobody has this number", "/Patient/9111231130/$everything", 404),
        ],
    )
}

fn search_records() -> OperationStatement {
    operation(
        "search-type",
        (
            "Find records of a kind",
            "Finds results, problems, medicines, appointments or other records, of one patient or of all.",
        ),
        (Method::GET, "/{type}"),
        vec![
            kind(),
            patient(Place::Query, "patient"),
            query(
                "code",
                "Code",
                "A SNOMED CT or LOINC code, if it is about one thing only.",
                "75367002",
            ),
            query(
                "_sort",
                "In the order of",
                "For example -date: the newest first.",
                "-date",
            ),
            count(),
        ],
        vec![
            get(
                "A patient's results, the newest first",
                "/Observation?patient=9000000009&_sort=-date&_count=20",
                200,
            ),
            get("A patient's problems", "/Condition?patient=9000000009", 200),
            get(
                "A patient's medicines",
                "/MedicationRequest?patient=9000000009",
                200,
            ),
        ],
    )
}

fn read() -> OperationStatement {
    operation(
        "read",
        ("Read one record", "Answers the newest version of one record."),
        (Method::GET, "/{type}/{id}"),
        vec![kind(), id("9000000009")],
        vec![
            get("A patient", "/Patient/9000000009", 200),
            get("A record that is not there", "/Observation/nothing-here", 404),
        ],
    )
}

fn history() -> OperationStatement {
    operation(
        "history-instance",
        (
            "See what a record was before",
            "Answers every version of one record, the newest first.",
        ),
        (Method::GET, "/{type}/{id}/_history"),
        vec![kind(), id("9000000009"), count()],
        vec![get(
            "The versions of a patient",
            "/Patient/9000000009/_history",
            200,
        )],
    )
}

const NEW: &str = r#"{
  "resourceType": "Observation",
  "status": "final",
  "code": {
    "coding": [{ "system": "http://loinc.org", "code": "8867-4", "display": "Heart rate" }]
  },
  "subject": { "reference": "Patient/9000000009" },
  "effectiveDateTime": "2026-11-02T09:30:00Z",
  "valueQuantity": { "value": 72, "unit": "beats/minute" }
}"#;

const CHANGED: &str = r#"{
  "resourceType": "Observation",
  "id": "my-result",
  "status": "final",
  "code": {
    "coding": [{ "system": "http://loinc.org", "code": "8867-4", "display": "Heart rate" }]
  },
  "subject": { "reference": "Patient/9000000009" },
  "effectiveDateTime": "2026-11-02T09:30:00Z",
  "valueQuantity": { "value": 64, "unit": "beats/minute" }
}"#;

fn create() -> OperationStatement {
    operation(
        "create",
        (
            "Write a new record",
            "Adds a record to this workspace, and answers it with the id that it got.",
        ),
        (Method::POST, "/{type}"),
        vec![kind(), body(NEW)],
        vec![sending("A heart rate", "/Observation", NEW, 201)],
    )
}

fn update() -> OperationStatement {
    operation(
        "update",
        (
            "Write a record anew",
            "Puts another version in a record's place. Every interface shows it from then on.",
        ),
        (Method::PUT, "/{type}/{id}"),
        vec![kind(), id("my-result"), body(CHANGED)],
        vec![sending(
            "A heart rate under an id of your own",
            "/Observation/my-result",
            CHANGED,
            201,
        )],
    )
}

fn delete() -> OperationStatement {
    operation(
        "delete",
        (
            "Delete a record",
            "Takes a record away. Its versions can still be read, and a reset brings it back.",
        ),
        (Method::DELETE, "/{type}/{id}"),
        vec![kind(), id("my-result")],
        vec![get(
            "The heart rate of the example above",
            "/Observation/my-result",
            204,
        )],
    )
}

fn capabilities() -> OperationStatement {
    operation(
        "capabilities",
        (
            "Ask what the server can do",
            "Answers a list of everything that can be read, searched and changed.",
        ),
        (Method::GET, "/metadata"),
        Vec::new(),
        vec![get("The whole list", "/metadata", 200)],
    )
}
