//! `GET /v1/messages/{id}`: tells what became of a message.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::create_message::routing_plan;
use super::error::{DENIED, INTERNAL, NOT_ACCEPTABLE, NOT_FOUND, Problem, answer, answer_json};
use super::message::{self, Kept, KeptFate, UNDER_WAY, communication, moment};
use super::plan::{self, Channel, Found};
use super::{SPECIFICATION, account};
use crate::Profile;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

const PATH: &str = "/v1/messages/{id}";
/// How long a message waits before it is sent on.
const ENRICHING: Duration = Duration::seconds(2);

pub(super) const OPERATION: Operation = Operation {
    id: "get_message",
    title: "Ask what became of a message",
    summary: "Tells whether a message was delivered, by which channel, or why it failed.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Application],
    fields: &[
        Field {
            name: "id",
            place: Place::Path,
            title: "Message",
            hint: "The 27 characters that came back when it was sent.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Required,
            example: "2WL3qFTEFM0qMY8xjRbt1LIKCzM",
        },
        super::AUTHORIZATION,
        super::X_CORRELATION_ID,
        super::PREFER,
    ],
    examples: &[
        Example::get(
            "A message that was delivered",
            "/v1/messages/2WL3qFTEFM0qMY8xjRbt1LIKCzM",
            200,
        ),
        Example::get(
            "A message that failed",
            "/v1/messages/2WL4mvx6eBva8dcIK60VEGIfcgZ",
            200,
        ),
        Example::get(
            "A message that nobody sent",
            "/v1/messages/2WL3qFTEFM0qMY8xjRbt1LIKCzZ",
            404,
        ),
    ],
    faults: &[DENIED.0, NOT_ACCEPTABLE.0, NOT_FOUND.0],
    media_type: "application/vnd.api+json; charset=utf-8",
    specification: SPECIFICATION,
    handler: get_message,
};

/// The NHS's own five examples: the id, the channels, why it failed, whether it is still under way.
/// Source: the section "Sandbox" of the operation.
const EXAMPLES: [(&str, &[Channel], Option<&str>, bool); 5] = [
    ("2WL3qFTEFM0qMY8xjRbt1LIKCzM", &[Channel::Email], None, false),
    (
        "2WL5eYSWGzCHlGmzNxuqVusPxDg",
        &[Channel::Email, Channel::Sms],
        None,
        false,
    ),
    ("2WL4GEeFVxXG9S57nRlefBwwKxp", &[Channel::Email], None, true),
    (
        "2WL4mvx6eBva8dcIK60VEGIfcgZ",
        &[],
        Some("Failed reason: Patient has exit code"),
        false,
    ),
    ("2bBBpsiMl2rnQt99qm6JLZ6w1vq", &[Channel::NhsApp], None, false),
];
/// The one of them whose plan was overridden.
const OVERRIDDEN: &str = "2bBBpsiMl2rnQt99qm6JLZ6w1vq";
const EXAMPLES_PLAN: &str = "b838b13c-f98c-4def-93f0-515d4e4f4ee1";

fn get_message<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = account::check(exchange) {
            return *refusal;
        }
        let id = exchange.path_value(PATH, "id");
        let now = exchange.now();
        let kept = match example(&id, now) {
            Some(kept) => Some(kept),
            None if exchange.profile == Profile::Sandbox => None,
            None => match exchange.view().await {
                Ok(view) => view
                    .read(communication(), &id)
                    .and_then(|record| message::read(&record)),
                Err(error) => {
                    tracing::warn!(%error, "a message could not be read");
                    return answer(exchange, &[Problem::plainly(&INTERNAL)]);
                }
            },
        };
        match kept {
            Some(kept) => answer_json(exchange, StatusCode::OK, &written(exchange, &kept, now)),
            None => answer(exchange, &[Problem::plainly(&NOT_FOUND)]),
        }
    })
}

fn example(id: &str, now: OffsetDateTime) -> Option<Kept> {
    let (id, channels, failure, is_under_way) = EXAMPLES.iter().find(|example| example.0 == id)?;
    let age = if *is_under_way { ENRICHING } else { UNDER_WAY };
    Some(Kept {
        id: (*id).to_owned(),
        reference: "703b8008-545d-4a04-bb90-1f2946ce1575".to_owned(),
        routing_plan: EXAMPLES_PLAN.to_owned(),
        sent: now - age,
        fate: KeptFate {
            tried: channels.to_vec(),
            failure: failure.map(str::to_owned),
        },
    })
}

