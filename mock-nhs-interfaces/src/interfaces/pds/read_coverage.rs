//! `GET /Coverage?subscriber:identifier=...`: a patient's European health insurance.

use axum::body::Body;
use http::header::ETAG;
use http::{Method, Response, StatusCode};

use super::bundle::searchset_without_scores;
use super::error::{
    ACCESS_DENIED, COVERAGE_READ_BY_APPLICATION, COVERAGE_READ_BY_WORKER, INVALID_SEARCH_DATA, INVALID_VALUE,
    INVALIDATED_RESOURCE, MISSING_VALUE, RESOURCE_NOT_FOUND, Refused,
};
use super::patient_answer::{number_of, resident};
use super::search_patients::parameters::decoded;
use super::{by_profile, caller, coverage, nhs_page, sandbox};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::FHIR_JSON;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

pub(super) const SUBSCRIBER: &str = "subscriber:identifier";

pub(super) const OPERATION: Operation = Operation {
    id: "read_coverage",
    title: "Read a patient's European health insurance",
    summary: "Tells a patient what is on their European Health Insurance Card.",
    method: Method::GET,
    path: "/Coverage",
    logins: &[Login::Citizen],
    fields: &[
        Field {
            name: SUBSCRIBER,
            place: Place::Query,
            title: "NHS number",
            hint: "The patient's own.",
            kind: FieldKind::NhsNumber,
            need: Need::Required,
            example: "9000000009",
        },
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
        super::AUTHORIZATION,
        super::END_USER_ORGANISATION,
    ],
    examples: &[
        Example::get("A card", "/Coverage?subscriber:identifier=9000000009", 200),
        Example::get("Without a number", "/Coverage", 400),
        Example::get(
            "With something else",
            "/Coverage?subscriber:identifier=9000000009&year=2003",
            400,
        ),
    ],
    faults: &[
        MISSING_VALUE.fault,
        INVALID_VALUE.fault,
        ACCESS_DENIED.fault,
        COVERAGE_READ_BY_WORKER.fault,
        INVALID_SEARCH_DATA.fault,
        RESOURCE_NOT_FOUND.fault,
        INVALIDATED_RESOURCE.fault,
    ],
    media_type: "application/fhir+json",
    specification: nhs_page!("get-/Coverage"),
    handler: read_coverage,
};

fn read_coverage<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(by_profile(exchange, sandbox::read_coverage, read(exchange)))
}

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = caller::check(exchange)?;
    let own = coverage::patient(caller, &COVERAGE_READ_BY_APPLICATION, &COVERAGE_READ_BY_WORKER)?;
    let given = subscriber(exchange.query()).ok_or_else(wrong_search)?;
    coverage::own(own, &given)?;
    let residents = exchange
        .residents()
        .await
        .map_err(|error| Refused::records(&error))?;
    let patient = resident(&residents, number_of(&given)?)?;
    let card = coverage::of_patient(residents.view(), patient.number());
    let entries: Vec<_> = card
        .map(|card| (coverage::full_url(patient.number()), card))
        .into_iter()
        .collect();
    let body = searchset_without_scores(exchange.now(), Some(patient.version()), &entries)?;
    let mut response = reply(StatusCode::OK, FHIR_JSON, body);
    response.headers_mut().insert(ETAG, patient.etag());
    Ok(response)
}

/// The number, when it is all that is asked for.
pub(super) fn subscriber(query: &str) -> Option<String> {
    let (name, value) = query.split_once('=')?;
    let is_alone = !value.contains('&') && decoded(name)? == SUBSCRIBER;
    is_alone
        .then(|| decoded(value).map(|value| value.into_owned()))
        .flatten()
}

/// What a search in any other form is told.
pub(super) fn wrong_search() -> Refused {
    Refused::saying(
        &INVALID_SEARCH_DATA,
        "Invalid search data provided - 'Coverage search request must follow the format \
         /Coverage?subscriber:identifier=NHS_NUMBER'",
    )
}
