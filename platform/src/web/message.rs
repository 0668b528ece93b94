//! A request or an answer as a page shows it: first line, headers, body, and a mark where something is left out.

use sandbox_runtime::trace::{Body, Headers};

use super::words;

/// The longest header value and address that a page shows, in characters; longer ones are cut with a sign.
const LINE_CHARACTERS: usize = 2_000;

/// How much of each body a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The beginning, for a page with many runs: 16 KiB hold a whole FHIR Patient, indented, in most cases.
    Beginning,
    /// Everything that the trace kept.
    Everything,
}

impl Depth {
    fn characters(self) -> usize {
        match self {
            Self::Beginning => 16 << 10,
            // Three times what a trace keeps of a body: indented JSON grows by about that.
            Self::Everything => 192 << 10,
        }
    }
}

/// A request or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// `GET https://...` or `200 OK`.
    pub(crate) line: String,
    /// Names and values in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, if there was one.
    pub(crate) body: BodyText,
}

/// A body, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BodyText {
    /// There was none.
    Nothing,
    /// Text, JSON indented.
    Text {
        /// What stands on the page.
        text: String,
        /// Why some of it is missing, when it is.
        cut: Option<Cut>,
    },
    /// Not text: one sentence about it.
    Bytes(String),
}

/// Why the end of a body is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The trace did not keep it; the sentence has the sizes.
    Trace(String),
    /// This page does not show it; there is a place that does.
    Page,
}

impl Message {
    /// A message from what the trace kept of it.
    pub(crate) fn new(line: &str, headers: &Headers, body: &Body, depth: Depth) -> Self {
        let shown = |text: &str| words::shorten(&words::visible(text), LINE_CHARACTERS);
        Self {
            line: shown(line),
            headers: headers
                .iter()
                .map(|(name, value)| (shown(name), shown(value)))
                .collect(),
            body: body_text(headers.get("content-type").unwrap_or_default(), body, depth),
        }
    }
}

fn body_text(media_type: &str, body: &Body, depth: Depth) -> BodyText {
    if body.size_bytes() == 0 {
        return BodyText::Nothing;
    }
    let Some(text) = body.text() else {
        return BodyText::Bytes(format!("{} that are not text.", words::bytes(body.size_bytes())));
    };
    let text = if media_type.contains("json") {
        indent_json(text)
    } else {
        text.replace("\r\n", "\n")
    };
    let text = words::visible(&text);
    let short = words::shorten(&text, depth.characters());
    let cut = if body.is_cut() {
        let kept = u64::try_from(body.kept().len()).unwrap_or(u64::MAX);
        let (kept, all) = (words::bytes(kept), words::bytes(body.size_bytes()));
        Some(Cut::Trace(format!(
            "Cut here: the trace kept the first {kept} of {all}."
        )))
    } else {
        (short.len() < text.len()).then_some(Cut::Page)
    };
    BodyText::Text { text: short, cut }
}

/// Puts JSON on lines of its own without reading it: every token stays as it was sent, so that `1.50` stays `1.50`,
/// and a text that was cut, or that is not JSON at all, comes out readable too.
pub(super) fn indent_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                out.push('"');
                while let Some(inside) = characters.next() {
                    out.push(inside);
                    match inside {
                        '\\' => out.extend(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                out.push(character);
                while characters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ if character.is_ascii_whitespace() => {}
            _ => out.push(character),
        }
    }
    out
}

/// Deeper than this nobody reads an indent, and a body of brackets would grow with the square of its length.
const DEEPEST_INDENT: usize = 32;

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth.min(DEEPEST_INDENT) {
        out.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    fn headers(media_type: &str) -> Headers {
        let mut map = HeaderMap::new();
        map.insert("content-type", media_type.parse().unwrap());
        Headers::record(&map)
    }

    fn body(media_type: &str, body: &[u8], depth: Depth) -> BodyText {
        let body = Body::record(&Bytes::copy_from_slice(body));
        Message::new("200 OK", &headers(media_type), &body, depth).body
    }

    #[test]
    fn json_is_indented_and_its_tokens_stay() {
        for (json, lines) in [
            (r#"{"a":1.50,"b":[]}"#, "{\n  \"a\": 1.50,\n  \"b\": []\n}"),
            (r#"["x\"}{",{ }]"#, "[\n  \"x\\\"}{\",\n  {}\n]"),
            (r#"{"cut":"in the mid"#, "{\n  \"cut\": \"in the mid"),
            ("}}]]", "\n}\n}\n]\n]"),
        ] {
            assert_eq!(indent_json(json), lines);
        }
        assert!(indent_json(&"[".repeat(65_536)).len() < 8 << 20);
    }

    #[test]
    fn what_is_left_out_is_said() {
        let long = "a".repeat(70_000);
        let BodyText::Text {
            cut: Some(Cut::Trace(kept)),
            ..
        } = body("text/html", long.as_bytes(), Depth::Everything)
        else {
            panic!("a cut body")
        };
        assert_eq!(kept, "Cut here: the trace kept the first 64 KiB of 68.3 KiB.");
        let BodyText::Text { text, cut } = body("text/html", &long.as_bytes()[..20_000], Depth::Beginning)
        else {
            panic!("a text")
        };
        assert_eq!((text.chars().count(), cut.is_some()), (16_385, true));
    }

    #[test]
    fn bodies_that_are_not_text_are_named() {
        assert_eq!(
            body("image/png", &[0xff, 0xd8], Depth::Everything),
            BodyText::Bytes("2 bytes that are not text.".to_owned())
        );
        assert_eq!(body("text/html", b"", Depth::Everything), BodyText::Nothing);
    }
}
