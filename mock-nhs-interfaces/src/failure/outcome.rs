//! Failures as FHIR says them.

use axum::body::Body;
use fhir_types::outcome::{Coding, Issue, IssueSeverity, operation_outcome};
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use super::Failure;
use super::words::{Words, words};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::{FHIR_JSON, JSON};

/// An `OperationOutcome` with a code of this system, as PDS and what is built like it answer.
pub(super) fn spine(exchange: &Exchange<'_>, failure: &Failure<'_>, system: &'static str) -> Response<Body> {
    let Words {
        status,
        kind,
        code,
        display,
        diagnostics,
        is_proxy,
    } = words(exchange, failure);
    let body = operation_outcome(&Issue {
        severity: IssueSeverity::Error,
        kind,
        coding: Coding {
            system,
            version: "1",
            code,
            display,
        },
        diagnostics: diagnostics.as_deref(),
    })
    .unwrap_or_else(|error| {
        tracing::error!(%error, "an OperationOutcome could not be written");
        br#"{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]}"#.to_vec()
    });
    let mut response = reply(status, if is_proxy { JSON } else { FHIR_JSON }, body);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        // Five seconds is what PDS documents. None on 429: PDS sends none.
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// An `OperationOutcome` as a FHIR server without codes of its own answers: for the workspace's FHIR server.
pub fn plain_outcome(failure: &Failure<'_>) -> Response<Body> {
    let (status, code, text) = match failure {
        Failure::Status { status, code } => {
            let reason = status.canonical_reason().unwrap_or("Failed");
            let text = code.map_or_else(|| reason.to_owned(), |code| format!("{reason}: {code}"));
            (*status, issue_code(*status), text)
        }
        Failure::TooManyRequests {
            throttle,
            application,
        } => (
            StatusCode::TOO_MANY_REQUESTS,
            "throttled",
            Failure::limit_text(*throttle, *application),
        ),
        Failure::ExpiredToken => (
            StatusCode::UNAUTHORIZED,
            "expired",
            "The access token has expired.".to_owned(),
        ),
        Failure::ChangedMeanwhile => (
            StatusCode::PRECONDITION_FAILED,
            "conflict",
            "The resource has another version than If-Match says: somebody else has changed it.".to_owned(),
        ),
    };
    let body = json!({
        "resourceType": "OperationOutcome",
        "issue": [{ "severity": "error", "code": code, "diagnostics": text }],
    });
    reply(status, FHIR_JSON, body.to_string())
}

/// FHIR's own word for the kind of a failure. <https://hl7.org/fhir/R4/valueset-issue-type.html>
fn issue_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "login",
        403 => "forbidden",
        404 => "not-found",
        408 | 504 => "timeout",
        409 | 412 => "conflict",
        410 => "deleted",
        400..=499 => "processing",
        503 => "transient",
        _ => "exception",
    }
}
