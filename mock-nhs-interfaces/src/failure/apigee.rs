//! Failures as the API platform's gateway says them by itself.
//! Source: <https://docs.apigee.com/api-platform/troubleshoot/runtime/runtime-errors>

use axum::body::Body;
use http::{Response, StatusCode};

use super::{Failure, NAMELESS};
use crate::api_platform::fault;
use crate::fault::Throttle;
use crate::rate_limit::PER_SECOND;

/// The gateway's answer.
pub(super) fn answer(failure: &Failure<'_>) -> Response<Body> {
    match failure {
        Failure::Status { status, code } => of_status(*status, *code),
        Failure::TooManyRequests {
            throttle,
            application,
        } => {
            let app = application.unwrap_or(NAMELESS);
            match throttle {
                Throttle::Quota => too_many(
                    // Two spaces: the gateway's own.
                    &format!("Rate limit quota violation. Quota limit  exceeded. Identifier : {app}"),
                    "policies.ratelimit.QuotaViolation",
                ),
                Throttle::Spike => too_many(
                    &format!(
                        "Spike arrest violation. Allowed rate : MessageRate{{capacity={PER_SECOND}, period=Seconds}}"
                    ),
                    "policies.ratelimit.SpikeArrestViolation",
                ),
                Throttle::Proxy => too_many(
                    "Rate limit quota violation. Quota limit  exceeded. Identifier : _default",
                    "policies.ratelimit.QuotaViolation",
                ),
            }
        }
        Failure::ExpiredToken => fault(
            StatusCode::UNAUTHORIZED,
            "Access Token expired",
            "keymanagement.service.access_token_expired",
        ),
        Failure::ChangedMeanwhile => of_status(StatusCode::CONFLICT, None),
    }
}

fn too_many(text: &str, code: &str) -> Response<Body> {
    fault(StatusCode::TOO_MANY_REQUESTS, text, code)
}

fn of_status(status: StatusCode, code: Option<&str>) -> Response<Body> {
    let (text, usual) = match status.as_u16() {
        401 => (
            "Invalid Access Token",
            "keymanagement.service.invalid_access_token",
        ),
        403 => (
            "Invalid API call as no apiproduct match found",
            "keymanagement.service.InvalidAPICallAsNoApiProductMatchFound",
        ),
        502 => (
            "Bad Gateway",
            "messaging.adaptors.http.flow.UnexpectedEOFAtTarget",
        ),
        503 => (
            "The Service is temporarily unavailable",
            "messaging.adaptors.http.flow.ServiceUnavailable",
        ),
        504 => ("Gateway Timeout", "messaging.adaptors.http.flow.GatewayTimeout"),
        500..=599 => (
            "Internal Server Error",
            "messaging.adaptors.http.flow.ErrorResponseCode",
        ),
        _ => (
            status.canonical_reason().unwrap_or("Error"),
            "messaging.adaptors.http.flow.ErrorResponseCode",
        ),
    };
    fault(status, text, code.unwrap_or(usual))
}
