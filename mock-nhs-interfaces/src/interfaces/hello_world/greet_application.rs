//! `GET /hello/application`: open to applications that name themselves.

use http::{HeaderName, Method, StatusCode};

use super::{SPECIFICATION, error};
use crate::auth::same_secret;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

const APIKEY: HeaderName = HeaderName::from_static("apikey");

pub(super) const OPERATION: Operation = Operation {
    id: "greet_application",
    title: "Greet an application",
    summary: "Greets an application that sends its API key.",
    method: Method::GET,
    path: "/hello/application",
    logins: &[Login::ApiKey],
    fields: &[Field {
        name: "apikey",
        place: Place::Header,
        title: "API key",
        hint: "Here, the workspace's own access token is also its API key.",
        kind: FieldKind::Credential,
        need: Need::Required,
        example: "the workspace's access token",
    }],
    examples: &[Example::get(
        "An application that sends its key is greeted",
        "/hello/application",
        200,
    )],
    faults: &[
        error::MISSING_API_KEY,
        error::INVALID_API_KEY,
        error::INVALID_ACCESS_TOKEN,
    ],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: greet_application,
};

fn greet_application<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async {
        let Some(given) = exchange.headers().get(APIKEY) else {
            // A user's token does not name an application, even a token that is known.
            return if exchange.headers().contains_key(http::header::AUTHORIZATION) {
                error::answer(&error::INVALID_ACCESS_TOKEN)
            } else {
                error::answer_with_hint(&error::MISSING_API_KEY)
            };
        };
        if same_secret(given.as_bytes(), exchange.tenant.access_token.as_bytes()) {
            reply(StatusCode::OK, JSON, r#"{"message":"Hello Application!"}"#)
        } else {
            error::answer(&error::INVALID_API_KEY)
        }
    })
}
