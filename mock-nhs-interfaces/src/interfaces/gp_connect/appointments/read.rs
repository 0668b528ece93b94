//! `GET Appointment/{id}`: one appointment, and its version.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::{APPOINTMENT_ID, JSON, ONE_PATH, READING, SPECIFICATION};
use crate::exchange::Exchange;
use crate::gp_connect::appointments;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, Login, Operation};
use crate::interfaces::gp_connect::caller::{self, Scope};
use crate::interfaces::gp_connect::{asked, practice};

pub(in crate::interfaces::gp_connect) const OPERATION: Operation = Operation {
    id: "read_appointment",
    title: "Read an appointment",
    summary: "Tells when, where and with whom an appointment is, and its version.",
    method: Method::GET,
    path: ONE_PATH,
    logins: &[Login::Open],
    fields: asked![READING; APPOINTMENT_ID],
    examples: &[Example::get(
        "An appointment on New Year's Day",
        "/T99001/STU3/1/appointments/fhir/Appointment/p59-54",
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::NO_RECORD_FOUND.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { read(exchange).await.unwrap_or_else(Refused::answer) }),
};

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    caller::check(exchange, READING, Scope::PatientRead)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let practice = practice(exchange, &shelf)?;
    let appointment = appointments::one(&shelf, &exchange.path_value(ONE_PATH, "id"), &practice)?;
    Ok(answer::versioned(StatusCode::OK, &appointment.stu3))
}
