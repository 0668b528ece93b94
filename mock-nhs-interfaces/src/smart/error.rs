//! What goes wrong at the login of the FHIR server: OAuth's own shape.
//! Source: <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>

use std::borrow::Cow;

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::auth::ApplicationsError;
use crate::auth::page::no_store;
use crate::exchange::reply;
use crate::fhir::media_type::JSON;

/// A request that the login refuses.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    error: &'static str,
    description: Cow<'static, str>,
}

impl Refused {
    pub(super) fn new(
        status: StatusCode,
        error: &'static str,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            error,
            description: description.into(),
        }
    }

    pub(super) fn invalid(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(super) fn client(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    pub(super) fn grant(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", description)
    }

    pub(super) fn scope(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", description)
    }

    pub(super) fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "The login could not read or write what it keeps",
        )
    }

    pub(super) fn answer(&self) -> Response<Body> {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = reply(self.status, JSON, body.to_string());
        no_store(&mut response);
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Basic realm=\"SMART\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<ApplicationsError> for Refused {
    fn from(error: ApplicationsError) -> Self {
        tracing::error!(%error, "the register of applications cannot be read");
        Self::broken()
    }
}
