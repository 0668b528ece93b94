//! Narratives: well-formed XHTML of FHIR's small vocabulary, and nothing that runs.
//!
//! <https://hl7.org/fhir/R4/narrative.html#xhtml>, rules txt-1 and txt-2: elements of chapters 7 to 11 (but for 9.4, `ins` and
//! `del`) and 15 of HTML 4 that are not deprecated, `a` and images; no scripts, no forms, no frames, no event attributes.

/// Deeper nesting than any document needs; the open elements are remembered one by one.
pub const MAX_DEPTH: usize = 256;

/// The elements that txt-1 lists; `address`, `bdo` and `kbd`, which the same chapters have; `map` and `area`, which belong to
/// images.
const ELEMENTS: [&str; 53] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
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
    "var",
];

/// The attributes that txt-1 lists, those of XML itself, and what ties an image to its map.
const ATTRIBUTES: [&str; 55] = [
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "bgcolor",
    "border",
    "cellhalign",
    "cellpadding",
    "cellspacing",
    "cellvalign",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "colspan",
    "compact",
    "coords",
    "dir",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "hspace",
    "id",
    "lang",
    "longdesc",
    "name",
    "nowrap",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "title",
    "type",
    "usemap",
    "valign",
    "value",
    "vspace",
    "width",
    "xml:base",
    "xml:id",
    "xml:lang",
    "xml:space",
    "xmlns",
];

/// The characters of a caller's own words that are repeated at most.
const SHOWN_CHARS: usize = 60;

/// What is wrong with a narrative.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NarrativeError {
    /// It does not begin as it must.
    #[error("A narrative is one <div> with xmlns=\"http://www.w3.org/1999/xhtml\" (txt-1).")]
    NoDiv,
    /// Words follow it.
    #[error("There is text after the narrative's <div> (txt-1).")]
    TextAfter,
    /// Another element follows it.
    #[error("A narrative has one <div> around everything (txt-1).")]
    SecondDiv,
    /// A comment or a tag does not end.
    #[error("A {0} in the narrative does not end (txt-1).")]
    Endless(&'static str),
    /// A closing tag without its opening one.
    #[error("The narrative's </{0}> closes nothing that is open (txt-1).")]
    ClosesNothing(String),
    /// Something stays open.
    #[error("The narrative's markup is not well-formed: an element stays open, or text follows it (txt-1).")]
    NotWellFormed,
    /// Too deep to be a document.
    #[error("The narrative nests deeper than {MAX_DEPTH} elements.")]
    TooDeep,
    /// There is nothing to read.
    #[error("The narrative says nothing (txt-2).")]
    Empty,
    /// An element that narratives do not have.
    #[error("A narrative may not have the element {0:?} (txt-1).")]
    Element(String),
    /// A value without quotation marks.
    #[error("An attribute of the narrative has no quotation marks (txt-1).")]
    Unquoted,
    /// A value whose quotation mark is missing at the end.
    #[error("An attribute of the narrative does not end (txt-1).")]
    EndlessAttribute,
    /// An attribute without a value.
    #[error("The narrative has an attribute without a value: {0:?} (txt-1).")]
    NoValue(String),
    /// An attribute that narratives do not have, or whose value could run.
    #[error("A narrative may not have the attribute {0:?} with this value (txt-1).")]
    Attribute(String),
}

/// Reads the markup once from left to right.
///
/// # Errors
/// The first thing that is not allowed.
pub fn check_narrative(text: &str) -> Result<(), NarrativeError> {
    let text = text.trim();
    let name = text.strip_prefix("<div").ok_or(NarrativeError::NoDiv)?;
    if !name.starts_with(|letter: char| letter == '>' || letter == '/' || letter.is_ascii_whitespace()) {
        return Err(NarrativeError::NoDiv);
    }
    let (mut rest, mut open, mut content) = (text, Vec::new(), false);
    while let Some(start) = rest.find('<') {
        let (before, markup) = rest.split_at(start);
        content |= !before.trim().is_empty();
        if open.is_empty() && start > 0 {
            return Err(NarrativeError::TextAfter);
        }
        if let Some(comment) = markup.strip_prefix("<!--") {
            rest = comment
                .split_once("-->")
                .ok_or(NarrativeError::Endless("comment"))?
                .1;
            continue;
        }
        let end = tag_end(markup).ok_or(NarrativeError::Endless("tag"))?;
        let tag = markup.get(1..end).unwrap_or_default();
        rest = markup.get(end + 1..).unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name.trim_end()) {
                return Err(NarrativeError::ClosesNothing(shown(name.trim_end())));
            }
        } else if open.is_empty() && rest.len() + tag.len() + 2 < text.len() {
            return Err(NarrativeError::SecondDiv);
        } else {
            let name = element(tag)?;
            content |= name == "img";
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        if open.len() > MAX_DEPTH {
            return Err(NarrativeError::TooDeep);
        }
    }
    if !open.is_empty() || !rest.trim().is_empty() {
        return Err(NarrativeError::NotWellFormed);
    }
    if content {
        Ok(())
    } else {
        Err(NarrativeError::Empty)
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
fn element(tag: &str) -> Result<&str, NarrativeError> {
    let tag = tag.strip_suffix('/').unwrap_or(tag);
    let (name, mut attributes) = tag
        .split_once(|letter: char| letter.is_ascii_whitespace())
        .unwrap_or((tag, ""));
    if ELEMENTS.binary_search(&name).is_err() {
        return Err(NarrativeError::Element(shown(name)));
    }
    while let Some((attribute, rest)) = attributes.split_once('=') {
        let attribute = attribute.trim();
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''));
        let quote = quote.ok_or(NarrativeError::Unquoted)?;
        let (value, after) = rest
            .get(1..)
            .and_then(|rest| rest.split_once(quote))
            .ok_or(NarrativeError::EndlessAttribute)?;
        if ATTRIBUTES.binary_search(&attribute).is_err() || runs(attribute, value) {
            return Err(NarrativeError::Attribute(shown(attribute)));
        }
        attributes = after;
    }
    match attributes.trim() {
        "" => Ok(name),
        left => Err(NarrativeError::NoValue(shown(left))),
    }
}

