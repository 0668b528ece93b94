//! `GET Patient/{id}/Appointment`: when a patient is expected.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::{JSON, LIST_PATH, OF_PATIENT, SPECIFICATION};
use crate::exchange::Exchange;
use crate::gp_connect::appointments::{self, Days, Limits};
use crate::gp_connect::patients::Patient;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, Field, Login, Need, Operation, Place};
use crate::interfaces::gp_connect::caller::{self, Scope};
use crate::interfaces::gp_connect::{PATIENT_ID, asked, field, practice};

pub(in crate::interfaces::gp_connect) const OPERATION: Operation = Operation {
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
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::PATIENT_NOT_FOUND.fault,
        refused::INVALID_PARAMETER.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { listed(exchange).await.unwrap_or_else(Refused::answer) }),
};

async fn listed(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let query = caller::check(exchange, OF_PATIENT, Scope::PatientRead)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let practice = practice(exchange, &shelf)?;
    let patient = Patient::find_at(&shelf, &exchange.path_value(LIST_PATH, "id"), &practice.code)?;
    let days = Days::of(&query)?;
    days.check_not_past(shelf.now)?;
    let bundle = appointments::of_patient(&shelf, &practice, &patient, days, Limits::default(), &query)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}
