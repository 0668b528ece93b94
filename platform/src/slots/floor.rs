//! The places of one depth: plain counting, without waiting and without a lock of its own.

use std::collections::{HashMap, VecDeque};

use store::WorkspaceId;
use tokio::sync::oneshot;

use super::{Full, Slot};
use crate::model::AppName;

/// What an app and a workspace may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) per_app: u32,
    pub(super) per_workspace: u32,
    pub(super) waiting: usize,
}

/// Names one request in a line.
pub(super) type Ticket = u64;

/// A request that waits.
#[derive(Debug)]
pub(super) struct Waiter {
    ticket: Ticket,
    pub(super) app: AppName,
    pub(super) grant: oneshot::Sender<Slot>,
}

/// One depth.
#[derive(Debug)]
pub(super) struct Floor {
    places: u32,
    /// Of these, how many only a workspace gets that has none.
    kept: u32,
    taken: u32,
    next_ticket: Ticket,
    workspaces: HashMap<WorkspaceId, Counts>,
    // Invariant: holds exactly the workspaces whose line is not empty, each once.
    turn: VecDeque<WorkspaceId>,
}

#[derive(Debug, Default)]
struct Counts {
    running: u32,
    by_app: HashMap<AppName, u32>,
    line: VecDeque<Waiter>,
}

impl Counts {
    fn app_has_room(&self, rules: &Rules, app: &AppName) -> bool {
        self.by_app.get(app).is_none_or(|count| *count < rules.per_app)
    }

    fn run(&mut self, app: &AppName) {
        self.running += 1;
        match self.by_app.get_mut(app) {
            Some(count) => *count += 1,
            None => {
                self.by_app.insert(app.clone(), 1);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.running == 0 && self.line.is_empty()
    }
}

impl Floor {
    pub(super) fn new(places: u32, kept: u32) -> Self {
        Self {
            places,
            kept,
            taken: 0,
            next_ticket: 0,
            workspaces: HashMap::new(),
            turn: VecDeque::new(),
        }
    }

    pub(super) fn taken(&self) -> u32 {
        self.taken
    }

    pub(super) fn waiting(&self) -> usize {
        self.workspaces.values().map(|counts| counts.line.len()).sum()
    }

    /// Whether a workspace with so many runs may have one more. The second condition is what leaves places to others.
    fn has_room(&self, rules: &Rules, running: u32) -> bool {
        let free = self.places.saturating_sub(self.taken);
        let free = if running == 0 {
            free
        } else {
            free.saturating_sub(self.kept)
        };
        running < rules.per_workspace && running < free
    }

    /// Takes a place if one may be had at once. Nobody in a line could have it: what they may have was handed out when it came free.
    pub(super) fn take(&mut self, rules: &Rules, workspace: WorkspaceId, app: &AppName) -> bool {
        let running = self.workspaces.get(&workspace).map_or(0, |counts| counts.running);
        if !self.has_room(rules, running) {
            return false;
        }
        let counts = self.workspaces.entry(workspace).or_default();
        if !counts.app_has_room(rules, app) {
            return false;
        }
        counts.run(app);
        self.taken += 1;
        true
    }

    /// Enters the workspace's line.
    pub(super) fn wait(
        &mut self,
        rules: &Rules,
        workspace: WorkspaceId,
        app: AppName,
        grant: oneshot::Sender<Slot>,
    ) -> Result<Ticket, Full> {
        let counts = self.workspaces.entry(workspace).or_default();
        if counts.line.len() >= rules.waiting {
            return Err(Full::Line {
                limit: u32::try_from(rules.waiting).unwrap_or(u32::MAX),
            });
        }
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        if counts.line.is_empty() {
            self.turn.push_back(workspace);
        }
        counts.line.push_back(Waiter { ticket, app, grant });
        Ok(ticket)
    }

    /// A run has ended.
    pub(super) fn leave(&mut self, workspace: WorkspaceId, app: &AppName) {
        let Some(counts) = self.workspaces.get_mut(&workspace) else {
            return;
        };
        self.taken = self.taken.saturating_sub(1);
        counts.running = counts.running.saturating_sub(1);
        if let Some(count) = counts.by_app.get_mut(app) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.by_app.remove(app);
            }
        }
        if counts.is_empty() {
            self.workspaces.remove(&workspace);
        }
    }

    /// A request waits no longer; nothing happens when it had got its place.
    pub(super) fn leave_line(&mut self, workspace: WorkspaceId, ticket: Ticket) {
        let Some(counts) = self.workspaces.get_mut(&workspace) else {
            return;
        };
        let before = counts.line.len();
        counts.line.retain(|waiter| waiter.ticket != ticket);
        if counts.line.is_empty() && before > 0 {
            self.turn.retain(|other| *other != workspace);
        }
        if counts.is_empty() {
            self.workspaces.remove(&workspace);
        }
    }

    /// Gives free places to the lines, one each in turn, until nobody who waits may have one.
    pub(super) fn hand_out(&mut self, rules: &Rules) -> Vec<(WorkspaceId, Waiter)> {
        let mut granted = Vec::new();
        let mut refused = 0;
        while refused < self.turn.len() {
            let Some(workspace) = self.turn.pop_front() else {
                break;
            };
            match self.first_of(rules, workspace) {
                Some(waiter) => {
                    granted.push((workspace, waiter));
                    refused = 0;
                }
                None => refused += 1,
            }
            let has_line = |counts: &Counts| !counts.line.is_empty();
            if self.workspaces.get(&workspace).is_some_and(has_line) {
                self.turn.push_back(workspace);
            }
        }
        granted
    }

    /// The first in a workspace's line whose app has room, with its place taken.
    fn first_of(&mut self, rules: &Rules, workspace: WorkspaceId) -> Option<Waiter> {
        let running = self.workspaces.get(&workspace)?.running;
        if !self.has_room(rules, running) {
            return None;
        }
        let counts = self.workspaces.get_mut(&workspace)?;
        let first = counts
            .line
            .iter()
            .position(|waiter| counts.app_has_room(rules, &waiter.app))?;
        let waiter = counts.line.remove(first)?;
        counts.run(&waiter.app);
        self.taken += 1;
        Some(waiter)
    }

    /// What a request of this app waits for.
    pub(super) fn reason(&self, rules: &Rules, workspace: WorkspaceId, app: &AppName) -> Full {
        match self.workspaces.get(&workspace) {
            Some(counts) if !counts.app_has_room(rules, app) => Full::App { limit: rules.per_app },
            Some(counts) if counts.running >= rules.per_workspace => Full::Workspace {
                limit: rules.per_workspace,
            },
            Some(_) | None => Full::Platform { limit: self.places },
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.taken == 0 && self.workspaces.is_empty() && self.turn.is_empty()
    }
}
