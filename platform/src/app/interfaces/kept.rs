//! What is in memory of added interfaces: as much as there is room for, and what is in use longest.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use openapi_mock::Document;
use store::{BlobId, WorkspaceId};

use super::Added;

/// Workspaces whose interfaces are held in memory; those of another one are read again when they are asked.
const MAX_WORKSPACES: usize = 200;
/// Memory that the documents of all of them may take, in bytes.
const MAX_BYTES: usize = 512 << 20;

/// Interfaces by workspace, and the documents that they share: a fork has the same ones.
#[derive(Debug, Default)]
pub(super) struct Kept {
    by_workspace: HashMap<WorkspaceId, InUse>,
    documents: HashMap<BlobId, Weak<Document>>,
    turns: HashMap<WorkspaceId, Weak<tokio::sync::Mutex<()>>>,
    /// Counts what is asked for.
    now: u64,
}

#[derive(Debug)]
struct InUse {
    added: Added,
    bytes: usize,
    used: u64,
}

impl Kept {
    /// What the workspace added, when it is in memory.
    pub(super) fn of(&mut self, workspace: WorkspaceId) -> Option<Added> {
        self.now += 1;
        let found = self.by_workspace.get_mut(&workspace)?;
        found.used = self.now;
        Some(Arc::clone(&found.added))
    }

    /// Keeps what the workspace added, in place of what is used least.
    pub(super) fn keep(&mut self, workspace: WorkspaceId, added: &Added) {
        self.now += 1;
        let kept = InUse {
            added: Arc::clone(added),
            // What pages say about a document is about as much as the document itself.
            bytes: added.iter().map(|added| 2 * added.document.held_bytes()).sum(),
            used: self.now,
        };
        self.by_workspace.insert(workspace, kept);
        self.make_room(MAX_WORKSPACES, MAX_BYTES);
    }

    /// Forgets the least recently used, but not the last one.
    fn make_room(&mut self, workspaces: usize, bytes: usize) {
        let mut all: usize = self.by_workspace.values().map(|kept| kept.bytes).sum();
        while self.by_workspace.len() > 1 && (self.by_workspace.len() > workspaces || all > bytes) {
            let oldest = self.by_workspace.iter().min_by_key(|(_, kept)| kept.used);
            let Some((oldest, freed)) = oldest.map(|(workspace, kept)| (*workspace, kept.bytes)) else {
                return;
            };
            self.by_workspace.remove(&oldest);
            all = all.saturating_sub(freed);
        }
    }

    pub(super) fn forget(&mut self, workspace: WorkspaceId) {
        self.by_workspace.remove(&workspace);
    }

    pub(super) fn document(&self, id: &BlobId) -> Option<Arc<Document>> {
        self.documents.get(id).and_then(Weak::upgrade)
    }

    /// Adds a document, and forgets those that nobody uses any more.
    pub(super) fn add_document(&mut self, id: BlobId, document: &Arc<Document>) {
        self.documents.retain(|_, document| document.strong_count() > 0);
        self.documents.insert(id, Arc::downgrade(document));
    }

    /// The lock of the workspace, the same for all who want it at the same time.
    pub(super) fn turn_of(&mut self, workspace: WorkspaceId) -> Arc<tokio::sync::Mutex<()>> {
        if let Some(turn) = self.turns.get(&workspace).and_then(Weak::upgrade) {
            return turn;
        }
        self.turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        self.turns.insert(workspace, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use mock_nhs_interfaces::AddedInterface;

    use super::*;

    const TEXT: &[u8] = b"openapi: 3.0.0\npaths: {/a: {get: {responses: {200: {description: b}}}}}\n";

    fn document() -> Arc<Document> {
        Arc::new(Document::read(TEXT).unwrap())
    }

    fn added() -> Added {
        Arc::new([Arc::new(AddedInterface::new("a", "/a", document()))])
    }

    #[test]
    fn what_is_used_least_goes_first() {
        let [first, second, third] = [1, 2, 3].map(WorkspaceId::new);
        let added = added();
        let all = || {
            let mut kept = Kept::default();
            for workspace in [first, second, third] {
                kept.keep(workspace, &added);
            }
            assert!(kept.of(first).is_some());
            kept
        };
        let each = 2 * document().held_bytes();
        assert!(each > 0);
        for (workspaces, bytes, expected) in [
            (3, 3 * each, [true; 3]),
            (2, 3 * each, [true, false, true]),
            (3, 3 * each - 1, [true, false, true]),
            (3, each, [true, false, false]),
            (3, 0, [true, false, false]),
        ] {
            let mut kept = all();
            kept.make_room(workspaces, bytes);
            let found = [first, second, third].map(|workspace| kept.of(workspace).is_some());
            assert_eq!(found, expected, "{workspaces} {bytes}");
        }
    }

    #[test]
    fn documents_that_nobody_uses_are_forgotten() {
        let mut kept = Kept::default();
        let (one, other) = (BlobId::of(b"1"), BlobId::of(b"2"));
        let used = document();
        kept.add_document(one, &used);
        kept.add_document(other, &document());
        assert!(kept.document(&one).is_some() && kept.document(&other).is_none());
        kept.add_document(BlobId::of(b"3"), &document());
        assert_eq!(kept.documents.len(), 2);
    }

    #[test]
    fn a_workspace_waits_for_itself_only() {
        let mut kept = Kept::default();
        let turn = kept.turn_of(WorkspaceId::new(1));
        let held = turn.try_lock().unwrap();
        assert!(kept.turn_of(WorkspaceId::new(1)).try_lock().is_err());
        assert!(kept.turn_of(WorkspaceId::new(2)).try_lock().is_ok());
        drop(held);
        assert!(kept.turn_of(WorkspaceId::new(1)).try_lock().is_ok());
        drop(turn);
        kept.turn_of(WorkspaceId::new(3));
        assert_eq!(kept.turns.len(), 1);
    }
}
