//! How often an application may ask: the API platform's own limits, in profile `int`, and those of an API that has others.
//!
//! By real time, not by the workspace's clock: a clock that is moved neither frees nor blocks anybody. Owns one lock,
//! around the counters, held for one look. Only requests that are answered count.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/reference-guide#rate-limits>

mod window;

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use http::request::Parts;
use store::WorkspaceId;

use self::window::Windows;
use crate::auth::{bearer, same_secret};
use crate::fault::Throttle;
use crate::{Profile, Tenant, World};

/// Requests of one application in one second, where the API platform's own limit holds.
pub(crate) const PER_SECOND: u8 = 5;
/// Requests of one application in one minute, where the API platform's own limit holds.
pub(crate) const PER_MINUTE: u16 = 300;
/// Applications that are counted at a time; with more, the one that has asked for nothing the longest starts anew.
/// A counter takes 270 bytes, so that all of them take 2.7 MB.
const MOST_COUNTERS: usize = 10_000;

/// How often one application may ask one interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Whether more than [`PER_SECOND`] in one second are a spike.
    arrests_spikes: bool,
    /// Requests within `minutes`.
    quota: u16,
    minutes: u8,
    /// What stands beside the answer to one too many.
    hint: &'static str,
}

/// What holds for every API that says nothing else.
const PLATFORM: Limit = Limit {
    arrests_spikes: true,
    quota: PER_MINUTE,
    minutes: 1,
    hint: "The NHS's own limit: 5 requests a second and 300 a minute for each application. To work without it, start the \
           server with: c4h serve --rate-limits off",
};
/// Source: <https://digital.nhs.uk/developer/api-catalogue/organisation-data-terminology>
const ORGANISATIONS: Limit = Limit {
    arrests_spikes: false,
    quota: 5_000,
    minutes: 5,
    hint: "The register's own limit: 5,000 requests in five minutes for each application. To work without it, start the \
           server with: c4h serve --rate-limits off",
};

impl Limit {
    /// What an interface of this id has; `None` where nothing is limited.
    fn of(interface: &str) -> Option<Self> {
        match interface {
            // Not behind the API platform's gateway, or not limited there.
            "mesh" | "oauth2" | "login" => None,
            "ods" => Some(ORGANISATIONS),
            _ => Some(PLATFORM),
        }
    }
}

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum RateLimited {
    /// Nobody's.
    #[default]
    Nobody,
    /// Those of applications, as at the NHS: apps of the sandbox, and applications that are registered. The workspace's own
    /// token belongs to none: tools and test suites come with it.
    Applications,
    /// Those with the workspace's own token as well.
    Everybody,
}

/// The counters of all applications.
#[derive(Debug)]
pub(crate) struct RateLimits {
    /// A [`RateLimited`].
    limited: AtomicU8,
    started: Instant,
    counters: Mutex<HashMap<Key, Windows>>,
}

/// Whose requests of what. Of callers a hash is kept, because what they send may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    workspace: WorkspaceId,
    interface: u64,
    caller: u64,
}

/// A limit that a request would have passed.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) throttle: Throttle,
    /// The application's name, if it is not a secret.
    pub(crate) application: Option<String>,
    /// What may be done about it.
    pub(crate) hint: &'static str,
}

/// A request that counts, to a built-in interface or an added one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<'a> {
    pub(crate) world: &'a World,
    pub(crate) tenant: &'a Tenant,
    pub(crate) profile: Profile,
    /// The interface's id in the workspace.
    pub(crate) interface: &'a str,
    pub(crate) request: &'a Parts,
}

