//! `PUT /{mailbox}/inbox/{message}/status/acknowledged`: says that a message has arrived, which takes it out of the inbox.

use axum::body::Body;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::error::{FORBIDDEN, NO_MESSAGE, Problem, answer};
use super::handshake::TOKEN_FAULTS;
use super::media_type::Version;
use super::message::{self, Status};
use super::send_message::NotKept;
use super::{ACCEPT, AUTHORIZATION, MAILBOX, MESSAGE, SPECIFICATION, token};
use crate::exchange::{Exchange, reply};
use crate::interface::{Answer, Example, Login, Operation};

const PATH: &str = "/{mailbox}/inbox/{message}/status/acknowledged";

pub(super) const OPERATION: Operation = Operation {
    id: "acknowledge_message",
    title: "Acknowledge a message",
    summary: "Says that a message has arrived: it leaves the inbox. Saying so twice does no harm.",
    method: Method::PUT,
    path: PATH,
    logins: &[Login::Mailbox],
    fields: &[MAILBOX, MESSAGE, AUTHORIZATION, ACCEPT],
    examples: &[
        Example::get(
            "The message that waits in every workspace",
            "/X26ABC1/inbox/5A4D504C454D455353414745C4C4C4C4/status/acknowledged",
            200,
        ),
        Example::get(
            "A message that nobody sent",
            "/X26ABC1/inbox/00000000000000000000000000000000/status/acknowledged",
            404,
        ),
    ],
    faults: &[
        TOKEN_FAULTS[0],
        TOKEN_FAULTS[1],
        TOKEN_FAULTS[2],
        TOKEN_FAULTS[3],
        TOKEN_FAULTS[4],
        TOKEN_FAULTS[5],
        FORBIDDEN.fault,
        NO_MESSAGE.fault,
    ],
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: acknowledge,
};

fn acknowledge<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        acknowledged(exchange)
            .await
            .unwrap_or_else(|problem| answer(exchange, &problem))
    })
}

async fn acknowledged(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let caller = token::check(exchange, &exchange.path_value(PATH, "mailbox"))?;
    let id = exchange.path_value(PATH, "message");
    let now = exchange.now();
    let id = exchange
        .change(|draft| {
            let mut message = message::find(draft.view(), &id).ok_or(NotKept::Refused(&NO_MESSAGE))?;
            if message.recipient != caller.mailbox.id {
                return Err(NotKept::Refused(&FORBIDDEN));
            }
            if message.status == Status::Accepted {
                message.status = Status::Acknowledged;
                message.acknowledged = Some(now);
                message.keep(draft)?;
            }
            Ok(message.id)
        })
        .await
        .map_err(NotKept::problem)?;
    Ok(match caller.version {
        Version::One => {
            let document = json!({ "messageId": id });
            reply(StatusCode::OK, Version::One.media_type(), document.to_string())
        }
        Version::Two => Response::new(Body::empty()),
    })
}
