//! One at a time, and the groups in turn: the line of jobs in front of a child process.
//!
//! ```text
//! Line
//! ├── holder   whose job is under way
//! ├── lines    the jobs that wait, a line for each group
//! └── turn     the groups that have a line, in the order in which they come next; whose job is under way comes behind them
//! ```
//!
//! However many jobs one group has, a job of another waits for the one under way and at most one of each group that waited before it.
//! When all places are taken, the longest line gives its last one up for a group that has fewer, so that nobody can fill them alone.
//!
//! Owns one lock, held for a few additions, never across an await.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// What a job is counted to.
pub(crate) type Group = u64;

/// Jobs that wait at most. More are refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Of one group.
    pub(crate) each: usize,
    /// Of all groups together.
    pub(crate) all: usize,
}

/// Why a job got no place in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// As many jobs of its group are waiting as may.
    Group {
        /// How many.
        limit: usize,
    },
    /// As many jobs of all groups are waiting as may.
    All {
        /// How many.
        limit: usize,
    },
}

/// The line.
#[derive(Debug)]
pub(crate) struct Line {
    bounds: Bounds,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    holder: Option<Group>,
    // Invariant: no line is empty.
    lines: HashMap<Group, VecDeque<Waiter>>,
    // Invariant: holds exactly the groups that have a line, each once, but never the holder.
    turn: VecDeque<Group>,
    waiting: usize,
    next_ticket: u64,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    grant: oneshot::Sender<Turn>,
}

/// The right to do a job; the next one's when dropped.
#[derive(Debug)]
#[must_use = "the turn is over as soon as this is dropped"]
pub(crate) struct Turn {
    line: Arc<Line>,
}

impl Line {
    pub(crate) fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            bounds,
            state: Mutex::default(),
        })
    }

    /// Waits until it is this job's turn. Dropping the future leaves the line.
    pub(crate) async fn turn(self: &Arc<Self>, group: Group) -> Result<Turn, Full> {
        let (ticket, granted) = {
            let mut state = self.lock();
            if state.holder.is_none() {
                state.holder = Some(group);
                return Ok(self.next_turn());
            }
            state.wait(self.bounds, group)?
        };
        let _place = Place {
            line: self,
            group,
            ticket,
        };
        // The sender is dropped when somebody else got the place.
        granted.await.map_err(|_dropped| Full::All {
            limit: self.bounds.all,
        })
    }

    fn next_turn(self: &Arc<Self>) -> Turn {
        Turn {
            line: Arc::clone(self),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = self.line.lock().next();
        // Outside the lock: the turn of a job that has gone meanwhile comes back here at once.
        if let Some(waiter) = next {
            drop(waiter.grant.send(self.line.next_turn()));
        }
    }
}

impl State {
    fn wait(&mut self, bounds: Bounds, group: Group) -> Result<(u64, oneshot::Receiver<Turn>), Full> {
        let own = self.lines.get(&group).map_or(0, VecDeque::len);
        if own >= bounds.each {
            return Err(Full::Group { limit: bounds.each });
        }
        if self.waiting >= bounds.all && !self.make_room(own) {
            return Err(Full::All { limit: bounds.all });
        }
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let (grant, granted) = oneshot::channel();
        self.lines
            .entry(group)
            .or_default()
            .push_back(Waiter { ticket, grant });
        self.waiting += 1;
        if own == 0 && self.holder != Some(group) {
            self.turn.push_back(group);
        }
        Ok((ticket, granted))
    }

    /// Takes the last job of the longest line away, if that line stays longer than one of `own` jobs would become.
    fn make_room(&mut self, own: usize) -> bool {
        let longest = self.lines.values_mut().max_by_key(|line| line.len());
        let Some(line) = longest.filter(|line| line.len() > own + 1) else {
            return false;
        };
        drop(line.pop_back());
        self.waiting -= 1;
        true
    }

    /// The job under way has ended: whose turn it is now.
    fn next(&mut self) -> Option<Waiter> {
        if let Some(served) = self.holder.take()
            && self.lines.contains_key(&served)
        {
            self.turn.push_back(served);
        }
        let group = self.turn.pop_front()?;
        let line = self.lines.get_mut(&group)?;
        let waiter = line.pop_front()?;
        if line.is_empty() {
            self.lines.remove(&group);
        }
        self.waiting -= 1;
        self.holder = Some(group);
        Some(waiter)
    }

    /// A job waits no longer; nothing happens when it had got its turn, or had to make room.
    fn leave(&mut self, group: Group, ticket: u64) {
        let Some(line) = self.lines.get_mut(&group) else {
            return;
        };
        let before = line.len();
        line.retain(|waiter| waiter.ticket != ticket);
        self.waiting -= before - line.len();
        if line.is_empty() {
            self.lines.remove(&group);
            self.turn.retain(|other| *other != group);
        }
    }
}

/// A place in the line; left when dropped.
struct Place<'a> {
    line: &'a Line,
    group: Group,
    ticket: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.line.lock().leave(self.group, self.ticket);
    }
}

#[cfg(test)]
mod tests;
