//! Limits that differ from the server's: `[limits]` in `app.toml`.

use std::collections::BTreeMap;

use sandbox_runtime::limits::Limits;
use serde::{Deserialize, Serialize};

/// A limit that an app may lower or raise. Its name is the same in `app.toml` and in `--limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitName {
    /// Processor time, in milliseconds.
    CpuMs,
    /// Time on the clock, in milliseconds.
    WallMs,
    /// Memory, in bytes.
    MemoryBytes,
    /// Outgoing calls.
    Calls,
    /// Outgoing calls at the same time.
    CallsAtOnce,
    /// Body of the request, in bytes.
    RequestBodyBytes,
    /// Body of the answer, in bytes.
    ResponseBodyBytes,
    /// Headers of one message, in bytes.
    HeaderBytes,
    /// Printed text, in bytes.
    LogBytes,
}

impl LimitName {
    /// Every limit that an app may set.
    pub const ALL: [Self; 9] = [
        Self::CpuMs,
        Self::WallMs,
        Self::MemoryBytes,
        Self::Calls,
        Self::CallsAtOnce,
        Self::RequestBodyBytes,
        Self::ResponseBodyBytes,
        Self::HeaderBytes,
        Self::LogBytes,
    ];

    /// The name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuMs => "cpu_ms",
            Self::WallMs => "wall_ms",
            Self::MemoryBytes => "memory_bytes",
            Self::Calls => "calls",
            Self::CallsAtOnce => "calls_at_once",
            Self::RequestBodyBytes => "request_body_bytes",
            Self::ResponseBodyBytes => "response_body_bytes",
            Self::HeaderBytes => "header_bytes",
            Self::LogBytes => "log_bytes",
        }
    }

    /// Its value among these limits.
    #[must_use]
    pub fn of(self, limits: &Limits) -> u64 {
        match self {
            Self::CpuMs => limits.cpu_ms,
            Self::WallMs => limits.wall_ms,
            Self::MemoryBytes => limits.memory_bytes,
            Self::Calls => limits.calls.into(),
            Self::CallsAtOnce => limits.calls_at_once.into(),
            Self::RequestBodyBytes => limits.request_body_bytes,
            Self::ResponseBodyBytes => limits.response_body_bytes,
            Self::HeaderBytes => limits.header_bytes,
            Self::LogBytes => limits.log_bytes,
        }
    }

    fn set(self, limits: &mut Limits, value: u64) {
        let count = u32::try_from(value).unwrap_or(u32::MAX);
        match self {
            Self::CpuMs => limits.cpu_ms = value,
            Self::WallMs => limits.wall_ms = value,
            Self::MemoryBytes => limits.memory_bytes = value,
            Self::Calls => limits.calls = count,
            Self::CallsAtOnce => limits.calls_at_once = count,
            Self::RequestBodyBytes => limits.request_body_bytes = value,
            Self::ResponseBodyBytes => limits.response_body_bytes = value,
            Self::HeaderBytes => limits.header_bytes = value,
            Self::LogBytes => limits.log_bytes = value,
        }
    }
}

/// The limits that an app sets; every other is the server's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ManifestLimits(BTreeMap<LimitName, u64>);

impl ManifestLimits {
    /// Whether it sets none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every limit that is set, with its value.
    pub fn iter(&self) -> impl Iterator<Item = (LimitName, u64)> {
        self.0.iter().map(|(name, value)| (*name, *value))
    }

    /// The server's limits with those of the app in their place, none above `most`: a version may have been deployed
    /// when the server allowed more.
    #[must_use]
    pub fn within(&self, servers: Limits, most: &Limits) -> Limits {
        let mut limits = servers;
        for (name, value) in self.iter() {
            name.set(&mut limits, value.min(name.of(most)));
        }
        limits
    }
}

impl FromIterator<(LimitName, u64)> for ManifestLimits {
    fn from_iter<I: IntoIterator<Item = (LimitName, u64)>>(limits: I) -> Self {
        Self(limits.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_set_by_its_own_name_and_held_to_the_most() {
        for name in LimitName::ALL {
            let most = Limits::DEFAULT;
            let low = ManifestLimits::from_iter([(name, 1)]).within(Limits::DEFAULT, &most);
            assert_eq!(name.of(&low), 1);
            for other in LimitName::ALL.into_iter().filter(|other| *other != name) {
                assert_eq!(other.of(&low), other.of(&Limits::DEFAULT), "{}", name.name());
            }
            let high = ManifestLimits::from_iter([(name, u64::MAX)]).within(Limits::DEFAULT, &most);
            assert_eq!(high, Limits::DEFAULT);
            assert_eq!(serde_json::to_value(name).unwrap(), name.name());
        }
    }
}
