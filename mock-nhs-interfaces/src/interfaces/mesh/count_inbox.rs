//! `GET /{mailbox}/count`: counts the messages that wait.

use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::error::answer;
use super::handshake::TOKEN_FAULTS;
use super::list_inbox::waiting;
use super::media_type::Version;
use super::{ACCEPT, AUTHORIZATION, MAILBOX, SPECIFICATION, token};
use crate::exchange::{Exchange, reply};
use crate::interface::{Answer, Example, Login, Operation};

const PATH: &str = "/{mailbox}/count";

pub(super) const OPERATION: Operation = Operation {
    id: "count_inbox",
    title: "Count the messages in an inbox",
    summary: "Tells how many messages wait in a mailbox; MESH advises to list them instead.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Mailbox],
    fields: &[MAILBOX, AUTHORIZATION, ACCEPT],
    examples: &[Example::get("How many messages wait", "/X26ABC1/count", 200)],
    faults: &TOKEN_FAULTS,
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: count_inbox,
};

fn count_inbox<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        let caller = match token::check(exchange, &exchange.path_value(PATH, "mailbox")) {
            Ok(caller) => caller,
            Err(known) => return answer(exchange, &known.into()),
        };
        let count = match waiting(exchange, caller.mailbox.id).await {
            Ok(waiting) => waiting.len(),
            Err(problem) => return answer(exchange, &problem),
        };
        let document = match caller.version {
            Version::One => {
                json!({ "count": count, "internalID": Uuid::new_v4().simple().to_string(), "allResultsIncluded": true })
            }
            Version::Two => json!({ "count": count }),
        };
        reply(StatusCode::OK, caller.version.media_type(), document.to_string())
    })
}
