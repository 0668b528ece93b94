//! `PUT /Appointment/{id}`: cancels an appointment and frees its slots.

use axum::body::Body;
use http::header::IF_MATCH;
use http::{Method, Response, StatusCode};

use super::read_appointment::of_caller;
use super::{ID, SPECIFICATION};
use crate::exchange::Exchange;
use crate::gp_connect::changes::{Changer, Wanted};
use crate::gp_connect::patient_facing::{Caller, asked, faults};
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, Published, Sent};
use crate::gp_connect::{Refused, answer, appointments};
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const PATH: &str = "/Appointment/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "cancel_appointment",
    title: "Cancel an appointment",
    summary: "Cancels an appointment that has not begun, with a reason, and frees its slots.",
    method: Method::PUT,
    path: PATH,
    logins: &[Login::Citizen],
    fields: asked![
        ID,
        Field {
            name: "body",
            place: Place::Body,
            title: "Appointment",
            hint: "The appointment as it was read, with the status cancelled and the extension with the reason.",
            kind: FieldKind::Json,
            need: Need::Required,
            example: CANCELLATION,
        },
    ],
    examples: &[Example::sending(
        "Cancelled with a reason",
        "/Appointment/p9-21",
        ExampleBody {
            media_type: "application/fhir+json",
            text: CANCELLATION,
        },
        200,
    )],
    faults: faults![canned: NO_RECORD_FOUND, with a body;
        INVALID_IDENTIFIER_VALUE,
        NO_ORGANISATION_CONSENT,
        NO_RECORD_FOUND,
        CANNOT_CANCEL,
        FHIR_CONSTRAINT_VIOLATION,
        TOO_LATE_TO_CANCEL,
        UNSUPPORTED_MEDIA_TYPE,
        INVALID_PARAMETER,
        INVALID_RESOURCE,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: cancel_appointment,
};

/// A patient will not come on New Year's Day.
const CANCELLATION: &str = r#"{
  "resourceType": "Appointment",
  "id": "p9-21",
  "meta": {"versionId": "1", "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Appointment-1"]},
  "extension": [{
    "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-AppointmentCancellationReason-1",
    "valueString": "Feels better"
  }],
  "status": "cancelled",
  "description": "Routine appointment",
  "start": "2027-01-01T11:40:00+00:00",
  "end": "2027-01-01T12:00:00+00:00",
  "created": "2026-10-31T00:00:00+00:00",
  "participant": [
    {"actor": {"reference": "Patient/9693633695"}, "status": "accepted"},
    {"actor": {"reference": "Practitioner/A20047-gp2"}, "status": "accepted"},
    {"actor": {"reference": "Location/A20047"}, "status": "accepted"}
  ]
}"#;

static PUBLISHED: Published = Published {
    status: StatusCode::OK,
    answers: &[("example", include_str!("published/cancelled.json"))],
    refusal: &refused::NO_RECORD_FOUND,
    query: &[],
    body: Sent::MaybeObject,
};

fn cancel_appointment<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, cancelled(exchange)))
}

async fn cancelled(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let body = answer::body(exchange.headers(), &exchange.body)?;
    let id = exchange.path_value(PATH, "id");
    let now = exchange.now();
    let view = exchange.view().await?;
    let (_, practice) = of_caller(caller, &Shelf { view: &view, now }, &id)?;
    let own = caller.own_id();
    let wanted = Wanted {
        changer: Changer::Patient,
        id: &id,
        body: &body,
        if_match: exchange
            .headers()
            .get(IF_MATCH)
            .and_then(|value| value.to_str().ok()),
        patient: own.as_deref(),
    };
    let record = exchange
        .change(|draft| wanted.make(draft, now, &practice))
        .await?;
    let told = appointments::after(&record, &practice);
    Ok(answer::written(exchange.headers(), StatusCode::OK, &told, None))
}
