//! What is checked of every request first: who asks, and for which version.

use axum::body::Body;
use http::Response;
use http::header::{ACCEPT, HeaderValue};

use super::error::{FORBIDDEN, INVALID, NOT_IMPLEMENTED, Problem, UNAUTHORIZED};
use crate::Profile;
use crate::api_platform::X_C4H_HINT;
use crate::auth::{Principal, WHERE_THE_TOKEN_IS, bearer};
use crate::exchange::Exchange;

/// Checks who asks; on the sandbox host anybody may.
///
/// # Errors
/// The answer that says no.
pub(super) fn check(exchange: &Exchange<'_>) -> Result<(), Box<Response<Body>>> {
    if exchange.profile == Profile::Int {
        match bearer::check(exchange) {
            Ok(grant) if matches!(grant.principal, Principal::Citizen { .. }) => {
                return Err(Box::new(
                    Problem::new(&FORBIDDEN, "Unauthorized request").answer(),
                ));
            }
            Ok(_) => {}
            Err(refusal) => {
                let mut response = Problem::new(&UNAUTHORIZED, refusal.diagnostics()).answer();
                if refusal.nothing_was_sent() {
                    let hint = HeaderValue::from_static(WHERE_THE_TOKEN_IS);
                    response.headers_mut().insert(X_C4H_HINT, hint);
                }
                return Err(Box::new(response));
            }
        }
    }
    version(exchange).map_err(|problem| Box::new(problem.answer()))
}

fn version(exchange: &Exchange<'_>) -> Result<(), Problem> {
    let accept = exchange
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let accept = accept.unwrap_or_default().trim();
    if matches!(accept, "" | "*/*" | "application/fhir+json" | "application/json") {
        return Ok(());
    }
    let version = accept
        .strip_prefix("application/fhir+json")
        .and_then(|rest| rest.trim_start().strip_prefix(';'))
        .and_then(|rest| rest.trim_start().strip_prefix("version="));
    match version.map(str::trim) {
        Some("1" | "1.0") => Ok(()),
        Some(other) if other.parse::<f32>().is_ok() => Err(Problem::new(
            &NOT_IMPLEMENTED,
            "The requested version is not supported.",
        )),
        _ => Err(Problem::new(
            &INVALID,
            "Invalid accept header. It should be either application/fhir+json or application/fhir+json; version=1",
        )),
    }
}
