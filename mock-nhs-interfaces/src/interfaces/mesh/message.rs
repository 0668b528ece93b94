//! A message and its chunks, kept as a `Communication` and a `Binary` for each chunk in the workspace's records.
//! Source: <https://hl7.org/fhir/R4/communication.html>, <https://hl7.org/fhir/R4/binary.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use records::{Change, Draft, RecordsError, ResourceId, ResourceType, View};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

/// The message that waits in X26ABC1 in every workspace until somebody acknowledges it.
pub(super) const SAMPLE: &str = "5A4D504C454D455353414745C4C4C4C4";
/// The message that X26ABC1 has begun to send in every workspace: its second chunk is missing.
pub(super) const HALF_SENT: &str = "48414C464D455353414745C4C4C4C4C4";
const HALF_SENT_TEXT: &str = "The first half of a message, ";
const SAMPLE_TEXT: &str = "nhs_number,test,value,unit\n9000000009,Haemoglobin,131,g/L\n";
/// Largest chunk, in bytes: as text of a `Binary` it stays under what a request may hold.
pub(super) const MOST_CHUNK_BYTES: usize = 1_400_000;

const MAILBOX: &str = "https://code4health.example/Id/mesh-mailbox";
const LOCAL_ID: &str = "https://code4health.example/Id/mesh-local-id";
const CATEGORY: &str = "https://code4health.example/CodeSystem/message";
/// What a sender says about a message besides its chunks; the name in the kept resource and the header.
const DETAILS: &str = "https://code4health.example/StructureDefinition/mesh-message";

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Its chunks are still coming.
    Uploading,
    /// It waits in the inbox.
    Accepted,
    /// The recipient has it.
    Acknowledged,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) sender: String,
    pub(super) recipient: String,
    pub(super) workflow: String,
    pub(super) total_chunks: u32,
    pub(super) sent: OffsetDateTime,
    pub(super) acknowledged: Option<OffsetDateTime>,
    pub(super) file_size: u64,
    pub(super) details: Details,
}

/// What the sender said about a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Details {
    pub(super) subject: String,
    pub(super) local_id: String,
    pub(super) partner_id: String,
    pub(super) file_name: String,
    pub(super) checksum: String,
    pub(super) content_type: String,
    pub(super) content_encoding: String,
    pub(super) compressed: bool,
    pub(super) encrypted: bool,
}

fn kind(name: &str) -> ResourceType {
    ResourceType::parse(name).unwrap_or_else(|| unreachable!("R4 has the type {name}"))
}

/// The type that messages are kept as.
pub(super) fn communication() -> ResourceType {
    kind("Communication")
}

/// The message with this id, whatever the case.
pub(super) fn find(view: &View, id: &str) -> Option<Message> {
    let id = id.to_ascii_uppercase();
    match view.latest(communication(), &id) {
        Some(record) if record.is_deleted() => None,
        Some(record) => read(&record.text),
        None if id == HALF_SENT => Some(half_sent()),
        None => (id == SAMPLE).then(sample),
    }
}

