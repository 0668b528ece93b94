//! `POST Appointment`: takes free slots for a patient.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::{BODY, CREATE, JSON, SPECIFICATION};
use crate::exchange::Exchange;
use crate::gp_connect::appointments;
use crate::gp_connect::booking::Booking;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, ExampleBody, Login, Operation};
use crate::interfaces::gp_connect::caller::{self, Scope};
use crate::interfaces::gp_connect::{asked, practice};

pub(in crate::interfaces::gp_connect) const OPERATION: Operation = Operation {
    id: "book_appointment",
    title: "Book an appointment",
    summary: "Takes free slots for a patient; of two who want the same slot, one gets it.",
    method: Method::POST,
    path: "/{ods}/STU3/1/appointments/fhir/Appointment",
    logins: &[Login::Open],
    fields: asked![CREATE; BODY],
    examples: &[Example::sending(
        "A slot of twenty minutes with a doctor",
        "/T99001/STU3/1/appointments/fhir/Appointment",
        ExampleBody {
            media_type: JSON,
            text: BOOKING,
        },
        201,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::INVALID_IDENTIFIER_VALUE.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::PATIENT_NOT_FOUND.fault,
        refused::DUPLICATE_REJECTED.fault,
        refused::INVALID_RESOURCE.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { booked(exchange).await.unwrap_or_else(Refused::answer) }),
};

pub(super) const BOOKING: &str = r##"{
  "resourceType": "Appointment",
  "contained": [{
    "resourceType": "Organization",
    "id": "1",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A00123"}],
    "name": "An out-of-hours service",
    "telecom": [{"system": "phone", "value": "01632960999"}]
  }],
  "extension": [{
    "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-BookingOrganisation-1",
    "valueReference": {"reference": "#1"}
  }],
  "status": "booked",
  "description": "Sore knee",
  "start": "2027-01-11T14:00:00+00:00",
  "end": "2027-01-11T14:40:00+00:00",
  "slot": [{"reference": "Slot/T99001-gp1-71-14"}, {"reference": "Slot/T99001-gp1-71-1420"}],
  "created": "2026-11-26T09:00:00+00:00",
  "participant": [
    {"actor": {"reference": "Patient/9999100007"}, "status": "accepted"},
    {"actor": {"reference": "Location/T99001"}, "status": "accepted"}
  ]
}"##;

async fn booked(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    caller::check(exchange, CREATE, Scope::PatientWrite)?;
    let body = answer::body(exchange.headers(), &exchange.body)?;
    let booking = Booking::parse(&body, &["booked"])?;
    let now = exchange.now();
    let view = exchange.view().await?;
    let practice = practice(exchange, &Shelf { view: &view, now })?;
    let record = exchange
        .change(|draft| booking.book(draft, now, &practice))
        .await?;
    let own = exchange.path;
    let location = format!("{}{own}/{}", exchange.interface_url(), record.id);
    let told = appointments::after(&record, &practice);
    Ok(answer::written(
        exchange.headers(),
        StatusCode::CREATED,
        &told,
        Some(&location),
    ))
}
