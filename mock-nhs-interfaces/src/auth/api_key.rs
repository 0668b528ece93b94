//! The API key in the header `apikey`: application-restricted access of the simplest kind.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/application-restricted-restful-apis-api-key-authentication>

use std::sync::Arc;

use http::{HeaderMap, HeaderName};

use super::application::Access;
use super::applications::ApplicationsError;
use super::{Grant, Principal, same_secret};
use crate::exchange::Exchange;
use crate::{Tenant, World};

/// The header that an API key travels in.
pub(crate) const APIKEY: HeaderName = HeaderName::from_static("apikey");

/// Why an API key opens nothing.
#[derive(Debug)]
pub(crate) enum ApiKeyRefusal {
    /// There is no header `apikey`.
    Missing,
    /// No application has this key.
    Unknown,
    /// The application may not act by itself.
    NotEntitled,
    /// The register cannot be read.
    Broken(ApplicationsError),
}

/// Finds out which application is calling. The workspace's own access token is an API key as well.
///
/// # Errors
/// Why none is.
pub(crate) async fn check(exchange: &Exchange<'_>) -> Result<Grant, ApiKeyRefusal> {
    look(exchange.world, exchange.tenant, exchange.headers()).await
}

/// The same, for a request to whichever interface.
///
/// # Errors
/// As [`check`].
pub(crate) async fn look(
    world: &World,
    tenant: &Tenant,
    headers: &HeaderMap,
) -> Result<Grant, ApiKeyRefusal> {
    let given = headers.get(APIKEY).ok_or(ApiKeyRefusal::Missing)?;
    if same_secret(given.as_bytes(), tenant.access_token.as_bytes()) {
        return Ok(Grant {
            application: None,
            principal: Principal::Application,
        });
    }
    let given = given.to_str().map_err(|_| ApiKeyRefusal::Unknown)?;
    let application = world
        .applications
        .find(tenant.workspace, given)
        .await
        .map_err(ApiKeyRefusal::Broken)?
        .ok_or(ApiKeyRefusal::Unknown)?;
    if !application.access.contains(&Access::Application) {
        return Err(ApiKeyRefusal::NotEntitled);
    }
    Ok(Grant {
        application: Some(Arc::from(application.api_key)),
        principal: Principal::Application,
    })
}