/// A message from the text of its resource; `None` for a communication that is not one.
pub(super) fn read(text: &[u8]) -> Option<Message> {
    let kept: Value = serde_json::from_slice(text).ok()?;
    let text = |pointer: &str| kept.pointer(pointer).and_then(Value::as_str);
    let own = kept.get("extension")?.as_array()?;
    let details = own
        .iter()
        .find(|extension| extension.get("url").is_some_and(|url| url == DETAILS))?;
    let detail = |name: &str| {
        let parts = details.get("extension").and_then(Value::as_array);
        let part = parts
            .into_iter()
            .flatten()
            .find(|part| part.get("url").is_some_and(|url| url == name));
        part.and_then(|part| part.get("valueString"))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let moment = |pointer: &str| OffsetDateTime::parse(text(pointer)?, &Rfc3339).ok();
    Some(Message {
        id: text("/id")?.to_owned(),
        status: match text("/status")? {
            "preparation" => Status::Uploading,
            "in-progress" => Status::Accepted,
            _ => Status::Acknowledged,
        },
        sender: text("/sender/identifier/value")?.to_owned(),
        recipient: text("/recipient/0/identifier/value")?.to_owned(),
        workflow: text("/reasonCode/0/text")?.to_owned(),
        total_chunks: detail("totalChunks").parse().ok()?,
        sent: moment("/sent")?,
        acknowledged: moment("/received"),
        file_size: detail("fileSize").parse().unwrap_or_default(),
        details: Details {
            subject: detail("subject"),
            local_id: detail("localId"),
            partner_id: detail("partnerId"),
            file_name: detail("fileName"),
            checksum: detail("checksum"),
            content_type: detail("contentType"),
            content_encoding: detail("contentEncoding"),
            compressed: detail("compressed") == "Y",
            encrypted: detail("encrypted") == "Y",
        },
    })
}

impl Message {
    /// Keeps the message as it is now.
    ///
    /// # Errors
    /// When the records cannot take it.
    pub(super) fn keep(&self, draft: &mut Draft) -> Result<(), RecordsError> {
        let Some(id) = ResourceId::parse(&self.id) else {
            return Ok(());
        };
        let change = if draft.view().latest(communication(), &self.id).is_some() {
            Change::Updated
        } else {
            Change::Created
        };
        draft.put(communication(), &id, &self.text(), change)?;
        Ok(())
    }

    fn text(&self) -> String {
        let details = &self.details;
        let flag = |flag: bool| if flag { "Y" } else { "" }.to_owned();
        let parts = [
            ("totalChunks", self.total_chunks.to_string()),
            ("fileSize", self.file_size.to_string()),
            ("subject", details.subject.clone()),
            ("localId", details.local_id.clone()),
            ("partnerId", details.partner_id.clone()),
            ("fileName", details.file_name.clone()),
            ("checksum", details.checksum.clone()),
            ("contentType", details.content_type.clone()),
            ("contentEncoding", details.content_encoding.clone()),
            ("compressed", flag(details.compressed)),
            ("encrypted", flag(details.encrypted)),
        ];
        // FHIR has no empty strings.
        let parts = parts.into_iter().filter(|(_, value)| !value.is_empty());
        let parts: Vec<Value> = parts
            .map(|(url, value)| json!({ "url": url, "valueString": value }))
            .collect();
        let party = |mailbox: &str| json!({ "type": "Organization", "identifier": { "system": MAILBOX, "value": mailbox }, "display": mailbox });
        let payload = (1..=self.total_chunks.min(MOST_SHOWN_CHUNKS)).map(|chunk| {
            json!({ "contentReference": { "reference": format!("Binary/{}", chunk_id(&self.id, chunk)) } })
        });
        let mut kept = json!({
            "resourceType": "Communication",
            "id": self.id,
            "meta": { "tag": [{
                "system": "https://code4health.example/CodeSystem/origin",
                "code": "made-up",
                "display": "Made-up person",
            }] },
            "extension": [{ "url": DETAILS, "extension": parts }],
            "status": match self.status {
                Status::Uploading => "preparation",
                Status::Accepted => "in-progress",
                Status::Acknowledged => "completed",
            },
            "category": [{ "coding": [{ "system": CATEGORY, "code": "mesh" }], "text": "MESH message" }],
            "sent": moment(self.sent),
            "sender": party(&self.sender),
            "recipient": [party(&self.recipient)],
            "reasonCode": [{ "text": self.workflow }],
            "payload": payload.collect::<Value>(),
        });
        if let Some(members) = kept.as_object_mut() {
            if !details.local_id.is_empty() {
                let identifier = json!([{ "system": LOCAL_ID, "value": details.local_id }]);
                members.insert("identifier".to_owned(), identifier);
            }
            if let Some(acknowledged) = self.acknowledged {
                members.insert("received".to_owned(), moment(acknowledged).into());
            }
        }
        kept.to_string()
    }
}

/// Most chunks that a kept message lists; the rest are there all the same.
const MOST_SHOWN_CHUNKS: u32 = 100;

fn moment(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

fn chunk_id(message: &str, chunk: u32) -> String {
    format!("{message}-{chunk}")
}

/// Keeps a chunk of a message.
///
/// # Errors
/// When the records cannot take it.
pub(super) fn keep_chunk(
    draft: &mut Draft,
    message: &str,
    chunk: u32,
    content_type: &str,
    bytes: &[u8],
) -> Result<(), RecordsError> {
    let id = chunk_id(message, chunk);
    let Some(place) = ResourceId::parse(&id) else {
        return Ok(());
    };
    let content_type = if content_type.is_empty() {
        "application/octet-stream"
    } else {
        content_type
    };
    let text = json!({
        "resourceType": "Binary",
        "id": id,
        "contentType": content_type,
        "data": STANDARD.encode(bytes),
    });
    let change = if draft.view().latest(kind("Binary"), &id).is_some() {
        Change::Updated
    } else {
        Change::Created
    };
    draft.put(kind("Binary"), &place, &text.to_string(), change)?;
    Ok(())
}

/// The bytes of a chunk; `None` when it is not there.
pub(super) fn chunk(view: &View, message: &str, chunk: u32) -> Option<Bytes> {
    let id = chunk_id(message, chunk);
    match view.read(kind("Binary"), &id) {
        Some(record) => {
            let kept: Value = serde_json::from_slice(&record.text).ok()?;
            let data = kept.get("data").and_then(Value::as_str).unwrap_or_default();
            STANDARD.decode(data).ok().map(Bytes::from)
        }
        None if message == SAMPLE && chunk == 1 => Some(Bytes::from_static(SAMPLE_TEXT.as_bytes())),
        None if message == HALF_SENT && chunk == 1 => Some(Bytes::from_static(HALF_SENT_TEXT.as_bytes())),
        None => None,
    }
}

/// Criteria for the messages in an inbox, in the order in which they came.
pub(super) fn inbox_criteria(mailbox: &str) -> String {
    format!(
        "recipient:identifier={MAILBOX}%7C{mailbox}&category={CATEGORY}%7Cmesh&status=in-progress&_sort=sent"
    )
}

/// Criteria for the messages that a mailbox sent under a local id.
pub(super) fn local_id_criteria(mailbox: &str, local_id: &str) -> String {
    let local_id = crate::lookup::escaped(local_id);
    format!("sender:identifier={MAILBOX}%7C{mailbox}&identifier={LOCAL_ID}%7C{local_id}")
}

/// The sample, as long as nobody has touched it.
pub(super) fn sample() -> Message {
    Message {
        id: SAMPLE.to_owned(),
        status: Status::Accepted,
        sender: "X26ABC2".to_owned(),
        recipient: "X26ABC1".to_owned(),
        workflow: "TEST_WORKFLOW2".to_owned(),
        total_chunks: 1,
        sent: datetime!(2026-11-01 08:00 UTC),
        acknowledged: None,
        file_size: u64::try_from(SAMPLE_TEXT.len()).unwrap_or_default(),
        details: Details {
            subject: "Results of the laboratory".to_owned(),
            local_id: "results-1".to_owned(),
            file_name: "results.csv".to_owned(),
            content_type: "text/csv".to_owned(),
            ..Details::default()
        },
    }
}

fn half_sent() -> Message {
    Message {
        id: HALF_SENT.to_owned(),
        status: Status::Uploading,
        sender: "X26ABC1".to_owned(),
        recipient: "X26ABC2".to_owned(),
        workflow: "TEST_WORKFLOW".to_owned(),
        total_chunks: 2,
        file_size: u64::try_from(HALF_SENT_TEXT.len()).unwrap_or_default(),
        details: Details::default(),
        ..sample()
    }
}

#[cfg(test)]
mod tests {
    use super::{read, sample};

    #[test]
    fn a_message_is_read_as_it_was_kept() {
        let mut message = sample();
        assert_eq!(read(message.text().as_bytes()), Some(message.clone()));
        message.details = super::Details::default();
        message.acknowledged = Some(message.sent);
        message.status = super::Status::Acknowledged;
        assert_eq!(read(message.text().as_bytes()), Some(message));
    }

    #[test]
    fn other_communications_are_no_messages() {
        assert_eq!(
            read(br#"{"resourceType":"Communication","id":"a","status":"completed"}"#),
            None
        );
        assert_eq!(read(b"nonsense"), None);
    }
}
