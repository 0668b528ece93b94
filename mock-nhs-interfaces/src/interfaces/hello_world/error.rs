//! What goes wrong in Hello World, in the API platform's own shape: it has none of its own.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode};

use crate::api_platform::{X_C4H_HINT, fault};
use crate::auth::WHERE_THE_TOKEN_IS;
use crate::auth::bearer::BearerRefusal;
use crate::exchange::Exchange;
use crate::interface::{Fault, Refusal};

pub(super) const MISSING_API_KEY: Fault = Fault {
    status: 401,
    code: "steps.oauth.v2.FailedToResolveAPIKey",
    display: "Failed to resolve API Key variable request.header.apikey",
    when: "The header apikey is missing.",
};
pub(super) const INVALID_API_KEY: Fault = Fault {
    status: 401,
    code: "oauth.v2.InvalidApiKey",
    display: "Invalid ApiKey",
    when: "The header apikey holds a key that nobody was given.",
};
pub(super) const EMPTY_ACCESS_TOKEN: Fault = Fault {
    status: 401,
    code: "oauth.v2.InvalidAccessToken",
    display: "Invalid access token",
    when: "The header Authorization is missing or holds no token.",
};
pub(super) const INVALID_ACCESS_TOKEN: Fault = Fault {
    status: 401,
    code: "keymanagement.service.invalid_access_token",
    display: "Invalid Access Token",
    when: "The header Authorization holds a token that nobody was given, or that does not open this operation.",
};

pub(super) const EXPIRED_ACCESS_TOKEN: Fault = Fault {
    status: 401,
    code: "keymanagement.service.access_token_expired",
    display: "Access Token expired",
    when: "The header Authorization holds a token whose time is over.",
};

/// What is answered to a caller whose token opens nothing.
pub(super) const fn of_bearer(refusal: &BearerRefusal) -> &'static Fault {
    match refusal {
        BearerRefusal::MissingHeader | BearerRefusal::EmptyHeader | BearerRefusal::MissingToken => {
            &EMPTY_ACCESS_TOKEN
        }
        BearerRefusal::ExpiredToken => &EXPIRED_ACCESS_TOKEN,
        BearerRefusal::WrongType(_) | BearerRefusal::UnknownToken => &INVALID_ACCESS_TOKEN,
    }
}

/// Something of ours is broken; what it is, the log says.
pub(super) fn broken() -> Response<Body> {
    fault(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Internal Server Error",
        "c4h.broken",
    )
}

pub(super) fn answer(error: &Fault) -> Response<Body> {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    fault(status, error.display, error.code)
}

pub(super) fn answer_with_hint(error: &Fault) -> Response<Body> {
    let mut response = answer(error);
    response
        .headers_mut()
        .insert(X_C4H_HINT, HeaderValue::from_static(WHERE_THE_TOKEN_IS));
    response
}

pub(super) fn refuse(_exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    match refusal {
        Refusal::NotMonitoring => answer(&INVALID_API_KEY),
        Refusal::OptionsWithoutPreflight => fault(
            StatusCode::BAD_GATEWAY,
            "Bad Gateway",
            "messaging.adaptors.http.flow.UnexpectedEOFAtTarget",
        ),
        Refusal::UnreadableBody => fault(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is longer than 2 MiB, or broke off.",
            "c4h.body",
        ),
        Refusal::UnknownMethod => {
            let text = "Only GET is answered here.";
            fault(StatusCode::METHOD_NOT_ALLOWED, text, "c4h.method-not-allowed")
        }
        Refusal::NotBuilt(_) | Refusal::ProfileNotOffered | Refusal::UnknownPath => fault(
            StatusCode::NOT_FOUND,
            "Hello World answers /hello/world, /hello/application and /hello/user.",
            "c4h.not-found",
        ),
    }
}
