//! `POST /{mailbox}/outbox`: sends a message, or the first chunk of one.

use axum::body::Body;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Method, Response, StatusCode};
use records::RecordsError;
use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use super::error::{
    EMPTY, FULL, INTERNAL, Known, MALFORMED, MISSING_HEADER, NO_RECIPIENT, Problem, TOO_LARGE, UNREGISTERED,
    UNSUPPORTED_ENCODING, WRONG_CHECKSUM, WRONG_RANGE, answer,
};
use super::handshake::TOKEN_FAULTS;
use super::media_type::Version;
use super::message::{Details, MOST_CHUNK_BYTES, Message, Status, keep_chunk};
use super::{ACCEPT, AUTHORIZATION, MAILBOX, SPECIFICATION, mailbox, token};
use crate::exchange::{Exchange, reply};
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const PATH: &str = "/{mailbox}/outbox";
/// Most chunks of a message.
const MOST_CHUNKS: u32 = 10_000;

const fn header(
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    need: Need,
    example: &'static str,
) -> Field {
    Field {
        name,
        place: Place::Header,
        title,
        hint,
        kind: FieldKind::Text { wildcards: false },
        need,
        example,
    }
}

pub(super) const BODY: Field = Field {
    name: "body",
    place: Place::Body,
    title: "File",
    hint: "The content, as it is.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Required,
    example: "Hello from another organisation",
};
const CONTENT: ExampleBody = ExampleBody {
    media_type: "text/plain",
    text: "Hello from another organisation",
};
const NOTHING: ExampleBody = ExampleBody {
    media_type: "text/plain",
    text: "",
};

pub(super) const OPERATION: Operation = Operation {
    id: "send_message",
    title: "Send a message",
    summary: "Sends a file to another mailbox, whole or as the first of several chunks.",
    method: Method::POST,
    path: PATH,
    logins: &[Login::Mailbox],
    fields: &[
        MAILBOX,
        AUTHORIZATION,
        header(
            "mex-To",
            "Recipient",
            "The mailbox that it is for.",
            Need::Required,
            "X26ABC2",
        ),
        header(
            "mex-WorkflowID",
            "Workflow",
            "What kind of message it is.",
            Need::Required,
            "TEST_WORKFLOW",
        ),
        header(
            "mex-Chunk-Range",
            "Chunk",
            "Which part of how many, such as 1:3.",
            Need::Optional,
            "1:1",
        ),
        header(
            "mex-FileName",
            "File name",
            "What the file is called.",
            Need::Optional,
            "hello.txt",
        ),
        header(
            "mex-Subject",
            "Subject",
            "What the message is about.",
            Need::Optional,
            "Hello",
        ),
        header(
            "mex-LocalID",
            "Local id",
            "The sender's own name for the message.",
            Need::Optional,
            "hello-1",
        ),
        header(
            "mex-PartnerID",
            "Partner id",
            "Anything; it comes out at the other end.",
            Need::Optional,
            "hello",
        ),
        header(
            "mex-Content-Checksum",
            "Checksum",
            "Checksum of the content; MESH hands it on.",
            Need::Optional,
            "md5:0cc175b9",
        ),
        ACCEPT,
        BODY,
    ],
    examples: &[
        Example::sending("A message in one piece", "/X26ABC1/outbox", CONTENT, 202),
        Example::sending("A mailbox that nobody has", "/X26ABC1/outbox", CONTENT, 417)
            .with_headers(&[("mex-to", "NOBODY")]),
        Example::sending("An empty message", "/X26ABC1/outbox", NOTHING, 417),
    ],
    faults: &[
        TOKEN_FAULTS[0],
        TOKEN_FAULTS[1],
        TOKEN_FAULTS[2],
        TOKEN_FAULTS[3],
        TOKEN_FAULTS[4],
        TOKEN_FAULTS[5],
        MISSING_HEADER.fault,
        MALFORMED.fault,
        WRONG_CHECKSUM.fault,
        NO_RECIPIENT.fault,
        UNSUPPORTED_ENCODING.fault,
        WRONG_RANGE.fault,
        UNREGISTERED.fault,
        EMPTY.fault,
        TOO_LARGE.fault,
    ],
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: send_message,
};

/// Why nothing was kept.
#[derive(Debug, Error)]
pub(super) enum NotKept {
    /// MESH says no.
    #[error("refused")]
    Refused(&'static Known),
    /// MESH says no, and says of which message.
    #[error("refused")]
    RefusedMessage(&'static Known, String),
    #[error(transparent)]
    Records(#[from] RecordsError),
}

impl NotKept {
    pub(super) fn problem(self) -> Problem {
        match self {
            Self::Refused(known) => known.into(),
            Self::RefusedMessage(known, id) => Problem::of_message(known, &id),
            Self::Records(RecordsError::Quota(_) | RecordsError::Full | RecordsError::TooLarge { .. }) => {
                (&FULL).into()
            }
            Self::Records(error) => {
                tracing::warn!(%error, "a message could not be kept");
                (&INTERNAL).into()
            }
        }
    }
}

fn send_message<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        sent(exchange)
            .await
            .unwrap_or_else(|problem| answer(exchange, &problem))
    })
}

