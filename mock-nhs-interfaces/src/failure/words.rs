//! The usual code, words and kind of issue of each status, in NHS England's list of Spine errors and warnings.

use fhir_types::outcome::IssueType;
use http::StatusCode;

use super::Failure;
use crate::exchange::Exchange;

/// What an `OperationOutcome` says of a failure.
#[derive(Debug)]
pub(super) struct Words<'a> {
    pub(super) status: StatusCode,
    pub(super) kind: IssueType,
    pub(super) code: &'a str,
    pub(super) display: &'a str,
    pub(super) diagnostics: Option<String>,
    /// Whether the proxy in front of the interface says it, whose media type is `application/json`.
    pub(super) is_proxy: bool,
}

/// Where PDS sends everybody who is limited.
const FOR_MORE: &str = " Please see: https://digital.nhs.uk/developer/guides-and-documentation/reference-guide#rate-limits \
                        for more details.";

/// The words for a failure: the interface's own where its statement has them.
pub(super) fn words<'a>(exchange: &Exchange<'_>, failure: &Failure<'a>) -> Words<'a> {
    match failure {
        Failure::Status { status, code } => of_status(exchange, *status, *code),
        Failure::TooManyRequests {
            throttle,
            application,
        } => Words {
            status: StatusCode::TOO_MANY_REQUESTS,
            kind: IssueType::Value,
            code: "TOO_MANY_REQUESTS",
            display: "Too many requests",
            diagnostics: Some(Failure::limit_text(*throttle, *application) + FOR_MORE),
            is_proxy: true,
        },
        Failure::ExpiredToken => Words {
            diagnostics: Some("Access Token expired".to_owned()),
            ..usual(StatusCode::UNAUTHORIZED)
        },
        Failure::ChangedMeanwhile => usual(StatusCode::CONFLICT),
    }
}

fn of_status<'a>(exchange: &Exchange<'_>, status: StatusCode, code: Option<&'a str>) -> Words<'a> {
    let usual = usual(status);
    let wanted = code.unwrap_or(usual.code);
    let mut stated = exchange
        .interface
        .operations
        .iter()
        .flat_map(|operation| operation.faults)
        .filter(|fault| fault.status == status.as_u16());
    // Without a code, one that the interface states comes before the usual one of the status.
    let stated = match code {
        Some(_) => stated.find(|fault| fault.code == wanted),
        None => {
            let mut again = stated.clone();
            again.find(|fault| fault.code == wanted).or_else(|| stated.next())
        }
    };
    match (stated, code) {
        (Some(fault), _) => Words {
            code: fault.code,
            display: fault.display,
            ..usual
        },
        (None, Some(code)) if code != usual.code => Words {
            code,
            display: code,
            diagnostics: None,
            ..usual
        },
        (None, _) => usual,
    }
}

/// The usual words of a status.
fn usual(status: StatusCode) -> Words<'static> {
    let (kind, code, display, is_proxy) = match status.as_u16() {
        400 => (
            IssueType::Value,
            "INVALID_VALUE",
            "Provided value is invalid",
            false,
        ),
        401 => (
            IssueType::Forbidden,
            "ACCESS_DENIED",
            "Access Denied - Unauthorised",
            true,
        ),
        403 => (
            IssueType::Forbidden,
            "ACCESS_DENIED",
            "Access Denied - Unauthorised",
            true,
        ),
        404 => (
            IssueType::NotFound,
            "RESOURCE_NOT_FOUND",
            "Resource not found",
            false,
        ),
        408 => (
            IssueType::Timeout,
            "UNABLE_TO_CALL_SERVICE",
            "Unable to call Service",
            true,
        ),
        409 => (
            IssueType::Structure,
            "RESOURCE_VERSION_MISMATCH",
            "Provided resource version does not match the latest version",
            false,
        ),
        412 => (
            IssueType::Structure,
            "PRECONDITION_FAILED",
            "Required condition was not fulfilled",
            false,
        ),
        503 => (
            IssueType::Timeout,
            "SERVICE_UNAVAILABLE",
            "Service unavailable",
            true,
        ),
        500..=599 => (IssueType::Unknown, "UNKNOWN_ERROR", "Unknown Error", true),
        _ => (
            IssueType::Processing,
            "UNSUPPORTED_REQUEST",
            "The request is not one that is supported.",
            false,
        ),
    };
    let diagnostics = match status.as_u16() {
        408 => Some(
            "For a SyncAsync wrapped request, the downstream domain processing has not completed within the configured timeout period.",
        ),
        503 => Some(
            "The downstream domain processing has not completed within the configured timeout period. Retry your request \
             with the value in the 'Retry-After' header, using the same 'X-Request-ID'.",
        ),
        _ => None,
    };
    Words {
        status,
        kind,
        code,
        display,
        diagnostics: diagnostics.map(str::to_owned),
        is_proxy,
    }
}
