//! How many runs an app and a workspace have under way, and the permits that keep both within their limits.
//!
//! Owns one lock around the counts; it is held for an addition or a subtraction, never across an await.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::WorkspaceId;

use crate::model::AppName;

/// The runs under way.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    counts: Arc<Mutex<HashMap<WorkspaceId, Counts>>>,
}

#[derive(Debug, Default)]
struct Counts {
    total: u32,
    by_app: HashMap<AppName, u32>,
}

/// Which count was full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    App,
    Workspace,
}

/// One run under way; dropped when it ends, however it ends.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Slots,
    workspace: WorkspaceId,
    app: AppName,
}

impl Slots {
    /// Counts one more run, if both limits allow it.
    pub(crate) fn take(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        (per_app, per_workspace): (u32, u32),
    ) -> Result<Slot, Full> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = counts.entry(workspace).or_default();
        if counts.total >= per_workspace {
            return Err(Full::Workspace);
        }
        match counts.by_app.get_mut(app) {
            Some(count) if *count >= per_app => return Err(Full::App),
            Some(count) => *count += 1,
            None => {
                counts.by_app.insert(app.clone(), 1);
            }
        }
        counts.total += 1;
        Ok(Slot {
            slots: self.clone(),
            workspace,
            app: app.clone(),
        })
    }

    /// All runs under way.
    #[must_use]
    pub fn under_way(&self) -> u32 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.values().map(|counts| counts.total).sum()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut all = self.slots.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(counts) = all.get_mut(&self.workspace) else {
            return;
        };
        counts.total = counts.total.saturating_sub(1);
        if let Some(count) = counts.by_app.get_mut(&self.app) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.by_app.remove(&self.app);
            }
        }
        if counts.total == 0 {
            all.remove(&self.workspace);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_hold_and_slots_come_back() {
        let slots = Slots::default();
        let workspace = WorkspaceId::new(1);
        let (one, two) = (AppName::new("one").unwrap(), AppName::new("two").unwrap());
        let first = slots.take(workspace, &one, (1, 2)).unwrap();
        assert_eq!(slots.take(workspace, &one, (1, 2)).unwrap_err(), Full::App);
        let second = slots.take(workspace, &two, (1, 2)).unwrap();
        assert_eq!(slots.take(workspace, &two, (9, 2)).unwrap_err(), Full::Workspace);
        assert!(slots.take(WorkspaceId::new(2), &one, (1, 2)).is_ok());
        assert_eq!(slots.under_way(), 2);
        drop((first, second));
        assert_eq!(slots.under_way(), 0);
        assert!(slots.counts.lock().unwrap().is_empty());
    }
}
