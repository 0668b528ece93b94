//! Telephone numbers and electronic addresses as tokens.

use fhir::json::Json;

use super::text_of;
use crate::value::{Token, Value};

/// `ContactPoint`: its value within its system (`phone`), and once more within its use (`home`) where it has one.
///
/// Source: <https://hl7.org/fhir/R4/search.html#token>, which names the use as the system and lets the server ignore punctuation;
/// `phone|…` is what people write.
pub(super) fn contact_point(item: &Json, each: &mut dyn FnMut(Value)) {
    let Some(value) = text_of(item, "value") else {
        return;
    };
    let code: Box<str> = plain_number(&value).map_or(value, String::into_boxed_str);
    let (system, used) = (text_of(item, "system"), text_of(item, "use"));
    for system in std::iter::once(system).chain(used.map(Some)) {
        each(Value::Token(Token {
            system,
            code: Some(code.clone()),
            ..Token::default()
        }));
    }
}

/// A telephone number without its spaces and punctuation; `None` for what is not one.
pub(crate) fn plain_number(text: &str) -> Option<String> {
    let is_number = text
        .chars()
        .all(|character| character.is_ascii_digit() || " +()-./\u{a0}".contains(character))
        && text.chars().filter(char::is_ascii_digit).count() >= 3;
    is_number.then(|| {
        text.chars()
            .filter(|character| character.is_ascii_digit() || *character == '+')
            .collect()
    })
}
