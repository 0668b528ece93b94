//! `POST /v1/messages`: sends one message.

use axum::body::Body;
use http::header::LOCATION;
use http::{HeaderValue, Method, Response, StatusCode};
use records::{Change, RecordsError, ResourceId};
use serde_json::{Value, json};
use thiserror::Error;

use super::body::{Request, Wanted};
use super::error::{
    DUPLICATE_MESSAGE, DUPLICATE_TEMPLATES, INTERNAL, Known, MISSING_TEMPLATES, NO_SUCH_ROUTING_PLAN,
    Problem, answer, answer_json, sending_faults,
};
use super::message::{self, REFERENCE, Sending, communication, moment};
use super::plan::{self, CREATED, Found, Plan};
use super::{SPECIFICATION, account, body};
use crate::Profile;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};
use crate::lookup::{LookupError, escaped, find};

pub(super) const BODY: Field = Field {
    name: "body",
    place: Place::Body,
    title: "Message",
    hint: "A JSON:API document: the routing plan, your reference, the patient's NHS number and the texts.",
    kind: FieldKind::Json,
    need: Need::Required,
    example: GOOD.text,
};
const GOOD: ExampleBody = ExampleBody {
    media_type: "application/vnd.api+json",
    text: r#"{"data":{"type":"Message","attributes":{"routingPlanId":"00000000-0000-0000-0000-000000000001","messageReference":"da0b1495-c7cb-468c-9d81-07dee089d728","recipient":{"nhsNumber":"9990548609"},"personalisation":{"body":"Your results are back. Please call the surgery."}}}}"#,
};
const WRONG_NUMBER: ExampleBody = ExampleBody {
    media_type: "application/vnd.api+json",
    text: r#"{"data":{"type":"Message","attributes":{"routingPlanId":"00000000-0000-0000-0000-000000000001","messageReference":"da0b1495-c7cb-468c-9d81-07dee089d728","recipient":{"nhsNumber":"9990548600"}}}}"#,
};
const NO_PLAN: ExampleBody = ExampleBody {
    media_type: "application/vnd.api+json",
    text: r#"{"data":{"type":"Message","attributes":{"routingPlanId":"868796f9-7ce3-4730-9f1e-23aa766edea3","messageReference":"da0b1495-c7cb-468c-9d81-07dee089d728","recipient":{"nhsNumber":"9990548609"}}}}"#,
};

pub(super) const OPERATION: Operation = Operation {
    id: "create_message",
    title: "Send a message",
    summary: "Sends one message to one patient; the channels are tried in the order of the routing plan.",
    method: Method::POST,
    path: "/v1/messages",
    logins: &[Login::Application],
    fields: &[super::AUTHORIZATION, super::X_CORRELATION_ID, super::PREFER, BODY],
    examples: &[
        Example::sending("A message by the NHS App", "/v1/messages", GOOD, 201),
        Example::sending("A wrong NHS number", "/v1/messages", WRONG_NUMBER, 400),
        Example::sending("A routing plan that nobody made", "/v1/messages", NO_PLAN, 404),
    ],
    faults: sending_faults![DUPLICATE_MESSAGE],
    media_type: "application/vnd.api+json; charset=utf-8",
    specification: SPECIFICATION,
    handler: create_message,
};

fn create_message<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        let request = match understood(exchange, body::message) {
            Ok(request) => request,
            Err(refusal) => return *refusal,
        };
        let (request, plan) = request;
        let Some(wanted) = request.messages.first() else {
            return answer(exchange, &[Problem::plainly(&INTERNAL)]);
        };
        let now = exchange.now();
        let duplicate = Problem::at(&DUPLICATE_MESSAGE, "/data/attributes/messageReference");
        match keep(exchange, &request, plan, (REFERENCE, &wanted.reference)).await {
            Ok(ids) => created(
                exchange,
                plan,
                wanted,
                ids.first().map_or("", String::as_str),
                &moment(now),
            ),
            Err(NotKept::Duplicate) => answer(exchange, &[duplicate]),
            Err(error @ (NotKept::Records(_) | NotKept::Lookup(_))) => failed(exchange, &error),
        }
    })
}

