//! Places in the text of a Bundle, so that the texts of its resources are taken and changed as they were written.
//!
//! The texts are JSON that [`Json::parse`](fhir::json::Json::parse) has accepted.

use std::ops::Range;

use fhir::json::write_string;

/// The texts of the objects and arrays that an array's text holds, in order.
pub(super) fn items(array: &str) -> Vec<&str> {
    let bytes = array.as_bytes();
    let (mut at, mut depth, mut begun) = (0_usize, 0_usize, 0_usize);
    let mut found = Vec::new();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'{' | b'[' => {
                if depth == 1 {
                    begun = at;
                }
                depth = depth.saturating_add(1);
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    found.extend(array.get(begun..=at));
                }
            }
            _ => {}
        }
        at = at.saturating_add(1);
    }
    found
}

/// Puts other texts in the place of strings. `changes` names each by its number among the strings that are values, not
/// keys, counted from 0; in order.
pub(super) fn replace_strings(text: &str, changes: &[(usize, String)]) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(changes.len().saturating_mul(32)));
    let mut copied = 0;
    let mut changes = changes.iter().peekable();
    for (number, place) in string_values(text).enumerate() {
        let Some((_, with)) = changes.next_if(|(wanted, _)| *wanted == number) else {
            continue;
        };
        out.push_str(text.get(copied..place.start).unwrap_or_default());
        write_string(with, &mut out);
        copied = place.end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

/// Where the strings stand that are values, with their quotation marks.
fn string_values(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let ahead = bytes.get(at..)?.iter().position(|byte| *byte == b'"')?;
            let start = at.saturating_add(ahead);
            let end = string_end(bytes, start);
            at = end;
            let after = bytes.get(end..).unwrap_or_default();
            let next = after.iter().find(|byte| !byte.is_ascii_whitespace());
            if next != Some(&b':') {
                return Some(start..end);
            }
        }
    })
}

/// One past the closing quotation mark of the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start.saturating_add(1);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at.saturating_add(1),
            b'\\' => at = at.saturating_add(2),
            _ => at = at.saturating_add(1),
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{items, replace_strings};

    #[test]
    fn items_are_cut_as_they_were_written() {
        let check = |text: &str, expected: &[&str]| assert_eq!(items(text), expected, "{text}");
        check("", &[]);
        check("[]", &[]);
        check(
            r#"[ {"a" : [1.00, {}]} ,{"b":"]}\""}, [] ]"#,
            &[r#"{"a" : [1.00, {}]}"#, r#"{"b":"]}\""}"#, "[]"],
        );
        check(r#"["x", 1, {}]"#, &["{}"]);
    }

    #[test]
    fn strings_are_replaced_and_nothing_else() {
        let text = r#"{"a" : "0", "b": ["1", {"c\"" :"2"}], "n": 1.00}"#;
        let changes = [(0, "x".to_owned()), (2, "\"y\"".to_owned())];
        assert_eq!(
            replace_strings(text, &changes),
            r#"{"a" : "x", "b": ["1", {"c\"" :"\"y\""}], "n": 1.00}"#
        );
        assert_eq!(replace_strings(text, &[]), text);
    }
}
