//! `GET /Patient/{id}`: reads a patient by NHS number.

use axum::body::Body;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, Method, Response};

use super::error::{
    ACCESS_DENIED, INVALID_RESOURCE_ID, INVALID_VALUE, INVALIDATED_RESOURCE, MISSING_VALUE,
    RESOURCE_NOT_FOUND, Refused,
};
use super::{caller, nhs_page};
use crate::exchange::Exchange;
use crate::fhir::media_type::FHIR_JSON;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};
use crate::population::{Found, Known, Person};
use crate::value::NhsNumber;

const PATH: &str = "/Patient/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "read_patient",
    title: "Read a patient",
    summary: "Tells who has an NHS number: name, date of birth, address, practice and more.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::HealthcareWorker],
    fields: &[
        Field {
            name: "id",
            place: Place::Path,
            title: "NHS number",
            hint: "Ten digits without spaces.",
            kind: FieldKind::NhsNumber,
            need: Need::Required,
            example: "9000000009",
        },
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
        super::AUTHORIZATION,
        super::SESSION_URID,
        super::END_USER_ORGANISATION,
    ],
    examples: &[
        Example::get(
            "A patient with every part a record can have",
            "/Patient/9000000009",
            200,
        ),
        Example::get(
            "A restricted patient: no address, phone or practice",
            "/Patient/9000000025",
            200,
        ),
        Example::get(
            "A patient about whom almost nothing is known",
            "/Patient/9000000033",
            200,
        ),
        Example::get(
            "A superseded number: the answer has another id",
            "/Patient/5900053636",
            200,
        ),
        Example::get("A patient who has died", "/Patient/9733163201", 200),
        Example::get("A number that nobody has", "/Patient/9111231130", 404),
        Example::get("A number with a wrong check digit", "/Patient/9000000000", 400),
    ],
    faults: &[
        MISSING_VALUE.fault,
        INVALID_VALUE.fault,
        ACCESS_DENIED.fault,
        INVALID_RESOURCE_ID.fault,
        RESOURCE_NOT_FOUND.fault,
        INVALIDATED_RESOURCE.fault,
    ],
    media_type: "application/fhir+json",
    specification: nhs_page!("get-/Patient/-id-"),
    handler: read_patient,
};

fn read_patient<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { found(exchange).map_or_else(Refused::answer, |person| respond(&person)) })
}

fn found<'a>(exchange: &Exchange<'a>) -> Result<Known<'a>, Refused> {
    caller::check(exchange)?;
    let number: NhsNumber = exchange
        .path_value(PATH, "id")
        .parse()
        .map_err(|_| Refused::plainly(&INVALID_RESOURCE_ID))?;
    match exchange.population().find(number) {
        // A superseded number answers with the record that stands; only its id tells.
        Found::Person(person) | Found::Superseding(person) => Ok(person),
        Found::Invalidated => Err(Refused::plainly(&INVALIDATED_RESOURCE)),
        Found::Nobody => Err(Refused::plainly(&RESOURCE_NOT_FOUND)),
    }
}

/// The hot path: the text that was stored, untouched, and nothing that is made anew.
fn respond(person: &Person) -> Response<Body> {
    // Content type, tag and the two echoed ids.
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(CONTENT_TYPE, FHIR_JSON);
    headers.insert(ETAG, person.etag.clone());
    let mut response = Response::new(Body::from(person.read_body.clone()));
    *response.headers_mut() = headers;
    response
}
