//! A random sequence that follows from its seed, today and in years: `SplitMix64`, written out because a crate may
//! change its sequence between versions and the seed must not. Source: <https://prng.di.unimi.it/splitmix64.c>

use time::{Date, Duration};

#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The sequence of one person, which does not depend on anybody else's.
    pub(crate) fn of_person(seed: u64, place: u32) -> Self {
        let mut of_seed = Self(seed);
        Self(of_seed.next() ^ u64::from(place).wrapping_mul(0xD134_2543_DE82_EF95))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when `end` is 0. The slight favour for small numbers does not matter here.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let number = self.next() % u64::from(end.max(1));
        u32::try_from(number).unwrap_or_default()
    }

    /// A number below `end`, for hours, minutes and the like.
    pub(crate) fn small(&mut self, end: u8) -> u8 {
        u8::try_from(self.below(u32::from(end))).unwrap_or_default()
    }

    /// A number from `low` up to, and without, `high`, in steps of a tenth.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        let share = f64::from(self.below(1_000)) / 1_000.0;
        (10.0 * (low + (high - low) * share)).round() / 10.0
    }

    /// Whether a thing happens that happens `percent` times in a hundred.
    pub(crate) fn happens(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of these; the default where there are none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let end = u32::try_from(from.len()).unwrap_or(u32::MAX);
        let place = usize::try_from(self.below(end)).unwrap_or_default();
        from.get(place).copied().unwrap_or_default()
    }

    /// A date in a span, both ends included.
    pub(crate) fn date(&mut self, earliest: Date, latest: Date) -> Date {
        let days = u32::try_from((latest - earliest).whole_days()).unwrap_or_default();
        earliest.saturating_add(Duration::days(i64::from(self.below(days.saturating_add(1)))))
    }

    /// An id as PDS gives to the parts of a record: eight hexadecimal digits.
    pub(crate) fn item_id(&mut self) -> String {
        format!("{:08X}", self.below(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_sequence_never_changes() {
        let mut random = Random(1);
        assert_eq!(
            [random.next(), random.next()],
            [0x910A_2DEC_8902_5CC1, 0xBEEB_8DA1_658E_EC67]
        );
    }
}
