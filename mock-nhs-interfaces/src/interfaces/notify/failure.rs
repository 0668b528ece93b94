//! How Notify says that a limit was passed, or what a fault makes it say.
//! Source of the words and of the seconds in `Retry-After`: the tests `test_429_triggered_...` of
//! <https://github.com/NHSDigital/communications-manager-api>.

use axum::body::Body;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use super::error::{
    ACCOUNTS_QUOTA, BAD_GATEWAY, DENIED, DUPLICATE_MESSAGE, FORBIDDEN, GATEWAY_TIMEOUT, INTERNAL,
    INVALID_VALUE, Known, NO_SUCH_ROUTING_PLAN, NOT_ACCEPTABLE, NOT_ALLOWED, NOT_FOUND, Problem, QUOTA,
    REQUEST_TIMEOUT, RETRY_TOO_EARLY, SERVICE_BAN, TOO_LARGE, UNAVAILABLE, UNSUPPORTED_MEDIA, answer,
    answer_json, correlation_id, written,
};
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::fault::Throttle;

/// What can be answered by status; the first of a status is its usual one.
static BY_STATUS: [&Known; 18] = [
    &INVALID_VALUE,
    &DENIED,
    &FORBIDDEN,
    &SERVICE_BAN,
    &NOT_FOUND,
    &NO_SUCH_ROUTING_PLAN,
    &NOT_ALLOWED,
    &NOT_ACCEPTABLE,
    &REQUEST_TIMEOUT,
    &TOO_LARGE,
    &UNSUPPORTED_MEDIA,
    &DUPLICATE_MESSAGE,
    &RETRY_TOO_EARLY,
    &ACCOUNTS_QUOTA,
    &INTERNAL,
    &BAD_GATEWAY,
    &UNAVAILABLE,
    &GATEWAY_TIMEOUT,
];

pub(super) fn fail(exchange: &Exchange<'_>, failure: &Failure<'_>) -> Response<Body> {
    match failure {
        Failure::TooManyRequests {
            throttle,
            application,
        } => too_many(exchange, *throttle, *application),
        Failure::ExpiredToken => answer(exchange, &[Problem::header(&DENIED, "Authorization")]),
        Failure::ChangedMeanwhile => answer(exchange, &[Problem::plainly(&DUPLICATE_MESSAGE)]),
        Failure::Status { status, code } => of_status(exchange, *status, *code),
    }
}

fn too_many(exchange: &Exchange<'_>, throttle: Throttle, application: Option<&str>) -> Response<Body> {
    let mut error = written(&correlation_id(exchange), 0, &Problem::plainly(&QUOTA));
    if let Some(error) = error.as_object_mut() {
        error.insert(
            "detail".to_owned(),
            Failure::limit_text(throttle, application).into(),
        );
    }
    let document = json!({ "errors": [error] });
    let mut response = answer_json(exchange, StatusCode::TOO_MANY_REQUESTS, &document);
    let wait = match throttle {
        Throttle::Spike => "1",
        Throttle::Quota | Throttle::Proxy => "60",
    };
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static(wait));
    response
}

/// A status that Notify has no error for is answered with its own, and with the words of an internal error.
fn of_status(exchange: &Exchange<'_>, status: StatusCode, code: Option<&str>) -> Response<Body> {
    let known = BY_STATUS
        .iter()
        .find(|(fault, _)| fault.status == status.as_u16() && code.is_none_or(|code| code == fault.code));
    if let Some(known) = known {
        return answer(exchange, &[Problem::plainly(known)]);
    }
    let mut error = written(&correlation_id(exchange), 0, &Problem::plainly(&INTERNAL));
    if let Some(error) = error.as_object_mut() {
        error.insert("status".to_owned(), status.as_u16().to_string().into());
        if let Some(code) = code {
            error.insert("code".to_owned(), code.into());
        }
    }
    answer_json(exchange, status, &json!({ "errors": [error] }))
}
