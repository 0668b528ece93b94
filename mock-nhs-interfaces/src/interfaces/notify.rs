//! NHS Notify: sends messages to patients by NHS App, email, text message and letter. See the README in this file's folder.

mod account;
mod body;
mod create_batch;
mod create_message;
mod error;
mod failure;
mod get_accounts;
mod get_message;
mod ksuid;
mod message;
mod plan;
mod refusal;
mod simulated;

use crate::Profile;
use crate::interface::{Field, FieldKind, Interface, Login, Need, Place};

const SPECIFICATION: &str = "https://digital.nhs.uk/developer/api-catalogue/nhs-notify";

pub(super) const INTERFACE: Interface = Interface {
    id: "notify",
    title: "NHS Notify",
    summary: "Sends a message to a patient: by NHS App, email, text message or letter.",
    path_prefix: "/comms",
    specification: SPECIFICATION,
    fhir_version: None,
    profiles: &[Profile::Sandbox, Profile::Int],
    logins: &[Login::Application],
    operations: &[
        create_message::OPERATION,
        create_batch::OPERATION,
        get_message::OPERATION,
        get_accounts::OPERATION,
    ],
    missing: &[],
    deviations: &[
        "Nothing leaves this machine: a message is kept as a Communication in the workspace's records, which is its inbox.",
        "A message is delivered, or fails, ten seconds after it was sent, on the workspace's clock; the NHS may need days.",
        "Callbacks are not sent: ask for the message's status instead.",
        "A body of more than 2 MiB answers CM_TOO_LARGE, with Notify of more than 5.2 MB.",
        "The same request sent twice answers CM_DUPLICATE_REQUEST at once; CM_RETRY_TOO_EARLY only when it is asked for.",
        "Who has the NHS App is made up: everybody of 16 years or more with a telephone number.",
    ],
    refuse: refusal::refuse,
    fail: failure::fail,
};

const AUTHORIZATION: Field = Field {
    name: "Authorization",
    place: Place::Header,
    title: "Access token",
    hint: "The word Bearer, a space, and the application's token; on the sandbox host nothing.",
    kind: FieldKind::Credential,
    need: Need::Required,
    example: "Bearer TOKEN",
};
const X_CORRELATION_ID: Field = Field {
    name: "X-Correlation-ID",
    place: Place::Header,
    title: "Correlation id",
    hint: "Anything that ties several requests together; the answer carries it back.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Optional,
    example: "11C46F5F-CDEF-4865-94B2-0EE0EDCC26DA",
};
const PREFER: Field = Field {
    name: "Prefer",
    place: Place::Header,
    title: "Answer that is wanted",
    hint: "On the sandbox host only: code=429 and the like, to see that error.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Optional,
    example: "code=200",
};