/// Whether a browser could run the value: as a browser reads it, without white space and with its entities.
fn runs(attribute: &str, value: &str) -> bool {
    /// What an address that runs begins with.
    const SCHEMES: [&str; 2] = ["javascript:", "vbscript:"];
    /// Characters that could hide a colon or a letter of a scheme.
    const HIDING: [&str; 4] = ["&#", "&colon", "&tab", "&newline"];
    /// The beginning of a value that is looked at: schemes are short.
    const BEGINNING_CHARS: usize = 64;
    if value.contains('<') {
        return true;
    }
    let plain: String = value
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let start: String = plain.chars().take(BEGINNING_CHARS).collect();
    match attribute {
        "href" | "src" | "cite" | "longdesc" | "usemap" => {
            SCHEMES.iter().any(|scheme| start.starts_with(scheme))
                || HIDING.iter().any(|hiding| start.contains(hiding))
                || (attribute == "href" && start.starts_with("data:"))
        }
        "style" => plain.contains("expression(") || SCHEMES.iter().any(|scheme| plain.contains(scheme)),
        _ => false,
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ATTRIBUTES, ELEMENTS, MAX_DEPTH, check_narrative};

    #[test]
    fn the_lists_are_in_order() {
        assert!(ELEMENTS.is_sorted() && ATTRIBUTES.is_sorted());
    }

    #[test]
    fn narratives_say_something_and_run_nothing() {
        for right in [
            r#"<div xmlns="http://www.w3.org/1999/xhtml">text</div>"#,
            r#"<div xmlns="http://www.w3.org/1999/xhtml"><p class="a">Text <b>x</b><br/></p></div>"#,
            r#"<div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; b<br/>c</p><!-- > --><img src="a.png" alt="x>y"/></div>"#,
            "<div>a &lt; b<!-- <x> --></div>",
            "<div><img src='#a' alt='b>c'/></div>",
            "<div><table class='a'><tr><td nowrap='nowrap'>1</td></tr></table><address>x</address><kbd>y</kbd></div>",
            "<div xml:lang='en' lang='en'><a href='https://example.com/?a=1&amp;b=2'>a</a><var>x</var></div>",
            "<div style='color: red'>a<img src='data:image/png;base64,AAAA'/></div>",
        ] {
            assert_eq!(check_narrative(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "text",
            "<p>text</p>",
            "<divide>text</divide>",
            "<div></div>",
            "<div> </div>",
            "<div>  <p/> </div>",
            "<div>a",
            "<div>a</p></div>",
            "<div>a</div>b",
            "<div>a</div><div>b</div>",
            "<div>a<b></div></b>",
            "<div>a<!-- ",
            "<div>a<script>alert(1)</script></div>",
            "<div>a<SCRIPT>alert(1)</SCRIPT></div>",
            "<div>a<iframe src='x'/></div>",
            "<div>a<form>a</form></div>",
            "<div>a<style>a</style></div>",
            "<div>a<object data='x'/></div>",
            "<div>a<svg/></div>",
            "<div>a<ins>b</ins></div>",
            "<div>a<font>b</font></div>",
            "<div>a<![CDATA[b]]></div>",
            "<div>a<?php b ?></div>",
            "<!DOCTYPE html><div>a</div>",
            "<div onclick=\"x()\">a</div>",
            "<div ONCLICK=\"x()\">a</div>",
            "<div><a href=\" JavaScript:x\">a</a></div>",
            "<div><a href=\"java\nscript:x\">a</a></div>",
            "<div><a href=\"java&#115;cript:x\">a</a></div>",
            "<div><a href=\"javascript&colon;x\">a</a></div>",
            "<div><a href=\"data:text/html,x\">a</a></div>",
            "<div style=\"width: expression(x)\">a</div>",
            "<div style=\"background: url(javascript:x)\">a</div>",
            "<div class=\"<b>\">a</div>",
            "<div a>b</div>",
            "<div a=b>c</div>",
            "<div class=a>a</div>",
            "<div <>a</div>",
        ] {
            assert!(check_narrative(wrong).is_err(), "{wrong}");
        }
        let deep = format!(
            "<div>{}a{}</div>",
            "<p>".repeat(MAX_DEPTH),
            "</p>".repeat(MAX_DEPTH)
        );
        assert!(check_narrative(&deep).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "<div[ <>a/\"'=é!-]{0,40}") {
            let _ = check_narrative(&text);
        }
    }
}
