//! `GET /{mailbox}/outbox/tracking`: tells what became of a message that was sent.

use axum::body::Body;
use http::{Method, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::error::{INTERNAL, MISSING_HEADER, NOT_FOUND, Problem, SEVERAL, answer};
use super::handshake::TOKEN_FAULTS;
use super::media_type::Version;
use super::message::{self, Message, Status, communication, local_id_criteria};
use super::{ACCEPT, AUTHORIZATION, MAILBOX, SPECIFICATION, mailbox, token};
use crate::exchange::{Exchange, reply};
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};
use crate::lookup;

const MESSAGE_PATH: &str = "/{mailbox}/outbox/tracking";
const LOCAL_PATH: &str = "/{mailbox}/outbox/tracking/{local}";

pub(super) const BY_MESSAGE: Operation = Operation {
    id: "track_message",
    title: "Track a message",
    summary: "Tells whether a message that was sent has been collected.",
    method: Method::GET,
    path: MESSAGE_PATH,
    logins: &[Login::Mailbox],
    fields: &[
        Field {
            example: "X26ABC2",
            ..MAILBOX
        },
        Field {
            name: "messageID",
            place: Place::Query,
            title: "Message",
            hint: "The id that came back when it was sent.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Required,
            example: message::SAMPLE,
        },
        AUTHORIZATION,
        ACCEPT,
    ],
    examples: &[
        Example::get(
            "A message that waits",
            "/X26ABC2/outbox/tracking?messageID=5A4D504C454D455353414745C4C4C4C4",
            200,
        ),
        Example::get(
            "A message that somebody else sent",
            "/X26ABC1/outbox/tracking?messageID=5A4D504C454D455353414745C4C4C4C4",
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
        MISSING_HEADER.fault,
        NOT_FOUND.fault,
    ],
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: track_message,
};
pub(super) const BY_LOCAL_ID: Operation = Operation {
    id: "track_local_id",
    title: "Track a message by the sender's own id",
    summary: "Tells what became of the message that was sent under a local id.",
    method: Method::GET,
    path: LOCAL_PATH,
    logins: &[Login::Mailbox],
    fields: &[
        Field {
            example: "X26ABC2",
            ..MAILBOX
        },
        Field {
            name: "local",
            place: Place::Path,
            title: "Local id",
            hint: "What the sender called the message.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Required,
            example: "results-1",
        },
        AUTHORIZATION,
    ],
    examples: &[
        Example::get("A message that waits", "/X26ABC2/outbox/tracking/results-1", 200),
        Example::get(
            "A message that nobody sent",
            "/X26ABC2/outbox/tracking/nothing",
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
        NOT_FOUND.fault,
        SEVERAL.fault,
    ],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: track_local_id,
};

fn track_message<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        by_message(exchange)
            .await
            .unwrap_or_else(|problem| answer(exchange, &problem))
    })
}

fn track_local_id<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        by_local_id(exchange)
            .await
            .unwrap_or_else(|problem| answer(exchange, &problem))
    })
}

async fn by_message(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let caller = token::check(exchange, &exchange.path_value(MESSAGE_PATH, "mailbox"))?;
    let wanted = exchange
        .query()
        .split('&')
        .find_map(|part| part.strip_prefix("messageID="));
    let wanted = wanted.filter(|wanted| !wanted.is_empty());
    let wanted = wanted.ok_or_else(|| Problem::of_headers(&MISSING_HEADER, vec!["messageID"]))?;
    let id = percent_decode_str(wanted).decode_utf8_lossy();
    let view = view(exchange).await?;
    let message = message::find(&view, &id).filter(|message| message.sender == caller.mailbox.id);
    Ok(tracked(&message.ok_or(&NOT_FOUND)?, caller.version))
}

async fn by_local_id(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let caller = token::check(exchange, &exchange.path_value(LOCAL_PATH, "mailbox"))?;
    let local_id = exchange.path_value(LOCAL_PATH, "local");
    let view = view(exchange).await?;
    let criteria = local_id_criteria(caller.mailbox.id, &local_id);
    let found = lookup::find(&view, communication(), &criteria, 2, exchange.now()).map_err(|error| {
        tracing::warn!(%error, "an outbox could not be searched");
        &INTERNAL
    })?;
    let kept = found.iter().filter_map(|record| message::read(&record.text));
    let sample = message::sample();
    let is_sample = view.latest(communication(), message::SAMPLE).is_none()
        && sample.sender == caller.mailbox.id
        && sample.details.local_id == local_id;
    let mut messages = kept.chain(is_sample.then_some(sample));
    let first = messages.next().ok_or(&NOT_FOUND)?;
    if messages.next().is_some() {
        return Err((&SEVERAL).into());
    }
    Ok(tracked(&first, Version::One))
}

