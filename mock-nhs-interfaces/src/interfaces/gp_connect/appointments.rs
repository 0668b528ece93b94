//! Appointments at a practice, for other organisations: slots, booking, listing, reading, amending and cancelling.

use axum::body::Body;
use http::header::IF_MATCH;
use http::{Method, Response, StatusCode};

use super::caller::{self, Scope};
use super::{PATIENT_ID, asked, field, practice};
use crate::exchange::Exchange;
use crate::gp_connect::appointments::{self, Days, Limits};
use crate::gp_connect::booking::Booking;
use crate::gp_connect::changes::{Changer, Wanted};
use crate::gp_connect::patients::Patient;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::slots::{self, Window};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const SPECIFICATION: &str =
    "https://digital.nhs.uk/developer/api-catalogue/gp-connect-appointment-management-fhir";
const JSON: &str = "application/fhir+json";

macro_rules! interactions {
    ($($name:ident = $end:literal;)+) => {
        $(const $name: &str = concat!("urn:nhs:names:services:gpconnect:fhir:rest:", $end);)+
    };
}
interactions! {
    SLOTS = "search:slot-1";
    CREATE = "create:appointment-1";
    OF_PATIENT = "search:patient_appointments-1";
    READING = "read:appointment-1";
    UPDATE = "update:appointment-1";
    CANCEL = "cancel:appointment-1";
}

const LIST_PATH: &str = "/{ods}/STU3/1/appointments/fhir/Patient/{id}/Appointment";
const ONE_PATH: &str = "/{ods}/STU3/1/appointments/fhir/Appointment/{id}";

const BODY: Field = Field {
    name: "body",
    place: Place::Body,
    title: "Appointment",
    hint: "An Appointment with who books, whom for, where, when and which slot.",
    kind: FieldKind::Json,
    need: Need::Required,
    example: BOOKING,
};
const APPOINTMENT_ID: Field = field(
    Place::Path,
    ("id", "Id of the appointment"),
    "As it was given when the appointment was booked.",
    Need::Required,
    "p59-54",
);

const fn query(name: &'static str, title: &'static str, hint: &'static str, example: &'static str) -> Field {
    field(Place::Query, (name, title), hint, Need::Required, example)
}

pub(super) const SEARCH_SLOTS: Operation = Operation {
    id: "search_slots",
    title: "Find free slots",
    summary: "Finds when a practice can see somebody, in at most 14 days.",
    method: Method::GET,
    path: "/{ods}/STU3/1/appointments/fhir/Slot",
    logins: &[Login::Open],
    fields: asked![
        SLOTS;
        query(
            "start",
            "From when",
            "The letters ge, and a day or a time with its offset.",
            "ge2027-01-11",
        ),
        query(
            "end",
            "Until when",
            "The letters le, and a day or a time with its offset.",
            "le2027-01-15",
        ),
        query("status", "Status", "Always free.", "free"),
        query("_include", "Diaries", "Always Slot:schedule.", "Slot:schedule"),
    ],
    examples: &[Example::get(
        "What is free on one day",
        "/T99001/STU3/1/appointments/fhir/Slot?start=ge2027-01-11&end=le2027-01-11&status=free&_include=Slot:schedule",
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::ORGANISATION_NOT_FOUND.fault,
        refused::INVALID_PARAMETER.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { found(exchange).await.unwrap_or_else(Refused::answer) }),
};

pub(super) const BOOK: Operation = Operation {
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
        refused::PATIENT_NOT_FOUND.fault,
        refused::DUPLICATE_REJECTED.fault,
        refused::INVALID_RESOURCE.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { booked(exchange).await.unwrap_or_else(Refused::answer) }),
};

pub(super) const LIST: Operation = Operation {
    id: "list_appointments",
    title: "List a patient's appointments",
    summary: "Tells when a patient is expected at the practice.",
    method: Method::GET,
    path: LIST_PATH,
    logins: &[Login::Open],
    fields: asked![
        OF_PATIENT;
        Field {
            example: "9999002218",
            ..PATIENT_ID
        },
        field(
            Place::Query,
            ("start", "Days"),
            "Given twice: ge and the first day, le and the last.",
            Need::RequiredRepeatable,
            "ge2026-12-01&start=le2027-01-31",
        ),
    ],
    examples: &[Example::get(
        "Two months",
        "/T99001/STU3/1/appointments/fhir/Patient/9999002218/Appointment?start=ge2026-12-01&start=le2027-01-31",
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::PATIENT_NOT_FOUND.fault,
        refused::INVALID_PARAMETER.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { listed(exchange).await.unwrap_or_else(Refused::answer) }),
};

pub(super) const READ: Operation = Operation {
    id: "read_appointment",
    title: "Read an appointment",
    summary: "Tells when, where and with whom an appointment is, and its version.",
    method: Method::GET,
    path: ONE_PATH,
    logins: &[Login::Open],
    fields: asked![
        READING;
        APPOINTMENT_ID,
    ],
    examples: &[Example::get(
        "An appointment on New Year's Day",
        "/T99001/STU3/1/appointments/fhir/Appointment/p59-54",
        200,
    )],
    faults: &[refused::BAD_REQUEST.fault, refused::NO_RECORD_FOUND.fault],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { read(exchange).await.unwrap_or_else(Refused::answer) }),
};

