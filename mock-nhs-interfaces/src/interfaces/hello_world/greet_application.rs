//! `GET /hello/application`: open to applications, with an API key or with a token of their own.

use axum::body::Body;
use http::header::AUTHORIZATION;
use http::{Method, Response, StatusCode};

use super::{SPECIFICATION, error};
use crate::auth::api_key::{self, APIKEY, ApiKeyRefusal};
use crate::auth::bearer;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

pub(super) const OPERATION: Operation = Operation {
    id: "greet_application",
    title: "Greet an application",
    summary: "Greets an application that sends its API key or an access token of its own.",
    method: Method::GET,
    path: "/hello/application",
    logins: &[Login::ApiKey, Login::Application],
    fields: &[
        Field {
            name: "apikey",
            place: Place::Header,
            title: "API key",
            hint: "The key of a registered application, or the workspace's own access token.",
            kind: FieldKind::Credential,
            need: Need::Required,
            example: "the workspace's access token",
        },
        Field {
            name: "Authorization",
            place: Place::Header,
            title: "Access token",
            hint: "In place of the key: the word Bearer, a space, and a token got with a signed JWT.",
            kind: FieldKind::Credential,
            need: Need::Optional,
            example: "Bearer TOKEN",
        },
    ],
    examples: &[Example::get(
        "An application that sends its key is greeted",
        "/hello/application",
        200,
    )],
    faults: &[
        error::MISSING_API_KEY,
        error::INVALID_API_KEY,
        error::EMPTY_ACCESS_TOKEN,
        error::INVALID_ACCESS_TOKEN,
    ],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: greet_application,
};

fn greet_application<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(greet(exchange))
}

async fn greet(exchange: &Exchange<'_>) -> Response<Body> {
    let headers = exchange.headers();
    if !headers.contains_key(APIKEY) && headers.contains_key(AUTHORIZATION) {
        return match bearer::check(exchange) {
            Ok(grant) if grant.is_application() => greeting(),
            // A user's token does not name an application, even a token that is known.
            Ok(_) => error::answer(&error::INVALID_ACCESS_TOKEN),
            Err(refusal) => error::answer(error::of_bearer(&refusal)),
        };
    }
    match api_key::check(exchange).await {
        Ok(_) => greeting(),
        Err(ApiKeyRefusal::Missing) => error::answer_with_hint(&error::MISSING_API_KEY),
        Err(ApiKeyRefusal::Unknown | ApiKeyRefusal::NotEntitled) => error::answer(&error::INVALID_API_KEY),
        Err(ApiKeyRefusal::Broken(broken)) => {
            tracing::error!(error = %broken, "the register of applications cannot be read");
            error::broken()
        }
    }
}

fn greeting() -> Response<Body> {
    reply(StatusCode::OK, JSON, r#"{"message":"Hello Application!"}"#)
}
