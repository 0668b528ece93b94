//! The guest's wall clock: the workspace's time, going on at the real pace. Limits never read it.

use std::time::{Duration, Instant};

use time::OffsetDateTime;
use wasmtime_wasi::HostWallClock;

/// Starts at the given moment.
pub(crate) struct WorkspaceClock {
    since_epoch: Duration,
    started: Instant,
}

impl WorkspaceClock {
    pub(crate) fn new(now: OffsetDateTime, started: Instant) -> Self {
        // A clock set before 1970 cannot be told to a guest; it sees 1970.
        let since_epoch = Duration::try_from(now - OffsetDateTime::UNIX_EPOCH).unwrap_or_default();
        Self { since_epoch, started }
    }
}

impl HostWallClock for WorkspaceClock {
    fn resolution(&self) -> Duration {
        Duration::from_micros(1)
    }

    fn now(&self) -> Duration {
        self.since_epoch.saturating_add(self.started.elapsed())
    }
}
