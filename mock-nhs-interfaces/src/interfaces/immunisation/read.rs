//! `GET /Immunization/{id}`: reads a vaccination.

use axum::body::Body;
use http::{HeaderValue, Method, Response, StatusCode};

use super::create::{E_TAG, MEDIA_TYPE, immunization};
use super::error::{INVALID, NOT_FOUND, NOT_IMPLEMENTED, Problem, UNAUTHORIZED};
use super::{ID, SPECIFICATION, caller, shown};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::FHIR_JSON;
use crate::interface::{Answer, Example, Login, Operation};

pub(super) const PATH: &str = "/Immunization/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "read_immunization",
    title: "Read a vaccination",
    summary: "Tells what is recorded of one vaccination.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Application, Login::HealthcareWorker],
    fields: &[
        ID,
        super::AUTHORIZATION,
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
    ],
    examples: &[
        Example::get("A vaccination of Jane Smith", "/Immunization/p0-8", 200),
        Example::get(
            "A vaccination that nobody recorded",
            "/Immunization/12a33650-6f94-4e8f-a971-1c5c41da5b23",
            404,
        ),
    ],
    faults: &[
        INVALID.fault,
        UNAUTHORIZED.fault,
        NOT_IMPLEMENTED.fault,
        NOT_FOUND.fault,
    ],
    media_type: MEDIA_TYPE,
    specification: SPECIFICATION,
    handler: read,
};

fn read<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange) {
            return *refusal;
        }
        found(exchange).await.unwrap_or_else(|problem| problem.answer())
    })
}

async fn found(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let id = id(exchange)?;
    let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
    let record = view
        .read(immunization(), &id)
        .ok_or_else(|| Problem::not_found(&id))?;
    let document = shown::whole(&record, &view).ok_or_else(|| Problem::not_found(&id))?;
    let mut response = reply(StatusCode::OK, FHIR_JSON, document.to_string());
    response
        .headers_mut()
        .insert(E_TAG, HeaderValue::from(record.version));
    Ok(response)
}

/// The id in the path.
///
/// # Errors
/// When it is none.
pub(super) fn id(exchange: &Exchange<'_>) -> Result<String, Problem> {
    let id = exchange.path_value(PATH, "id");
    if records::ResourceId::parse(&id).is_some() {
        return Ok(id.into_owned());
    }
    Err(Problem::new(
        &INVALID,
        "Validation errors: the provided event ID is either missing or not in the expected format.",
    ))
}
