//! The beginning of a body: enough to read, never enough to fill the memory.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::mask::Mask;

/// How much of each body a trace keeps, in bytes. A FHIR Patient is 2 to 8 KiB, a page of search results about 50 KiB.
pub const KEPT_BODY_BYTES: usize = 64 * 1024;

/// The beginning of a body, its full size, and whether it was cut. All of it is of the body as it is when secrets are masked: what is
/// hidden would show in its size otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Wire", from = "Wire")]
pub struct Body {
    size_bytes: u64,
    is_cut: bool,
    /// Of the whole body, when only its beginning was kept: tells whether two bodies differ behind it.
    checksum: Option<u32>,
    kept: Bytes,
}

impl Body {
    /// Copies the beginning, so that a kept trace holds nothing else.
    #[must_use]
    pub fn record(body: &Bytes) -> Self {
        Self::record_masked(body, None)
    }

    /// Masks before it cuts, so that no half of a secret stays at the end.
    pub(super) fn record_masked(body: &Bytes, mask: Option<&Mask>) -> Self {
        let masked = mask.map(|mask| mask.bytes(body));
        let body = masked.as_ref().unwrap_or(body);
        let kept = body.get(..KEPT_BODY_BYTES).unwrap_or(body);
        let is_cut = kept.len() < body.len();
        Self {
            size_bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
            is_cut,
            checksum: is_cut.then(|| crc32fast::hash(body)),
            kept: if kept.is_empty() {
                Bytes::new()
            } else {
                Bytes::copy_from_slice(kept)
            },
        }
    }

    /// The same body, of which nothing is kept but its size.
    #[must_use]
    pub fn without_content(&self) -> Self {
        Self {
            size_bytes: self.size_bytes,
            is_cut: self.size_bytes > 0,
            checksum: self.checksum,
            kept: Bytes::new(),
        }
    }

    /// Size of the whole body, in bytes, secrets masked.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The bytes that were kept.
    #[must_use]
    pub fn kept(&self) -> &Bytes {
        &self.kept
    }

    /// Whether only the beginning was kept.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether two bodies are the same, as far as is known of them: what was not kept is compared by its checksum.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        // A character that a cut split in two is not written down, so that one of them may have a few bytes more.
        let known = self.kept.len().min(other.kept.len());
        let is_whole = !self.is_cut && !other.is_cut;
        let rest = match (self.checksum, other.checksum) {
            (Some(one), Some(other)) => one == other,
            _ => !is_whole || self.kept.len() == other.kept.len(),
        };
        self.size_bytes == other.size_bytes && self.kept.get(..known) == other.kept.get(..known) && rest
    }

    /// The kept part as text, if it is text. A character that the cut split in two is left out.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match std::str::from_utf8(&self.kept) {
            Ok(text) => Some(text),
            Err(error) if self.is_cut && error.error_len().is_none() => self
                .kept
                .get(..error.valid_up_to())
                .and_then(|whole| std::str::from_utf8(whole).ok()),
            Err(_) => None,
        }
    }

    /// The kept part in base64, if it is no text.
    #[must_use]
    pub fn base64(&self) -> Option<String> {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::STANDARD;
        self.text().is_none().then(|| engine.encode(&self.kept))
    }

    pub(crate) fn weight_bytes(&self) -> usize {
        self.kept.len()
    }
}

/// The shape on the wire: `text`, or `base64` when the body is not text.
#[derive(Serialize, Deserialize)]
struct Wire {
    size_bytes: u64,
    #[serde(default)]
    cut: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checksum: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl From<Body> for Wire {
    fn from(body: Body) -> Self {
        let text = body.text().map(str::to_owned);
        let base64 = body.base64();
        Self {
            size_bytes: body.size_bytes,
            cut: body.is_cut,
            checksum: body.checksum,
            text,
            base64,
        }
    }
}

impl From<Wire> for Body {
    fn from(wire: Wire) -> Self {
        use base64::Engine as _;
        let kept = match (wire.text, wire.base64) {
            (Some(text), _) => Bytes::from(text),
            (None, Some(encoded)) => Bytes::from(
                base64::engine::general_purpose::STANDARD
                    .decode(encoded)
                    .unwrap_or_default(),
            ),
            (None, None) => Bytes::new(),
        };
        Self {
            size_bytes: wire.size_bytes,
            is_cut: wire.cut,
            checksum: wire.checksum,
            kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &[u8], text: Option<&str>, cut: bool) {
        let body = Body::record(&Bytes::copy_from_slice(body));
        assert_eq!(body.text().map(str::len), text.map(str::len));
        assert_eq!(body.is_cut(), cut);
        let json = serde_json::to_string(&body).unwrap();
        let back: Body = serde_json::from_str(&json).unwrap();
        assert_eq!(back.size_bytes(), body.size_bytes());
        assert_eq!(back.text(), body.text());
        assert_eq!(back.is_cut(), body.is_cut());
        assert!(back.is_same(&body) && body.is_same(&back));
    }

    #[test]
    fn text_binary_and_cut_bodies_are_told_apart() {
        check(b"", Some(""), false);
        check("Müller".as_bytes(), Some("Müller"), false);
        check(&[0xff, 0x00, 0x01], None, false);
        let long = "a".repeat(KEPT_BODY_BYTES + 1);
        check(long.as_bytes(), Some(long.get(..KEPT_BODY_BYTES).unwrap()), true);
        // The cut falls inside a two-byte character.
        let split = format!("{}üü", "a".repeat(KEPT_BODY_BYTES - 1));
        check(
            split.as_bytes(),
            Some(split.get(..KEPT_BODY_BYTES - 1).unwrap()),
            true,
        );
    }

    #[test]
    fn a_masked_body_is_whole_and_has_the_size_that_is_seen() {
        let secret = "a secret of some length";
        let mask = Mask::new(&[secret.to_owned()]).unwrap();
        let body = Body::record_masked(&Bytes::from(format!("key={secret}")), Some(&mask));
        assert_eq!((body.text(), body.size_bytes()), (Some("key=[secret]"), 12));
        assert!(!body.is_cut());
        let other = Mask::new(&["abcd".to_owned()]).unwrap();
        let other = Body::record_masked(&Bytes::from_static(b"key=abcd"), Some(&other));
        assert!(body.is_same(&other));
    }

    #[test]
    fn bodies_that_differ_behind_what_is_kept_are_not_the_same() {
        let long = |end: &str| Body::record(&Bytes::from(format!("{}{end}", "a".repeat(KEPT_BODY_BYTES))));
        assert_eq!(long("one").kept(), long("two").kept());
        assert!(long("one").is_same(&long("one")) && !long("one").is_same(&long("two")));
        let short = |text: &'static str| Body::record(&Bytes::from_static(text.as_bytes()));
        assert!(!short("one").is_same(&short("two")) && !short("one").is_same(&short("")));
        let left_out = short("one").without_content();
        assert!(left_out.is_cut() && left_out.is_same(&short("one")) && left_out.text() == Some(""));
    }
}
