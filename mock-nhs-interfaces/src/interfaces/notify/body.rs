//! What a caller wants sent, read from the body: every mistake is found, each with its place.

mod contact;
mod reader;
#[cfg(test)]
mod tests;
mod wanted;

use serde_json::{Map, Value};

use super::account::Account;
use super::error::{INVALID_VALUE, Problem};
use reader::Reader;
pub(super) use wanted::Wanted;

/// A request to send, understood.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) routing_plan: String,
    /// The reference of the batch; `None` for a single message.
    pub(super) batch_reference: Option<String>,
    pub(super) messages: Vec<Wanted>,
}

/// Reads the body of a single message.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn message(body: &[u8], account: Account) -> Result<Request, Vec<Problem>> {
    read(body, "Message", |reader, attributes| {
        let wanted = reader.message(attributes, "/data/attributes", account);
        (None, wanted.into_iter().collect())
    })
}

/// Reads the body of a batch.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn batch(body: &[u8], account: Account) -> Result<Request, Vec<Problem>> {
    read(body, "MessageBatch", |reader, attributes| {
        let reference = reader.text(attributes, "messageBatchReference", "/data/attributes");
        (reference, reader.messages(attributes, account))
    })
}

fn read(
    body: &[u8],
    kind: &str,
    rest: impl FnOnce(&mut Reader, &Map<String, Value>) -> (Option<String>, Vec<Wanted>),
) -> Result<Request, Vec<Problem>> {
    let Ok(Value::Object(document)) = serde_json::from_slice(body) else {
        return Err(vec![Problem::at(&INVALID_VALUE, "/")]);
    };
    let mut reader = Reader::default();
    let mut request = None;
    if let Some(data) = reader.object(&document, "data", "") {
        if let Some(said) = reader.text(data, "type", "/data")
            && said != kind
        {
            reader.say(&INVALID_VALUE, "/data/type");
        }
        if let Some(attributes) = reader.object(data, "attributes", "/data") {
            let routing_plan = reader.uuid(attributes, "routingPlanId", "/data/attributes");
            let (batch_reference, messages) = rest(&mut reader, attributes);
            request = routing_plan.map(|routing_plan| Request {
                routing_plan,
                batch_reference,
                messages,
            });
        }
    }
    match request {
        Some(request) if reader.problems.is_empty() => Ok(request),
        _ => Err(reader.problems),
    }
}
