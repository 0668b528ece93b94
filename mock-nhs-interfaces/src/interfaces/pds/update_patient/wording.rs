//! JSON as PDS's errors repeat it: PDS is written in Python, and an app's tests may compare the words.

use fhir::json::Json;

/// Longest text of one value, in characters.
const MOST_CHARACTERS: usize = 900;

/// A value as `str()` writes it: a text stands alone, and has quotation marks inside something else.
pub(in super::super) fn shown(value: &Json) -> String {
    let mut out = String::new();
    match value.as_str() {
        Some(text) => out.push_str(text),
        None => write(value, &mut out),
    }
    if let Some((end, _)) = out.char_indices().nth(MOST_CHARACTERS) {
        out.truncate(end);
    }
    out
}

/// The name of a value's type.
pub(super) fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "<class 'NoneType'>",
        Json::Bool(_) => "<class 'bool'>",
        Json::Number(text) if text.contains(['.', 'e', 'E']) => "<class 'float'>",
        Json::Number(_) => "<class 'int'>",
        Json::String(_) => "<class 'str'>",
        Json::Array(_) => "<class 'list'>",
        Json::Object(_) => "<class 'dict'>",
    }
}

fn write(value: &Json, out: &mut String) {
    // What is cut off later need not be written now.
    if out.len() > MOST_CHARACTERS * 4 {
        return;
    }
    match value {
        Json::Null => out.push_str("None"),
        Json::Bool(true) => out.push_str("True"),
        Json::Bool(false) => out.push_str("False"),
        Json::Number(text) => out.push_str(text),
        Json::String(text) => quoted(text, out),
        Json::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push_str(", ");
                }
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (place, (name, member)) in members.iter().enumerate() {
                if place > 0 {
                    out.push_str(", ");
                }
                quoted(name, out);
                out.push_str(": ");
                write(member, out);
            }
            out.push('}');
        }
    }
}

/// Single quotation marks, unless the text has one and no double ones.
fn quoted(text: &str, out: &mut String) {
    let mark = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(mark);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == mark => {
                out.push('\\');
                out.push(mark);
            }
            _ => out.push(character),
        }
    }
    out.push(mark);
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;

    use super::{shown, type_of};

    #[test]
    fn values_are_written_as_pds_writes_them() {
        let check = |json: &str, expected: &str| {
            assert_eq!(shown(&Json::parse(json.as_bytes()).unwrap()), expected, "{json}");
        };
        check(r#""text""#, "text");
        check(r#"{"a":["x",true,null,1.50]}"#, "{'a': ['x', True, None, 1.50]}");
        check(
            r#"["O'Brien","a\"b","c'd\"e"]"#,
            r#"["O'Brien", 'a"b', 'c\'d"e']"#,
        );
        check("[]", "[]");
        assert_eq!(type_of(&Json::parse(b"1").unwrap()), "<class 'int'>");
        assert_eq!(type_of(&Json::parse(b"{}").unwrap()), "<class 'dict'>");
    }
}
