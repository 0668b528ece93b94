//! `POST /Appointment`: books a slot at the patient's practice.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use crate::exchange::Exchange;
use crate::gp_connect::booking::Booking;
use crate::gp_connect::patient_facing::{Caller, asked, faults};
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, ONLY, Published, Sent};
use crate::gp_connect::{Refused, answer, appointments};
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

pub(super) const OPERATION: Operation = Operation {
    id: "book_appointment",
    title: "Book an appointment",
    summary: "Takes free slots for a patient; of two who want the same slot, one gets it.",
    method: Method::POST,
    path: "/Appointment",
    logins: &[Login::Citizen],
    fields: asked![Field {
        name: "body",
        place: Place::Body,
        title: "Appointment",
        hint: "An Appointment with who books, whom for, where, when and which slot.",
        kind: FieldKind::Json,
        need: Need::Required,
        example: BOOKING,
    },],
    examples: &[Example::sending(
        "A slot of twenty minutes with a doctor",
        "/Appointment",
        ExampleBody {
            media_type: "application/fhir+json",
            text: BOOKING,
        },
        201,
    )],
    faults: faults![canned: NO_RECORD_FOUND, with a body;
        INVALID_IDENTIFIER_VALUE,
        NO_ORGANISATION_CONSENT,
        PATIENT_NOT_FOUND,
        PRACTITIONER_NOT_FOUND,
        DUPLICATE_REJECTED,
        UNSUPPORTED_MEDIA_TYPE,
        INVALID_RESOURCE,
        REFERENCE_NOT_FOUND,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: book_appointment,
};

/// Mrs Holroyd sees a doctor of her practice.
pub(super) const BOOKING: &str = r##"{
  "resourceType": "Appointment",
  "meta": {"profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Appointment-1"]},
  "contained": [{
    "resourceType": "Organization",
    "id": "1",
    "meta": {"profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-Organization-1"]},
    "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "T99001"}],
    "name": "Gooseberry Fold Surgery",
    "telecom": [{"system": "phone", "value": "01134960101"}]
  }],
  "extension": [{
    "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-BookingOrganisation-1",
    "valueReference": {"reference": "#1"}
  }],
  "status": "booked",
  "description": "Blood pressure check",
  "start": "2027-01-11T11:00:00+00:00",
  "end": "2027-01-11T11:20:00+00:00",
  "slot": [{"reference": "Slot/T99001-gp1-71-11"}],
  "created": "2026-11-26T09:00:00+00:00",
  "participant": [
    {"actor": {"reference": "Patient/9999100007"}, "status": "accepted"},
    {"actor": {"reference": "Location/T99001"}, "status": "accepted"}
  ]
}"##;

static PUBLISHED: Published = Published {
    status: StatusCode::CREATED,
    answers: &[(ONLY, include_str!("published/booked.json"))],
    refusal: &refused::NO_RECORD_FOUND,
    query: &[],
    body: Sent::MaybeObject,
};

fn book_appointment<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, booked(exchange)))
}

async fn booked(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let body = answer::body(exchange.headers(), &exchange.body)?;
    // The published example of a request proposes what its answer has booked.
    let booking = Booking::parse(&body, &["booked", "proposed"])?;
    let now = exchange.now();
    let view = exchange.view().await?;
    let (_, practice) = caller.patient(&Shelf { view: &view, now }, booking.patient)?;
    let record = exchange
        .change(|draft| booking.book(draft, now, &practice))
        .await?;
    let location = format!("{}/Appointment/{}", exchange.interface_url(), record.id);
    let told = appointments::after(&record, &practice);
    Ok(answer::written(
        exchange.headers(),
        StatusCode::CREATED,
        &told,
        Some(&location),
    ))
}
