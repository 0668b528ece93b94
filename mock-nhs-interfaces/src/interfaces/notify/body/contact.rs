//! How to reach somebody, in place of what their record says.

use serde_json::{Map, Value};

use super::super::error::INVALID_VALUE;
use super::reader::Reader;

/// How to reach somebody, in place of what their record says.
#[derive(Debug, Default)]
pub(in super::super) struct Contact {
    pub(in super::super) email: Option<String>,
    pub(in super::super) sms: Option<String>,
    /// Whether an address was given.
    pub(in super::super) address: bool,
}

impl Reader {
    pub(super) fn contact(&mut self, details: &Map<String, Value>, at: &str) -> Contact {
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
