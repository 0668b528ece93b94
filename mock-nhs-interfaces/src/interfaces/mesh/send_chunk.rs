//! `POST /{mailbox}/outbox/{message}/{chunk}`: sends a later chunk of a message.

use axum::body::Body;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::error::{
    EMPTY, ENCODING_CHANGED, FORBIDDEN, LOCKED, NO_SUCH_PART, NOT_FOUND, Problem, TOO_LARGE, WRONG_RANGE,
    answer,
};
use super::handshake::TOKEN_FAULTS;
use super::media_type::Version;
use super::message::{self, MOST_CHUNK_BYTES, Status, keep_chunk};
use super::send_message::{BODY, NotKept, text, total_chunks};
use super::{ACCEPT, AUTHORIZATION, MAILBOX, MESSAGE, SPECIFICATION, token};
use crate::exchange::{Exchange, reply};
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const PATH: &str = "/{mailbox}/outbox/{message}/{chunk}";
const CONTENT: ExampleBody = ExampleBody {
    media_type: "application/octet-stream",
    text: "the rest",
};

pub(super) const OPERATION: Operation = Operation {
    id: "send_chunk",
    title: "Send a chunk of a message",
    summary: "Sends a later chunk of a message; with the last one the message arrives.",
    method: Method::POST,
    path: PATH,
    logins: &[Login::Mailbox],
    fields: &[
        MAILBOX,
        Field {
            hint: "The id that came back when the first chunk was sent.",
            example: message::HALF_SENT,
            ..MESSAGE
        },
        Field {
            name: "chunk",
            place: Place::Path,
            title: "Chunk",
            hint: "Which part of the message, from 2.",
            kind: FieldKind::Number {
                least: 2,
                most: 10_000,
            },
            need: Need::Required,
            example: "2",
        },
        AUTHORIZATION,
        Field {
            name: "mex-Chunk-Range",
            place: Place::Header,
            title: "Chunk of how many",
            hint: "Which part of how many, such as 2:3.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Required,
            example: "2:2",
        },
        ACCEPT,
        BODY,
    ],
    examples: &[
        Example::sending(
            "The second half of the message that was begun in every workspace",
            "/X26ABC1/outbox/48414C464D455353414745C4C4C4C4C4/2",
            CONTENT,
            202,
        ),
        Example::sending(
            "A chunk of a message that nobody began",
            "/X26ABC1/outbox/00000000000000000000000000000000/2",
            CONTENT,
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
        WRONG_RANGE.fault,
        NOT_FOUND.fault,
        FORBIDDEN.fault,
        LOCKED.fault,
        NO_SUCH_PART.fault,
        ENCODING_CHANGED.fault,
        EMPTY.fault,
        TOO_LARGE.fault,
    ],
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: send_chunk,
};

fn send_chunk<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        sent(exchange)
            .await
            .unwrap_or_else(|problem| answer(exchange, &problem))
    })
}

async fn sent(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let caller = token::check(exchange, &exchange.path_value(PATH, "mailbox"))?;
    let id = exchange.path_value(PATH, "message").to_ascii_uppercase();
    let chunk = exchange.path_value(PATH, "chunk").parse().unwrap_or_default();
    let refuse = |known| NotKept::RefusedMessage(known, id.clone());
    let range = text(exchange.headers(), "mex-chunk-range");
    if range.trim().is_empty() || total_chunks(&range, chunk).is_none() {
        return Err(refuse(&WRONG_RANGE).problem());
    }
    let encoding = text(exchange.headers(), "content-encoding")
        .trim()
        .to_ascii_lowercase();
    if exchange.body.is_empty() {
        return Err(refuse(&EMPTY).problem());
    }
    if exchange.body.len() > MOST_CHUNK_BYTES {
        return Err(refuse(&TOO_LARGE).problem());
    }
    exchange
        .change(|draft| {
            let mut message = message::find(draft.view(), &id).ok_or(NotKept::Refused(&NOT_FOUND))?;
            if message.sender != caller.mailbox.id {
                return Err(NotKept::Refused(&FORBIDDEN));
            }
            if message.status != Status::Uploading {
                return Err(refuse(&LOCKED));
            }
            if chunk > message.total_chunks {
                return Err(refuse(&NO_SUCH_PART));
            }
            if encoding != message.details.content_encoding {
                return Err(refuse(&ENCODING_CHANGED));
            }
            let earlier = message::chunk(draft.view(), &message.id, chunk).map_or(0, |bytes| bytes.len());
            let more = exchange.body.len().saturating_sub(earlier);
            keep_chunk(
                draft,
                &message.id,
                chunk,
                &message.details.content_type,
                &exchange.body,
            )?;
            message.file_size += u64::try_from(more).unwrap_or_default();
            // The last chunk is what makes a message whole, as at the NHS.
            if chunk == message.total_chunks {
                message.status = Status::Accepted;
            }
            message.keep(draft)?;
            Ok(())
        })
        .await
        .map_err(NotKept::problem)?;
    Ok(match caller.version {
        Version::One => {
            let document = json!({ "messageID": id, "blockID": chunk });
            reply(
                StatusCode::ACCEPTED,
                Version::One.media_type(),
                document.to_string(),
            )
        }
        Version::Two => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::ACCEPTED;
            response
        }
    })
}
