//! Who asks: on the int host an application with its API key, on the sandbox host anybody.

use axum::body::Body;
use http::Response;

use super::error::{INVALID_API_KEY, MISSING_API_KEY, Problem, refuse_key};
use super::shape::Format;
use crate::Profile;
use crate::auth::WHERE_THE_KEY_IS;
use crate::auth::api_key::{self, ApiKeyRefusal};
use crate::exchange::Exchange;

/// Checks who asks.
///
/// # Errors
/// The answer that says no.
pub(super) async fn check(exchange: &Exchange<'_>) -> Result<(), Box<Response<Body>>> {
    if exchange.profile == Profile::Sandbox {
        return Ok(());
    }
    let refusal = match api_key::check(exchange).await {
        Ok(_) => return Ok(()),
        Err(ApiKeyRefusal::Missing) => refuse_key(&MISSING_API_KEY, Some(WHERE_THE_KEY_IS)),
        Err(ApiKeyRefusal::Unknown | ApiKeyRefusal::NotEntitled) => refuse_key(&INVALID_API_KEY, None),
        Err(ApiKeyRefusal::Broken(error)) => Problem::internal(&error).answer(Format::wanted(exchange)),
    };
    Err(Box::new(refusal))
}
