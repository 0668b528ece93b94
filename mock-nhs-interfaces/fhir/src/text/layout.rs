//! The same JSON with less white space, or with more.

use super::scan::string_end;
use crate::json::MAX_DEPTH;

/// The text without white space outside strings: one line, for NDJSON and Bundles.
#[must_use]
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    pieces(text, |piece| out.push_str(piece));
    out
}

/// The text with two spaces a level, for people.
#[must_use]
pub fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut opened = false;
    pieces(text, |piece| {
        let closes = piece == "}" || piece == "]";
        if closes {
            depth = depth.saturating_sub(1);
        }
        if opened != closes {
            // After an opening that does not close at once, and before a closing that did not just open.
            new_line(&mut out, depth);
        }
        opened = piece == "{" || piece == "[";
        out.push_str(piece);
        match piece {
            "{" | "[" => depth += 1,
            "," => new_line(&mut out, depth),
            ":" => out.push(' '),
            _ => {}
        }
    });
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    // A text that was never parsed may nest deeper; its indentation would be quadratic.
    for _ in 0..depth.min(MAX_DEPTH) {
        out.push_str("  ");
    }
}

/// Hands over the text's strings, signs and words, one by one, without the white space between them.
fn pieces<'a>(text: &'a str, mut each: impl FnMut(&'a str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let end = match byte {
            b'"' => string_end(bytes, at),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => at + 1,
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            _ => {
                let rest = bytes.get(at..).unwrap_or_default();
                let word = rest.iter().take_while(|byte| {
                    !byte.is_ascii_whitespace()
                        && !matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b',' | b':')
                });
                at + word.count()
            }
        };
        each(text.get(at..end).unwrap_or_default());
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_and_comes() {
        let text = "{ \"a\" : [ 1 , { } , [ ] , \"x , y\\\" \" ] ,\n\t\"b\":{\"c\":null}}";
        assert_eq!(
            compact(text),
            "{\"a\":[1,{},[],\"x , y\\\" \"],\"b\":{\"c\":null}}"
        );
        let lines = "{\n  \"a\": [\n    1,\n    {},\n    [],\n    \"x , y\\\" \"\n  ],\n  \"b\": {\n    \"c\": null\n  }\n}";
        assert_eq!(pretty(text), lines);
        assert_eq!(compact(lines), compact(text));
        assert_eq!(pretty("{}"), "{}");
        assert!(pretty(&"[".repeat(10_000)).len() < 2_000_000);
    }
}