/// Why a message was not kept.
#[derive(Debug, Error)]
pub(super) enum NotKept {
    /// The reference was used before.
    #[error("the reference was used before")]
    Duplicate,
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Lookup(#[from] LookupError),
}

pub(super) fn failed(exchange: &Exchange<'_>, error: &NotKept) -> Response<Body> {
    tracing::warn!(%error, "a message could not be kept");
    answer(exchange, &[Problem::plainly(&INTERNAL)])
}

/// Checks the caller, reads the body and finds the routing plan.
pub(super) fn understood(
    exchange: &Exchange<'_>,
    read: fn(&[u8], account::Account) -> Result<Request, Vec<Problem>>,
) -> Result<(Request, &'static Plan), Box<Response<Body>>> {
    const PLAN: &str = "/data/attributes/routingPlanId";
    let account = account::check(exchange)?;
    let request = read(&exchange.body, account).map_err(|problems| Box::new(answer(exchange, &problems)))?;
    let missing: &'static Known = match plan::find(&request.routing_plan) {
        Found::Plan(plan) => return Ok((request, plan)),
        Found::WithoutTemplates => &MISSING_TEMPLATES,
        Found::WithDuplicateTemplates => &DUPLICATE_TEMPLATES,
        Found::Nothing => &NO_SUCH_ROUTING_PLAN,
    };
    let place = if std::ptr::eq(missing, &raw const NO_SUCH_ROUTING_PLAN) {
        "/data/attributes/routingPlan"
    } else {
        PLAN
    };
    Err(Box::new(answer(exchange, &[Problem::at(missing, place)])))
}

/// Keeps the messages, all or none, and answers with their ids; on the sandbox host nothing is kept.
pub(super) async fn keep(
    exchange: &Exchange<'_>,
    request: &Request,
    plan: &'static Plan,
    unique: (&str, &str),
) -> Result<Vec<String>, NotKept> {
    let now = exchange.now();
    let batch = request.batch_reference.as_deref();
    let id = |wanted: &Wanted| {
        message::id(
            now,
            &format!("{}\n{}", batch.unwrap_or_default(), wanted.reference),
        )
    };
    if exchange.profile == Profile::Sandbox {
        return Ok(request.messages.iter().map(id).collect());
    }
    let used = format!("identifier={}%7C{}", escaped(unique.0), escaped(unique.1));
    exchange
        .change(|draft| {
            if !find(draft.view(), communication(), &used, 1, now)?.is_empty() {
                return Err(NotKept::Duplicate);
            }
            let sending = Sending { plan, batch, now };
            let mut ids = Vec::with_capacity(request.messages.len());
            for wanted in &request.messages {
                let fate = message::fate(draft.view(), plan, wanted, now);
                let number = wanted.nhs_number.map(|number| number.to_string());
                let known = number
                    .is_some_and(|number| draft.view().read(message::kind("Patient"), &number).is_some());
                let id = id(wanted);
                let text = message::write(&sending, &id, wanted, &fate, known);
                if let Some(place) = ResourceId::parse(&id) {
                    draft.put(communication(), &place, &text, Change::Created)?;
                }
                ids.push(id);
            }
            Ok(ids)
        })
        .await
}

fn created(exchange: &Exchange<'_>, plan: &Plan, wanted: &Wanted, id: &str, now: &str) -> Response<Body> {
    let link = format!("{}/v1/messages/{id}", exchange.interface_url());
    let document = json!({ "data": {
        "type": "Message",
        "id": id,
        "attributes": {
            "messageReference": wanted.reference,
            "messageStatus": "created",
            "timestamps": { "created": now },
            "routingPlan": routing_plan(plan),
        },
        "links": { "self": link },
    } });
    let mut response = answer_json(exchange, StatusCode::CREATED, &document);
    if let Ok(link) = HeaderValue::try_from(link) {
        response.headers_mut().insert(LOCATION, link);
    }
    response
}

/// A routing plan in an answer.
pub(super) fn routing_plan(plan: &Plan) -> Value {
    json!({ "id": plan.id, "name": plan.name, "version": plan.version, "createdDate": CREATED })
}
