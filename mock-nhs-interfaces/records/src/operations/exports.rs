//! Exports that are kept in memory until they are fetched, deleted, or newer ones take their place.
//!
//! Owns a lock, held for as long as an export is looked up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use store::WorkspaceId;

use crate::{Instant, ResourceId, ResourceType};

/// Bytes of one export at most: what a workspace may keep of its own, or some thousand people of the base.
pub(super) const MAX_EXPORT_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of all exports of all workspaces; the oldest go first.
const MAX_KEPT_BYTES: usize = 256 * 1024 * 1024;
/// Exports of one workspace; the oldest goes first.
const MAX_OF_WORKSPACE: usize = 4;

/// The exports of every workspace, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Exports(Mutex<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    workspace: WorkspaceId,
    id: ResourceId,
    export: Arc<Export>,
}

/// What one export found.
#[derive(Debug)]
pub(super) struct Export {
    /// When it was asked for: everything is as it was then.
    pub(super) at: Instant,
    /// The address that asked for it.
    pub(super) request: String,
    pub(super) files: Vec<File>,
}

/// All resources of a type, one a line.
#[derive(Debug)]
pub(super) struct File {
    pub(super) kind: ResourceType,
    pub(super) count: i64,
    pub(super) lines: Bytes,
}

impl Export {
    fn size_bytes(&self) -> usize {
        self.files.iter().map(|file| file.lines.len()).sum()
    }
}

impl Exports {
    /// Keeps an export; answers what it is called.
    pub(super) fn keep(&self, workspace: WorkspaceId, export: Export) -> ResourceId {
        let id = ResourceId::random();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Kept {
            workspace,
            id: id.clone(),
            export: Arc::new(export),
        });
        let own = kept.iter().filter(|one| one.workspace == workspace).count();
        if own > MAX_OF_WORKSPACE
            && let Some(oldest) = kept.iter().position(|one| one.workspace == workspace)
        {
            kept.remove(oldest);
        }
        let mut bytes: usize = kept.iter().map(|one| one.export.size_bytes()).sum();
        while bytes > MAX_KEPT_BYTES
            && let Some(oldest) = kept.pop_front()
        {
            bytes = bytes.saturating_sub(oldest.export.size_bytes());
        }
        id
    }

    /// The workspace's export that is called so.
    pub(super) fn find(&self, workspace: WorkspaceId, id: &str) -> Option<Arc<Export>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own = kept.iter().filter(|one| one.workspace == workspace);
        own.find(|one| one.id.as_str() == id)
            .map(|one| Arc::clone(&one.export))
    }

    /// Forgets an export; whether there was one.
    pub(super) fn delete(&self, workspace: WorkspaceId, id: &str) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.len();
        kept.retain(|one| one.workspace != workspace || one.id.as_str() != id);
        kept.len() < before
    }
}
