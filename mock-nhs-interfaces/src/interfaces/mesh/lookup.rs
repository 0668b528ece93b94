//! `GET /endpointlookup/{ods}/{workflow}` and `GET /workflowsearch/{workflow}`: finds the mailbox that a message is for.

use axum::body::Body;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::{NO_ORGANISATION, NO_WORKFLOW, Problem, WRONG_ACCEPT, answer};
use super::mailbox::{self, Mailbox};
use super::media_type::{self, Version};
use super::{ACCEPT, SPECIFICATION};
use crate::exchange::{Exchange, reply};
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

const ORGANISATION_PATH: &str = "/endpointlookup/{ods}/{workflow}";
const WORKFLOW_PATH: &str = "/workflowsearch/{workflow}";
const WORKFLOW: Field = Field {
    name: "workflow",
    place: Place::Path,
    title: "Workflow",
    hint: "What kind of message is to be sent.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Required,
    example: "TEST_WORKFLOW2",
};

pub(super) const BY_ORGANISATION: Operation = Operation {
    id: "look_up_mailbox",
    title: "Find the mailbox of an organisation",
    summary: "Finds the mailboxes in which an organisation receives a kind of message.",
    method: Method::GET,
    path: ORGANISATION_PATH,
    logins: &[Login::Open],
    fields: &[
        Field {
            name: "ods",
            place: Place::Path,
            title: "Organisation",
            hint: "Its ODS code.",
            kind: FieldKind::OdsCode,
            need: Need::Required,
            example: "X26",
        },
        WORKFLOW,
        ACCEPT,
    ],
    examples: &[
        Example::get("Two mailboxes", "/endpointlookup/X26/TEST_WORKFLOW2", 200),
        Example::get("None", "/endpointlookup/X26/NOTHING", 200),
    ],
    faults: &[WRONG_ACCEPT.fault, NO_ORGANISATION.fault, NO_WORKFLOW.fault],
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: by_organisation,
};
pub(super) const BY_WORKFLOW: Operation = Operation {
    id: "search_workflow",
    title: "Find who receives a kind of message",
    summary: "Finds the mailboxes in which a kind of message is received.",
    method: Method::GET,
    path: WORKFLOW_PATH,
    logins: &[Login::Open],
    fields: &[WORKFLOW, ACCEPT],
    examples: &[Example::get(
        "Three mailboxes",
        "/workflowsearch/TEST_WORKFLOW2",
        200,
    )],
    faults: &[WRONG_ACCEPT.fault, NO_WORKFLOW.fault],
    media_type: "application/vnd.mesh.v2+json",
    specification: SPECIFICATION,
    handler: by_workflow,
};

fn by_organisation<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { organisation(exchange).unwrap_or_else(|problem| answer(exchange, &problem)) })
}

fn by_workflow<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { workflow(exchange).unwrap_or_else(|problem| answer(exchange, &problem)) })
}

fn organisation(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let version = media_type::version(exchange.headers()).ok_or(&WRONG_ACCEPT)?;
    let ods_code = exchange.path_value(ORGANISATION_PATH, "ods");
    let workflow = exchange.path_value(ORGANISATION_PATH, "workflow");
    if ods_code.trim().is_empty() {
        return Err((&NO_ORGANISATION).into());
    }
    if workflow.trim().is_empty() {
        return Err((&NO_WORKFLOW).into());
    }
    let found = mailbox::receiving(&workflow, Some(&ods_code));
    let document = match version {
        Version::One => {
            let results = found.iter().map(|mailbox| {
                json!({ "address": mailbox.id, "description": mailbox.name, "endpoint_type": "MESH" })
            });
            json!({ "query_id": Uuid::new_v4().simple().to_string(), "results": results.collect::<Value>() })
        }
        Version::Two => json!({ "results": named(&found) }),
    };
    Ok(reply(StatusCode::OK, version.media_type(), document.to_string()))
}

fn workflow(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let version = media_type::version(exchange.headers()).ok_or(&WRONG_ACCEPT)?;
    let workflow = exchange.path_value(WORKFLOW_PATH, "workflow");
    if workflow.trim().is_empty() {
        return Err((&NO_WORKFLOW).into());
    }
    let document = json!({ "results": named(&mailbox::receiving(&workflow, None)) });
    Ok(reply(StatusCode::OK, version.media_type(), document.to_string()))
}

fn named(mailboxes: &[&Mailbox]) -> Value {
    let named = mailboxes
        .iter()
        .map(|mailbox| json!({ "mailbox_id": mailbox.id, "mailbox_name": mailbox.name }));
    named.collect()
}
