//! How often an app is deployed: so many times a minute, then the caller is told when to come back.
//!
//! Owns one lock around the times of the last minute, held for a look-up. Only versions that were made count, so that a
//! builder who makes mistakes is not kept waiting; compiling has limits of its own.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use store::WorkspaceId;
use time::{Duration, OffsetDateTime};

use crate::model::AppName;

/// Deploys of one app within a minute: `c4h dev` after every keystroke that is saved, and far from filling a disk.
pub(crate) const DEPLOYS_PER_MINUTE: usize = 30;
const WINDOW: Duration = Duration::minutes(1);
/// Apps that are remembered before those without a deploy in the window are forgotten.
const APPS: usize = 1_000;

type Key = (WorkspaceId, AppName);

/// The deploys of the last minute. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeployPace {
    times: Arc<Mutex<HashMap<Key, VecDeque<OffsetDateTime>>>>,
}

/// A deploy under way; it counts until it is dropped, and from then on if it was [made](Turn::made).
#[derive(Debug)]
pub(crate) struct Turn {
    pace: DeployPace,
    key: Key,
    at: OffsetDateTime,
    made: bool,
}

impl Turn {
    pub(crate) fn made(mut self) {
        self.made = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.made {
            return;
        }
        let mut times = self.pace.times.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = times.get_mut(&self.key)
            && let Some(place) = times.iter().position(|at| *at == self.at)
        {
            times.remove(place);
        }
    }
}

impl DeployPace {
    /// Begins a deploy, or answers in how many seconds one may begin.
    pub(crate) fn begin(&self, key: Key, now: OffsetDateTime) -> Result<Turn, u64> {
        // A time to come is from before the clock was put back; it says nothing about the last minute.
        let is_recent = |at: &OffsetDateTime| *at <= now && now - *at < WINDOW;
        let mut all = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > APPS {
            all.retain(|_, times| times.iter().any(is_recent));
        }
        let times = all.entry(key.clone()).or_default();
        times.retain(is_recent);
        if let Some(oldest) = times.front().filter(|_| times.len() >= DEPLOYS_PER_MINUTE) {
            let wait = WINDOW - (now - *oldest);
            let begun = i64::from(wait.subsec_nanoseconds() > 0);
            return Err(u64::try_from(wait.whole_seconds() + begun).unwrap_or(1).max(1));
        }
        times.push_back(now);
        Ok(Turn {
            pace: self.clone(),
            key,
            at: now,
            made: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn thirty_a_minute_and_mistakes_do_not_count() {
        let pace = DeployPace::default();
        let start = datetime!(2026-11-25 12:00 UTC);
        let key = |name: &str| (WorkspaceId::new(1), AppName::new(name).unwrap());
        for second in 0..30 {
            let at = start + Duration::seconds(second);
            drop(pace.begin(key("bmi"), at).unwrap());
            pace.begin(key("bmi"), at).unwrap().made();
        }
        let half = start + Duration::seconds(30);
        assert_eq!(pace.begin(key("bmi"), half).unwrap_err(), 30);
        pace.begin(key("other"), half).unwrap().made();
        let minute = start + Duration::seconds(60);
        pace.begin(key("bmi"), minute).unwrap().made();
        assert_eq!(
            pace.begin(key("bmi"), minute).unwrap_err(),
            1,
            "one place came free, and was taken"
        );
        // A clock that was put back locks nobody out.
        pace.begin(key("bmi"), start - Duration::days(1)).unwrap().made();
    }
}
