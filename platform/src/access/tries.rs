//! How often a password may be wrong.

use std::time::{Duration, Instant};

/// Wrong passwords within [`WINDOW`], all callers together: a person mistypes a few times, a program guesses thousands.
const TRIES: u32 = 10;
/// The time in which they are counted.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts wrong passwords.
#[derive(Debug, Default)]
pub(super) struct Tries {
    began: Option<Instant>,
    wrong: u32,
}

impl Tries {
    /// How long nobody may try; `None` when somebody may.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        let gone = now.saturating_duration_since(self.began?);
        (self.wrong >= TRIES).then(|| WINDOW.checked_sub(gone)).flatten()
    }

    /// One more was wrong.
    pub(super) fn failed(&mut self, now: Instant) {
        let over = self
            .began
            .is_none_or(|began| now.saturating_duration_since(began) >= WINDOW);
        if over {
            *self = Self {
                began: Some(now),
                wrong: 0,
            };
        }
        self.wrong += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_later_all_is_forgotten() {
        let mut tries = Tries::default();
        let start = Instant::now();
        for _ in 0..TRIES {
            assert_eq!(tries.wait(start), None);
            tries.failed(start);
        }
        let left = |after: u64| tries.wait(start + Duration::from_secs(after));
        assert_eq!(left(0), Some(WINDOW));
        assert_eq!(left(59), Some(Duration::from_secs(1)));
        assert!(left(60).is_none_or(|wait| wait.is_zero()));
        assert_eq!(left(61), None);
    }
}
