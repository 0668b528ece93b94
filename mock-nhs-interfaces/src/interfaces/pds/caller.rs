//! What PDS checks of every request before it looks at what is asked: request id, token, role, in this order.

use http::HeaderMap;

use super::error::{ACCESS_DENIED, INVALID_VALUE, MISSING_VALUE, Refused};
use crate::api_platform::{X_REQUEST_ID, shortened};
use crate::auth::bearer;
use crate::exchange::Exchange;
use crate::value::is_uuid;

const SESSION_URID: &str = "nhsd-session-urid";

/// Checks who is calling.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn check(exchange: &Exchange<'_>) -> Result<(), Refused> {
    check_request_id(exchange.headers())?;
    bearer::check(exchange).map(drop).map_err(|refusal| {
        let refused = Refused::saying(&ACCESS_DENIED, refusal.diagnostics());
        if refusal.nothing_was_sent() {
            refused.with_token_hint()
        } else {
            refused
        }
    })?;
    check_role(exchange.headers())
}

fn check_request_id(headers: &HeaderMap) -> Result<(), Refused> {
    let Some(given) = headers.get(X_REQUEST_ID) else {
        return Err(Refused::saying(
            &MISSING_VALUE,
            "Invalid request with error - X-Request-ID header must be supplied to access this resource",
        ));
    };
    if is_uuid(given.as_bytes()) {
        return Ok(());
    }
    let given = shortened(&String::from_utf8_lossy(given.as_bytes()));
    Err(Refused::saying(
        &INVALID_VALUE,
        format!("Invalid value - '{given}' in header 'X-Request-ID'"),
    ))
}

/// A role is digits. Whether the user has it is not known here: see the interface's deviations.
fn check_role(headers: &HeaderMap) -> Result<(), Refused> {
    let Some(given) = headers.get(SESSION_URID) else {
        return Ok(());
    };
    let given = given.as_bytes();
    if !given.is_empty() && given.iter().all(u8::is_ascii_digit) {
        return Ok(());
    }
    let given = shortened(&String::from_utf8_lossy(given));
    Err(Refused::saying(
        &INVALID_VALUE,
        format!(
            "Invalid value - '{given}' in header 'NHSD-Session-URID'. Refer to the guidance for this header in our API \
             Specification https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir"
        ),
    ))
}
