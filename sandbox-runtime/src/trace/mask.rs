//! Keeps secrets out of traces and tapes: their values become `[secret]`, as they are and in the forms in which they travel.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bytes::Bytes;

/// Shorter values cannot be told from ordinary text: masking them would mask half of it.
pub const SECRET_BYTES: usize = 4;

/// What stands where a secret was.
const MASKED: &[u8] = b"[secret]";

/// The forms of all secrets of one run.
#[derive(Debug)]
pub(crate) struct Mask {
    /// Found as they are and with any of their bytes percent-encoded.
    plain: Vec<Vec<u8>>,
    /// Found as they are: the part of each base64 form that does not depend on what stands before and after.
    encoded: Vec<Vec<u8>>,
    /// Bytes with which one of them may begin.
    first: [bool; 256],
}

impl Mask {
    /// `None` when there is nothing to mask, so that ordinary runs pay nothing.
    pub(crate) fn new(secrets: &[String]) -> Option<Self> {
        let mut plain = Vec::new();
        let mut encoded = Vec::new();
        for secret in secrets {
            // A key of several lines is printed line by line.
            for part in std::iter::once(secret.as_str()).chain(secret.lines().map(str::trim)) {
                if part.len() >= SECRET_BYTES {
                    plain.push(part.as_bytes().to_vec());
                    plain.extend(json_form(part));
                }
            }
            if secret.len() >= SECRET_BYTES {
                encoded.extend((0..3).flat_map(|offset| base64_forms(secret.as_bytes(), offset)));
            }
        }
        if plain.is_empty() {
            return None;
        }
        plain.sort_unstable();
        plain.dedup();
        let mut first = [false; 256];
        let begins = plain.iter().chain(&encoded).filter_map(|form| form.first());
        for byte in begins.chain(b"%") {
            if let Some(known) = first.get_mut(usize::from(*byte)) {
                *known = true;
            }
        }
        Some(Self {
            plain,
            encoded,
            first,
        })
    }

    /// Where secrets stand, from left to right, never overlapping.
    fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (at, byte) in text.iter().enumerate() {
            if !self.first.get(usize::from(*byte)).copied().unwrap_or(false) {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let plain = self.plain.iter().filter_map(|form| matches_encoded(form, rest));
            let encoded = self
                .encoded
                .iter()
                .filter(|form| rest.starts_with(form))
                .map(Vec::len);
            let Some(length) = plain.chain(encoded).max() else {
                continue;
            };
            match found.last_mut() {
                Some(last) if at <= last.end => last.end = last.end.max(at + length),
                _ => found.push(at..at + length),
            }
        }
        found
    }

    fn masked(&self, text: &[u8]) -> Option<Vec<u8>> {
        let found = self.find(text);
        if found.is_empty() {
            return None;
        }
        let mut masked = Vec::with_capacity(text.len());
        let mut copied = 0;
        for range in found {
            masked.extend_from_slice(text.get(copied..range.start).unwrap_or_default());
            masked.extend_from_slice(MASKED);
            copied = range.end;
        }
        masked.extend_from_slice(text.get(copied..).unwrap_or_default());
        Some(masked)
    }

    /// The text without secrets.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.masked(text.as_bytes()) {
            Some(masked) => Cow::Owned(String::from_utf8_lossy(&masked).into_owned()),
            None => Cow::Borrowed(text),
        }
    }

    /// The bytes without secrets; not copied when there are none.
    pub(crate) fn bytes(&self, bytes: &Bytes) -> Bytes {
        self.masked(bytes).map_or_else(|| bytes.clone(), Bytes::from)
    }
}

/// How the value stands inside a JSON text, if that differs.
fn json_form(secret: &str) -> Option<Vec<u8>> {
    let mut form = String::with_capacity(secret.len());
    for char in secret.chars() {
        match char {
            '"' => form.push_str("\\\""),
            '\\' => form.push_str("\\\\"),
            '\n' => form.push_str("\\n"),
            '\r' => form.push_str("\\r"),
            '\t' => form.push_str("\\t"),
            other => form.push(other),
        }
    }
    (form != secret).then(|| form.into_bytes())
}

/// How the value stands inside a base64 text when `offset` other bytes (modulo 3) come before it: only the digits that belong to it alone.
fn base64_forms(secret: &[u8], offset: usize) -> Vec<Vec<u8>> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(secret);
    // One digit is 6 bits; a digit with bits of a neighbour is left out on both sides.
    let start = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)]
        .iter()
        .filter_map(|form| form.as_bytes().get(start..end))
        .filter(|form| form.len() >= SECRET_BYTES)
        .map(<[u8]>::to_vec)
        .collect()
}

/// How many bytes of `text` spell `form`, each byte either itself, `%XX`, or `+` for a space.
fn matches_encoded(form: &[u8], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for wanted in form {
        let byte = *text.get(at)?;
        if byte == *wanted || byte == b'+' && *wanted == b' ' {
            at += 1;
        } else if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let high = digit(*text.get(at + 1)?)?;
            let low = digit(*text.get(at + 2)?)?;
            if u32::from(*wanted) != high * 16 + low {
                return None;
            }
            at += 3;
        } else {
            return None;
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(secrets: &[&str]) -> Mask {
        let secrets: Vec<String> = secrets.iter().map(|&secret| secret.to_owned()).collect();
        Mask::new(&secrets).unwrap()
    }

    #[test]
    fn a_secret_is_masked_in_every_form_in_which_it_travels() {
        let mask = mask(&["s3cr&t key/ä"]);
        for (text, masked) in [
            ("a s3cr&t key/ä b", "a [secret] b"),
            ("?k=s3cr%26t%20key%2F%C3%A4&x=1", "?k=[secret]&x=1"),
            ("?k=s3cr%26t+key%2f%c3%a4&x=1", "?k=[secret]&x=1"),
            ("s3cr&t keys", "s3cr&t keys"),
            ("s3cr&t key/äs3cr&t key/ä", "[secret]"),
        ] {
            assert_eq!(mask.text(text), masked);
        }
    }

    #[test]
    fn lines_of_a_key_and_its_json_form_are_masked_and_short_values_are_not() {
        let mask = mask(&["-----BEGIN-----\nMIIabc\n-----END-----", "say \"hi\"", "abc"]);
        assert_eq!(mask.text("MIIabc"), "[secret]");
        assert_eq!(
            mask.text(r#"{"k":"-----BEGIN-----\nMIIabc\n-----END-----"}"#),
            r#"{"k":"[secret]"}"#
        );
        assert_eq!(mask.text(r#"{"k":"say \"hi\""}"#), r#"{"k":"[secret]"}"#);
        assert_eq!(mask.text("abc"), "abc");
        assert!(Mask::new(&["abc".to_owned()]).is_none());
    }

    proptest! {
        #[test]
        fn no_base64_text_gives_a_secret_away(before in prop::collection::vec(any::<u8>(), 0..8), after in prop::collection::vec(any::<u8>(), 0..8)) {
            let mask = mask(&["correct horse battery"]);
            let whole = [&before[..], b"correct horse battery", &after[..]].concat();
            for text in [STANDARD_NO_PAD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                let masked = mask.text(&text).into_owned();
                prop_assert!(masked.contains("[secret]"), "{}", masked);
                // At most the two digits that the neighbours share with it are left on each side.
                prop_assert!(masked.len() <= "[secret]".len() + (before.len() + after.len() + 4) * 8 / 6 + 4);
            }
        }
    }
}
