//! `POST /{mailbox}` and `GET /{mailbox}`: says that a client is there and may use its mailbox.

use axum::body::Body;
use http::{HeaderName, Method, Response, StatusCode};
use serde_json::json;

use super::error::{
    MISSING_HEADER, NO_MAILBOX, OTHER_MAILBOX, Problem, UNREADABLE_TOKEN, USED_TOKEN, WRONG_ACCEPT,
    WRONG_TOKEN, answer,
};
use super::media_type::Version;
use super::{ACCEPT, AUTHORIZATION, MAILBOX, SPECIFICATION, token};
use crate::exchange::{Exchange, reply};
use crate::interface::{Answer, Example, Fault, Field, FieldKind, Login, Need, Operation, Place};

const PATH: &str = "/{mailbox}";
/// The headers in which a client says what it is.
const CLIENT: [&str; 3] = ["mex-clientversion", "mex-osname", "mex-osversion"];

const fn client_header(name: &'static str, title: &'static str, example: &'static str) -> Field {
    Field {
        name,
        place: Place::Header,
        title,
        hint: "Anything; MESH only wants it to be said.",
        kind: FieldKind::Text { wildcards: false },
        need: Need::Required,
        example,
    }
}

const FIELDS: &[Field] = &[
    MAILBOX,
    AUTHORIZATION,
    client_header("mex-ClientVersion", "Client", "my-app==0.1"),
    client_header("mex-OSName", "Operating system", "Linux"),
    client_header("mex-OSVersion", "Version of the operating system", "6.1"),
    ACCEPT,
];
/// What every operation behind a mailbox's token can answer.
pub(super) const TOKEN_FAULTS: [Fault; 6] = [
    UNREADABLE_TOKEN.fault,
    OTHER_MAILBOX.fault,
    WRONG_TOKEN.fault,
    USED_TOKEN.fault,
    NO_MAILBOX.fault,
    WRONG_ACCEPT.fault,
];
const FAULTS: &[Fault] = &[
    UNREADABLE_TOKEN.fault,
    OTHER_MAILBOX.fault,
    WRONG_TOKEN.fault,
    USED_TOKEN.fault,
    NO_MAILBOX.fault,
    WRONG_ACCEPT.fault,
    MISSING_HEADER.fault,
];

pub(super) const POST: Operation = Operation {
    id: "handshake",
    title: "Open a mailbox",
    summary: "Says that a client is there, and checks that its token opens the mailbox.",
    method: Method::POST,
    path: PATH,
    logins: &[Login::Mailbox],
    fields: FIELDS,
    examples: &[Example::get("A mailbox is opened", "/X26ABC1", 200)],
    faults: FAULTS,
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: handshake,
};
pub(super) const GET: Operation = Operation {
    id: "validate_mailbox",
    title: "Check a mailbox",
    method: Method::GET,
    ..POST
};

fn handshake<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { shake(exchange).unwrap_or_else(|problem| answer(exchange, &problem)) })
}

fn shake(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let caller = token::check(exchange, &exchange.path_value(PATH, "mailbox"))?;
    let missing: Vec<&str> = CLIENT
        .into_iter()
        .filter(|name| !exchange.headers().contains_key(HeaderName::from_static(name)))
        .collect();
    if !missing.is_empty() {
        return Err(Problem::of_headers(&MISSING_HEADER, missing));
    }
    Ok(match caller.version {
        Version::One => {
            let document = json!({ "mailboxId": caller.mailbox.id });
            reply(StatusCode::OK, Version::One.media_type(), document.to_string())
        }
        Version::Two => Response::new(Body::empty()),
    })
}
