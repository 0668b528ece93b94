//! What people see of an HTML page: its words, line by line, without tags, styles and scripts.
//!
//! Not a parser: it reads a stranger's page once from start to end, and what is no HTML comes out as some text.

/// Tags inside a line of text; all others begin a new one.
const INLINE: [&str; 16] = [
    "a", "abbr", "b", "bdi", "cite", "code", "em", "i", "kbd", "mark", "q", "small", "span", "strong", "sub",
    "sup",
];

/// Elements whose content nobody sees.
const UNSEEN: [&str; 4] = ["script", "style", "template", "noscript"];

/// Names of characters that pages use; others are left as they are written.
const ENTITIES: [(&str, char); 10] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("pound", '£'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("middot", '·'),
];

/// The longest name or number of a character, in bytes.
const ENTITY_BYTES: usize = 10;

/// The words of a page, a line each.
pub(super) fn lines(html: &str) -> Vec<String> {
    let mut lines = Lines::default();
    let mut rest = html;
    while let Some((text, markup)) = rest.split_once('<') {
        lines.add(text);
        if let Some(comment) = markup.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        // `a < b` is text.
        if !markup.starts_with(|first: char| first.is_ascii_alphabetic() || "/!?".contains(first)) {
            lines.add("<");
            rest = markup;
            continue;
        }
        let name = name_of(markup);
        rest = after_tag(markup);
        if UNSEEN.iter().any(|unseen| name.eq_ignore_ascii_case(unseen)) {
            rest = after_element(rest, name);
        }
        let name = name.trim_start_matches('/');
        if !INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline)) {
            lines.end();
        }
    }
    lines.add(rest);
    lines.end();
    lines.done
}

#[derive(Debug, Default)]
struct Lines {
    done: Vec<String>,
    open: String,
}

impl Lines {
    /// White space is one space, as browsers have it.
    fn add(&mut self, text: &str) {
        for character in decoded(text) {
            if !character.is_whitespace() {
                self.open.push(character);
            } else if !self.open.is_empty() && !self.open.ends_with(' ') {
                self.open.push(' ');
            }
        }
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.open);
        let line = line.trim_end();
        if !line.is_empty() {
            self.done.push(line.to_owned());
        }
    }
}

/// `/h1` of `/h1 class="x">…`.
fn name_of(markup: &str) -> &str {
    let ends = |character: char| character.is_whitespace() || character == '>';
    let name = markup.split(ends).next().unwrap_or_default();
    // `<br/>` is called `br`; `</p>` ends with no slash.
    name.strip_suffix('/').unwrap_or(name)
}

/// What follows a tag; its values may hold `>`.
fn after_tag(markup: &str) -> &str {
    let mut quote = None;
    for (at, character) in markup.char_indices() {
        match (quote, character) {
            (None, '>') => return markup.get(at + 1..).unwrap_or_default(),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    ""
}

/// What follows the end tag of an element that nobody sees.
fn after_element<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("</") {
        if after
            .get(..name.len())
            .is_some_and(|end| end.eq_ignore_ascii_case(name))
        {
            return after_tag(after);
        }
        rest = after;
    }
    ""
}

/// The text with its named and numbered characters as such.
fn decoded(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        if first == '&'
            && let Some(end) = after.bytes().take(ENTITY_BYTES).position(|byte| byte == b';')
            && let Some(character) = after.get(..end).and_then(entity)
        {
            rest = after.get(end + 1..).unwrap_or_default();
            return Some(character);
        }
        rest = after;
        Some(first)
    })
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    let known = ENTITIES.iter().find(|(known, _)| *known == name)?;
    Some(known.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_without_tags() {
        for (html, expected) in [
            (
                "<!doctype html><html><head><title>Patient – Finder</title><style>p > a { color: red }</style></head>\
                 <body><h1>Patient</h1><p>Jane <b>Smith</b>,\n  born   <span>2010</span></p></body></html>",
                &["Patient – Finder", "Patient", "Jane Smith, born 2010"][..],
            ),
            (
                "<dl><dt>Name</dt><dd>O&#39;Brien &amp; Co</dd><dt>Weight</dt><dd>&lt; 3 kg &unknown; &#x1F3E5;</dd></dl>",
                &["Name", "O'Brien & Co", "Weight", "< 3 kg &unknown; 🏥"],
            ),
            ("a < b<br/>c<!-- <p>unseen</p> -->d", &["a < b", "cd"]),
            ("<a title=\"x > y\">one</a> two", &["one two"]),
            (
                "<SCRIPT>if (a < b) document.write('</p>')</SCRIPT>after",
                &["after"],
            ),
            ("<script>never closed", &[]),
            ("<p", &[]),
            ("", &[]),
        ] {
            assert_eq!(lines(html), expected, "{html}");
        }
    }

    #[test]
    fn long_pages_are_read_once() {
        // A second look at the rest for each of these would take minutes.
        for piece in ["<", "</", "&", "<!--", "<a title=\"", "<script>", "</script"] {
            lines(&piece.repeat(300_000));
        }
    }

    proptest! {
        #[test]
        fn whatever_a_stranger_sends_is_read(html in "(<|>|/|!|-|&|;|#|\"|'|script|style|p|b|é| |\n|[a-z]){0,60}") {
            for line in lines(&html) {
                prop_assert!(!line.trim().is_empty());
                prop_assert!(!line.contains('\n'));
            }
        }
    }
}