async fn view(exchange: &Exchange<'_>) -> Result<records::View, Problem> {
    exchange.view().await.map_err(|error| {
        tracing::warn!(%error, "an outbox could not be read");
        (&INTERNAL).into()
    })
}

fn tracked(message: &Message, version: Version) -> Response<Body> {
    let document = match version {
        Version::One => first_version(message),
        Version::Two => second_version(message),
    };
    reply(StatusCode::OK, version.media_type(), document.to_string())
}

fn status(message: &Message) -> &'static str {
    match message.status {
        Status::Uploading => "uploading",
        Status::Accepted => "accepted",
        Status::Acknowledged => "acknowledged",
    }
}

/// What is known of a mailbox's organisation.
fn ods_code(id: &str) -> &'static str {
    mailbox::find(id).map_or("", |mailbox| mailbox.ods_code)
}

fn name(id: &str) -> &'static str {
    mailbox::find(id).map_or("", |mailbox| mailbox.name)
}

/// With its first letter large, as the first version writes it.
fn titled(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn first_version(message: &Message) -> Value {
    let format = format_description!("[year][month][day][hour][minute][second]");
    let stamp = |at: OffsetDateTime| at.format(format).unwrap_or_default();
    let details = &message.details;
    let flag = |flag: bool| if flag { "Y" } else { "" };
    json!({
        "addressType": "ALL",
        "checksum": details.checksum,
        "chunkCount": message.total_chunks,
        "compressFlag": flag(details.compressed),
        "contentEncoding": details.content_encoding,
        "downloadTimestamp": message.acknowledged.map(stamp),
        "dtsId": message.id,
        "encryptedFlag": flag(details.encrypted),
        "expiryTime": Value::Null,
        "failureDate": Value::Null,
        "failureDiagnostic": Value::Null,
        "fileName": if details.file_name.is_empty() { format!("{}.dat", message.id) } else { details.file_name.clone() },
        "fileSize": message.file_size,
        "isCompressed": flag(details.compressed),
        "linkedMsgId": Value::Null,
        "localId": details.local_id,
        "meshRecipientOdsCode": ods_code(&message.recipient),
        "messageId": message.id,
        "messageType": "Data",
        "partnerId": details.partner_id,
        "recipient": message.recipient,
        "recipientName": name(&message.recipient),
        "recipientOrgCode": ods_code(&message.recipient),
        "recipientOrgName": "",
        "recipientSmtp": "",
        "sender": message.sender,
        "senderName": name(&message.sender),
        "senderOdsCode": ods_code(&message.sender),
        "senderOrgCode": ods_code(&message.sender),
        "senderOrgName": "",
        "senderSmtp": "",
        "status": titled(status(message)),
        "statusCode": "00",
        "statusDescription": "Transferred to recipient mailbox",
        "statusEvent": "TRANSFER",
        "statusSuccess": "SUCCESS",
        "statusTimestamp": stamp(message.sent),
        "subject": details.subject,
        "uploadTimestamp": stamp(message.sent),
        "version": "1.0",
        "workflowId": message.workflow,
    })
}

fn second_version(message: &Message) -> Value {
    let stamp = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
    json!({
        "message_id": message.id,
        "local_id": message.details.local_id,
        "workflow_id": message.workflow,
        "filename": message.details.file_name,
        "expiry_time": Value::Null,
        "upload_timestamp": stamp(message.sent),
        "recipient": message.recipient,
        "recipient_name": name(&message.recipient),
        "recipient_ods_code": ods_code(&message.recipient),
        "recipient_org_code": ods_code(&message.recipient),
        "recipient_org_name": "",
        "status": status(message),
        "status_success": true,
        "status_event": "TRANSFER",
        "status_timestamp": stamp(message.acknowledged.unwrap_or(message.sent)),
        "status_description": "Transferred to recipient mailbox",
        "status_code": "00",
    })
}
