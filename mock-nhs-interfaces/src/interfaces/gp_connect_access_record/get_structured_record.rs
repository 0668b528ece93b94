//! `POST /Patient/$gpc.getstructuredrecord`: parts of a patient's record as one Bundle.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use crate::exchange::Exchange;
use crate::gp_connect::parameters::{Form, Wanted};
use crate::gp_connect::patient_facing::{Caller, asked, faults};
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, Published, Sent};
use crate::gp_connect::{Refused, answer, structured};
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

pub(super) const OPERATION: Operation = Operation {
    id: "get_structured_record",
    title: "Read a structured record",
    summary: "Tells the parts of a record that are asked for, each with a list of its own.",
    method: Method::POST,
    path: "/Patient/$gpc.getstructuredrecord",
    logins: &[Login::Citizen],
    fields: asked![Field {
        name: "body",
        place: Place::Body,
        title: "Parameters",
        hint: "A Parameters resource with the NHS number and the parts that are wanted.",
        kind: FieldKind::Json,
        need: Need::Required,
        example: ASKED,
    },],
    examples: &[
        Example::sending(
            "Allergies, medicines and immunisations",
            "/Patient/$gpc.getstructuredrecord",
            ExampleBody {
                media_type: "application/fhir+json",
                text: ASKED,
            },
            200,
        ),
        Example::sending(
            "Consultations and problems with all that belongs to them",
            "/Patient/$gpc.getstructuredrecord",
            ExampleBody {
                media_type: "application/fhir+json",
                text: CONSULTATIONS,
            },
            200,
        ),
    ],
    faults: faults![canned: INVALID_NHS_NUMBER, with a body;
        INVALID_NHS_NUMBER,
        INVALID_IDENTIFIER_SYSTEM,
        NO_ORGANISATION_CONSENT,
        NO_PATIENT_CONSENT,
        PATIENT_NOT_FOUND,
        UNSUPPORTED_MEDIA_TYPE,
        INVALID_PARAMETER,
        INVALID_RESOURCE,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: get_structured_record,
};

const ASKED: &str = r#"{
  "resourceType": "Parameters",
  "parameter": [
    {
      "name": "patientNHSNumber",
      "valueIdentifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9999100007"}
    },
    {"name": "includeAllergies", "part": [{"name": "includeResolvedAllergies", "valueBoolean": true}]},
    {"name": "includeMedication", "part": [{"name": "includePrescriptionIssues", "valueBoolean": true}]},
    {"name": "includeImmunisations"}
  ]
}"#;

const CONSULTATIONS: &str = r#"{
  "resourceType": "Parameters",
  "parameter": [
    {
      "name": "patientNHSNumber",
      "valueIdentifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9999100007"}
    },
    {"name": "includeConsultations", "part": [{"name": "includeNumberOfMostRecent", "valuePositiveInt": 3}]},
    {"name": "includeProblems"}
  ]
}"#;

static PUBLISHED: Published = Published {
    status: StatusCode::OK,
    answers: &[
        ("immunizations", include_str!("published/immunizations.json")),
        ("allergies", include_str!("published/allergies.json")),
        ("fullRecordResponse", include_str!("published/full_record.json")),
        ("repeatOnlyResponse", include_str!("published/repeat_only.json")),
    ],
    refusal: &refused::INVALID_NHS_NUMBER,
    query: &[],
    body: Sent::Object,
};

fn get_structured_record<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, told(exchange)))
}

async fn told(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let body = answer::body(exchange.headers(), &exchange.body)?;
    let now = exchange.now();
    let wanted = Wanted::parse(&body, Form::PatientFacing, now.date())?;
    let view = exchange.view().await?;
    let shelf = Shelf { view: &view, now };
    let (patient, practice) = caller.patient(&shelf, &wanted.nhs_number)?;
    patient.check_consent(&shelf)?;
    let bundle = structured::bundle(&shelf, &practice, &patient, &wanted)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}
