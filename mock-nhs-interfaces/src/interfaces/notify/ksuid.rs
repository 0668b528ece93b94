//! K-sortable ids, as Notify gives them to messages. Source: <https://github.com/segmentio/ksuid#how-do-ksuids-work>

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::datetime;

/// When the seconds of an id begin.
const EPOCH: OffsetDateTime = datetime!(2014-05-13 16:53:20 UTC);
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Characters of an id.
pub(super) const LENGTH: usize = 27;

/// The id of what was made at this moment from these parts: the same for the same, and for nothing else.
pub(super) fn ksuid(made: OffsetDateTime, parts: &[&str]) -> String {
    let seconds = (made - EPOCH).whole_seconds().max(0);
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut bytes = [0_u8; 20];
    let (time, rest) = bytes.split_at_mut(4);
    time.copy_from_slice(&seconds.to_be_bytes());
    for (byte, source) in rest.iter_mut().zip(digest.finalize()) {
        *byte = source;
    }
    base62(bytes)
}

fn base62(mut bytes: [u8; 20]) -> String {
    let mut text = Vec::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        let mut rest = 0_u32;
        for byte in &mut bytes {
            let value = rest * 256 + u32::from(*byte);
            // Below 62 * 256 / 62, so it fits.
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        let digit = usize::try_from(rest).ok().and_then(|rest| DIGITS.get(rest));
        text.push(digit.copied().unwrap_or(b'0'));
    }
    text.reverse();
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{base62, ksuid};

    #[test]
    fn ids_are_as_the_library_writes_them() {
        // The largest and the smallest of the library's documentation.
        assert_eq!(base62([0xff; 20]), "aWgEPTl1tmebfsQzFP4bxwgy80V");
        assert_eq!(base62([0; 20]), "000000000000000000000000000");
    }

    #[test]
    fn ids_sort_by_time_and_differ_by_content() {
        let earlier = ksuid(datetime!(2026-01-15 12:00 UTC), &["a", "b"]);
        let later = ksuid(datetime!(2026-01-15 12:00:01 UTC), &["a", "b"]);
        assert!(earlier < later);
        assert_ne!(earlier, ksuid(datetime!(2026-01-15 12:00 UTC), &["ab", ""]));
        assert_eq!(earlier.len(), super::LENGTH);
    }
}
