//! Tokens: codes, concepts, identifiers, booleans.

use fhir::json::Json;

use super::text_of;
use crate::fold::{cut, fold};
use crate::value::{IdentifierType, Token, Value};

/// `Coding`: its system, code and display.
pub(super) fn coding(item: &Json, texts: bool, each: &mut dyn FnMut(Value)) {
    let display = if texts { folded(item, "display") } else { None };
    push_coding(item, display.into_iter().collect(), each);
}

/// `CodeableConcept`: each of its codings; with the text alone where there is none.
pub(super) fn concept(item: &Json, texts: bool, each: &mut dyn FnMut(Value)) {
    let mut text = if texts { folded(item, "text") } else { None };
    let codings = item
        .get("coding")
        .map(|coding| coding.items().as_slice())
        .unwrap_or_default();
    for coding in codings {
        let display = if texts { folded(coding, "display") } else { None };
        // Once for all codings, however many there are.
        let other = text.take().filter(|text| Some(text) != display.as_ref());
        push_coding(coding, display.into_iter().chain(other).collect(), each);
    }
    if let Some(text) = text {
        each(Value::Token(Token {
            texts: Box::new([text]),
            ..Token::default()
        }));
    }
}

fn push_coding(item: &Json, texts: Box<[Box<str>]>, each: &mut dyn FnMut(Value)) {
    let (system, code) = (text_of(item, "system"), text_of(item, "code"));
    if system.is_some() || code.is_some() || !texts.is_empty() {
        each(Value::Token(Token {
            system,
            code,
            texts,
            identifier_types: Box::default(),
        }));
    }
}

/// `Identifier`: its system and value; the type for `:of-type` and `:text`.
pub(super) fn identifier(item: &Json, each: &mut dyn FnMut(Value)) {
    let (system, code) = (text_of(item, "system"), text_of(item, "value"));
    if system.is_none() && code.is_none() {
        return;
    }
    let kind = item.get("type");
    let texts = kind.and_then(|kind| folded(kind, "text")).into_iter().collect();
    let codings = kind
        .and_then(|kind| kind.get("coding"))
        .map(Json::items)
        .into_iter()
        .flatten();
    let identifier_types = codings
        .filter_map(|coding| {
            let code = text_of(coding, "code")?;
            Some(IdentifierType {
                system: text_of(coding, "system"),
                code,
            })
        })
        .collect();
    each(Value::Token(Token {
        system,
        code,
        texts,
        identifier_types,
    }));
}

/// `code`, `string`, `uri`, `id`.
pub(super) fn plain(item: &Json, each: &mut dyn FnMut(Value)) {
    if let Some(text) = item.as_str() {
        each(without_system(cut(text)));
    }
}

/// `boolean`.
pub(super) fn boolean(item: &Json, each: &mut dyn FnMut(Value)) {
    if let Some(value) = item.as_bool() {
        each(without_system(if value { "true" } else { "false" }));
    }
}

/// Whether any of the members is there and is not `false`.
pub(super) fn exists_and_is_not_false(item: &Json, keys: &[Box<str>], each: &mut dyn FnMut(Value)) {
    let is_so = keys
        .iter()
        .filter_map(|key| item.get(key))
        .any(|value| value.as_bool() != Some(false));
    each(without_system(if is_so { "true" } else { "false" }));
}

fn without_system(code: &str) -> Value {
    Value::Token(Token {
        code: Some(code.into()),
        ..Token::default()
    })
}

fn folded(item: &Json, key: &str) -> Option<Box<str>> {
    let text = fold(item.get(key)?.as_str()?);
    (!text.is_empty()).then_some(text)
}
