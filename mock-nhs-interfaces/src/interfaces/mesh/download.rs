//! `GET` and `HEAD /{mailbox}/inbox/{message}` and `GET …/{chunk}`: brings a message, a chunk at a time.

use std::io::Read as _;

use axum::body::Body;
use bytes::Bytes;
use flate2::read::GzDecoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use records::Instant;
use time::OffsetDateTime;
use time::macros::format_description;

use super::error::{FORBIDDEN, GONE, INTERNAL, Known, NO_MESSAGE, Problem, TOO_LARGE, answer};
use super::handshake::TOKEN_FAULTS;
use super::media_type::Version;
use super::message::{self, Message, Status};
use super::{ACCEPT, AUTHORIZATION, MAILBOX, MESSAGE as MESSAGE_FIELD, SPECIFICATION, token};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Fault, Field, FieldKind, Login, Need, Operation, Place};

const MESSAGE_PATH: &str = "/{mailbox}/inbox/{message}";
const CHUNK_PATH: &str = "/{mailbox}/inbox/{message}/{chunk}";
/// Where the sample is; written out, because a path cannot be put together at compile time.
const SAMPLE_PATH: &str = "/X26ABC1/inbox/5A4D504C454D455353414745C4C4C4C4";
/// Most bytes that a packed chunk may become when it is unpacked for a client that does not unpack.
const MOST_UNPACKED: u64 = 8 << 20;

const FAULTS: &[Fault] = &[
    TOKEN_FAULTS[0],
    TOKEN_FAULTS[1],
    TOKEN_FAULTS[2],
    TOKEN_FAULTS[3],
    TOKEN_FAULTS[4],
    TOKEN_FAULTS[5],
    FORBIDDEN.fault,
    NO_MESSAGE.fault,
    GONE.fault,
];

pub(super) const MESSAGE: Operation = Operation {
    id: "download_message",
    title: "Download a message",
    summary: "Brings a message, or its first chunk: the answer is 206 while there are more.",
    method: Method::GET,
    path: MESSAGE_PATH,
    logins: &[Login::Mailbox],
    fields: &[MAILBOX, MESSAGE_FIELD, AUTHORIZATION, ACCEPT],
    examples: &[
        Example::get("The message that waits in every workspace", SAMPLE_PATH, 200),
        Example::get(
            "A message that nobody sent",
            "/X26ABC1/inbox/00000000000000000000000000000000",
            404,
        ),
    ],
    faults: FAULTS,
    media_type: "application/octet-stream",
    specification: SPECIFICATION,
    handler: download_message,
};
pub(super) const HEAD: Operation = Operation {
    id: "head_message",
    title: "Ask about a message",
    summary: "Tells what a download would say about a message, without its content.",
    method: Method::HEAD,
    examples: &[Example::get(
        "The message that waits in every workspace",
        SAMPLE_PATH,
        200,
    )],
    // Those of a download, without a body that could tell them apart.
    faults: &[],
    ..MESSAGE
};
pub(super) const CHUNK: Operation = Operation {
    id: "download_chunk",
    title: "Download a chunk of a message",
    summary: "Brings one chunk of a message: the answer is 206 while there are more.",
    path: CHUNK_PATH,
    fields: &[
        MAILBOX,
        MESSAGE_FIELD,
        Field {
            name: "chunk",
            place: Place::Path,
            title: "Chunk",
            hint: "Which part of the message, from 1.",
            kind: FieldKind::Number {
                least: 1,
                most: 10_000,
            },
            need: Need::Required,
            example: "1",
        },
        AUTHORIZATION,
        ACCEPT,
    ],
    examples: &[
        Example::get(
            "The only chunk of a message",
            "/X26ABC1/inbox/5A4D504C454D455353414745C4C4C4C4/1",
            200,
        ),
        Example::get(
            "A chunk that there is not",
            "/X26ABC1/inbox/5A4D504C454D455353414745C4C4C4C4/2",
            404,
        ),
    ],
    handler: download_chunk,
    ..MESSAGE
};

fn download_message<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        let number = exchange.path_value(MESSAGE_PATH, "message");
        download(exchange, MESSAGE_PATH, &number, "1")
            .await
            .unwrap_or_else(|problem| answer(exchange, &problem))
    })
}

fn download_chunk<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        let number = exchange.path_value(CHUNK_PATH, "message");
        let chunk = exchange.path_value(CHUNK_PATH, "chunk");
        download(exchange, CHUNK_PATH, &number, &chunk)
            .await
            .unwrap_or_else(|problem| answer(exchange, &problem))
    })
}

