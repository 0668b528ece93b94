//! `POST Patient/$gpc.getstructuredrecord`: parts of a patient's record at a practice.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::caller::{self, Scope};
use super::{SPECIFICATION, asked, practice};
use crate::exchange::Exchange;
use crate::gp_connect::parameters::{Form, Wanted};
use crate::gp_connect::patients::Patient;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::{Refused, answer, structured};
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const INTERACTION: &str = "urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1";

pub(super) const OPERATION: Operation = Operation {
    id: "get_structured_record",
    title: "Read a structured record",
    summary: "Tells the parts of a patient's record at a practice that are asked for, each with a list of its own.",
    method: Method::POST,
    path: "/{ods}/STU3/1/structured/fhir/Patient/$gpc.getstructuredrecord",
    logins: &[Login::Open],
    fields: asked![
        INTERACTION;
        Field {
            name: "body",
            place: Place::Body,
            title: "Parameters",
            hint: "A Parameters resource with the NHS number and the parts that are wanted.",
            kind: FieldKind::Json,
            need: Need::Required,
            example: ASKED,
        },
    ],
    examples: &[Example::sending(
        "Allergies and medicines",
        "/T99001/STU3/1/structured/fhir/Patient/$gpc.getstructuredrecord",
        ExampleBody {
            media_type: "application/fhir+json",
            text: ASKED,
        },
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::INVALID_NHS_NUMBER.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::NO_PATIENT_CONSENT.fault,
        refused::PATIENT_NOT_FOUND.fault,
        refused::ORGANISATION_NOT_FOUND.fault,
        refused::INVALID_PARAMETER.fault,
        refused::INVALID_RESOURCE.fault,
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
    {"name": "includeMedication", "part": [{"name": "includePrescriptionIssues", "valueBoolean": true}]}
  ]
}"#;

fn get_structured_record<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { told(exchange).await.unwrap_or_else(Refused::answer) })
}

async fn told(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    caller::check(exchange, INTERACTION, Scope::PatientRead)?;
    let body = answer::body(exchange.headers(), &exchange.body)?;
    let now = exchange.now();
    let wanted = Wanted::parse(&body, Form::Classic, now.date())?;
    let view = exchange.view().await?;
    let shelf = Shelf { view: &view, now };
    let practice = practice(exchange, &shelf)?;
    let patient = Patient::find_at(&shelf, &wanted.nhs_number, &practice.code)?;
    patient.check_consent(&shelf)?;
    let bundle = structured::bundle(&shelf, &practice, &patient, &wanted)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}
