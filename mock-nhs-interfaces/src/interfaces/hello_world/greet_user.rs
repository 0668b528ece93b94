//! `GET /hello/user`: open to people who are logged in, healthcare workers and citizens.

use http::{Method, StatusCode};

use super::{SPECIFICATION, error};
use crate::auth::bearer;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

pub(super) const OPERATION: Operation = Operation {
    id: "greet_user",
    title: "Greet a user",
    summary: "Greets somebody who is logged in.",
    method: Method::GET,
    path: "/hello/user",
    logins: &[Login::HealthcareWorker, Login::Citizen],
    fields: &[Field {
        name: "Authorization",
        place: Place::Header,
        title: "Access token",
        hint: "The word Bearer, a space, and the token.",
        kind: FieldKind::Credential,
        need: Need::Required,
        example: "Bearer TOKEN",
    }],
    examples: &[Example::get("Somebody logged in is greeted", "/hello/user", 200)],
    faults: &[error::EMPTY_ACCESS_TOKEN, error::INVALID_ACCESS_TOKEN],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: greet_user,
};

fn greet_user<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async {
        match bearer::check(exchange) {
            Ok(grant) if grant.is_user() => reply(StatusCode::OK, JSON, r#"{"message":"Hello User!"}"#),
            // An application's token names nobody.
            Ok(_) => error::answer(&error::INVALID_ACCESS_TOKEN),
            Err(refusal) if refusal.nothing_was_sent() => error::answer_with_hint(&error::EMPTY_ACCESS_TOKEN),
            Err(refusal) => error::answer(error::of_bearer(&refusal)),
        }
    })
}
