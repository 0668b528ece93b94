//! Keeps secrets out of traces and tapes: their values become `[secret]`, as they are and in the forms in which they travel.

mod spelling;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bytes::Bytes;

use self::spelling::{Found, SPELLING_BYTES, first_bytes, spelled};

/// Shorter values cannot be told from ordinary text: masking them would mask half of it.
pub const SECRET_BYTES: usize = 4;

/// What stands where a secret was.
pub(crate) const MASKED: &[u8] = b"[secret]";

/// The forms of all secrets of one run.
#[derive(Debug)]
pub(crate) struct Mask {
    /// Each is found however its characters are spelled. Sorted: as they are, line by line, in JSON, in base64, in hexadecimal.
    forms: Vec<String>,
    /// Where in `forms` those begin whose first byte is at least this one.
    from: [usize; 257],
    /// Bytes with which one of them may begin, escaped or not: most bytes of a text are passed over by this alone.
    first: [bool; 256],
}

impl Mask {
    /// `None` when there is nothing to mask, so that ordinary runs pay nothing.
    pub(crate) fn new(secrets: &[String]) -> Option<Self> {
        let mut forms = Vec::new();
        for secret in secrets {
            // A key of several lines is printed line by line.
            for part in std::iter::once(secret.as_str()).chain(secret.lines().map(str::trim)) {
                if part.len() >= SECRET_BYTES {
                    forms.push(part.to_owned());
                    // Escapes of HTML around those of JSON are found as well.
                    forms.extend(json_form(part));
                }
            }
            if secret.len() >= SECRET_BYTES {
                forms.extend((0..3).flat_map(|offset| base64_forms(secret.as_bytes(), offset)));
                forms.extend(hexadecimal_forms(secret.as_bytes()));
            }
        }
        if forms.is_empty() {
            return None;
        }
        forms.sort_unstable();
        forms.dedup();
        let mut from = [0; 257];
        for (byte, from) in (0_u16..).zip(&mut from) {
            *from = forms
                .partition_point(|form| form.bytes().next().is_some_and(|first| u16::from(first) < byte));
        }
        let mut first = [false; 256];
        let begins = forms.iter().filter_map(|form| form.bytes().next());
        for byte in begins.chain(*b"%\\&+") {
            if let Some(known) = first.get_mut(usize::from(byte)) {
                *known = true;
            }
        }
        Some(Self { forms, from, first })
    }

    fn beginning_with(&self, byte: u8) -> &[String] {
        let at = usize::from(byte);
        match (self.from.get(at), self.from.get(at + 1)) {
            (Some(from), Some(to)) => self.forms.get(*from..*to).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Where secrets stand, from left to right, never overlapping. With `is_cut` the text goes on behind its end, and a secret whose
    /// beginning stands there is found as well.
    fn find(&self, text: &[u8], is_cut: bool) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (at, byte) in text.iter().enumerate() {
            if !self.first.get(usize::from(*byte)).copied().unwrap_or(false) {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let forms = first_bytes(rest).flat_map(|byte| self.beginning_with(byte));
            let lengths = forms.filter_map(|form| match spelled(form, rest) {
                Found::Whole(length) => Some(length),
                Found::Half(known) if is_cut && known >= SECRET_BYTES => Some(rest.len()),
                Found::Half(_) | Found::Nothing => None,
            });
            let Some(length) = lengths.max() else {
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
        let found = self.find(text, false);
        (!found.is_empty()).then(|| without(text, text.len(), found))
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

    /// A line without secrets.
    pub(crate) fn line<'a>(&self, line: &'a [u8]) -> Cow<'a, [u8]> {
        self.masked(line).map_or(Cow::Borrowed(line), Cow::Owned)
    }

    /// The first `end` bytes of a text that is cut there, without secrets and without halves of secrets: what stands behind `end` tells
    /// whether a secret stands across it. A beginning of fewer than [`SECRET_BYTES`] bytes at the end of all is no secret yet.
    pub(crate) fn beginning(&self, text: &[u8], end: usize) -> Vec<u8> {
        without(text, end, self.find(text, true))
    }

    /// How far behind the place of a cut to look, in bytes.
    pub(crate) fn reach(&self) -> usize {
        let longest = self.forms.iter().map(String::len).max().unwrap_or_default();
        longest.saturating_mul(SPELLING_BYTES)
    }
}

/// The first `end` bytes of a text, and `[secret]` for each of these places that begins there.
fn without(text: &[u8], end: usize, found: Vec<Range<usize>>) -> Vec<u8> {
    let mut masked = Vec::with_capacity(end);
    let mut copied = 0;
    for range in found.into_iter().take_while(|range| range.start < end) {
        masked.extend_from_slice(text.get(copied..range.start).unwrap_or_default());
        masked.extend_from_slice(MASKED);
        copied = range.end;
    }
    masked.extend_from_slice(text.get(copied..end).unwrap_or_default());
    masked
}

/// How the value stands inside a JSON text, if that differs.
fn json_form(secret: &str) -> Option<String> {
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
    (form != secret).then_some(form)
}

/// How the value stands inside a base64 text when `offset` other bytes (modulo 3) come before it: only the digits that belong to it alone.
fn base64_forms(secret: &[u8], offset: usize) -> Vec<String> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(secret);
    // One digit is 6 bits; a digit with bits of a neighbour is left out on both sides.
    let start = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)]
        .iter()
        .filter_map(|form| form.get(start..end))
        .filter(|form| form.len() >= SECRET_BYTES)
        .map(str::to_owned)
        .collect()
}

