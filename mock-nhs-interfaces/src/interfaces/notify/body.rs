//! What a caller wants sent, read from the body: every mistake is found, each with its place.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::account::Account;
use super::error::{
    CANNOT_SET_CONTACT_DETAILS, DUPLICATE_VALUE, INVALID_NHS_NUMBER, INVALID_VALUE, Known, MISSING_VALUE,
    NULL_VALUE, Problem, TOO_FEW_ITEMS, TOO_MANY_ITEMS,
};
use crate::value::NhsNumber;

/// Most messages of a batch. Source: the section "413" of the specification.
const MOST_MESSAGES: usize = 45_000;
/// Longest text message, in characters. Source: the section "Message character limits".
const MOST_SMS: usize = 918;
/// Longest message of the NHS App, in characters.
const MOST_NHS_APP: usize = 5_000;
/// Longest email, in characters.
const MOST_EMAIL: usize = 100_000;

/// A request to send, understood.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) routing_plan: String,
    /// The reference of the batch; `None` for a single message.
    pub(super) batch_reference: Option<String>,
    pub(super) messages: Vec<Wanted>,
}

/// One message to send.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) reference: String,
    pub(super) nhs_number: Option<NhsNumber>,
    pub(super) contact: Contact,
    pub(super) ods_code: Option<String>,
    pub(super) personalisation: Map<String, Value>,
}

/// How to reach somebody, in place of what their record says.
#[derive(Debug, Default)]
pub(super) struct Contact {
    pub(super) email: Option<String>,
    pub(super) sms: Option<String>,
    /// Whether an address was given.
    pub(super) address: bool,
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

/// Reads, and remembers what is wrong.
#[derive(Debug, Default)]
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn say(&mut self, known: &'static Known, pointer: impl Into<String>) {
        if self.problems.len() < super::error::MOST_ERRORS {
            self.problems.push(Problem::at(known, pointer));
        }
    }

