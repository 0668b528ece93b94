//! Waiting for something to become true, with a deadline. Journeys never sleep for a fixed time.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// Between two looks; short, because a journey spends most of its waits on things that take milliseconds.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks again and again until `probe` finds something.
///
/// # Errors
/// When `probe` fails, and when it has found nothing by the deadline; `what` says what was waited for.
pub async fn until<T>(
    what: &str,
    deadline: Duration,
    mut probe: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = probe().await.with_context(|| format!("while waiting: {what}"))? {
            return Ok(found);
        }
        if started.elapsed() > deadline {
            bail!("waited {deadline:?} in vain: {what}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The same for threads.
///
/// # Errors
/// As [`until`].
pub fn until_blocking<T>(
    what: &str,
    deadline: Duration,
    mut probe: impl FnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = probe().with_context(|| format!("while waiting: {what}"))? {
            return Ok(found);
        }
        if started.elapsed() > deadline {
            bail!("waited {deadline:?} in vain: {what}");
        }
        std::thread::sleep(PAUSE);
    }
}
