//! What a fault makes MESH say. It is not behind the API platform's gateway, and has no limits of requests.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use super::error::{
    FORBIDDEN, FULL, GONE, INTERNAL, Known, LOCKED, MALFORMED, NO_MESSAGE, NO_SUCH_PART, Problem, TOO_LARGE,
    UNREADABLE_TOKEN, UNREGISTERED, UNSUPPORTED_ENCODING, WRONG_TOKEN, answer,
};
use crate::exchange::{Exchange, reply};
use crate::failure::Failure;

/// What can be answered by status; the first of a status is its usual one.
static BY_STATUS: [&Known; 13] = [
    &MALFORMED,
    &WRONG_TOKEN,
    &UNREADABLE_TOKEN,
    &FORBIDDEN,
    &NO_MESSAGE,
    &NO_SUCH_PART,
    &GONE,
    &TOO_LARGE,
    &UNREGISTERED,
    &UNSUPPORTED_ENCODING,
    &LOCKED,
    &INTERNAL,
    &FULL,
];

pub(super) fn fail(exchange: &Exchange<'_>, failure: &Failure<'_>) -> Response<Body> {
    match failure {
        Failure::ExpiredToken => answer(exchange, &Problem::from(&WRONG_TOKEN)),
        Failure::ChangedMeanwhile => answer(exchange, &Problem::from(&LOCKED)),
        Failure::TooManyRequests { .. } => in_words(StatusCode::TOO_MANY_REQUESTS),
        Failure::Status { status, code } => {
            let known = BY_STATUS.iter().find(|known| {
                known.fault.status == status.as_u16() && code.is_none_or(|code| code == known.fault.code)
            });
            match known {
                Some(known) => answer(exchange, &Problem::from(*known)),
                None => in_words(*status),
            }
        }
    }
}

/// A status that MESH has no words for.
fn in_words(status: StatusCode) -> Response<Body> {
    let words = status.canonical_reason().unwrap_or("Error");
    let media_type = HeaderValue::from_static("application/json");
    reply(status, media_type, json!({ "detail": words }).to_string())
}
