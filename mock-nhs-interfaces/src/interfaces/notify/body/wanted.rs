//! One message to send, and the many of a batch.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::account::Account;
use super::super::error::{
    CANNOT_SET_CONTACT_DETAILS, DUPLICATE_VALUE, INVALID_NHS_NUMBER, INVALID_VALUE, NULL_VALUE, Problem,
    TOO_FEW_ITEMS, TOO_MANY_ITEMS,
};
use super::contact::Contact;
use super::reader::Reader;
use crate::value::NhsNumber;

/// Most messages of a batch. Source: the section "413" of the specification.
const MOST_MESSAGES: usize = 45_000;
/// Longest text message, in characters. Source: the section "Message character limits".
const MOST_SMS: usize = 918;
/// Longest message of the NHS App, in characters.
const MOST_NHS_APP: usize = 5_000;
/// Longest email, in characters.
const MOST_EMAIL: usize = 100_000;

/// One message to send.
#[derive(Debug)]
pub(in super::super) struct Wanted {
    pub(in super::super) reference: String,
    pub(in super::super) nhs_number: Option<NhsNumber>,
    pub(in super::super) contact: Contact,
    pub(in super::super) ods_code: Option<String>,
    pub(in super::super) personalisation: Map<String, Value>,
}

impl Reader {
    pub(super) fn messages(&mut self, attributes: &Map<String, Value>, account: Account) -> Vec<Wanted> {
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
    pub(super) fn message(
        &mut self,
        object: &Map<String, Value>,
        at: &str,
        account: Account,
    ) -> Option<Wanted> {
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
