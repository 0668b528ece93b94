//! Who asks: on the int host an application with its API key, on the sandbox host anybody.

use axum::body::Body;
use http::{HeaderName, Response};

use super::error::{INVALID_API_KEY, MISSING_API_KEY, refuse_key};
use crate::Profile;
use crate::auth::{WHERE_THE_TOKEN_IS, same_secret};
use crate::exchange::Exchange;

const APIKEY: HeaderName = HeaderName::from_static("apikey");

/// Checks who asks.
///
/// # Errors
/// The answer that says no.
pub(super) fn check(exchange: &Exchange<'_>) -> Result<(), Box<Response<Body>>> {
    if exchange.profile == Profile::Sandbox {
        return Ok(());
    }
    let Some(given) = exchange.headers().get(APIKEY) else {
        return Err(Box::new(refuse_key(&MISSING_API_KEY, Some(WHERE_THE_TOKEN_IS))));
    };
    if same_secret(given.as_bytes(), exchange.tenant.access_token.as_bytes()) {
        Ok(())
    } else {
        Err(Box::new(refuse_key(&INVALID_API_KEY, None)))
    }
}
