//! `GET /hello/world`: open to everybody.

use http::{Method, StatusCode};

use super::SPECIFICATION;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Example, Login, Operation};

pub(super) const OPERATION: Operation = Operation {
    id: "greet_world",
    title: "Greet the world",
    summary: "Greets anybody, without a login.",
    method: Method::GET,
    path: "/hello/world",
    logins: &[Login::Open],
    fields: &[],
    examples: &[Example::get("Anybody is greeted", "/hello/world", 200)],
    faults: &[],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: greet_world,
};

fn greet_world<'a>(_exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { reply(StatusCode::OK, JSON, r#"{"message":"Hello World!"}"#) })
}
