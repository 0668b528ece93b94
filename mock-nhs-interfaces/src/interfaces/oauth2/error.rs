//! What goes wrong at the login: `{"error", "error_description", "message_id"}`.

use std::borrow::Cow;

use axum::body::Body;
use http::header::ALLOW;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::api_platform::X_C4H_HINT;
use crate::auth::WHERE_THE_TOKEN_IS;
use crate::auth::applications::ApplicationsError;
use crate::auth::page::no_store;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Fault, Refusal};

/// A request that the login refuses.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    error: &'static str,
    description: Cow<'static, str>,
    hint: bool,
}

impl Refused {
    pub(super) const fn new(status: StatusCode, error: &'static str, description: &'static str) -> Self {
        Self {
            status,
            error,
            description: Cow::Borrowed(description),
            hint: false,
        }
    }

    /// 400 `invalid_request`, by far the most frequent.
    pub(super) fn invalid(description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: "invalid_request",
            description: description.into(),
            hint: false,
        }
    }

    /// 401 `invalid_request`.
    pub(super) fn unauthorised(description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::invalid(description)
        }
    }

    /// The application may not ask for this kind of access.
    pub(super) const fn not_entitled() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized_client",
            "you have tried to request authorization but your application is not configured to use this authorization grant type",
        )
    }

    /// The same, with the sentence that says where the workspace's token is.
    pub(super) const fn with_hint(mut self) -> Self {
        self.hint = true;
        self
    }

    pub(super) fn answer(&self) -> Response<Body> {
        let body = json!({
            "error": self.error,
            "error_description": self.description,
            "message_id": Uuid::new_v4().to_string(),
        });
        let mut response = reply(self.status, JSON, body.to_string());
        no_store(&mut response);
        if self.hint {
            let hint = HeaderValue::from_static(WHERE_THE_TOKEN_IS);
            response.headers_mut().insert(X_C4H_HINT, hint);
        }
        response
    }
}

impl From<ApplicationsError> for Refused {
    fn from(error: ApplicationsError) -> Self {
        tracing::error!(%error, "the register of applications cannot be read");
        broken()
    }
}

/// Something of ours is broken; what it is, the log says.
pub(super) const fn broken() -> Refused {
    Refused::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "server_error",
        "The login could not read or write what it keeps",
    )
}

/// Answers what was done, or why it was not.
pub(super) fn answer(done: Result<Response<Body>, Refused>) -> Response<Body> {
    done.unwrap_or_else(|refused| refused.answer())
}

pub(super) const fn fault(
    status: u16,
    code: &'static str,
    display: &'static str,
    when: &'static str,
) -> Fault {
    Fault {
        status,
        code,
        display,
        when,
    }
}

pub(super) fn refuse(exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    match refusal {
        Refusal::NotMonitoring => {
            Refused::new(StatusCode::UNAUTHORIZED, "access_denied", "Invalid ApiKey").answer()
        }
        Refusal::OptionsWithoutPreflight => {
            Refused::new(StatusCode::BAD_GATEWAY, "server_error", "Bad Gateway").answer()
        }
        Refusal::UnreadableBody => Refused::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request",
            "The body is longer than 2 MiB, or broke off",
        )
        .answer(),
        Refusal::UnknownMethod => {
            let operations = exchange.interface.operations.iter();
            let allowed: Vec<&str> = operations
                .filter(|operation| operation.path == exchange.path)
                .map(|operation| operation.method.as_str())
                .collect();
            // The NHS's own answer has no body.
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            if let Ok(allowed) = HeaderValue::try_from(allowed.join(", ")) {
                response.headers_mut().insert(ALLOW, allowed);
            }
            response
        }
        Refusal::NotBuilt(_) | Refusal::ProfileNotOffered | Refusal::UnknownPath => {
            Refused::new(StatusCode::NOT_FOUND, "invalid_request", "Not Found").answer()
        }
    }
}
