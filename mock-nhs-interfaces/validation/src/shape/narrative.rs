//! The narrative: well-formed XHTML of R4's small vocabulary, and nothing that runs.
//!
//! Source: <https://hl7.org/fhir/R4/narrative.html#xhtml>, rules txt-1 and txt-2.

use fhir::json::Json;

use super::object::Walk;
use crate::issue::{IssueCode, Place, quoted};

/// Deeper nesting than any document needs; the open elements are remembered one by one.
const MAX_DEPTH: usize = 256;

/// Chapters 7 to 11 and 15 of HTML 4, `a` and `img`.
const ELEMENTS: [&str; 53] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "map",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
];

/// Also allowed; apart from the elements above only to keep their list in the order of the alphabet.
const MORE_ELEMENTS: [&str; 5] = ["area", "bdo", "center", "u", "var"];

/// Checks `Narrative.div`.
pub(super) fn check(walk: &mut Walk<'_, '_>, narrative: &Json, place: &Place<'_>) {
    let Some(div) = narrative.text("div") else {
        return;
    };
    if let Err(sentence) = xhtml(div) {
        walk.issues
            .error(&place.element("div"), IssueCode::Invariant, || sentence);
    }
}

/// Reads the markup once from left to right.
fn xhtml(text: &str) -> Result<(), String> {
    let text = text.trim();
    if !text.starts_with("<div") {
        return Err(
            "A narrative is one <div> with xmlns=\"http://www.w3.org/1999/xhtml\" (txt-1).".to_owned(),
        );
    }
    let (mut rest, mut open, mut content) = (text, Vec::new(), false);
    while let Some(start) = rest.find('<') {
        let (before, markup) = rest.split_at(start);
        content |= !before.trim().is_empty();
        if open.is_empty() && !before.is_empty() && start > 0 {
            return Err("There is text after the narrative's <div> (txt-1).".to_owned());
        }
        if let Some(comment) = markup.strip_prefix("<!--") {
            let end = comment
                .find("-->")
                .ok_or("A comment in the narrative does not end (txt-1).")?;
            rest = comment.get(end + 3..).unwrap_or_default();
            continue;
        }
        let end = tag_end(markup).ok_or("A tag in the narrative does not end (txt-1).")?;
        let tag = markup.get(1..end).unwrap_or_default();
        rest = markup.get(end + 1..).unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name.trim_end()) {
                return Err(format!(
                    "The narrative's </{}> closes nothing that is open (txt-1).",
                    name.trim_end().escape_debug()
                ));
            }
        } else if open.is_empty() && rest.len() + tag.len() + 2 < text.len() {
            return Err("A narrative has one <div> around everything (txt-1).".to_owned());
        } else {
            let name = element(tag)?;
            content |= name == "img";
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        if open.len() > MAX_DEPTH {
            return Err(format!("The narrative nests deeper than {MAX_DEPTH} elements."));
        }
    }
    if !open.is_empty() || !rest.trim().is_empty() {
        return Err(
            "The narrative's markup is not well-formed: an element stays open, or text follows it (txt-1)."
                .to_owned(),
        );
    }
    if content {
        Ok(())
    } else {
        Err("The narrative says nothing (txt-2).".to_owned())
    }
}

/// Where the `>` of a tag is; one inside an attribute's quotation marks is not it.
fn tag_end(markup: &str) -> Option<usize> {
    let mut quote = None;
    for (place, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(place),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The name of an opening tag, if it and its attributes are allowed.
fn element(tag: &str) -> Result<&str, String> {
    let tag = tag.strip_suffix('/').unwrap_or(tag);
    let (name, mut attributes) = tag
        .split_once(|letter: char| letter.is_ascii_whitespace())
        .unwrap_or((tag, ""));
    if ELEMENTS.binary_search(&name).is_err() && !MORE_ELEMENTS.contains(&name) {
        return Err(format!(
            "A narrative may not have the element {} (txt-1).",
            quoted(name)
        ));
    }
    while let Some((attribute, rest)) = attributes.split_once('=') {
        let attribute = attribute.trim();
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''));
        let quote = quote.ok_or("An attribute of the narrative has no quotation marks (txt-1).")?;
        let (value, after) = rest
            .get(1..)
            .and_then(|rest| rest.split_once(quote))
            .ok_or("An attribute of the narrative does not end (txt-1).")?;
        allow(attribute, value)?;
        attributes = after;
    }
    if attributes.trim().is_empty() {
        Ok(name)
    } else {
        Err(format!(
            "The narrative has an attribute without a value: {} (txt-1).",
            quoted(attributes.trim())
        ))
    }
}

fn allow(attribute: &str, value: &str) -> Result<(), String> {
    let runs = attribute.len() >= 2
        && attribute
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("on"));
    let strange = !attribute
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':'));
    let scheme: String = value
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .take(11)
        .collect();
    let script =
        scheme.eq_ignore_ascii_case("javascript:") || scheme.to_ascii_lowercase().starts_with("vbscript:");
    if runs || strange || script || attribute.is_empty() {
        return Err(format!(
            "A narrative may not have the attribute {} with this value (txt-1).",
            quoted(attribute)
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ELEMENTS, xhtml};

    #[test]
    fn narratives_say_something_and_run_nothing() {
        assert!(ELEMENTS.is_sorted());
        let right = [
            r#"<div xmlns="http://www.w3.org/1999/xhtml">text</div>"#,
            r#"<div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; b<br/>c</p><!-- > --><img src="a.png" alt="x>y"/></div>"#,
            "<div><table class='a'><tr><td>1</td></tr></table></div>",
        ];
        for text in right {
            assert_eq!(xhtml(text), Ok(()), "{text}");
        }
        let wrong = [
            "text",
            "<p>text</p>",
            "<div></div>",
            "<div>  <p/> </div>",
            "<div>a</div>b",
            "<div>a</div><div>b</div>",
            "<div>a<b></div></b>",
            "<div>a<script>alert(1)</script></div>",
            "<div onclick=\"x()\">a</div>",
            "<div><a href=\"java\nscript:x\">a</a></div>",
            "<div>a<iframe src='x'/></div>",
            "<div>a",
            "<div a>b</div>",
            "<div a=b>c</div>",
            "<div>a<!-- ",
        ];
        for text in wrong {
            assert!(xhtml(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "<div[ <>a/\"'=é!-]{0,40}") {
            let _ = xhtml(&text);
        }
    }
}
