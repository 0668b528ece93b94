//! How the immunisation history says that a limit was passed, or what a fault makes it say.

use axum::body::Body;
use http::{Response, StatusCode};

use super::error::{
    DUPLICATE, EXCEPTION, FORBIDDEN, INVALID, INVARIANT, Kind, NOT_FOUND, NOT_IMPLEMENTED, NOT_SUPPORTED,
    Problem, UNAUTHORIZED,
};
use crate::exchange::Exchange;
use crate::failure::{Failure, in_own_shape};

/// What can be answered by status; the first of a status is its usual one.
static BY_STATUS: [&Kind; 9] = [
    &INVALID,
    &INVARIANT,
    &UNAUTHORIZED,
    &FORBIDDEN,
    &NOT_FOUND,
    &NOT_SUPPORTED,
    &DUPLICATE,
    &EXCEPTION,
    &NOT_IMPLEMENTED,
];

/// The gateway in front of the service speaks for limits and logins, as it does for PDS.
pub(super) fn fail(exchange: &Exchange<'_>, failure: &Failure<'_>) -> Response<Body> {
    match failure {
        Failure::TooManyRequests { .. } => in_own_shape(exchange, failure),
        Failure::ExpiredToken => Problem::new(&UNAUTHORIZED, "Access Token expired").answer(),
        // Source: the service's own answer to an update of another version than the latest.
        Failure::ChangedMeanwhile => Problem::new(
            &INVARIANT,
            "Validation errors: The requested immunization resource has changed since the last retrieve.",
        )
        .answer(),
        Failure::Status { status, code } => of_status(exchange, *status, *code),
    }
}

fn of_status(exchange: &Exchange<'_>, status: StatusCode, code: Option<&str>) -> Response<Body> {
    let known = BY_STATUS
        .iter()
        .find(|kind| kind.fault.status == status.as_u16() && code.is_none_or(|code| code == kind.fault.code));
    match known {
        Some(kind) => Problem::new(kind, "Unable to process request. Issue may be transient.").answer(),
        None => in_own_shape(exchange, &Failure::Status { status, code }),
    }
}