    /// A member that must be there.
    fn needed<'v>(&mut self, object: &'v Map<String, Value>, key: &str, at: &str) -> Option<&'v Value> {
        match object.get(key) {
            None => {
                self.say(&MISSING_VALUE, format!("{at}/{key}"));
                None
            }
            Some(Value::Null) => {
                self.say(&NULL_VALUE, format!("{at}/{key}"));
                None
            }
            Some(value) => Some(value),
        }
    }

    /// A member that may be there; `null` is not the same as nothing.
    fn allowed<'v>(&mut self, object: &'v Map<String, Value>, key: &str, at: &str) -> Option<&'v Value> {
        object.get(key)?;
        self.needed(object, key, at)
    }

    fn object<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        key: &str,
        at: &str,
    ) -> Option<&'v Map<String, Value>> {
        let value = self.needed(object, key, at)?;
        let inside = value.as_object();
        if inside.is_none() {
            self.say(&INVALID_VALUE, format!("{at}/{key}"));
        }
        inside
    }

    fn allowed_object<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        key: &str,
        at: &str,
    ) -> Option<&'v Map<String, Value>> {
        object.get(key)?;
        self.object(object, key, at)
    }

    fn text(&mut self, object: &Map<String, Value>, key: &str, at: &str) -> Option<String> {
        let value = self.needed(object, key, at)?;
        match value.as_str() {
            Some(text) if !text.is_empty() => Some(text.to_owned()),
            _ => {
                self.say(&INVALID_VALUE, format!("{at}/{key}"));
                None
            }
        }
    }

    fn allowed_text(&mut self, object: &Map<String, Value>, key: &str, at: &str) -> Option<String> {
        object.get(key)?;
        self.text(object, key, at)
    }

    fn uuid(&mut self, object: &Map<String, Value>, key: &str, at: &str) -> Option<String> {
        let text = self.text(object, key, at)?;
        if crate::value::is_uuid(text.as_bytes()) {
            return Some(text.to_ascii_lowercase());
        }
        self.say(&INVALID_VALUE, format!("{at}/{key}"));
        None
    }

    fn messages(&mut self, attributes: &Map<String, Value>, account: Account) -> Vec<Wanted> {
        const AT: &str = "/data/attributes/messages";
        let Some(value) = self.needed(attributes, "messages", "/data/attributes") else {
            return Vec::new();
        };
        let Some(items) = value.as_array() else {
            self.say(&INVALID_VALUE, AT);
            return Vec::new();
        };
        if items.is_empty() {
            self.say(&TOO_FEW_ITEMS, AT);
        }
        if items.len() > MOST_MESSAGES {
            self.problems = vec![Problem::at(&TOO_MANY_ITEMS, AT)];
            return Vec::new();
        }
        let mut seen = HashSet::new();
        let mut messages = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let at = format!("{AT}/{place}");
            let Some(item) = item.as_object() else {
                self.say(
                    if item.is_null() {
                        &NULL_VALUE
                    } else {
                        &INVALID_VALUE
                    },
                    at,
                );
                continue;
            };
            let Some(wanted) = self.message(item, &at, account) else {
                continue;
            };
            if seen.insert(wanted.reference.clone()) {
                messages.push(wanted);
            } else {
                self.say(&DUPLICATE_VALUE, format!("{at}/messageReference"));
            }
        }
        messages
    }

    /// Reads one message; `None` when it has no reference.
    fn message(&mut self, object: &Map<String, Value>, at: &str, account: Account) -> Option<Wanted> {
        let reference = self.text(object, "messageReference", at);
        self.allowed_text(object, "billingReference", at);
        let (nhs_number, contact) = match self.object(object, "recipient", at) {
            Some(recipient) => self.recipient(recipient, &format!("{at}/recipient"), account),
            None => (None, Contact::default()),
        };
        let originator = self.allowed_object(object, "originator", at);
        let ods_code = originator
            .and_then(|originator| self.allowed_text(originator, "odsCode", &format!("{at}/originator")));
        if let Some(problem) = account.judge_sender(ods_code.as_deref(), at) {
            self.problems.push(problem);
        }
        let personalisation = self.allowed_object(object, "personalisation", at);
        if let Some(fields) = personalisation {
            self.check_lengths(fields, &format!("{at}/personalisation"));
        }
        Some(Wanted {
            reference: reference?,
            nhs_number,
            contact,
            ods_code,
            personalisation: personalisation.cloned().unwrap_or_default(),
        })
    }

    fn recipient(
        &mut self,
        recipient: &Map<String, Value>,
        at: &str,
        account: Account,
    ) -> (Option<NhsNumber>, Contact) {
        let details = self.allowed_object(recipient, "contactDetails", at);
        // Somebody is named by a number; who brings contact details may leave it out.
        let given = if details.is_some() {
            self.allowed(recipient, "nhsNumber", at)
        } else {
            self.needed(recipient, "nhsNumber", at)
        };
        let number = given.and_then(|given| {
            let number = given.as_str().and_then(|text| text.parse().ok());
            if number.is_none() {
                self.say(&INVALID_NHS_NUMBER, format!("{at}/nhsNumber"));
            }
            number
        });
        let Some(details) = details else {
            return (number, Contact::default());
        };
        let at = format!("{at}/contactDetails");
        if !account.sets_contact_details {
            self.say(&CANNOT_SET_CONTACT_DETAILS, at.as_str());
        }
        (number, self.contact(details, &at))
    }

    fn contact(&mut self, details: &Map<String, Value>, at: &str) -> Contact {
        let email = self.allowed_text(details, "email", at);
        if email.as_deref().is_some_and(|email| !is_email(email)) {
            self.say(&INVALID_VALUE, format!("{at}/email"));
        }
        let sms = self.allowed_text(details, "sms", at);
        if sms.as_deref().is_some_and(|sms| !is_telephone(sms)) {
            self.say(&INVALID_VALUE, format!("{at}/sms"));
        }
        let address = self.allowed_object(details, "address", at);
        if let Some(address) = address {
            let at = format!("{at}/address");
            let lines = self.needed(address, "lines", &at);
            let fits = |lines: &Value| {
                lines
                    .as_array()
                    .is_some_and(|lines| (2..=5).contains(&lines.len()) && lines.iter().all(Value::is_string))
            };
            if lines.is_some_and(|lines| !fits(lines)) {
                self.say(&INVALID_VALUE, format!("{at}/lines"));
            }
            self.text(address, "postcode", &at);
        }
        if let Some(name) = self.allowed_object(details, "name", at) {
            self.text(name, "lastName", &format!("{at}/name"));
        }
        Contact {
            email,
            sms,
            address: address.is_some(),
        }
    }

    fn check_lengths(&mut self, fields: &Map<String, Value>, at: &str) {
        for (key, value) in fields {
            let most = match key.as_str() {
                "sms_body" => MOST_SMS,
                "body" | "nhsapp_body" => MOST_NHS_APP,
                _ => MOST_EMAIL,
            };
            if value.as_str().is_some_and(|text| text.chars().count() > most) {
                self.say(&INVALID_VALUE, format!("{at}/{}", pointer_token(key)));
            }
        }
    }
}

