//! Compact text out of a tree.

use super::Json;

/// Recursion is bounded: a parsed tree is at most `MAX_DEPTH` deep, and patches check the depth they make.
pub(super) fn value(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(text) => out.push_str(text),
        Json::String(text) => string(text, out),
        Json::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                value(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (place, (key, member)) in members.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                string(key, out);
                out.push(':');
                value(member, out);
            }
            out.push('}');
        }
    }
}

/// Escapes only what JSON demands: quotation mark, backslash, and the characters below U+0020.
pub(super) fn string(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte == b'"' || byte == b'\\' || byte < 0x20)
    {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = tail.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(other) => out.push_str(&format!("\\u{:04x}", u32::from(other))),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}
