//! The slow lane: threads of low priority, where runs go on that have used up their first slice of processor time, and where those
//! begin whose group has had its share.
//!
//! Most runs take less than a millisecond and never come here. One that takes longer would keep a serving thread from them;
//! here it gets what the serving threads leave over, and takes turns with other groups' runs, so that one workspace's
//! heavy apps do not hold up another's.
//!
//! ```text
//! Lane ── threads, started with the first run that comes (end with the lane)
//!   └── queue: one line a group, one turn each; a turn is one poll, which the ticker ends after 5 ms
//!         └── task: one run, with the tokio runtime that its timers and calls belong to
//! ```
//!
//! Not a second tokio runtime: a run's timers, calls and whatever they lock stay with the serving threads, so nothing that
//! others wait for is ever held by a thread of low priority.

mod queue;
mod task;

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::oneshot;

use self::queue::Queue;
use self::task::Task;
use crate::processors::processors;

/// Whether the threads of the slow lane have low priority on this platform. Elsewhere they are one fewer than there are processors,
/// which leaves one to the serving threads.
pub const SLOW_LANE_HAS_LOW_PRIORITY: bool = cfg!(target_os = "linux");

/// What a run is counted to, so that groups take turns.
pub(crate) type Group = u64;

/// Where runs go on. Its threads end when it is dropped; runs that are still in it end with it.
#[derive(Debug)]
pub(super) struct Lane {
    queue: Arc<Queue>,
}

impl Lane {
    pub(super) fn new() -> Self {
        Self {
            queue: Arc::new(Queue::new(threads())),
        }
    }

    /// Finishes `work` in the lane; `None` when it panicked. Must be called on a tokio runtime. Dropping the future ends the
    /// work before its next turn.
    pub(super) async fn finish<T: Send + 'static>(
        &self,
        group: Group,
        work: Pin<Box<impl Future<Output = T> + Send + 'static>>,
    ) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        let work = async move {
            // Nobody waits any more: then nobody needs it.
            let _unheard = sender.send(work.await);
        };
        let task = Task::new(Arc::clone(&self.queue), group, Box::pin(work));
        let _ends_with_us = Cancel(Arc::clone(&task));
        task.begin();
        receiver.await.ok()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Ends the task when whoever waits for it is gone.
struct Cancel(Arc<Task>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn threads() -> usize {
    let processors = processors();
    if SLOW_LANE_HAS_LOW_PRIORITY {
        processors
    } else {
        processors.saturating_sub(1).max(1)
    }
}

#[cfg(test)]
mod tests;
