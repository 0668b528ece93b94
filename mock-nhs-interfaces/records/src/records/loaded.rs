//! Which workspaces are in memory.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use store::WorkspaceId;

use super::Inner;
use crate::RecordsError;
use crate::workspace::Workspace;

/// The place of one workspace.
#[derive(Debug, Default)]
pub(super) struct Slot {
    current: RwLock<Option<Arc<Workspace>>>,
    /// One reads from disk, the others wait for it.
    loading: tokio::sync::Mutex<()>,
}

impl Slot {
    fn current(&self) -> Option<Arc<Workspace>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current
            .as_ref()
            .filter(|workspace| !workspace.is_dead())
            .map(Arc::clone)
    }

    /// Lets go of the workspace if nobody else holds it, and says whether it did. Invariant: handles are only copied
    /// under the lock that is held here, so nobody can begin to use it meanwhile.
    fn let_go(&self) -> bool {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let idle = current
            .as_ref()
            .is_some_and(|workspace| Arc::strong_count(workspace) == 1);
        if idle {
            *current = None;
        }
        idle
    }
}

impl Inner {
    fn slot(&self, workspace: WorkspaceId) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(workspace).or_default())
    }

    /// The workspace, from memory or from disk.
    pub(super) async fn loaded(&self, id: WorkspaceId) -> Result<Arc<Workspace>, RecordsError> {
        let slot = self.slot(id);
        if let Some(workspace) = slot.current() {
            self.touch(&workspace);
            return Ok(workspace);
        }
        let loading = slot.loading.lock().await;
        if let Some(workspace) = slot.current() {
            self.touch(&workspace);
            return Ok(workspace);
        }
        let workspace = Arc::new(Workspace::load(&self.log, &self.base, &self.watch, id).await?);
        self.touch(&workspace);
        *slot.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&workspace));
        drop(loading);
        self.make_room();
        Ok(workspace)
    }

    fn touch(&self, workspace: &Workspace) {
        let tick = self.ticks.fetch_add(1, Ordering::Relaxed);
        workspace.used_at.store(tick, Ordering::Relaxed);
    }

    /// Lets go of the workspaces that were used longest ago, until what stays is within bounds.
    fn make_room(&self) {
        let slots: Vec<Arc<Slot>> = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.values().map(Arc::clone).collect()
        };
        let mut held: Vec<(u64, u64, Arc<Slot>)> = slots
            .into_iter()
            .filter_map(|slot| {
                let workspace = slot.current()?;
                let used_at = workspace.used_at.load(Ordering::Relaxed);
                Some((used_at, workspace.view().used().bytes, slot))
            })
            .collect();
        held.sort_unstable_by_key(|(used_at, ..)| *used_at);
        let mut count = held.len();
        let mut bytes = held
            .iter()
            .fold(0_u64, |sum, (_, own, _)| sum.saturating_add(*own));
        for (_, own, slot) in held {
            if count <= self.config.loaded_workspaces && bytes <= self.config.loaded_bytes {
                return;
            }
            if slot.let_go() {
                count = count.saturating_sub(1);
                bytes = bytes.saturating_sub(own);
            }
        }
    }

    /// How many workspaces are in memory.
    pub(super) fn loaded_count(&self) -> usize {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.values().filter(|slot| slot.current().is_some()).count()
    }

    /// Forgets what is in memory of the workspace.
    pub(super) fn drop_loaded(&self, workspace: WorkspaceId) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.remove(&workspace);
    }
}
