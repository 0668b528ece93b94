//! Stepping back: work that may take long leaves the processor to what is short.
//!
//! By niceness, not by Linux's `SCHED_IDLE`: neighbours of a flood wait less beside that, and beside a busy program that is nice
//! itself, such as a backup, a deploy was seen to wait more than a minute.

use std::{io, thread};

use tokio::sync::oneshot;

use crate::processors::unpin;

/// The lowest priority there is: about a seventieth of a normal thread's share when both want the same processor.
#[cfg(unix)]
const NICEST: i32 = 19;

/// Gives the calling thread the lowest priority, for good, on whichever processor is free.
///
/// On Linux only, where each thread has its own. Where it cannot be, everything works and neighbours wait longer.
pub(crate) fn lower_this_thread() {
    unpin();
    // To Linux, "this process" means the calling thread.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICEST) {
        tracing::warn!(%error, "this system does not let the slow lane have low priority");
    }
}

/// Does `work` in a thread of its own that steps back: what takes long, and no page waits for.
///
/// # Errors
/// Where the system gives no thread, and where the work panics.
pub async fn in_the_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (sender, receiver) = oneshot::channel();
    thread::Builder::new()
        .name("background".to_owned())
        .spawn(move || {
            lower_this_thread();
            // Nobody waits any more: then nobody needs it.
            let _unheard = sender.send(work());
        })?;
    receiver
        .await
        .map_err(|_panicked| io::Error::other("work in the background panicked"))
}

/// Gives this process, which has one thread yet, the lowest priority, for good.
#[cfg(unix)]
pub(crate) fn lower_this_process() {
    // Where it is refused, the process does its work all the same.
    let _refused = rustix::process::setpriority_process(None, NICEST);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_done_in_the_background_comes_back() {
        assert_eq!(in_the_background(|| 7).await.unwrap(), 7);
        let lost = in_the_background(|| std::panic::resume_unwind(Box::new("lost"))).await;
        assert_eq!(lost.unwrap_err().kind(), io::ErrorKind::Other);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn work_in_the_background_steps_back_alone() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let before = nice();
        assert_eq!(in_the_background(nice).await.unwrap(), NICEST);
        assert_eq!(nice(), before);
    }
}
