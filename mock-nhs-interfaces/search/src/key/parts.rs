//! Keys put together from texts and parts, and taken apart again.

use crate::fold::cut;

/// A key in the making.
pub(crate) struct Key {
    pub(crate) bytes: Vec<u8>,
}

impl Key {
    pub(crate) fn new(row: u8) -> Self {
        Self { bytes: vec![row] }
    }

    /// Adds a text that something may follow.
    pub(crate) fn ended(self, text: &str) -> Self {
        let mut key = self.text(text);
        key.bytes.push(0);
        key
    }

    /// Adds a text: the last of the key, or the beginning of one that is looked for.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.bytes.extend(cut(text).bytes().filter(|byte| *byte != 0));
        self
    }
}

/// The next text of a key and what follows its NUL.
pub(crate) fn split_text(rest: &[u8]) -> (&[u8], &[u8]) {
    let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    let (text, rest) = rest.split_at(end);
    (text, rest.get(1..).unwrap_or_default())
}

/// The next [`Number`]'s bytes and what follows.
pub(crate) fn split_number(rest: &[u8]) -> (&[u8], &[u8]) {
    let end = rest
        .windows(2)
        .position(|pair| pair == END)
        .map_or(rest.len(), |at| at + END.len());
    rest.split_at(end)
}

/// Ends an escaped part: less than any byte that could follow, so that order holds.
const END: [u8; 2] = [0, 1];

/// Adds bytes so that they end by themselves and keep their order: NUL becomes NUL 0xff, and NUL 1 ends.
pub(crate) fn push_part(bytes: &mut Vec<u8>, part: &[u8]) {
    push_escaped(bytes, part);
    bytes.extend(END);
}

/// Adds the beginning of a part.
pub(crate) fn push_escaped(bytes: &mut Vec<u8>, part: &[u8]) {
    for byte in part {
        bytes.push(*byte);
        if *byte == 0 {
            bytes.push(0xff);
        }
    }
}

/// The parts of a composite's key, after its row.
pub(crate) fn parts(mut rest: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (escaped, after) = split_number(rest);
        let mut part = Vec::with_capacity(escaped.len());
        let mut bytes = escaped.strip_suffix(&END).unwrap_or(escaped).iter();
        while let Some(byte) = bytes.next() {
            part.push(*byte);
            if *byte == 0 {
                bytes.next();
            }
        }
        parts.push(part);
        rest = after;
    }
    parts
}