async fn sent(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let caller = token::check(exchange, &exchange.path_value(PATH, "mailbox"))?;
    let headers = exchange.headers();
    let (to, workflow) = addressed(headers)?;
    let details = details(headers)?;
    if to.is_empty() {
        return Err((&NO_RECIPIENT).into());
    }
    if !details.content_encoding.is_empty() && details.content_encoding != "gzip" {
        return Err((&UNSUPPORTED_ENCODING).into());
    }
    let total_chunks = total_chunks(&text(headers, "mex-chunk-range"), 1).ok_or(&WRONG_RANGE)?;
    let recipient = mailbox::find(&to).ok_or(&UNREGISTERED)?;
    if exchange.body.is_empty() {
        return Err((&EMPTY).into());
    }
    if exchange.body.len() > MOST_CHUNK_BYTES {
        return Err((&TOO_LARGE).into());
    }
    let message = Message {
        id: Uuid::new_v4().simple().to_string().to_ascii_uppercase(),
        status: if total_chunks == 1 {
            Status::Accepted
        } else {
            Status::Uploading
        },
        sender: caller.mailbox.id.to_owned(),
        recipient: recipient.id.to_owned(),
        workflow,
        total_chunks,
        sent: exchange.now(),
        acknowledged: None,
        file_size: u64::try_from(exchange.body.len()).unwrap_or(u64::MAX),
        details,
    };
    exchange
        .change(|draft| {
            keep_chunk(
                draft,
                &message.id,
                1,
                &message.details.content_type,
                &exchange.body,
            )?;
            message.keep(draft)?;
            Ok(())
        })
        .await
        .map_err(NotKept::problem)?;
    let document = match caller.version {
        Version::One => json!({ "messageID": message.id }),
        Version::Two => json!({ "message_id": message.id }),
    };
    Ok(reply(
        StatusCode::ACCEPTED,
        caller.version.media_type(),
        document.to_string(),
    ))
}

/// The recipient and the workflow, which must be said.
fn addressed(headers: &HeaderMap) -> Result<(String, String), Problem> {
    let missing: Vec<&str> = ["mex-to", "mex-workflowid"]
        .into_iter()
        .filter(|name| !headers.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        return Err(Problem::of_headers(&MISSING_HEADER, missing));
    }
    let to = text(headers, "mex-to").trim().to_ascii_uppercase();
    let workflow = text(headers, "mex-workflowid").trim().to_owned();
    let is_address = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.starts_with("http://") || text.starts_with("https://")
    };
    let mut malformed = Vec::new();
    if is_address(&to) {
        malformed.push("mex-To");
    }
    if is_address(&workflow) {
        malformed.push("mex-WorkflowID");
    }
    if is_address(&text(headers, "mex-content-checksum")) {
        malformed.push("mex-Content-Checksum");
    }
    if malformed.is_empty() {
        Ok((to, workflow))
    } else {
        Err(Problem::of_headers(&MALFORMED, malformed))
    }
}

fn details(headers: &HeaderMap) -> Result<Details, Problem> {
    let checksum = text(headers, "mex-content-checksum").trim().to_owned();
    let is_checksum = |character: char| character.is_ascii_alphanumeric() || " \t:-/".contains(character);
    if !checksum.chars().all(is_checksum) {
        return Err((&WRONG_CHECKSUM).into());
    }
    let said = text(headers, "mex-content-type");
    let content_type = if said.is_empty() {
        text(headers, CONTENT_TYPE.as_str()).to_ascii_lowercase()
    } else {
        said
    };
    let flag = |name: &str| {
        matches!(
            text(headers, name).to_ascii_lowercase().trim(),
            "y" | "yes" | "t" | "true" | "on" | "1"
        )
    };
    Ok(Details {
        subject: text(headers, "mex-subject"),
        local_id: text(headers, "mex-localid"),
        partner_id: text(headers, "mex-partnerid"),
        file_name: text(headers, "mex-filename"),
        checksum,
        content_type,
        content_encoding: text(headers, CONTENT_ENCODING.as_str())
            .trim()
            .to_ascii_lowercase(),
        compressed: flag("mex-content-compressed"),
        encrypted: flag("mex-content-encrypted"),
    })
}

/// A header's text; empty when it is missing or is no text.
pub(super) fn text(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// How many chunks there are, of a range such as `2:3` for this chunk; `None` when it says something else.
pub(super) fn total_chunks(range: &str, chunk: u32) -> Option<u32> {
    if range.trim().is_empty() {
        return (chunk == 1).then_some(1);
    }
    let (number, total) = range.split_once(':')?;
    let (number, total): (u32, u32) = (number.trim().parse().ok()?, total.trim().parse().ok()?);
    (number == chunk && number >= 1 && number <= total && total <= MOST_CHUNKS).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::total_chunks;

    #[test]
    fn a_range_says_which_chunk_of_how_many() {
        for (range, chunk, expected) in [
            ("", 1, Some(1)),
            ("", 2, None),
            ("1:3", 1, Some(3)),
            (" 2 : 3 ", 2, Some(3)),
            ("1:3", 2, None),
            ("4:3", 4, None),
            ("0:3", 0, None),
            ("1", 1, None),
            ("a:b", 1, None),
            ("1:99999999999", 1, None),
        ] {
            assert_eq!(total_chunks(range, chunk), expected, "{range:?} {chunk}");
        }
    }
}
