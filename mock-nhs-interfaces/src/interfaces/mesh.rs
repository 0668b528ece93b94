//! MESH, the Message Exchange for Social Care and Health: how files move between organisations. See the README in this
//! file's folder.

mod acknowledge;
mod count_inbox;
mod download;
mod error;
mod failure;
mod handshake;
mod list_inbox;
mod lookup;
mod mailbox;
mod media_type;
mod message;
mod refusal;
mod send_chunk;
mod send_message;
pub(crate) mod token;
mod track;

use crate::Profile;
use crate::interface::{Field, FieldKind, Interface, Login, Need, Place};

const SPECIFICATION: &str =
    "https://digital.nhs.uk/developer/api-catalogue/message-exchange-for-social-care-and-health-api";

/// The path that MESH has on its own hosts.
pub(crate) const PATH_PREFIX: &str = "/messageexchange";

pub(super) const INTERFACE: Interface = Interface {
    id: "mesh",
    title: "MESH",
    summary: "Sends files from one organisation's mailbox to another's, as laboratories and GP practices do.",
    path_prefix: PATH_PREFIX,
    specification: SPECIFICATION,
    fhir_version: None,
    profiles: &[Profile::Sandbox, Profile::Int],
    logins: &[Login::Open, Login::Mailbox],
    operations: &[
        // Before the inboxes, whose paths have as many segments.
        lookup::BY_ORGANISATION,
        lookup::BY_WORKFLOW,
        handshake::POST,
        handshake::GET,
        list_inbox::OPERATION,
        count_inbox::OPERATION,
        download::MESSAGE,
        download::HEAD,
        download::CHUNK,
        acknowledge::OPERATION,
        send_message::OPERATION,
        send_chunk::OPERATION,
        track::BY_MESSAGE,
        track::BY_LOCAL_ID,
    ],
    missing: &[],
    deviations: &[
        "It is reached under the same host as the other interfaces; the NHS has a host of its own for it, with mutual TLS.",
        "There are three mailboxes, X26ABC1, X26ABC2 and X26ABC3, with the password and the shared key of the NHS's own sandbox.",
        "The workspace's own access token opens every mailbox, so that a beginner starts without the HMAC.",
        "A chunk has at most 1.4 MB; at the NHS 100 MB.",
        "A message does not expire, and no report says that one was not collected.",
        "An acknowledged message can still be downloaded, as in the NHS's own sandbox; the document promises 410.",
        "A token is refused when it is used twice or is more than two hours off the workspace's clock, on the int host only.",
        "The test-only paths under /admin are not here: reset the workspace instead.",
    ],
    refuse: refusal::refuse,
    fail: failure::fail,
};

const MAILBOX: Field = Field {
    name: "mailbox",
    place: Place::Path,
    title: "Mailbox",
    hint: "One of X26ABC1, X26ABC2 and X26ABC3.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Required,
    example: "X26ABC1",
};
const MESSAGE: Field = Field {
    name: "message",
    place: Place::Path,
    title: "Message",
    hint: "The id that came back when it was sent, or that the inbox lists.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Required,
    example: message::SAMPLE,
};
const AUTHORIZATION: Field = Field {
    name: "Authorization",
    place: Place::Header,
    title: "Mailbox token",
    hint: "NHSMESH, a space, and mailbox:nonce:count:time:HMAC; or Bearer and the workspace's own token.",
    kind: FieldKind::Credential,
    need: Need::Required,
    example: "Bearer TOKEN",
};
const ACCEPT: Field = Field {
    name: "Accept",
    place: Place::Header,
    title: "Version of the answer",
    hint: "The version 2 of the answers has other member names than the first.",
    kind: FieldKind::Choice(&["application/json", "application/vnd.mesh.v2+json"]),
    need: Need::Optional,
    example: "application/vnd.mesh.v2+json",
};
