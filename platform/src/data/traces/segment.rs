//! A segment: one append-only file of records, each with its length and checksum. Whatever a power cut, a full disk or a
//! flipped bit does to it, what is read back are records that were written, byte for byte, and never anything else.
//!
//! ```text
//! "C4HTRC01" · salt (16 bytes) · record · record · …
//! record: mark (4 bytes) · length (u32, little endian) · checksum (u32) · payload
//! ```
//!
//! The checksum covers the salt and the record's place in the file. An app can choose what stands in a payload, but it
//! cannot know the salt, so bytes of its own never pass for a record after damage.

use crc32fast::Hasher;
use uuid::Uuid;

/// First bytes of every segment; the digits are the version of the format.
const MAGIC: &[u8; 8] = b"C4HTRC01";
const SALT: usize = 16;
/// Length of a segment that holds nothing yet.
pub(super) const HEAD_BYTES: usize = MAGIC.len() + SALT;
/// First bytes of every record, to find the next one behind damage.
const MARK: [u8; 4] = [0xc4, b'R', b'U', b'N'];
const RECORD_HEAD: usize = 12;
/// The longest payload. Text of a run at all of its limits (32 calls with two bodies of 64 KiB, and a tape of 2 MiB) packs into less;
/// what does not is written in a shorter form.
pub(super) const PAYLOAD_BYTES: usize = 8 << 20;

/// What makes the checksums of one segment its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Salt([u8; SALT]);

impl Salt {
    /// A salt that nobody can guess.
    pub(super) fn random() -> Self {
        Self(*Uuid::new_v4().as_bytes())
    }

    /// The salt of an existing segment, from its first bytes; `None` when they are not those of a segment.
    pub(super) fn of(segment: &[u8]) -> Option<Self> {
        let salt = segment.strip_prefix(MAGIC)?.get(..SALT)?;
        Some(Self(salt.try_into().ok()?))
    }

    /// The first bytes of a new segment.
    pub(super) fn head(self) -> Vec<u8> {
        [MAGIC.as_slice(), &self.0].concat()
    }

    fn checksum(self, at: u64, payload: &[u8]) -> u32 {
        let mut hasher = Hasher::new();
        hasher.update(&self.0);
        hasher.update(&at.to_le_bytes());
        hasher.update(payload);
        hasher.finalize()
    }

    /// Adds a record to `out`, which will be written at `base` of the file. A payload that is too long is left out:
    /// `false`.
    pub(super) fn add(self, out: &mut Vec<u8>, base: u64, payload: &[u8]) -> bool {
        let Some(length) = u32::try_from(payload.len())
            .ok()
            .filter(|_| payload.len() <= PAYLOAD_BYTES)
        else {
            return false;
        };
        let at = base.saturating_add(u64::try_from(out.len()).unwrap_or(u64::MAX));
        out.extend_from_slice(&MARK);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&self.checksum(at, payload).to_le_bytes());
        out.extend_from_slice(payload);
        true
    }
}

/// The payloads that a segment holds, in the order they were written. Damage is stepped over.
pub(super) fn read(segment: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let Some(salt) = Salt::of(segment) else {
        return found;
    };
    let mut at = HEAD_BYTES;
    while let Some(rest) = segment.get(at..) {
        if let Some(payload) = record(salt, at, rest) {
            found.push(payload);
            at += RECORD_HEAD + payload.len();
            continue;
        }
        // Torn or damaged: the next mark behind this place may begin a sound record.
        match rest.iter().skip(1).position(|byte| *byte == MARK[0]) {
            Some(skipped) => at += skipped + 1,
            None => break,
        }
    }
    found
}

fn record(salt: Salt, at: usize, rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.strip_prefix(&MARK)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (checksum, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if length > PAYLOAD_BYTES {
        return None;
    }
    let payload = rest.get(..length)?;
    let sound = salt.checksum(u64::try_from(at).ok()?, payload) == u32::from_le_bytes(*checksum);
    sound.then_some(payload)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segment(payloads: &[Vec<u8>]) -> Vec<u8> {
        let salt = Salt::random();
        let mut bytes = salt.head();
        for payload in payloads {
            // Every record in a write of its own, as after as many flushes.
            let mut record = Vec::new();
            assert!(salt.add(&mut record, u64::try_from(bytes.len()).unwrap(), payload));
            bytes.extend(record);
        }
        bytes
    }

    /// Whether `found` is some of `written`, in order.
    fn is_part_of(found: &[&[u8]], written: &[Vec<u8>]) -> bool {
        let mut written = written.iter();
        found.iter().all(|payload| written.any(|was| was == payload))
    }

    #[test]
    fn a_payload_cannot_pass_for_a_record() {
        // What an app would have to print to forge one, if it knew the salt of another segment.
        let salt = Salt::random();
        let mut forged = Vec::new();
        salt.add(&mut forged, 36, b"forged");
        let mut bytes = segment(&[forged]);
        bytes[HEAD_BYTES + 8] ^= 1;
        assert_eq!(read(&bytes), Vec::<&[u8]>::new());
    }

    #[test]
    fn what_is_too_long_is_left_out() {
        let mut out = Vec::new();
        assert!(!Salt::random().add(&mut out, 0, &vec![0; PAYLOAD_BYTES + 1]));
        assert!(out.is_empty());
    }

    #[test]
    fn one_damaged_record_costs_one_record() {
        let payloads = vec![b"one".to_vec(), b"two".to_vec(), b"three".to_vec()];
        let sound = segment(&payloads);
        let middle = HEAD_BYTES + RECORD_HEAD + 3;
        for at in middle..middle + RECORD_HEAD + 3 {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x10;
            assert_eq!(read(&bytes), [b"one".as_slice(), b"three"], "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..12)) {
            let bytes = segment(&payloads);
            prop_assert_eq!(read(&bytes), payloads.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }

        #[test]
        fn a_torn_end_costs_the_last_record_only(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..100), 1..8), cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = segment(&payloads);
            bytes.truncate(cut.index(bytes.len() + 1));
            let whole = payloads.iter().scan(HEAD_BYTES, |end, payload| {
                *end += RECORD_HEAD + payload.len();
                Some(*end)
            }).filter(|end| *end <= bytes.len()).count();
            prop_assert_eq!(read(&bytes), payloads[..whole].iter().map(Vec::as_slice).collect::<Vec<_>>());
        }

        #[test]
        fn flips_never_make_a_wrong_record(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100), 1..8),
            flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..12),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = segment(&payloads);
            for (at, flip) in flips {
                let at = at.index(bytes.len());
                bytes[at] ^= flip;
            }
            bytes.truncate(cut.index(bytes.len() + 1));
            prop_assert!(is_part_of(&read(&bytes), &payloads));
        }

        #[test]
        fn any_bytes_are_no_danger(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut segment = Salt::random().head();
            segment.extend(&bytes);
            prop_assert!(read(&segment).is_empty());
            prop_assert!(read(&bytes).is_empty());
        }
    }
}