async fn download(
    exchange: &Exchange<'_>,
    path: &str,
    id: &str,
    chunk: &str,
) -> Result<Response<Body>, Problem> {
    let caller = token::check(exchange, &exchange.path_value(path, "mailbox"))?;
    let view = exchange.view().await.map_err(|error| {
        tracing::warn!(%error, "a message could not be read");
        &INTERNAL
    })?;
    let message = message::find(&view, id).ok_or(&NO_MESSAGE)?;
    let is_sender = message.sender == caller.mailbox.id;
    if message.recipient != caller.mailbox.id {
        if exchange.request.method != Method::HEAD {
            return Err((&FORBIDDEN).into());
        }
        // A sender may look at a message, and nobody else may know that it is there.
        if !is_sender {
            return Err((&NO_MESSAGE).into());
        }
    } else if message.status == Status::Uploading {
        return Err((&GONE).into());
    }
    let chunk: u32 = chunk.parse().map_err(|_| &NO_MESSAGE)?;
    if chunk < 1 || chunk > message.total_chunks {
        return Err((&NO_MESSAGE).into());
    }
    let bytes = if exchange.request.method == Method::HEAD {
        Bytes::new()
    } else {
        message::chunk(&view, &message.id, chunk).ok_or(&NO_MESSAGE)?
    };
    let mut headers = headers(&message, chunk);
    let (bytes, is_packed) = fitting(exchange.headers(), &message, bytes)?;
    if is_packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert("mex-content-compressed", HeaderValue::from_static("Y"));
    }
    let is_whole = message.total_chunks < 2 && caller.version == Version::Two;
    let media_type = Some(message.details.content_type.as_str()).filter(|said| is_whole && !said.is_empty());
    let media_type = media_type.and_then(|said| HeaderValue::from_str(said).ok());
    headers.insert(
        CONTENT_TYPE,
        media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    let mut response = Response::new(Body::from(bytes));
    if chunk < message.total_chunks {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    *response.headers_mut() = headers;
    Ok(response)
}

/// The chunk as the caller can read it, and whether it is packed.
fn fitting(asked: &HeaderMap, message: &Message, bytes: Bytes) -> Result<(Bytes, bool), &'static Known> {
    if message.details.content_encoding != "gzip" || bytes.is_empty() {
        return Ok((bytes, false));
    }
    let accepts = asked
        .get(ACCEPT_ENCODING)
        .and_then(|accepts| accepts.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("gzip")) {
        return Ok((bytes, true));
    }
    let mut unpacked = Vec::new();
    let read = GzDecoder::new(&*bytes)
        .take(MOST_UNPACKED + 1)
        .read_to_end(&mut unpacked);
    match read {
        Ok(length) if u64::try_from(length).is_ok_and(|length| length <= MOST_UNPACKED) => {
            Ok((unpacked.into(), false))
        }
        Ok(_) => Err(&TOO_LARGE),
        // A sender said gzip and did not mean it: the bytes are handed on as they are.
        Err(_) => Ok((bytes, false)),
    }
}

fn headers(message: &Message, chunk: u32) -> HeaderMap {
    let details = &message.details;
    let file_name = if details.file_name.is_empty() {
        format!("{}.dat", message.id)
    } else {
        details.file_name.clone()
    };
    let stamp = format_description!("[year][month][day][hour][minute][second]");
    let all = [
        ("mex-from", message.sender.clone()),
        ("mex-to", message.recipient.clone()),
        ("mex-workflowid", message.workflow.clone()),
        ("mex-chunk-range", format!("{chunk}:{}", message.total_chunks)),
        ("mex-total-chunks", message.total_chunks.to_string()),
        ("mex-addresstype", "ALL".to_owned()),
        ("mex-localid", details.local_id.clone()),
        ("mex-partnerid", details.partner_id.clone()),
        ("mex-filename", file_name),
        ("mex-subject", details.subject.clone()),
        ("mex-version", "1.0".to_owned()),
        ("mex-messagetype", "DATA".to_owned()),
        ("mex-messageid", message.id.clone()),
        ("mex-statuscode", "00".to_owned()),
        ("mex-statusevent", "TRANSFER".to_owned()),
        (
            "mex-statusdescription",
            "Transferred to recipient mailbox".to_owned(),
        ),
        ("mex-statussuccess", "SUCCESS".to_owned()),
        (
            "mex-statustimestamp",
            message.sent.format(stamp).unwrap_or_default(),
        ),
        (
            "mex-content-compressed",
            if details.compressed { "Y" } else { "" }.to_owned(),
        ),
        (
            "mex-content-encrypted",
            if details.encrypted { "Y" } else { "" }.to_owned(),
        ),
        ("mex-content-checksum", details.checksum.clone()),
        ("mex-content-type", details.content_type.clone()),
    ];
    let mut headers = HeaderMap::with_capacity(all.len() + 4);
    // Empty ones are left out, as MESH does.
    for (name, value) in all.into_iter().filter(|(_, value)| !value.is_empty()) {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    let changed: OffsetDateTime = message.acknowledged.unwrap_or(message.sent);
    if let Ok(changed) = HeaderValue::try_from(Instant::from(changed).to_http()) {
        headers.insert(LAST_MODIFIED, changed);
    }
    headers
}