fn written(exchange: &Exchange<'_>, kept: &Kept, now: OffsetDateTime) -> Value {
    let age = now - kept.sent;
    let done = kept.sent + UNDER_WAY;
    let is_done = age >= UNDER_WAY;
    let is_enriched = age >= ENRICHING;
    let failure = kept.fate.failure.as_deref().filter(|_| is_done);
    let status = match (is_done, is_enriched) {
        (true, _) if failure.is_some() => "failed",
        (true, _) => "delivered",
        (false, true) => "sending",
        (false, false) => "pending_enrichment",
    };
    let mut attributes = json!({
        "messageReference": kept.reference,
        "messageStatus": status,
        "timestamps": { "created": moment(kept.sent) },
        "routingPlan": match plan::find(&kept.routing_plan) {
            Found::Plan(plan) => routing_plan(plan),
            Found::WithoutTemplates | Found::WithDuplicateTemplates | Found::Nothing => Value::Null,
        },
        "channels": if is_enriched { channels(kept, is_done) } else { json!([]) },
    });
    if let Some(attributes) = attributes.as_object_mut() {
        if let Some(failure) = failure {
            attributes.insert("messageStatusDescription".to_owned(), failure.into());
        }
        if is_enriched {
            let asked = moment(kept.sent + ENRICHING);
            let metadata =
                json!([{ "queriedAt": asked, "source": "pds", "version": "1", "labels": labels(kept) }]);
            attributes.insert("metadata".to_owned(), metadata);
        }
        if let Some(times) = attributes.get_mut("timestamps").and_then(Value::as_object_mut) {
            add_times(times, kept, is_enriched, is_done.then_some(done));
        }
    }
    let id = &kept.id;
    json!({ "data": {
        "type": "Message",
        "id": id,
        "attributes": attributes,
        "links": { "self": format!("{}/v1/messages/{id}", exchange.interface_url()) },
    } })
}

fn labels(kept: &Kept) -> Vec<&'static str> {
    kept.fate.tried.iter().map(|channel| channel.name()).collect()
}

fn add_times(times: &mut Map<String, Value>, kept: &Kept, is_enriched: bool, done: Option<OffsetDateTime>) {
    if is_enriched {
        times.insert("enriched".to_owned(), moment(kept.sent + ENRICHING).into());
    }
    if let Some(done) = done {
        let what = if kept.fate.failure.is_some() {
            "failed"
        } else {
            "delivered"
        };
        times.insert(what.to_owned(), moment(done).into());
    }
}

/// The channels that were tried: all but the last failed, the last as the message itself.
fn channels(kept: &Kept, is_done: bool) -> Value {
    let created = moment(kept.sent + ENRICHING);
    let done = moment(kept.sent + UNDER_WAY);
    let last = kept.fate.tried.len().saturating_sub(1);
    let written = kept.fate.tried.iter().enumerate().map(|(place, channel)| {
        let has_failed = place < last || (is_done && kept.fate.failure.is_some());
        let kind = if kept.id == OVERRIDDEN { "override" } else { "original" };
        let mut entry = json!({
            "type": channel.name(),
            "retryCount": 1,
            "cascadeType": "primary",
            "cascadeOrder": place + 1,
            "channelStatus": if has_failed { "failed" } else if is_done { "delivered" } else { "sending" },
            "timestamps": { "created": created },
            "routingPlan": { "id": kept.routing_plan, "version": "ztoe2qRAM8M8vS0bqajhyEBcvXacrGPp", "type": kind },
        });
        let mut add = |pointer: &str, name: &str, value: &str| {
            if let Some(Value::Object(members)) = entry.pointer_mut(pointer) {
                members.insert(name.to_owned(), value.into());
            }
        };
        if has_failed {
            add("", "channelStatusDescription", "Failed reason: Contact detail is missing");
            // The specification's own example of a reason.
            add("", "channelFailureReasonCode", "CFR_PDSV_0002");
            add("/timestamps", "failed", &done);
        } else if is_done {
            add("", "supplierStatus", channel.arrived());
            add("/timestamps", "delivered", &done);
        } else {
            add("", "supplierStatus", "accepted");
        }
        entry
    });
    Value::Array(written.collect())
}
