//! Which processor a thread runs on.
//!
//! On Linux each serving thread stays on a processor of its own. Left to itself, the system puts two of them on one processor while
//! a thread of low priority has the other: no processor is idle, so none looks better, and a request waits until the other serving
//! thread has had its slice of milliseconds. On a processor of its own a serving thread takes it from whatever has low priority at once.
//!
//! A thread inherits this from the one that starts it, so every thread that does not serve has to be [unpinned](unpin).

use std::sync::OnceLock;

/// How many there are for this process; asked once, because a pinned thread would see only its own.
static NUMBER: OnceLock<usize> = OnceLock::new();

/// How many processors this process may use, whichever thread asks.
#[must_use]
pub fn processors() -> usize {
    *NUMBER.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::{Once, OnceLock};

    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// All that the process may use, as it was before a thread was pinned.
    static ALL: OnceLock<Option<CpuSet>> = OnceLock::new();

    /// Keeps the calling thread on the nth of the process's processors.
    pub(super) fn pin(number: usize) {
        let Some(all) = ALL.get_or_init(|| sched_getaffinity(None).ok()) else {
            return;
        };
        let mut usable = (0..CpuSet::MAX_CPU).filter(|&processor| all.is_set(processor));
        if super::is_rationed(all.count()) {
            return;
        }
        if let Some(processor) = usable.nth(number) {
            let mut own = CpuSet::new();
            own.set(processor);
            set(&own);
        }
    }

    pub(super) fn unpin() {
        if let Some(Some(all)) = ALL.get() {
            set(all);
        }
    }

    fn set(processors: &CpuSet) {
        // A system that refuses leaves the thread where it may be already; everything works.
        if let Err(error) = sched_setaffinity(None, processors) {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| {
                tracing::warn!(%error, "this system does not let threads choose their processors");
            });
        }
    }
}

/// Whether the system lets this process use less than whole processors, as it does for a container with `--cpus`: with fewer threads than
/// processors, some would serve nobody.
#[cfg(target_os = "linux")]
fn is_rationed(allowed: u32) -> bool {
    usize::try_from(allowed) != Ok(processors())
}

/// Keeps the calling thread on one processor: the nth of those that the process may use, from zero. Elsewhere than on Linux, and where
/// the system rations the processors' time, it does nothing.
pub fn pin(number: usize) {
    // Before this thread sees only its own.
    let _asked_before = processors();
    #[cfg(target_os = "linux")]
    system::pin(number);
    #[cfg(not(target_os = "linux"))]
    let _free = number;
}

/// Lets the calling thread use every processor that the process may use: for threads that were started by a [pinned](pin) one.
pub fn unpin() {
    #[cfg(target_os = "linux")]
    system::unpin();
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::thread;

    use rustix::thread::sched_getaffinity;

    use super::*;

    #[test]
    fn a_thread_is_pinned_and_what_it_starts_is_freed() {
        let all = sched_getaffinity(None).unwrap();
        let number = processors();
        thread::spawn(move || {
            pin(number - 1);
            let own = sched_getaffinity(None).unwrap();
            let expected = if is_rationed(all.count()) { all.count() } else { 1 };
            assert_eq!(own.count(), expected);
            assert_eq!(processors(), number, "asked from a thread that is pinned");
            let started = thread::spawn(|| {
                let inherited = sched_getaffinity(None).unwrap();
                unpin();
                (inherited, sched_getaffinity(None).unwrap())
            });
            let (inherited, freed) = started.join().unwrap();
            assert_eq!(inherited, own);
            assert_eq!(freed, all);
        })
        .join()
        .unwrap();
        assert_eq!(
            sched_getaffinity(None).unwrap(),
            all,
            "only that thread is pinned"
        );
    }
}
