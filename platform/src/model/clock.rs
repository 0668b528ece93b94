//! The clock of a workspace: real time, or one that its people have moved. Limits never read it.
//!
//! Owns one lock, around the setting; held only to copy it in or out.

use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use store::Clock;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// The first moment a clock can be set to. Apps cannot be told an earlier one.
const FIRST: OffsetDateTime = datetime!(1970-01-01 00:00 UTC);
/// The last moment a clock can be set to: far beyond any due date, and every calculation with it still fits.
const LAST: OffsetDateTime = datetime!(2199-12-31 23:59:59 UTC);

/// What a workspace's clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ClockSetting {
    /// Real time.
    #[default]
    Real,
    /// Another time, which goes on as real time does.
    Moved {
        /// How far it is ahead of real time, in milliseconds; negative when it is behind.
        ahead_ms: i64,
    },
    /// One moment, until it is moved.
    Stopped {
        /// The moment.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

/// A moment that a clock cannot be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A clock can be set to any time from 1970 to 2199.")]
pub struct ClockError;

impl ClockSetting {
    /// The clock that shows `at` now, and goes on from there or stands still.
    ///
    /// # Errors
    /// [`ClockError`] for a moment outside of 1970 to 2199.
    pub fn at(at: OffsetDateTime, real: OffsetDateTime, is_stopped: bool) -> Result<Self, ClockError> {
        if !(FIRST..=LAST).contains(&at) {
            return Err(ClockError);
        }
        if is_stopped {
            return Ok(Self::Stopped { at });
        }
        let ahead = i64::try_from((at - real).whole_milliseconds()).map_err(|_| ClockError)?;
        Ok(Self::Moved { ahead_ms: ahead })
    }

    /// The clock moved forwards by this, or backwards; one that stood still stands still again.
    ///
    /// # Errors
    /// [`ClockError`] when that would leave 1970 to 2199.
    pub fn advanced(self, by: Duration, real: OffsetDateTime) -> Result<Self, ClockError> {
        let at = self.now(real).checked_add(by).ok_or(ClockError)?;
        Self::at(at, real, matches!(self, Self::Stopped { .. }))
    }

    /// What the clock shows when it is `real`ly this.
    #[must_use]
    pub fn now(self, real: OffsetDateTime) -> OffsetDateTime {
        match self {
            Self::Real => real,
            // A clock that was set to the last second goes on beyond it, as far as dates go.
            Self::Moved { ahead_ms } => real.checked_add(Duration::milliseconds(ahead_ms)).unwrap_or(LAST),
            Self::Stopped { at } => at,
        }
    }
}

/// The clock of one workspace.
#[derive(Debug)]
pub struct WorkspaceClock {
    real: Arc<dyn Clock>,
    setting: RwLock<ClockSetting>,
}

impl WorkspaceClock {
    /// A clock over the machine's.
    #[must_use]
    pub fn new(real: Arc<dyn Clock>, setting: ClockSetting) -> Self {
        Self {
            real,
            setting: RwLock::new(setting),
        }
    }

    /// How it is set.
    #[must_use]
    pub fn setting(&self) -> ClockSetting {
        *self.setting.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets it.
    pub fn set(&self, setting: ClockSetting) {
        *self.setting.write().unwrap_or_else(PoisonError::into_inner) = setting;
    }

    /// Real time.
    #[must_use]
    pub fn real(&self) -> OffsetDateTime {
        self.real.now()
    }
}

impl Clock for WorkspaceClock {
    fn now(&self) -> OffsetDateTime {
        self.setting().now(self.real.now())
    }
}

#[cfg(test)]
mod tests {
    use store::FixedClock;

    use super::*;

    #[test]
    fn a_clock_is_set_advanced_stopped_and_put_back() {
        let real = Arc::new(FixedClock::new(datetime!(2026-11-26 12:00 UTC)));
        let clock = WorkspaceClock::new(Arc::clone(&real) as Arc<dyn Clock>, ClockSetting::Real);
        let pass = |seconds| real.advance(std::time::Duration::from_secs(seconds));
        assert_eq!(clock.now(), real.now());
        clock.set(ClockSetting::at(datetime!(2030-01-01 00:00 UTC), real.now(), false).unwrap());
        pass(60);
        assert_eq!(clock.now(), datetime!(2030-01-01 00:01 UTC));
        clock.set(clock.setting().advanced(Duration::days(-2), real.now()).unwrap());
        assert_eq!(clock.now(), datetime!(2029-12-30 00:01 UTC));
        clock.set(ClockSetting::at(datetime!(1999-12-31 23:59 UTC), real.now(), true).unwrap());
        pass(3_600);
        assert_eq!(clock.now(), datetime!(1999-12-31 23:59 UTC));
        clock.set(
            clock
                .setting()
                .advanced(Duration::minutes(1), real.now())
                .unwrap(),
        );
        pass(3_600);
        assert_eq!(clock.now(), datetime!(2000-01-01 00:00 UTC));
        clock.set(ClockSetting::Real);
        assert_eq!(clock.now(), real.now());
    }

    #[test]
    fn a_clock_stays_within_the_calendar() {
        let real = datetime!(2026-11-26 12:00 UTC);
        for (at, fits) in [
            (FIRST, true),
            (LAST, true),
            (datetime!(1969-12-31 23:59:59 UTC), false),
            (datetime!(2200-01-01 00:00 UTC), false),
        ] {
            assert_eq!(ClockSetting::at(at, real, false).is_ok(), fits, "{at}");
        }
        let last = ClockSetting::at(LAST, real, false).unwrap();
        assert!(last.advanced(Duration::MAX, real).is_err());
        assert!(last.advanced(Duration::MIN, real).is_err());
        assert!(last.now(real + Duration::days(36_500)) > LAST);
    }
}
