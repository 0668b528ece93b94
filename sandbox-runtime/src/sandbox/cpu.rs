//! Counts a guest's processor time: the thread's own clock around every poll of its future.
//!
//! Epoch ticks alone would count the time a guest waits, and wall time inside a poll would count other processes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Processor time of one run.
#[derive(Debug, Default)]
pub(crate) struct CpuMeter {
    spent_ns: AtomicU64,
    poll_started_ns: AtomicU64,
    is_used_up: AtomicBool,
}

// Relaxed everywhere: a run is polled by one thread at a time, and the executor orders the polls.
impl CpuMeter {
    /// Runs one poll of the guest and adds its time.
    pub(super) fn measure<T>(&self, poll: impl FnOnce() -> T) -> T {
        let started = now_ns();
        self.poll_started_ns.store(started, Ordering::Relaxed);
        let polled = poll();
        self.spent_ns
            .fetch_add(now_ns().saturating_sub(started), Ordering::Relaxed);
        polled
    }

    /// Time up to now, asked from inside a poll.
    pub(super) fn spent_in_poll_ns(&self) -> u64 {
        let this_poll = now_ns().saturating_sub(self.poll_started_ns.load(Ordering::Relaxed));
        self.spent_ns().saturating_add(this_poll)
    }

    /// The run has used up what it may use: it fails, whatever it does now.
    pub(super) fn use_up(&self) {
        self.is_used_up.store(true, Ordering::Relaxed);
    }

    /// Whether it has.
    pub(crate) fn is_used_up(&self) -> bool {
        self.is_used_up.load(Ordering::Relaxed)
    }

    /// Time of all finished polls.
    pub(super) fn spent_ns(&self) -> u64 {
        self.spent_ns.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
fn now_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

/// Where a thread's own clock cannot be read safely, the time inside polls stands for it. It is a little too strict on a busy
/// machine, because other processes' time counts as well.
#[cfg(not(unix))]
fn now_ns() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(ORIGIN.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_inside_polls_is_added_up() {
        let meter = CpuMeter::default();
        let inside = meter.measure(|| {
            let mut sum = 0_u64;
            while meter.spent_in_poll_ns() < 2_000_000 {
                sum = sum.wrapping_add(1);
            }
            sum
        });
        assert!(inside > 0);
        assert!(meter.spent_ns() >= 2_000_000);
    }
}
