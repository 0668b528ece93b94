//! Whether a narrative keeps to the HTML that FHIR allows.
//!
//! <https://hl7.org/fhir/R4/narrative.html>: formatting elements and tables, no scripts, no forms, no styles of its own.

const ELEMENTS: [&str; 51] = [
    "a",
    "abbr",
    "acronym",
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
    "li",
    "map",
    "area",
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
    "u",
    "ul",
    "var",
];

const ATTRIBUTES: [&str; 40] = [
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
    "id",
    "lang",
    "longdesc",
    "name",
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
];

const MORE_ATTRIBUTES: [&str; 10] = [
    "tabindex",
    "title",
    "type",
    "valign",
    "value",
    "width",
    "xml:lang",
    "xml:space",
    "xmlns",
    "usemap",
];

/// Whether the text is one `div` with allowed elements, properly closed, and with something to read in it.
pub(super) fn is_narrative(text: &str) -> bool {
    scan(text.trim()).unwrap_or(false)
}

/// `None` where the text is no XHTML.
fn scan(text: &str) -> Option<bool> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    let mut says_something = false;
    if !rest.starts_with("<div") {
        return None;
    }
    while !rest.is_empty() {
        let (words, tail) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if !words.trim().is_empty() {
            says_something = true;
        }
        if tail.is_empty() {
            return None;
        }
        if let Some(comment) = tail.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
            continue;
        }
        let end = tag_end(tail)?;
        let (tag, after) = (tail.get(1..end)?, tail.get(end + 1..)?);
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name.trim_end()) {
                return None;
            }
            if open.is_empty() {
                return Some(says_something && rest.is_empty());
            }
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = tag
            .split(|character: char| character.is_ascii_whitespace())
            .next()?;
        let name = tag.get(..name.len())?;
        if !ELEMENTS.contains(&name) || !attributes_allowed(tag.get(name.len()..)?) {
            return None;
        }
        says_something |= name == "img";
        if !closed {
            open.push(name);
        }
    }
    None
}

/// Where the tag's `>` is, outside quotation marks.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn attributes_allowed(text: &str) -> bool {
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((name, tail)) = rest.split_once('=') else {
            return false;
        };
        let name = name.trim();
        let tail = tail.trim_start();
        let Some(quote) = tail.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
            return false;
        };
        let Some((value, after)) = tail.get(1..).and_then(|tail| tail.split_once(quote)) else {
            return false;
        };
        let target = matches!(name, "href" | "src");
        let script = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
        if !(ATTRIBUTES.contains(&name) || MORE_ATTRIBUTES.contains(&name))
            || target && script
            || value.contains('<')
        {
            return false;
        }
        rest = after.trim_start();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narratives_are_plain_html() {
        let check = |text: &str, expected| assert_eq!(is_narrative(text), expected, "{text}");
        check(
            r#"<div xmlns="http://www.w3.org/1999/xhtml"><p class="a">Text <b>x</b><br/></p></div>"#,
            true,
        );
        check("<div>a &lt; b<!-- <x> --></div>", true);
        check("<div><img src='#a' alt='b>c'/></div>", true);
        for bad in [
            "",
            "text",
            "<p>a</p>",
            "<div></div>",
            "<div> </div>",
            "<div>a",
            "<div>a</p></div>",
            "<div>a</div>b",
            "<div>a</div><div>b</div>",
            "<div><script>a</script></div>",
            "<div onclick=\"x\">a</div>",
            "<div><a href=\" JavaScript:x\">a</a></div>",
            "<div><form>a</form></div>",
            "<div class=a>a</div>",
            "<div <>a</div>",
        ] {
            check(bad, false);
        }
    }
}
