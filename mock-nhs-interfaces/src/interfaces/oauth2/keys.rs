//! `GET /jwks`: the public key that id tokens are checked with.
//! Source: <https://www.rfc-editor.org/rfc/rfc7517#section-5>

use http::{Method, StatusCode};

use super::SPECIFICATION;
use super::error::broken;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Example, Login, Operation};

pub(super) const OPERATION: Operation = Operation {
    id: "read_keys",
    title: "Ask for the login's public keys",
    summary: "Answers the keys that the signature of an id token is checked with.",
    method: Method::GET,
    path: "/jwks",
    logins: &[Login::Open],
    fields: &[],
    examples: &[Example::get("The key set", "/jwks", 200)],
    faults: &[],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: read_keys,
};

fn read_keys<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async {
        match exchange.world.signer.key().await {
            Some(key) => reply(StatusCode::OK, JSON, key.to_json()),
            None => broken().answer(),
        }
    })
}
