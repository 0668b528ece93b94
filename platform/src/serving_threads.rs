//! The threads that serve: as many as there are processors, and each on one of its own.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sandbox_runtime::processors::{processors, roam, stay_on};
use tokio::runtime::{Builder, Runtime};

/// What their names begin with; the number of the processor follows.
const SERVING: &str = "serving-";

/// The runtime of the server.
///
/// # Errors
/// When the system gives no threads.
pub(crate) fn start() -> io::Result<Runtime> {
    let serving = processors();
    // The runtime asks for the names of its serving threads first, before anybody can ask it for a thread that blocks.
    let named = AtomicUsize::new(0);
    Builder::new_multi_thread()
        .worker_threads(serving)
        .thread_name_fn(move || match named.fetch_add(1, Ordering::Relaxed) {
            number if number < serving => format!("{SERVING}{number}"),
            _ => "blocking".to_owned(),
        })
        .on_thread_start(|| match number_of(thread::current().name()) {
            Some(number) => stay_on(number),
            None => roam(),
        })
        .enable_all()
        .build()
}

fn number_of(name: Option<&str>) -> Option<usize> {
    name?.strip_prefix(SERVING)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::collections::HashMap;
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    use super::*;

    const ALLOWED: &str = "Cpus_allowed_list:";

    /// The threads of this process by name, with the processors that each may use.
    fn threads() -> HashMap<String, String> {
        let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
        tasks
            .filter_map(|task| {
                // One that has ended meanwhile.
                let path = task.ok()?.path();
                let name = fs::read_to_string(path.join("comm")).ok()?;
                Some((name.trim().to_owned(), allowed(&path.join("status"))?))
            })
            .collect()
    }

    fn allowed(status: &Path) -> Option<String> {
        let status = fs::read_to_string(status).ok()?;
        let allowed = status.lines().find_map(|line| line.strip_prefix(ALLOWED))?;
        Some(allowed.trim().to_owned())
    }

    #[test]
    fn each_serving_thread_has_a_processor_and_those_that_block_have_all() {
        let all = allowed(Path::new("/proc/self/status")).unwrap();
        let runtime = start().unwrap();
        // From a serving thread, whose processor the new thread would inherit.
        let blocking = runtime.spawn(async {
            tokio::task::spawn_blocking(|| {
                assert_eq!(thread::current().name(), Some("blocking"));
                threads()
            })
            .await
            .unwrap()
        });
        let mut threads_now = runtime.block_on(blocking).unwrap();
        for _ in 0..500 {
            // Until the last of them has begun.
            if (0..processors()).all(|number| threads_now.get(&format!("serving-{number}")) != Some(&all)) {
                break;
            }
            thread::sleep(Duration::from_millis(10));
            threads_now = threads();
        }
        assert_eq!(threads_now["blocking"], all);
        let mut own: Vec<_> = (0..processors())
            .map(|number| threads_now[&format!("serving-{number}")].clone())
            .collect();
        own.sort();
        own.dedup();
        assert_eq!(own.len(), processors(), "one each: {threads_now:?}");
    }
}
