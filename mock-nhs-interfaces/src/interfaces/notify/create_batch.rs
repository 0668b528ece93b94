//! `POST /v1/message-batches`: sends messages to many patients at once.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::create_message::{BODY, NotKept, failed, keep, routing_plan, understood};
use super::error::{
    DUPLICATE_BATCH, DUPLICATE_VALUE, Problem, TOO_FEW_ITEMS, answer, answer_json, sending_faults,
};
use super::ksuid::ksuid;
use super::message::BATCH_REFERENCE;
use super::{SPECIFICATION, body};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, Login, Operation};

const GOOD: ExampleBody = ExampleBody {
    media_type: "application/vnd.api+json",
    text: r#"{"data":{"type":"MessageBatch","attributes":{"routingPlanId":"00000000-0000-0000-0000-000000000001","messageBatchReference":"346e3fc3-0b55-4c0d-bec9-0cc5aa431836","messages":[{"messageReference":"703b8008-545d-4a04-bb90-1f2946ce1575","recipient":{"nhsNumber":"9990548609"},"personalisation":{"body":"Flu vaccinations start on Monday."}}]}}}"#,
};
const EMPTY: ExampleBody = ExampleBody {
    media_type: "application/vnd.api+json",
    text: r#"{"data":{"type":"MessageBatch","attributes":{"routingPlanId":"00000000-0000-0000-0000-000000000001","messageBatchReference":"346e3fc3-0b55-4c0d-bec9-0cc5aa431836","messages":[]}}}"#,
};

pub(super) const OPERATION: Operation = Operation {
    id: "create_message_batch",
    title: "Send a batch of messages",
    summary: "Sends messages to many patients with one request; all of them are accepted, or none.",
    method: Method::POST,
    path: "/v1/message-batches",
    logins: &[Login::Application],
    fields: &[
        super::AUTHORIZATION,
        super::X_CORRELATION_ID,
        super::PREFER,
        Field {
            title: "Batch",
            hint: "A JSON:API document: the routing plan, your reference for the batch, and the messages.",
            example: GOOD.text,
            ..BODY
        },
    ],
    examples: &[
        Example::sending("A batch of one", "/v1/message-batches", GOOD, 201),
        Example::sending("A batch of none", "/v1/message-batches", EMPTY, 400),
    ],
    faults: sending_faults![DUPLICATE_VALUE, TOO_FEW_ITEMS, DUPLICATE_BATCH],
    media_type: "application/vnd.api+json; charset=utf-8",
    specification: SPECIFICATION,
    handler: create_batch,
};

fn create_batch<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        let (request, plan) = match understood(exchange, body::batch) {
            Ok(understood) => understood,
            Err(refusal) => return *refusal,
        };
        let reference = request.batch_reference.as_deref().unwrap_or_default();
        let duplicate = Problem::at(&DUPLICATE_BATCH, "/data/attributes/messageBatchReference");
        let ids = match keep(exchange, &request, plan, (BATCH_REFERENCE, reference)).await {
            Ok(ids) => ids,
            Err(NotKept::Duplicate) => return answer(exchange, &[duplicate]),
            Err(error @ (NotKept::Records(_) | NotKept::Lookup(_))) => return failed(exchange, &error),
        };
        let messages: Vec<Value> = request
            .messages
            .iter()
            .zip(&ids)
            .map(|(wanted, id)| json!({ "messageReference": wanted.reference, "id": id }))
            .collect();
        let document = json!({ "data": {
            "type": "MessageBatch",
            "id": ksuid(exchange.now(), &["batch", reference]),
            "attributes": {
                "messageBatchReference": reference,
                "routingPlan": routing_plan(plan),
                "messages": messages,
            },
        } });
        answer_json(exchange, StatusCode::CREATED, &document)
    })
}
