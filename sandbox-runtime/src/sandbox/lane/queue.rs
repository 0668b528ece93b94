//! Who gets the next turn: the groups in turn, the runs of a group in turn.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Group;
use super::task::Task;
use crate::priority;

/// Tasks that want a turn, and the threads that give it.
#[derive(Debug)]
pub(super) struct Queue {
    threads: usize,
    state: Mutex<State>,
    something: Condvar,
}

#[derive(Debug, Default)]
struct State {
    started: bool,
    closed: bool,
    lines: HashMap<Group, VecDeque<Arc<Task>>>,
    // Invariant: holds exactly the groups that have a line, each once; no line is empty.
    turn: VecDeque<Group>,
}

impl State {
    fn push(&mut self, group: Group, task: Arc<Task>) {
        let line = self.lines.entry(group).or_default();
        if line.is_empty() {
            self.turn.push_back(group);
        }
        line.push_back(task);
    }

    fn pop(&mut self) -> Option<Arc<Task>> {
        let group = self.turn.pop_front()?;
        let line = self.lines.get_mut(&group)?;
        let task = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&group);
        } else {
            self.turn.push_back(group);
        }
        task
    }
}

impl Queue {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            threads,
            state: Mutex::default(),
            something: Condvar::new(),
        }
    }

    /// Puts a task at the end of its group's line. A closed queue drops it.
    pub(super) fn push(self: &Arc<Self>, group: Group, task: Arc<Task>) {
        let mut state = self.lock();
        if state.closed {
            drop(state);
            drop(task);
            return;
        }
        state.push(group, task);
        let must_start = !std::mem::replace(&mut state.started, true);
        drop(state);
        if must_start {
            self.start();
        }
        self.something.notify_one();
    }

    /// Ends the threads, and every task that has not ended.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let left = std::mem::take(&mut state.lines);
        state.turn.clear();
        drop(state);
        self.something.notify_all();
        drop(left);
    }

    fn start(self: &Arc<Self>) {
        for number in 0..self.threads {
            let queue = Arc::clone(self);
            let thread = std::thread::Builder::new().name(format!("slow-lane-{number}"));
            let spawned = thread.spawn(move || {
                priority::lower_this_thread();
                while let Some(task) = queue.next() {
                    task.turn();
                    // Short turns in a row are one long one to whoever has come meanwhile.
                    std::thread::yield_now();
                }
            });
            if let Err(error) = spawned {
                tracing::error!(%error, "no thread for the slow lane");
                // Those that did start do the work; without any, the next run tries again.
                self.lock().started = number > 0;
                return;
            }
        }
    }

    /// Waits for a task; `None` when the queue is closed.
    fn next(&self) -> Option<Arc<Task>> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(task) = state.pop() {
                return Some(task);
            }
            state = self.something.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
