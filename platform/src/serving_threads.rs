//! The threads that serve: as many as there are processors, and each on one of its own.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use sandbox_runtime::processors::{pin, processors, unpin};
use tokio::runtime::{Builder, Runtime};

/// What their names begin with; the number of the processor follows.
const SERVING: &str = "serving-";
/// How long it is waited for them to begin; without them it would be as slow, and right all the same.
const PATIENCE: Duration = Duration::from_secs(2);

/// The runtime of the server.
///
/// # Errors
/// When the system gives no threads.
pub(crate) fn start() -> io::Result<Runtime> {
    let serving = processors();
    // The runtime asks for the names of its serving threads first, before anybody can ask it for a thread that blocks.
    let named = AtomicUsize::new(0);
    let runtime = Builder::new_multi_thread()
        .worker_threads(serving)
        .thread_name_fn(move || match named.fetch_add(1, Ordering::Relaxed) {
            number if number < serving => format!("{SERVING}{number}"),
            _ => "blocking".to_owned(),
        })
        .on_thread_start(|| match number_of(thread::current().name()) {
            Some(number) => pin(number),
            None => unpin(),
        })
        .enable_all()
        .build()?;
    until_all_serve(&runtime, serving);
    Ok(runtime)
}

/// Waits until each serving thread serves. They take that up from the same queue as work that blocks: whoever asked for a thread that
/// blocks before then could get a serving one, and a thread without a processor of its own would serve in its place.
fn until_all_serve(runtime: &Runtime, serving: usize) {
    let begun = Arc::new((Mutex::new(0_usize), Condvar::new()));
    for _ in 0..serving {
        let begun = Arc::clone(&begun);
        runtime.spawn(async move {
            let (count, changed) = &*begun;
            let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
            *count += 1;
            changed.notify_all();
            // Keeps its thread, so that the others need one each.
            drop(changed.wait_timeout_while(count, PATIENCE, |count| *count < serving));
        });
    }
    let (count, changed) = &*begun;
    let count = count.lock().unwrap_or_else(PoisonError::into_inner);
    drop(changed.wait_timeout_while(count, PATIENCE, |count| *count < serving));
}

fn number_of(name: Option<&str>) -> Option<usize> {
    name?.strip_prefix(SERVING)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::Barrier;

    use super::*;

    const ALLOWED: &str = "Cpus_allowed_list:";

    /// The processors that a thread may use.
    fn allowed(status: &Path) -> Option<String> {
        let status = fs::read_to_string(status).ok()?;
        let allowed = status.lines().find_map(|line| line.strip_prefix(ALLOWED))?;
        Some(allowed.trim().to_owned())
    }

    #[test]
    fn each_serving_thread_has_a_processor_and_those_that_block_have_all() {
        let serving = processors();
        let all = allowed(Path::new("/proc/thread-self/status")).unwrap();
        let runtime = start().unwrap();
        // As many tasks at a time as there are threads, so each has one; all wait until the last has begun.
        let everybody = Arc::new(Barrier::new(serving));
        let tasks: Vec<_> = (0..serving)
            .map(|_| {
                let everybody = Arc::clone(&everybody);
                runtime.spawn(async move {
                    everybody.wait();
                    let name = thread::current().name().map(str::to_owned);
                    let own = allowed(Path::new("/proc/thread-self/status"));
                    // From a serving thread, whose processor the new thread would inherit.
                    let blocking = tokio::task::spawn_blocking(|| {
                        let name = thread::current().name().map(str::to_owned);
                        (name, allowed(Path::new("/proc/thread-self/status")))
                    });
                    (name, own, blocking.await.unwrap())
                })
            })
            .collect();
        let mut own: Vec<String> = tasks
            .into_iter()
            .map(|task| {
                let (name, own, blocking) = runtime.block_on(task).unwrap();
                assert!(number_of(name.as_deref()).is_some(), "{name:?}");
                assert_eq!(blocking, (Some("blocking".to_owned()), Some(all.clone())));
                own.unwrap()
            })
            .collect();
        own.sort();
        own.dedup();
        // Where the system rations processors, nobody is pinned.
        let is_pinned = own.len() == serving && !own.contains(&all);
        let is_rationed = own == [all.clone()] && count(&all) != serving;
        assert!(
            is_pinned || is_rationed || serving == 1,
            "one each: {own:?} of {all}"
        );
    }

    /// How many processors a list such as `0-3,8` names.
    fn count(list: &str) -> usize {
        list.split(',')
            .map(|part| {
                let (first, last) = part.split_once('-').unwrap_or((part, part));
                let number = |text: &str| text.parse::<usize>().unwrap_or(0);
                number(last) + 1 - number(first)
            })
            .sum()
    }
}
