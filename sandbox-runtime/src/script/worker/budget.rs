//! What one script may take of the processor, all threads of the worker together.
//!
//! Not the kernel's limit on processor time, which counts from a process's first day and cannot be moved from within the filter of calls.
//! The clock would blame a script for a machine that is busy with other things.
//!
//! Owns one thread, which sleeps and looks.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::script::wire::EXIT_OVER_CPU;

/// How often it looks: a script overdraws by no more than this, times the number of threads.
const LOOK: Duration = Duration::from_millis(100);
/// Bytes of the thread's stack: it calls a few functions of the system.
const STACK_BYTES: usize = 64 * 1024;
/// No script is being worked on.
const NEVER: u64 = u64::MAX;

/// Ends the process when a script has used up its time.
#[derive(Debug)]
pub(super) struct Budget {
    cpu_ms: u64,
    /// The processor time of the process at which it ends.
    end_ms: Arc<AtomicU64>,
}

/// A script is being worked on while this lives.
pub(super) struct Counted<'a>(&'a AtomicU64);

impl Budget {
    /// Starts to look.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn watched(cpu_ms: u64) -> io::Result<Self> {
        let end_ms = Arc::new(AtomicU64::new(NEVER));
        let watched = Arc::clone(&end_ms);
        thread::Builder::new()
            .name("budget".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || watch(&watched))?;
        Ok(Self { cpu_ms, end_ms })
    }

    /// The next script begins.
    pub(super) fn begin(&self) -> Counted<'_> {
        let end = used_ms().saturating_add(self.cpu_ms);
        self.end_ms.store(end, Ordering::Release);
        Counted(&self.end_ms)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.store(NEVER, Ordering::Release);
    }
}

#[expect(
    clippy::exit,
    reason = "the thread that works cannot be interrupted, and whoever waits reads the exit code"
)]
fn watch(end_ms: &AtomicU64) {
    loop {
        thread::sleep(LOOK);
        if used_ms() > end_ms.load(Ordering::Acquire) {
            std::process::exit(i32::from(EXIT_OVER_CPU));
        }
    }
}

/// Processor time of this process.
#[cfg(unix)]
fn used_ms() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let ms = |number: i64, divisor: u64, factor: u64| u64::try_from(number).unwrap_or(0) / divisor * factor;
    ms(time.tv_sec, 1, 1_000).saturating_add(ms(time.tv_nsec, 1_000_000, 1))
}

/// Time on the clock, where it is all there is.
#[cfg(not(unix))]
fn used_ms() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(ORIGIN.elapsed().as_millis()).unwrap_or(u64::MAX)
}
