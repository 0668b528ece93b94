//! One run in the lane: its future, who may touch it, and whether it wants another turn.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use tokio::runtime::Handle;

use super::Group;
use super::queue::Queue;

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A future that is polled by the threads of the lane, one at a time.
pub(super) struct Task {
    queue: Arc<Queue>,
    group: Group,
    /// Its timers and its calls live there.
    runtime: Handle,
    state: Mutex<State>,
}

struct State {
    /// Gone while a thread polls it, and for good when it has ended.
    work: Option<Work>,
    phase: Phase,
    is_cancelled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Waits for something; a wake puts it into the queue.
    Waiting,
    /// In the queue, once.
    Queued,
    /// A thread polls it.
    Polled,
    /// A thread polls it, and it wants another turn already.
    PolledAndWoken,
    Ended,
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task")
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

impl Task {
    pub(super) fn new(queue: Arc<Queue>, group: Group, work: Work) -> Arc<Self> {
        Arc::new(Self {
            queue,
            group,
            runtime: Handle::current(),
            state: Mutex::new(State {
                work: Some(work),
                phase: Phase::Waiting,
                is_cancelled: false,
            }),
        })
    }

    pub(super) fn begin(self: &Arc<Self>) {
        self.want_turn();
    }

    /// Ends it before its next turn. A thread of the lane lets go of it: giving back a guest's memory can take milliseconds.
    pub(super) fn cancel(self: &Arc<Self>) {
        self.lock().is_cancelled = true;
        self.want_turn();
    }

    /// One poll.
    pub(super) fn turn(self: Arc<Self>) {
        let (work, is_cancelled) = {
            let mut state = self.lock();
            state.phase = Phase::Polled;
            (state.work.take(), state.is_cancelled)
        };
        let Some(mut work) = work else {
            return;
        };
        let _runtime = self.runtime.enter();
        if is_cancelled {
            self.lock().phase = Phase::Ended;
            drop_quietly(work);
            return;
        }
        let waker = Waker::from(Arc::clone(&self));
        let polled = catch_unwind(AssertUnwindSafe(|| {
            work.as_mut().poll(&mut Context::from_waker(&waker))
        }));
        if !matches!(polled, Ok(Poll::Pending)) {
            self.lock().phase = Phase::Ended;
            drop_quietly(work);
            return;
        }
        let mut state = self.lock();
        state.work = Some(work);
        let again = state.phase == Phase::PolledAndWoken || state.is_cancelled;
        state.phase = if again { Phase::Queued } else { Phase::Waiting };
        drop(state);
        if again {
            self.queue.push(self.group, Arc::clone(&self));
        }
    }

    fn want_turn(self: &Arc<Self>) {
        let mut state = self.lock();
        match state.phase {
            Phase::Waiting => state.phase = Phase::Queued,
            Phase::Polled => {
                state.phase = Phase::PolledAndWoken;
                return;
            }
            Phase::Queued | Phase::PolledAndWoken | Phase::Ended => return,
        }
        drop(state);
        self.queue.push(self.group, Arc::clone(self));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread of the lane outlives whatever a run does at its end.
fn drop_quietly(work: Work) {
    if catch_unwind(AssertUnwindSafe(|| drop(work))).is_err() {
        tracing::error!("a run panicked while it was let go of");
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.want_turn();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.want_turn();
    }
}
