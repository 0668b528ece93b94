//! A message that was sent, kept as a `Communication` in the workspace's records: whoever reads those has the inbox.
//! Source: <https://hl7.org/fhir/R4/communication.html>

use records::{Record, ResourceType, View};
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::body::Wanted;
use super::ksuid::ksuid;
use super::plan::{Channel, Plan};

/// The system of the references that senders give.
pub(super) const REFERENCE: &str = "https://code4health.example/Id/notify-message-reference";
/// The system of the references of batches.
pub(super) const BATCH_REFERENCE: &str = "https://code4health.example/Id/notify-batch-reference";
const PLAN: &str = "https://code4health.example/notify/routing-plan/";
/// How long a message is under way.
pub(super) const UNDER_WAY: Duration = Duration::seconds(10);
/// Age from which somebody can have the NHS App. Source: the NHS App's own terms of use.
const APP_AGE: i32 = 16;

/// What became of a message, decided when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    /// The channels that were tried, in their order.
    pub(super) tried: Vec<Channel>,
    /// Why nothing arrived; `None` when the last channel that was tried brought it.
    pub(super) failure: Option<&'static str>,
}

/// The id of the type `Communication`.
pub(super) fn communication() -> ResourceType {
    kind("Communication")
}

/// A type of R4; the names in this program are.
pub(super) fn kind(name: &str) -> ResourceType {
    ResourceType::parse(name).unwrap_or_else(|| unreachable!("R4 has the type {name}"))
}

/// Decides what becomes of a message: each channel of the plan is tried until there is a way to reach the person by it.
pub(super) fn fate(view: &View, plan: &Plan, wanted: &Wanted, now: OffsetDateTime) -> Fate {
    let patient = wanted.nhs_number.map(|number| person(view, &number.to_string()));
    let failed = |failure: &'static str| Fate {
        tried: Vec::new(),
        failure: Some(failure),
    };
    let patient = match patient {
        Some(None) => return failed("Failed reason: Patient does not exist in PDS"),
        Some(Some(patient)) => patient,
        None => Value::Null,
    };
    if patient.get("deceasedDateTime").is_some() || patient.get("deceasedBoolean") == Some(&Value::Bool(true))
    {
        return failed("Failed reason: Patient is deceased");
    }
    let mut tried = Vec::new();
    for channel in plan.channels {
        tried.push(*channel);
        if reaches(*channel, &patient, wanted, now) {
            return Fate { tried, failure: None };
        }
    }
    Fate {
        tried,
        failure: Some("Failed reason: Contact detail is missing"),
    }
}

fn person(view: &View, nhs_number: &str) -> Option<Value> {
    let record = view.read(kind("Patient"), nhs_number)?;
    serde_json::from_slice(&record.text).ok()
}

fn reaches(channel: Channel, patient: &Value, wanted: &Wanted, now: OffsetDateTime) -> bool {
    match channel {
        Channel::NhsApp => has_nhs_app(patient, now),
        Channel::Email => wanted.contact.email.is_some() || telecom(patient, "email").is_some(),
        Channel::Sms => wanted.contact.sms.is_some() || telecom(patient, "phone").is_some(),
        Channel::Letter => wanted.contact.address || patient.pointer("/address/0/line").is_some(),
    }
}

/// Whether somebody has the NHS App: made up, see the interface's deviations.
pub(super) fn has_nhs_app(patient: &Value, now: OffsetDateTime) -> bool {
    let born = patient
        .get("birthDate")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let year = born.get(..4).and_then(|year| year.parse::<i32>().ok());
    year.is_some_and(|year| now.year() - year >= APP_AGE) && telecom(patient, "phone").is_some()
}

fn telecom<'p>(patient: &'p Value, system: &str) -> Option<&'p str> {
    let all = patient.get("telecom")?.as_array()?;
    let found = all
        .iter()
        .find(|telecom| telecom.get("system").is_some_and(|given| given == system));
    found?.get("value")?.as_str()
}

/// The id that a message sent now gets.
pub(super) fn id(now: OffsetDateTime, reference: &str) -> String {
    ksuid(now, &[reference])
}

/// Messages on their way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending<'a> {
    pub(super) plan: &'static Plan,
    /// The reference of the batch; `None` for a single message.
    pub(super) batch: Option<&'a str>,
    pub(super) now: OffsetDateTime,
}

