//! Places for runs: who gets the next one, who waits in line for it, and who is told to come back later.
//!
//! ```text
//! Slots
//! └── one floor for each depth of apps calling apps; on each:
//!     places      as many as the engine keeps for that depth
//!     workspaces  runs under way, and a line of at most 64 requests each
//!     turn        the workspaces that have a line, in the order in which they get the next free place
//! ```
//!
//! Four rules make it fair:
//! - Only a workspace's own line grows when it asks for too much, and free places go round the lines, one each.
//! - A workspace never holds more places than are still free, so one can hold half of them, two a third each. Places that are
//!   [kept](KEPT) do not count as free, but for a workspace that has none: so each of a class finds one, whatever the others do.
//! - A workspace that has had its share of processor time begins its runs in the slow lane while others are about ([`share`]).
//! - An app that waits for another app's answer waits for a place on the next floor, never for one that it holds itself.
//!
//! Owns one lock around all floors; it is held for a few additions, never across an await.

mod floor;
mod share;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::WorkspaceId;
use tokio::sync::oneshot;

use self::floor::{Floor, Rules, Ticket};
pub(crate) use self::share::Pace;
use self::share::Shares;
use crate::config::LimitsConfig;
use crate::model::AppName;

/// Floors: a run that is asked from outside, and the apps that may call each other below it.
pub(crate) const DEPTHS: u8 = 5;
/// Places for runs that are asked from outside, at least; more where one workspace may have more than half of them.
const PLACES: u32 = 64;
/// Places for runs that are asked from outside, besides those, that only a workspace without a run gets: a class of thirty.
const KEPT: u32 = 32;
/// More makes the engine reserve more addresses than some systems give.
const MOST_PLACES: u32 = 256;
/// Places on each floor below. Calls between apps are short, and those that wait hold no place of another floor back.
const PLACES_BELOW: u32 = 16;
/// Requests of one workspace that may wait: two classes of thirty pressing the button at once.
const WAITING: usize = 64;
/// How long a request waits for its place. Longer, and the person in front of the browser presses the button again.
const PATIENCE: Duration = Duration::from_secs(2);

/// The runs under way and the requests that wait for a place. Cheap to clone; all clones are the same.
#[derive(Debug, Clone)]
pub struct Slots {
    floors: Arc<Mutex<Vec<Floor>>>,
    rules: Rules,
    patience: Duration,
    shares: Shares,
}

/// Why a request got no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The app had all the runs it may have, for as long as the request waited.
    App {
        /// What is allowed.
        limit: u32,
    },
    /// The workspace had all the runs it may have, for as long as the request waited.
    Workspace {
        /// What is allowed.
        limit: u32,
    },
    /// As many requests of the workspace are waiting as may.
    Line {
        /// What is allowed.
        limit: u32,
    },
    /// All workspaces together left no place for as long as the request waited.
    Platform {
        /// How many places there are.
        limit: u32,
    },
    /// Apps call apps that call apps, deeper than there are floors.
    Depth {
        /// How many may be in a row.
        limit: u32,
    },
}

/// One run under way; dropped when it ends, however it ends.
#[derive(Debug)]
#[must_use = "the place is free again as soon as the slot is dropped"]
pub(crate) struct Slot {
    slots: Slots,
    depth: u8,
    workspace: WorkspaceId,
    app: AppName,
}

impl Slots {
    /// Places as the limits ask for.
    #[must_use]
    pub fn new(limits: &LimitsConfig) -> Self {
        let rules = Rules {
            per_app: limits.runs_per_app,
            per_workspace: limits.runs_per_workspace,
            waiting: WAITING,
        };
        let ground = Floor::new(outside_places(limits), KEPT);
        let below = (1..DEPTHS).map(|_| Floor::new(PLACES_BELOW, 0));
        let floors = std::iter::once(ground).chain(below);
        Self {
            floors: Arc::new(Mutex::new(floors.collect())),
            rules,
            patience: PATIENCE,
            shares: Shares::default(),
        }
    }

