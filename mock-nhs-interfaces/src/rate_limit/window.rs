//! The requests of one application within the last second and the last minute, or minutes.

use super::{Limit, PER_SECOND};
use crate::fault::Throttle;

const SECOND_MS: u64 = 1_000;
/// The time of a quota is counted in this many parts: a minute ends at most a second late, five minutes five.
const PARTS: u64 = 60;
/// The same, as the length of a list.
const LENGTH: usize = 60;

/// Rolling windows: neither begins on the hour.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    limit: Limit,
    /// When the last five requests came, in milliseconds, oldest at `oldest`.
    recent_ms: [Option<u64>; PER_SECOND as usize],
    oldest: usize,
    /// How many came in each part of the time that the quota is for, by the part's number modulo sixty.
    by_part: [u16; LENGTH],
    /// Of all parts together.
    of_all: u16,
    /// The newest part that `by_part` knows.
    part: u64,
}

impl Windows {
    /// Nothing has come yet.
    pub(super) const fn new(limit: Limit) -> Self {
        Self {
            limit,
            recent_ms: [None; PER_SECOND as usize],
            oldest: 0,
            by_part: [0; LENGTH],
            of_all: 0,
            part: 0,
        }
    }

    /// How long a part takes: as many seconds as the quota has minutes.
    fn part_ms(&self) -> u64 {
        u64::from(self.limit.minutes) * SECOND_MS
    }

    /// Counts a request, unless it passes a limit: that one is answered.
    pub(super) fn count(&mut self, now_ms: u64) -> Option<Throttle> {
        self.go_on_to(now_ms / self.part_ms());
        let fifth = self.recent_ms.get(self.oldest).copied().flatten();
        let is_spike = fifth.is_some_and(|fifth| now_ms < fifth.saturating_add(SECOND_MS));
        if is_spike && self.limit.arrests_spikes {
            return Some(Throttle::Spike);
        }
        if self.of_all >= self.limit.quota {
            return Some(Throttle::Quota);
        }
        if let Some(place) = self.recent_ms.get_mut(self.oldest) {
            *place = Some(now_ms);
        }
        self.oldest = (self.oldest + 1) % self.recent_ms.len();
        if let Some(count) = self.by_part.get_mut(place(self.part)) {
            *count = count.saturating_add(1);
            self.of_all = self.of_all.saturating_add(1);
        }
        None
    }

    /// Forgets the parts that are longer ago than the quota is for.
    fn go_on_to(&mut self, part: u64) {
        let passed = part.saturating_sub(self.part);
        for gone in 1..=passed.min(PARTS) {
            if let Some(count) = self.by_part.get_mut(place(self.part.saturating_add(gone))) {
                self.of_all = self.of_all.saturating_sub(std::mem::take(count));
            }
        }
        self.part = self.part.max(part);
    }

    /// When the last request came, in milliseconds.
    pub(super) fn last_ms(&self) -> u64 {
        self.recent_ms.iter().flatten().copied().max().unwrap_or_default()
    }

    /// Whether nothing is left to remember.
    pub(super) fn is_idle(&self, now_ms: u64) -> bool {
        self.last_ms().saturating_add(PARTS * self.part_ms()) <= now_ms
    }
}

fn place(part: u64) -> usize {
    usize::try_from(part % PARTS).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{ORGANISATIONS, PLATFORM};
    use super::{Throttle, Windows};

    #[test]
    fn five_a_second_and_three_hundred_a_minute() {
        let mut windows = Windows::new(PLATFORM);
        for at in [0, 100, 200, 300, 999] {
            assert_eq!(windows.count(at), None, "{at}");
        }
        assert_eq!(windows.count(999), Some(Throttle::Spike));
        assert_eq!(windows.count(1_000), None, "the first is a second ago");
        assert_eq!(windows.count(1_050), Some(Throttle::Spike));
        // Five in each of sixty seconds, and no more.
        let mut windows = Windows::new(PLATFORM);
        for number in 0..300_u64 {
            assert_eq!(windows.count(number * 200), None, "{number}");
        }
        assert_eq!(
            windows.count(60_000),
            None,
            "the first second has left the minute"
        );
        let mut crowded = Windows::new(PLATFORM);
        let answered = (0..1_000_u64)
            .filter(|number| crowded.count(number * 59).is_none())
            .count();
        assert!((295..=300).contains(&answered), "{answered}");
        // An hour of silence, and everything is as new.
        assert_eq!(crowded.count(3_700_000), None);
        assert!(crowded.is_idle(3_760_000) && !crowded.is_idle(3_759_999));
    }

    #[test]
    fn the_register_of_organisations_counts_to_five_thousand_in_five_minutes() {
        let mut windows = Windows::new(ORGANISATIONS);
        // As fast as they come, half of them two minutes later.
        for number in 0..5_000 {
            let at = if number < 2_500 { 0 } else { 120_000 };
            assert_eq!(windows.count(at), None, "{number}");
        }
        assert_eq!(windows.count(120_000), Some(Throttle::Quota));
        assert_eq!(windows.count(299_999), Some(Throttle::Quota));
        assert_eq!(windows.count(300_000), None, "the first half is five minutes ago");
        assert!(windows.is_idle(600_000) && !windows.is_idle(599_999));
    }

    #[test]
    fn a_minute_that_is_used_up_is_said_to_be() {
        let mut windows = Windows::new(PLATFORM);
        let mut said = Vec::new();
        // One more than five a second would be, if each second began on the second.
        for number in 0..600_u64 {
            said.push(windows.count(number * 195));
        }
        assert!(said.contains(&Some(Throttle::Spike)));
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more(steps in proptest::collection::vec(0..400_u64, 0..900)) {
            let mut windows = Windows::new(PLATFORM);
            let (mut now, mut answered) = (0, Vec::new());
            for step in steps {
                now += step;
                if windows.count(now).is_none() {
                    answered.push(now);
                }
            }
            for (place, at) in answered.iter().enumerate() {
                let within = |ms: u64| answered[place..].iter().take_while(|other| **other < at + ms).count();
                prop_assert!(within(1_000) <= 5);
                prop_assert!(within(59_000) <= 300);
            }
        }
    }
}