/// The message as it is kept. `known` says whether there is a record of the person.
pub(super) fn write(sending: &Sending<'_>, id: &str, wanted: &Wanted, fate: &Fate, known: bool) -> String {
    let Sending { plan, batch, now } = *sending;
    let mut identifiers = vec![json!({ "system": REFERENCE, "value": wanted.reference })];
    identifiers.extend(batch.map(|batch| json!({ "system": BATCH_REFERENCE, "value": batch })));
    let mut communication = json!({
        "resourceType": "Communication",
        "id": id,
        "meta": { "tag": [{
            "system": "https://code4health.example/CodeSystem/origin",
            "code": "made-up",
            "display": "Made-up person",
        }] },
        "identifier": identifiers,
        "instantiatesUri": [format!("{PLAN}{}", plan.id)],
        "status": if fate.failure.is_some() { "not-done" } else { "completed" },
        "category": [{ "text": "NHS Notify message" }],
        "topic": { "text": plan.name },
        "sent": moment(now),
        "payload": payload(&wanted.personalisation),
    });
    let Some(members) = communication.as_object_mut() else {
        return String::new();
    };
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    match fate.failure {
        Some(failure) => add("statusReason", json!({ "text": failure })),
        None => add("received", moment(now + UNDER_WAY).into()),
    };
    if !fate.tried.is_empty() {
        let medium = fate.tried.iter().map(|channel| json!({ "text": channel.name() }));
        add("medium", medium.collect());
    }
    if let Some(number) = wanted.nhs_number {
        let mut subject = json!({ "type": "Patient", "identifier": {
            "system": "https://fhir.nhs.uk/Id/nhs-number",
            "value": number.to_string(),
        } });
        if known && let Some(subject) = subject.as_object_mut() {
            subject.insert("reference".to_owned(), format!("Patient/{number}").into());
        }
        add("subject", subject.clone());
        add("recipient", json!([subject]));
    }
    if let Some(ods_code) = &wanted.ods_code {
        add(
            "sender",
            json!({ "type": "Organization", "identifier": {
                "system": "https://fhir.nhs.uk/Id/ods-organization-code",
                "value": ods_code,
            } }),
        );
    }
    communication.to_string()
}

/// The text of a message, a part for each field.
fn payload(personalisation: &Map<String, Value>) -> Value {
    let parts = personalisation.iter().filter_map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let text = match name.as_str() {
            // The whole message, by the specification's free-text plans.
            "body" | "sms_body" | "nhsapp_body" | "email_body" | "email_subject" => text,
            _ => format!("{name}: {text}"),
        };
        // FHIR has no empty strings.
        (!text.is_empty()).then(|| json!({ "contentString": text }))
    });
    let parts: Vec<Value> = parts.collect();
    if parts.is_empty() {
        json!([{ "contentString": "The message of the routing plan, without anything of its own." }])
    } else {
        Value::Array(parts)
    }
}

/// What a kept message says.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) routing_plan: String,
    pub(super) sent: OffsetDateTime,
    pub(super) fate: KeptFate,
}

/// What became of it, as it was kept.
#[derive(Debug)]
pub(super) struct KeptFate {
    pub(super) tried: Vec<Channel>,
    pub(super) failure: Option<String>,
}

/// Reads a message back; `None` for a communication that Notify did not send.
pub(super) fn read(record: &Record) -> Option<Kept> {
    let communication: Value = serde_json::from_slice(&record.text).ok()?;
    let identifiers = communication.get("identifier")?.as_array()?;
    let own = identifiers
        .iter()
        .find(|identifier| identifier.get("system").is_some_and(|system| system == REFERENCE))?;
    let plan = communication.pointer("/instantiatesUri/0")?.as_str()?;
    let medium = communication.get("medium").and_then(Value::as_array);
    let tried = medium
        .into_iter()
        .flatten()
        .filter_map(|medium| Channel::named(medium.get("text")?.as_str()?))
        .collect();
    let failure = communication
        .pointer("/statusReason/text")
        .and_then(Value::as_str);
    Some(Kept {
        id: record.id.as_str().to_owned(),
        reference: own.get("value")?.as_str()?.to_owned(),
        routing_plan: plan.strip_prefix(PLAN)?.to_owned(),
        sent: OffsetDateTime::parse(communication.get("sent")?.as_str()?, &Rfc3339).ok()?,
        fate: KeptFate {
            tried,
            failure: failure.map(str::to_owned),
        },
    })
}

/// A moment as Notify writes it, to the millisecond.
pub(super) fn moment(at: OffsetDateTime) -> String {
    let at = at.replace_millisecond(at.millisecond()).unwrap_or(at);
    at.format(&Rfc3339).unwrap_or_default()
}