/// A name as a part of a JSON pointer. Source: <https://www.rfc-editor.org/rfc/rfc6901#section-3>
fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// By the pattern and the lengths of the specification.
fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let top = host.rsplit_once('.').map_or("", |(_, top)| top);
    (6..=90).contains(&text.len())
        && !name.is_empty()
        && name.bytes().all(is_name)
        && host.bytes().all(is_host)
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Digits with an optional country code, spaces left out.
fn is_telephone(text: &str) -> bool {
    let digits: String = text.chars().filter(|character| *character != ' ').collect();
    let digits = digits.strip_prefix('+').unwrap_or(&digits);
    (10..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::error::Source;
    use super::*;

    const ALL: Account = Account {
        sets_ods_code: true,
        needs_ods_code: false,
        sets_contact_details: true,
    };

    fn problems(read: Result<Request, Vec<Problem>>) -> Vec<(&'static str, String)> {
        let named = |problem: Problem| match problem.source {
            Source::Pointer(pointer) => (problem.fault.code, pointer),
            Source::Nothing | Source::Header(_) => (problem.fault.code, String::new()),
        };
        read.map_or_else(
            |problems| problems.into_iter().map(named).collect(),
            |_| Vec::new(),
        )
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        const PLAN: &str = r#""routingPlanId":"b838b13c-f98c-4def-93f0-515d4e4f4ee1""#;
        let check = |body: &str, expected: &[(&'static str, &str)]| {
            let expected: Vec<(&str, String)> = expected
                .iter()
                .map(|(code, at)| (*code, (*at).to_owned()))
                .collect();
            assert_eq!(problems(message(body.as_bytes(), ALL)), expected, "{body}");
        };
        check("nonsense", &[("CM_INVALID_VALUE", "/")]);
        check("[]", &[("CM_INVALID_VALUE", "/")]);
        check("{}", &[("CM_MISSING_VALUE", "/data")]);
        check(r#"{"data":null}"#, &[("CM_NULL_VALUE", "/data")]);
        check(
            r#"{"data":{"type":"Letter"}}"#,
            &[
                ("CM_INVALID_VALUE", "/data/type"),
                ("CM_MISSING_VALUE", "/data/attributes"),
            ],
        );
        check(
            r#"{"data":{"type":"Message","attributes":{}}}"#,
            &[
                ("CM_MISSING_VALUE", "/data/attributes/routingPlanId"),
                ("CM_MISSING_VALUE", "/data/attributes/messageReference"),
                ("CM_MISSING_VALUE", "/data/attributes/recipient"),
            ],
        );
        let with = |rest: &str| {
            format!(
                r#"{{"data":{{"type":"Message","attributes":{{{PLAN},"messageReference":"a",{rest}}}}}}}"#
            )
        };
        check(&with(r#""recipient":{"nhsNumber":"9990548609"}"#), &[]);
        check(
            &with(r#""recipient":{"nhsNumber":"999054860"}"#),
            &[("CM_INVALID_NHS_NUMBER", "/data/attributes/recipient/nhsNumber")],
        );
        check(
            &with(r#""recipient":{"contactDetails":{"sms":"no","email":"a@b"}},"personalisation":3"#),
            &[
                (
                    "CM_INVALID_VALUE",
                    "/data/attributes/recipient/contactDetails/email",
                ),
                (
                    "CM_INVALID_VALUE",
                    "/data/attributes/recipient/contactDetails/sms",
                ),
                ("CM_INVALID_VALUE", "/data/attributes/personalisation"),
            ],
        );
    }

    #[test]
    fn a_batch_names_each_message_once() {
        let body = r#"{"data":{"type":"MessageBatch","attributes":{"routingPlanId":"b838b13c-f98c-4def-93f0-515d4e4f4ee1",
            "messageBatchReference":"b","messages":[
            {"messageReference":"a","recipient":{"nhsNumber":"9990548609"}},
            {"messageReference":"a","recipient":{"nhsNumber":"9990548609"}},null]}}}"#;
        assert_eq!(
            problems(batch(body.as_bytes(), ALL)),
            [
                (
                    "CM_DUPLICATE_VALUE",
                    "/data/attributes/messages/1/messageReference".to_owned()
                ),
                ("CM_NULL_VALUE", "/data/attributes/messages/2".to_owned()),
            ]
        );
    }
}
