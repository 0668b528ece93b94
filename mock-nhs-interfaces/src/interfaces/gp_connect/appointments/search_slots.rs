//! `GET Slot`: what is free in the diaries of a practice.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::{JSON, SLOTS, SPECIFICATION, query};
use crate::exchange::Exchange;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::slots::{self, Window};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, Login, Operation};
use crate::interfaces::gp_connect::caller::{self, Scope};
use crate::interfaces::gp_connect::{asked, practice};

pub(in crate::interfaces::gp_connect) const OPERATION: Operation = Operation {
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
        refused::INVALID_IDENTIFIER_VALUE.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::ORGANISATION_NOT_FOUND.fault,
        refused::INVALID_PARAMETER.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { found(exchange).await.unwrap_or_else(Refused::answer) }),
};

async fn found(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let query = caller::check(exchange, SLOTS, Scope::OrganisationRead)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let window = Window::of(&query, &shelf)?;
    let practice = practice(exchange, &shelf)?;
    let bundle = slots::search(&shelf, &practice, window, &query)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}
