//! The requests of one application within the last second and the last minute.

use super::{PER_MINUTE, PER_SECOND};
use crate::fault::Throttle;

const SECOND_MS: u64 = 1_000;
/// The minute is counted in this many parts, so that it ends at most a second late.
const PARTS: u64 = 60;
/// The same, as the length of a list.
const LENGTH: usize = 60;

/// Rolling windows: neither begins on the hour.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    /// When the last five requests came, in milliseconds, oldest at `oldest`.
    recent_ms: [Option<u64>; PER_SECOND as usize],
    oldest: usize,
    /// How many came in each second of the last minute, by the second's number modulo sixty.
    by_second: [u8; LENGTH],
    /// Of the last minute together.
    of_minute: u16,
    /// The newest second that `by_second` knows.
    second: u64,
}

impl Default for Windows {
    fn default() -> Self {
        Self {
            recent_ms: [None; PER_SECOND as usize],
            oldest: 0,
            by_second: [0; LENGTH],
            of_minute: 0,
            second: 0,
        }
    }
}

impl Windows {
    /// Counts a request, unless it passes a limit: that one is answered.
    pub(super) fn count(&mut self, now_ms: u64) -> Option<Throttle> {
        self.go_on_to(now_ms / SECOND_MS);
        let fifth = self.recent_ms.get(self.oldest).copied().flatten();
        if fifth.is_some_and(|fifth| now_ms < fifth.saturating_add(SECOND_MS)) {
            return Some(Throttle::Spike);
        }
        if self.of_minute >= PER_MINUTE {
            return Some(Throttle::Quota);
        }
        if let Some(place) = self.recent_ms.get_mut(self.oldest) {
            *place = Some(now_ms);
        }
        self.oldest = (self.oldest + 1) % self.recent_ms.len();
        if let Some(count) = self.by_second.get_mut(place(self.second)) {
            *count = count.saturating_add(1);
            self.of_minute = self.of_minute.saturating_add(1);
        }
        None
    }

    /// Forgets the seconds that are more than a minute ago.
    fn go_on_to(&mut self, second: u64) {
        let passed = second.saturating_sub(self.second);
        for gone in 1..=passed.min(PARTS) {
            if let Some(count) = self.by_second.get_mut(place(self.second.saturating_add(gone))) {
                self.of_minute = self.of_minute.saturating_sub(u16::from(std::mem::take(count)));
            }
        }
        self.second = self.second.max(second);
    }

    /// When the last request came, in milliseconds.
    pub(super) fn last_ms(&self) -> u64 {
        self.recent_ms.iter().flatten().copied().max().unwrap_or_default()
    }

    /// Whether nothing is left to remember.
    pub(super) fn is_idle(&self, now_ms: u64) -> bool {
        self.last_ms().saturating_add(PARTS * SECOND_MS) <= now_ms
    }
}

fn place(second: u64) -> usize {
    usize::try_from(second % PARTS).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Throttle, Windows};

    #[test]
    fn five_a_second_and_three_hundred_a_minute() {
        let mut windows = Windows::default();
        for at in [0, 100, 200, 300, 999] {
            assert_eq!(windows.count(at), None, "{at}");
        }
        assert_eq!(windows.count(999), Some(Throttle::Spike));
        assert_eq!(windows.count(1_000), None, "the first is a second ago");
        assert_eq!(windows.count(1_050), Some(Throttle::Spike));
        // Five in each of sixty seconds, and no more.
        let mut windows = Windows::default();
        for number in 0..300_u64 {
            assert_eq!(windows.count(number * 200), None, "{number}");
        }
        assert_eq!(
            windows.count(60_000),
            None,
            "the first second has left the minute"
        );
        let mut crowded = Windows::default();
        let answered = (0..1_000_u64)
            .filter(|number| crowded.count(number * 59).is_none())
            .count();
        assert!((295..=300).contains(&answered), "{answered}");
        // An hour of silence, and everything is as new.
        assert_eq!(crowded.count(3_700_000), None);
        assert!(crowded.is_idle(3_760_000) && !crowded.is_idle(3_759_999));
    }

    #[test]
    fn a_minute_that_is_used_up_is_said_to_be() {
        let mut windows = Windows::default();
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
            let mut windows = Windows::default();
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
