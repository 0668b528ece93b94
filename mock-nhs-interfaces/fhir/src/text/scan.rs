//! The members of an object in a text that is known to be JSON, without a tree.

use std::ops::Range;

use crate::json::Json;

/// Where a member of an object stands: byte ranges of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// With its quotation marks and escapes.
    pub key: &'a str,
    pub value: Range<usize>,
}

impl Member<'_> {
    /// Whether the key has this name, however it is escaped.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        if self.key.contains('\\') {
            return Json::parse(self.key.as_bytes()).is_ok_and(|key| key.as_str() == Some(name));
        }
        self.key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) == Some(name)
    }
}

/// The members of the outermost object, in their order. Of a text that is no object: none.
///
/// The text must be JSON that [`Json::parse`] accepts. Of any other text the members are meaningless, but reading still ends.
#[must_use]
pub fn members(text: &str) -> Members<'_> {
    let start = skip_space(text, 0);
    let at = if text.as_bytes().get(start) == Some(&b'{') {
        start + 1
    } else {
        text.len()
    };
    Members { text, at }
}

/// See [`members`].
#[derive(Debug, Clone)]
pub struct Members<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        let bytes = self.text.as_bytes();
        let mut start = skip_space(self.text, self.at);
        if bytes.get(start) == Some(&b',') {
            start = skip_space(self.text, start + 1);
        }
        if bytes.get(start) != Some(&b'"') {
            self.at = self.text.len();
            return None;
        }
        let key_end = string_end(bytes, start);
        let colon = skip_space(self.text, key_end);
        let value = skip_space(self.text, colon + 1);
        let end = value_end(bytes, value);
        self.at = end;
        Some(Member {
            key: self.text.get(start..key_end)?,
            value: value..end,
        })
    }
}

pub(super) fn skip_space(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Where the string that begins at `start` is over: one past its closing quotation mark.
pub(super) fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn value_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            byte if depth == 0 && byte.is_ascii_whitespace() => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