pub(super) const CHANGE: Operation = Operation {
    id: "change_appointment",
    title: "Amend or cancel an appointment",
    summary: "Changes description or comment with one interaction, cancels with a reason with the other.",
    method: Method::PUT,
    path: ONE_PATH,
    logins: &[Login::Open],
    fields: asked![
        UPDATE;
        APPOINTMENT_ID,
        Field {
            example: AMENDMENT,
            ..BODY
        },
    ],
    examples: &[Example::sending(
        "Another description",
        "/T99001/STU3/1/appointments/fhir/Appointment/p59-54",
        ExampleBody {
            media_type: JSON,
            text: AMENDMENT,
        },
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::NO_RECORD_FOUND.fault,
        refused::FHIR_CONSTRAINT_VIOLATION.fault,
        refused::INVALID_PARAMETER.fault,
        refused::INVALID_RESOURCE.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { changed(exchange).await.unwrap_or_else(Refused::answer) }),
};

const BOOKING: &str = r##"{
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

const AMENDMENT: &str = r#"{
  "resourceType": "Appointment",
  "id": "p59-54",
  "status": "booked",
  "description": "Blood pressure",
  "comment": "Brings her readings",
  "start": "2027-01-01T14:40:00+00:00",
  "end": "2027-01-01T15:00:00+00:00",
  "participant": [
    {"actor": {"reference": "Patient/9999002218"}, "status": "accepted"},
    {"actor": {"reference": "Practitioner/T99001-gp1"}, "status": "accepted"},
    {"actor": {"reference": "Location/T99001"}, "status": "accepted"}
  ]
}"#;

async fn found(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let query = caller::check(exchange, SLOTS, Scope::OrganisationRead)?;
    let view = exchange.view().await?;
    let shelf = Shelf {
        view: &view,
        now: exchange.now(),
    };
    let window = Window::of(&query, &shelf)?;
    let practice = practice(exchange, &shelf)?;
    let bundle = slots::search(&shelf, &practice, window, &query)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}

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

async fn listed(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let query = caller::check(exchange, OF_PATIENT, Scope::PatientRead)?;
    let view = exchange.view().await?;
    let shelf = Shelf {
        view: &view,
        now: exchange.now(),
    };
    let practice = practice(exchange, &shelf)?;
    let patient = Patient::find_at(&shelf, &exchange.path_value(LIST_PATH, "id"), &practice.code)?;
    let days = Days::of(&query)?;
    days.check_not_past(shelf.now)?;
    let bundle = appointments::of_patient(&shelf, &practice, &patient, days, Limits::default(), &query)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    caller::check(exchange, READING, Scope::PatientRead)?;
    let view = exchange.view().await?;
    let shelf = Shelf {
        view: &view,
        now: exchange.now(),
    };
    let practice = practice(exchange, &shelf)?;
    let appointment = appointments::one(&shelf, &exchange.path_value(ONE_PATH, "id"), &practice)?;
    Ok(answer::versioned(StatusCode::OK, &appointment.stu3))
}

async fn changed(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let given = exchange
        .headers()
        .get("Ssp-InteractionID")
        .and_then(|value| value.to_str().ok());
    let is_cancelling = given == Some(CANCEL);
    let interaction = if is_cancelling { CANCEL } else { UPDATE };
    caller::check(exchange, interaction, Scope::PatientWrite)?;
    let body = answer::body(exchange.headers(), &exchange.body)?;
    if (body.text("status") == Some("cancelled")) != is_cancelling {
        return Err(Refused::saying(
            &refused::INVALID_RESOURCE,
            "status is cancelled with the interaction that cancels, and only with that.",
        ));
    }
    let id = exchange.path_value(ONE_PATH, "id");
    let now = exchange.now();
    let view = exchange.view().await?;
    let practice = practice(exchange, &Shelf { view: &view, now })?;
    let wanted = Wanted {
        changer: Changer::Organisation,
        id: &id,
        body: &body,
        if_match: exchange
            .headers()
            .get(IF_MATCH)
            .and_then(|value| value.to_str().ok()),
        patient: None,
    };
    let record = exchange
        .change(|draft| wanted.make(draft, now, &practice))
        .await?;
    let told = appointments::after(&record, &practice);
    Ok(answer::written(exchange.headers(), StatusCode::OK, &told, None))
}
