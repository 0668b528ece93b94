//! Hashes keys while the base is built: quick, and not for what strangers choose. The base is made up by the program itself.

use std::hash::{BuildHasherDefault, Hasher};

/// A map of keys for as long as the base is built.
pub(super) type KeyMap<V> = std::collections::HashMap<Box<[u8]>, V, BuildHasherDefault<KeyHasher>>;

/// An odd number whose bits look random: 2^64 divided by the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Multiplies and folds eight bytes at a time.
#[derive(Debug, Default)]
pub(super) struct KeyHasher(u64);

impl KeyHasher {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(MULTIPLIER);
        // Both halves count: the low one alone would never carry a high bit downwards.
        let [low, high] = [product & u128::from(u64::MAX), product >> 64];
        self.0 = u64::try_from(low ^ high).unwrap_or_default();
    }
}

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (place, byte) in last.iter_mut().zip(rest) {
            *place = *byte;
        }
        // The length keeps keys apart that differ by zeros at their end.
        self.mix(u64::from_le_bytes(last) ^ ((bytes.len() as u64) << 56));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::Hasher as _;

    use super::KeyHasher;

    #[test]
    fn keys_that_are_nearly_the_same_are_told_apart() {
        let mut seen = HashSet::new();
        for number in 0..20_000_u32 {
            for key in [
                format!("r{number}"),
                format!("rPatient/{number:012}\0p"),
                format!("{number}\0"),
            ] {
                let mut hasher = KeyHasher::default();
                hasher.write(key.as_bytes());
                // Tables use the low bits, and seven of the high ones.
                assert!(seen.insert(hasher.finish()), "{key}");
            }
        }
        let low: HashSet<u64> = seen.iter().map(|hash| hash % 65_536).collect();
        assert!(
            low.len() > 38_000,
            "{} of 65,536 places are used by 60,000 keys",
            low.len()
        );
    }
}
