//! Which processor a thread runs on.
//!
//! On Linux each serving thread stays on a processor of its own. Left to itself, the system puts two of them on one processor while
//! a thread of low priority has the other: no processor is idle, so none looks better, and a request waits until the other serving
//! thread has had its slice of milliseconds. On a processor of its own a serving thread takes it from whatever has low priority at once.
//!
//! A thread inherits this from the one that starts it, so every thread that does not serve has to [`roam`].

use std::sync::OnceLock;

/// How many there are for this process; asked once, because a thread that stays on one would see only that.
static NUMBER: OnceLock<usize> = OnceLock::new();

/// How many processors this process may use, whichever thread asks.
#[must_use]
pub fn processors() -> usize {
    *NUMBER.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::OnceLock;

    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// All that the process may use, as it was before a thread stayed on one.
    static ALL: OnceLock<Option<CpuSet>> = OnceLock::new();

    /// Keeps the calling thread on the so-manieth of the process's processors.
    pub(super) fn stay_on(number: usize) {
        let Some(all) = ALL.get_or_init(|| sched_getaffinity(None).ok()) else {
            return;
        };
        let mut usable = (0..CpuSet::MAX_CPU).filter(|&processor| all.is_set(processor));
        // With fewer threads than processors, because the system rations their time, some processors would serve nobody.
        if usize::try_from(all.count()) != Ok(super::processors()) {
            return;
        }
        if let Some(processor) = usable.nth(number) {
            let mut own = CpuSet::new();
            own.set(processor);
            set(&own);
        }
    }

    pub(super) fn roam() {
        if let Some(Some(all)) = ALL.get() {
            set(all);
        }
    }

    fn set(processors: &CpuSet) {
        // A system that refuses leaves the thread where it may be already; everything works.
        if let Err(error) = sched_setaffinity(None, processors) {
            tracing::warn!(%error, "this system does not let threads choose their processors");
        }
    }
}

/// Keeps the calling thread on one processor: the so-manieth of those that the process may use. Elsewhere than on Linux, and where
/// the system rations the processors' time, it does nothing.
pub fn stay_on(number: usize) {
    // Before this thread sees only its own.
    let _asked_before = processors();
    #[cfg(target_os = "linux")]
    system::stay_on(number);
    #[cfg(not(target_os = "linux"))]
    let _roams = number;
}

/// Lets the calling thread use every processor that the process may use: for threads that were started by one that [stays](stay_on).
pub fn roam() {
    #[cfg(target_os = "linux")]
    system::roam();
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::thread;

    use rustix::thread::sched_getaffinity;

    use super::*;

    #[test]
    fn a_thread_stays_and_what_it_starts_can_roam() {
        let all = sched_getaffinity(None).unwrap();
        let number = processors();
        thread::spawn(move || {
            stay_on(number - 1);
            let own = sched_getaffinity(None).unwrap();
            assert_eq!(own.count(), 1);
            assert_eq!(processors(), number, "asked from a thread that stays on one");
            let started = thread::spawn(|| {
                let inherited = sched_getaffinity(None).unwrap();
                roam();
                (inherited, sched_getaffinity(None).unwrap())
            });
            let (inherited, roaming) = started.join().unwrap();
            assert_eq!(inherited, own);
            assert_eq!(roaming, all);
        })
        .join()
        .unwrap();
        assert_eq!(sched_getaffinity(None).unwrap(), all, "only that thread stays");
    }
}
