//! The guest's two clocks: the workspace's time, going on at the real pace, in steps of a millisecond. Limits never read it.
//!
//! Coarse on purpose: with finer steps a guest could measure what shares its processor. What the clocks say is recorded, and a run
//! that is repeated is told the same.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

use crate::trace::Recorder;

/// Nanoseconds of the steps in which time is told.
pub(crate) const STEP_NS: u64 = 1_000_000;

/// What the monotonic clock says at the start of a run: not zero, because some languages take zero for "no time".
const ORIGIN_NS: u64 = 1_000_000_000;

/// The wall clock.
pub(crate) struct WorkspaceClock {
    since_epoch: Duration,
    recorder: Arc<Recorder>,
}

impl WorkspaceClock {
    pub(crate) fn new(now: OffsetDateTime, recorder: Arc<Recorder>) -> Self {
        // A clock set before 1970 cannot be told to a guest; it sees 1970.
        let since_epoch = Duration::try_from(now - OffsetDateTime::UNIX_EPOCH).unwrap_or_default();
        let whole_ms = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
        Self {
            since_epoch: Duration::from_millis(whole_ms),
            recorder,
        }
    }
}

impl HostWallClock for WorkspaceClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(STEP_NS)
    }

    fn now(&self) -> Duration {
        self.since_epoch
            .saturating_add(Duration::from_millis(self.recorder.guest_ms()))
    }
}

/// The monotonic clock.
pub(crate) struct RunClock {
    pub(crate) recorder: Arc<Recorder>,
}

impl HostMonotonicClock for RunClock {
    fn resolution(&self) -> u64 {
        STEP_NS
    }

    fn now(&self) -> u64 {
        monotonic_ns(&self.recorder)
    }
}

/// What the monotonic clock says now, in nanoseconds.
pub(crate) fn monotonic_ns(recorder: &Recorder) -> u64 {
    recorder
        .guest_ms()
        .saturating_mul(STEP_NS)
        .saturating_add(ORIGIN_NS)
}