/// The value's bytes in hexadecimal, in small and in capital letters.
fn hexadecimal_forms(secret: &[u8]) -> [String; 2] {
    let mut form = String::with_capacity(secret.len() * 2);
    for byte in secret {
        let _always_fits = write!(form, "{byte:02x}");
    }
    let capital = form.to_uppercase();
    [form, capital]
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
            // As the script module's `html` writes it, as others do, and in an attribute that holds JSON.
            ("<p>s3cr&amp;t key/ä</p>", "<p>[secret]</p>"),
            ("<p>s3cr&#38;t key&#x2F;&#xE4;</p>", "<p>[secret]</p>"),
            // Python's json.dumps, PHP's json_encode, Go's encoding/json.
            (r#"{"k":"s3cr&t key/\u00e4"}"#, r#"{"k":"[secret]"}"#),
            (r#"{"k":"s3cr&t key\/\u00e4"}"#, r#"{"k":"[secret]"}"#),
            (r#"{"k":"s3cr\u0026t key/ä"}"#, r#"{"k":"[secret]"}"#),
            ("733363722674206b65792fc3a4", "[secret]"),
            ("0x733363722674206B65792FC3A4;", "0x[secret];"),
        ] {
            assert_eq!(mask.text(text), masked);
        }
    }

    #[test]
    fn what_html_escapes_is_masked() {
        let mask = mask(&[r#"<a href="x">it's & "more"</a>"#]);
        let page = "&lt;a href=&quot;x&quot;&gt;it&#39;s &amp; &quot;more&quot;&lt;/a&gt;";
        assert_eq!(mask.text(page), "[secret]");
        let json_in_html = r"&lt;a href=\&quot;x\&quot;&gt;it&#39;s &amp; \&quot;more\&quot;&lt;/a&gt;";
        assert_eq!(mask.text(json_in_html), "[secret]");
    }

    #[test]
    fn base64_that_is_percent_encoded_is_masked() {
        // Both of the digits that are not letters, and padding.
        let secret = "~~~>>>???secret";
        let mask = mask(&[secret]);
        let encoded = base64::engine::general_purpose::STANDARD.encode(format!("users:{secret}!"));
        assert!(
            encoded.contains('+') && encoded.contains('/') && encoded.ends_with('='),
            "{encoded}"
        );
        for text in [
            encoded.clone(),
            encoded
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D"),
            encoded
                .replace('+', "%2b")
                .replace('/', "%2f")
                .replace('=', "%3d"),
            encoded.replace('/', "\\/"),
        ] {
            let masked = mask.text(&text);
            assert!(
                masked.contains("[secret]") && masked.len() < 30,
                "{text}: {masked}"
            );
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

    #[test]
    fn a_cut_leaves_no_half_of_a_secret() {
        let secret = "hunter2&hunter3";
        let mask = mask(&[secret]);
        for text in [
            secret,
            "hunter2%26hunter3",
            "hunter2&amp;hunter3",
            "aHVudGVyMiZodW50ZXIz",
        ] {
            let whole = format!("key={text} rest");
            for end in 0..=whole.len() {
                let kept = mask.beginning(whole.as_bytes(), end);
                let expected = whole.replace(text, "[secret]");
                let shown = match end {
                    0..=4 => &whole.as_bytes()[..end],
                    _ if end <= 4 + text.len() => b"key=[secret]",
                    _ => &expected.as_bytes()[..expected.len() - (whole.len() - end)],
                };
                assert_eq!(kept, shown, "{text} cut at {end}");
            }
        }
        // Nothing more is known than half of it.
        assert_eq!(mask.beginning(b"key=hunter2%2", 13), b"key=[secret]");
        assert_eq!(mask.beginning(b"key=hun", 7), b"key=hun");
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
