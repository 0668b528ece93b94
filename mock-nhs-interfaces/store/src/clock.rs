//! What time it is: the machine's, or one that is set by hand.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

/// Tells the time of day. For stamps that people see; limits are measured by the monotonic clock instead.
pub trait Clock: Send + Sync + Debug + 'static {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// The machine's clock. The only place in the program that reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else takes the time from"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// Stands still until it is moved.
#[derive(Debug)]
pub struct FixedClock {
    // Held only to copy the time in or out.
    now: Mutex<OffsetDateTime>,
}

impl FixedClock {
    /// Stands at this moment.
    #[must_use]
    pub fn new(now: OffsetDateTime) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Moves to this moment, forwards or backwards.
    pub fn set(&self, now: OffsetDateTime) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves forwards. Stands still rather than pass the last moment that can be written.
    pub fn advance(&self, by: Duration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let step = time::Duration::try_from(by).unwrap_or(time::Duration::MAX);
        *now = now.checked_add(step).unwrap_or(*now);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> OffsetDateTime {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use time::macros::datetime;

    use super::{Clock as _, FixedClock};

    #[test]
    fn a_fixed_clock_moves_only_by_hand() {
        let clock = FixedClock::new(datetime!(2026-01-01 00:00 UTC));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), datetime!(2026-01-01 00:01:30 UTC));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), datetime!(2026-01-01 00:01:30 UTC));
        clock.set(datetime!(1948-07-05 00:00 UTC));
        assert_eq!(clock.now(), datetime!(1948-07-05 00:00 UTC));
    }
}
