//! A patient as an answer: the text, and the tag of its version.

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::caller;
use super::error::{INVALID_RESOURCE_ID, INVALIDATED_RESOURCE, RESOURCE_NOT_FOUND, Refused};
use crate::exchange::Exchange;
use crate::fhir::media_type::FHIR_JSON;
use crate::population::residents::{Found, Resident, Residents};
use crate::value::NhsNumber;

/// The hot path: the text that was stored, untouched, and nothing that is made anew.
pub(super) fn patient_answer(status: StatusCode, etag: HeaderValue, body: Bytes) -> Response<Body> {
    // Content type, tag and the two echoed ids.
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(CONTENT_TYPE, FHIR_JSON);
    headers.insert(ETAG, etag);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Who stands under the number in the path, for a caller who may ask about them, and everybody else.
///
/// # Errors
/// The first thing that is wrong: with the caller, with the number, or that nobody has it.
pub(super) async fn asked_about<'a>(
    exchange: &'a Exchange<'_>,
    path: &str,
) -> Result<(Residents<'a>, Resident<'a>), Refused> {
    let caller = caller::check(exchange)?;
    let given = exchange.path_value(path, "id");
    caller.may_see(&given)?;
    let number = number_of(&given)?;
    let residents = exchange
        .residents()
        .await
        .map_err(|error| Refused::records(&error))?;
    let resident = resident(&residents, number)?;
    Ok((residents, resident))
}

/// The number in a path.
///
/// # Errors
/// When it is none.
pub(super) fn number_of(text: &str) -> Result<NhsNumber, Refused> {
    text.parse().map_err(|_| Refused::plainly(&INVALID_RESOURCE_ID))
}

/// Who stands under a number, be it that the number was replaced by another.
///
/// # Errors
/// When nobody does, or the record is invalid.
pub(super) fn resident<'a>(residents: &Residents<'a>, number: NhsNumber) -> Result<Resident<'a>, Refused> {
    match residents.find(number).map_err(|error| Refused::records(&error))? {
        // A superseded number answers with the record that stands; only its id tells.
        Found::Person(person) | Found::Superseding(person) => Ok(person),
        Found::Invalidated => Err(Refused::plainly(&INVALIDATED_RESOURCE)),
        Found::Nobody => Err(Refused::plainly(&RESOURCE_NOT_FOUND)),
    }
}
