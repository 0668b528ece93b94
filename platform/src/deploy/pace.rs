//! How often an app is deployed: so many times a minute, then the caller is told when to come back.
//!
//! Owns one lock around the times of the last minute, held for a look-up. Of an app only versions that were made count, so that a
//! builder who makes mistakes is not kept waiting. Of a workspace everything counts that is tried, up to ten times as much: looking
//! at what cannot be deployed takes the neighbours' time as well.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::WorkspaceId;
use time::{Duration, OffsetDateTime};

use crate::error::DeployLimit;
use crate::model::AppName;

/// Deploys of one app within a minute: `c4h dev` after every keystroke that is saved, and far from filling a disk.
pub(crate) const DEPLOYS_PER_MINUTE: usize = 30;
/// Deploys that are tried in one workspace within a minute: a class of thirty that shares it, each of them every six seconds.
pub(crate) const TRIES_PER_MINUTE: usize = 300;
const WINDOW: Duration = Duration::minutes(1);
/// Apps, and workspaces, that are remembered before those without a deploy in the window are forgotten.
const REMEMBERED: usize = 1_000;

type Key = (WorkspaceId, AppName);

/// The deploys of the last minute. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeployPace {
    minute: Arc<Mutex<Minute>>,
}

#[derive(Debug, Default)]
struct Minute {
    of_apps: HashMap<Key, VecDeque<OffsetDateTime>>,
    tries: HashMap<WorkspaceId, VecDeque<OffsetDateTime>>,
}

/// Why no deploy may begin, and for how many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooSoon {
    pub(crate) limit: DeployLimit,
    pub(crate) retry_after_s: u64,
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
        let mut minute = self.pace.lock();
        if let Some(times) = minute.of_apps.get_mut(&self.key)
            && let Some(place) = times.iter().position(|at| *at == self.at)
        {
            times.remove(place);
        }
    }
}

impl DeployPace {
    /// Begins a deploy, or answers when one may begin.
    pub(crate) fn begin(&self, key: Key, now: OffsetDateTime) -> Result<Turn, TooSoon> {
        let mut minute = self.lock();
        let Minute { of_apps, tries } = &mut *minute;
        let tries = recent(tries, &key.0, now);
        if let Some(retry_after_s) = wait_for(tries, TRIES_PER_MINUTE, now) {
            let limit = DeployLimit::Workspace;
            return Err(TooSoon { limit, retry_after_s });
        }
        let times = recent(of_apps, &key, now);
        if let Some(retry_after_s) = wait_for(times, DEPLOYS_PER_MINUTE, now) {
            let limit = DeployLimit::App;
            return Err(TooSoon { limit, retry_after_s });
        }
        tries.push_back(now);
        times.push_back(now);
        Ok(Turn {
            pace: self.clone(),
            key,
            at: now,
            made: false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Minute> {
        self.minute.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time to come is from before the clock was put back; it says nothing about the last minute.
fn is_recent(at: OffsetDateTime, now: OffsetDateTime) -> bool {
    at <= now && now - at < WINDOW
}

/// The times of the last minute of this one. Those that have none are forgotten when there are many.
fn recent<'a, K: Clone + Eq + Hash>(
    all: &'a mut HashMap<K, VecDeque<OffsetDateTime>>,
    key: &K,
    now: OffsetDateTime,
) -> &'a mut VecDeque<OffsetDateTime> {
    if all.len() > REMEMBERED {
        all.retain(|_, times| times.iter().any(|at| is_recent(*at, now)));
    }
    let times = all.entry(key.clone()).or_default();
    times.retain(|at| is_recent(*at, now));
    times
}

/// Seconds until there is room for one more, where there is none.
fn wait_for(times: &VecDeque<OffsetDateTime>, most: usize, now: OffsetDateTime) -> Option<u64> {
    let oldest = times.front().filter(|_| times.len() >= most)?;
    let wait = WINDOW - (now - *oldest);
    let begun = i64::from(wait.subsec_nanoseconds() > 0);
    Some(u64::try_from(wait.whole_seconds() + begun).unwrap_or(1).max(1))
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
        let too_soon = |retry_after_s| TooSoon {
            limit: DeployLimit::App,
            retry_after_s,
        };
        assert_eq!(pace.begin(key("bmi"), half).unwrap_err(), too_soon(30));
        pace.begin(key("other"), half).unwrap().made();
        let minute = start + Duration::seconds(60);
        pace.begin(key("bmi"), minute).unwrap().made();
        assert_eq!(
            pace.begin(key("bmi"), minute).unwrap_err(),
            too_soon(1),
            "one place came free, and was taken"
        );
        // A clock that was put back locks nobody out.
        pace.begin(key("bmi"), start - Duration::days(1)).unwrap().made();
    }

    #[test]
    fn mistakes_of_a_whole_workspace_have_an_end() {
        let pace = DeployPace::default();
        let start = datetime!(2026-11-25 12:00 UTC);
        let key = |workspace, number| {
            let name = AppName::new(&format!("app-{number}")).unwrap();
            (WorkspaceId::new(workspace), name)
        };
        for number in 0..300 {
            drop(pace.begin(key(1, number), start).unwrap());
        }
        let later = start + Duration::seconds(20);
        let refused = pace.begin(key(1, 300), later).unwrap_err();
        assert_eq!(
            (refused.limit, refused.retry_after_s),
            (DeployLimit::Workspace, 40)
        );
        pace.begin(key(2, 0), later).unwrap().made();
        pace.begin(key(1, 300), start + Duration::seconds(60))
            .unwrap()
            .made();
    }
}