    /// Places on all floors together: what the engine must have room for.
    #[must_use]
    pub fn places(limits: &LimitsConfig) -> u32 {
        outside_places(limits) + PLACES_BELOW * u32::from(DEPTHS - 1)
    }

    /// Takes a place for a run of this app, or waits in the workspace's line for one. `depth` is the number of apps that
    /// wait for this run's answer: 0 for a request from outside. Dropping the future leaves the line.
    ///
    /// # Errors
    /// [`Full`] when the line is full, or when no place came free in time.
    pub(crate) async fn enter(&self, workspace: WorkspaceId, app: &AppName, depth: u8) -> Result<Slot, Full> {
        let (ticket, granted) = {
            let mut floors = self.lock();
            let Some(floor) = floors.get_mut(usize::from(depth)) else {
                let limit = u32::from(DEPTHS - 1);
                return Err(Full::Depth { limit });
            };
            if floor.take(&self.rules, workspace, app) {
                return Ok(self.slot(workspace, app, depth));
            }
            let (sender, granted) = oneshot::channel();
            (floor.wait(&self.rules, workspace, app.clone(), sender)?, granted)
        };
        let waiting = Waiting {
            slots: self,
            workspace,
            depth,
            ticket,
        };
        match tokio::time::timeout(self.patience, granted).await {
            Ok(Ok(slot)) => Ok(slot),
            // The sender is only dropped together with the line, which the guard below has not left yet.
            Ok(Err(_)) | Err(_) => Err(waiting.give_up(app)),
        }
    }

    /// Counts what a run has used to its workspace's share: processor time of its guest, and calls.
    pub(crate) fn used(&self, workspace: WorkspaceId, cpu_us: u64, calls: usize) {
        self.shares.used(workspace, cpu_us, calls, Instant::now());
    }

    /// All runs under way.
    #[must_use]
    pub fn under_way(&self) -> u32 {
        self.lock().iter().map(Floor::taken).sum()
    }

    /// All requests that wait for a place.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().iter().map(Floor::waiting).sum()
    }

    fn slot(&self, workspace: WorkspaceId, app: &AppName, depth: u8) -> Slot {
        Slot {
            slots: self.clone(),
            depth,
            workspace,
            app: app.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Floor>> {
        self.floors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a floor, and hands the places that came free to those whose turn it is.
    fn change(&self, depth: u8, change: impl FnOnce(&mut Floor)) {
        let granted = {
            let mut floors = self.lock();
            let Some(floor) = floors.get_mut(usize::from(depth)) else {
                return;
            };
            change(floor);
            floor.hand_out(&self.rules)
        };
        // Outside the lock: who has gone meanwhile gives its place back at once, through here again.
        for (workspace, waiter) in granted {
            drop(waiter.grant.send(self.slot(workspace, &waiter.app, depth)));
        }
    }
}

fn outside_places(limits: &LimitsConfig) -> u32 {
    limits
        .runs_per_workspace
        .saturating_mul(2)
        .clamp(PLACES, MOST_PLACES)
        .saturating_add(KEPT)
}

impl Slot {
    /// Where the run begins; asked once, when it does.
    pub(crate) fn pace(&self) -> Pace {
        self.slots.shares.pace(self.workspace, Instant::now())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots
            .change(self.depth, |floor| floor.leave(self.workspace, &self.app));
    }
}

/// A request in line; leaves it when dropped.
struct Waiting<'a> {
    slots: &'a Slots,
    workspace: WorkspaceId,
    depth: u8,
    ticket: Ticket,
}

impl Waiting<'_> {
    /// Why nothing came free.
    fn give_up(&self, app: &AppName) -> Full {
        let floors = self.slots.lock();
        let floor = floors.get(usize::from(self.depth));
        floor.map_or(Full::Platform { limit: 0 }, |floor| {
            floor.reason(&self.slots.rules, self.workspace, app)
        })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.slots
            .change(self.depth, |floor| floor.leave_line(self.workspace, self.ticket));
    }
}

#[cfg(test)]
mod tests;