impl Default for RateLimits {
    /// Nobody is limited.
    fn default() -> Self {
        Self {
            limited: AtomicU8::new(RateLimited::Nobody as u8),
            started: Instant::now(),
            counters: Mutex::default(),
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Caller {
    /// What tells them from others.
    hash: u64,
    /// Their name, if it is not a secret.
    name: Option<String>,
}

impl RateLimits {
    pub(crate) fn limit(&self, limited: RateLimited) {
        self.limited.store(limited as u8, Ordering::Relaxed);
    }

    /// Counts a request; the limit that it passes, if it passes one.
    pub(crate) fn passed(&self, counted: &Counted<'_>) -> Option<Passed> {
        let limited = self.limited.load(Ordering::Relaxed);
        if limited == RateLimited::Nobody as u8 || counted.profile != Profile::Int {
            return None;
        }
        let limit = Limit::of(counted.interface)?;
        let caller = caller(counted, limited == RateLimited::Everybody as u8)?;
        let key = Key {
            workspace: counted.tenant.workspace,
            interface: hash("interface", counted.interface),
            caller: caller.hash,
        };
        let now_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let throttle = self.count(key, limit, now_ms)?;
        Some(Passed {
            throttle,
            application: caller.name,
            hint: limit.hint,
        })
    }

    fn count(&self, key: Key, limit: Limit, now_ms: u64) -> Option<Throttle> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= MOST_COUNTERS && !counters.contains_key(&key) {
            // Rare: ten thousand applications ask within a minute, or a hostile one makes up names.
            counters.retain(|_, windows| !windows.is_idle(now_ms));
            if counters.len() >= MOST_COUNTERS {
                let oldest = counters.iter().min_by_key(|(_, windows)| windows.last_ms());
                if let Some(oldest) = oldest.map(|(key, _)| *key) {
                    counters.remove(&oldest);
                }
            }
        }
        counters
            .entry(key)
            .or_insert_with(|| Windows::new(limit))
            .count(now_ms)
    }
}

/// Who asks: the app of the sandbox, else the application that the token or the key belongs to. `None` where nobody is
/// known, whom the operation refuses unless it is open to everybody, and where the workspace's own token is not counted.
fn caller(counted: &Counted<'_>, counts_own_token: bool) -> Option<Caller> {
    let Counted {
        world,
        tenant,
        request,
        ..
    } = *counted;
    if let Some(app) = &tenant.caller {
        return Some(Caller {
            hash: hash("app", app),
            name: Some(app.to_string()),
        });
    }
    if let Ok(issued) = bearer::look(world, tenant, request) {
        let name = issued.grant.application.as_deref();
        if name.is_none() && !counts_own_token {
            return None;
        }
        return Some(Caller {
            hash: hash("application", name.unwrap_or_default()),
            name: name.map(str::to_owned),
        });
    }
    let key = request.headers.get("apikey")?;
    if !counts_own_token && same_secret(key.as_bytes(), tenant.access_token.as_bytes()) {
        return None;
    }
    Some(Caller {
        hash: hash("apikey", &String::from_utf8_lossy(key.as_bytes())),
        name: None,
    })
}

fn hash(kind: &str, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, text).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Key, MOST_COUNTERS, PLATFORM, RateLimits, Throttle, WorkspaceId};

    fn key(caller: u64) -> Key {
        Key {
            workspace: WorkspaceId::new(1),
            interface: 7,
            caller,
        }
    }

    #[test]
    fn applications_are_counted_apart() {
        let limits = RateLimits::default();
        for _ in 0..5 {
            assert_eq!(limits.count(key(1), PLATFORM, 0), None);
        }
        assert_eq!(limits.count(key(1), PLATFORM, 999), Some(Throttle::Spike));
        assert_eq!(limits.count(key(2), PLATFORM, 999), None);
        assert_eq!(limits.count(key(1), PLATFORM, 1_000), None);
    }

    #[test]
    fn made_up_names_take_no_more_room() {
        let limits = RateLimits::default();
        let most = u64::try_from(MOST_COUNTERS).unwrap();
        for caller in 0..most + 100 {
            limits.count(key(caller), PLATFORM, caller);
        }
        assert_eq!(limits.counters.lock().unwrap().len(), MOST_COUNTERS);
        // A minute later they are all forgotten at once.
        limits.count(key(u64::MAX), PLATFORM, most + 61_000);
        assert_eq!(limits.counters.lock().unwrap().len(), 1);
    }
}
