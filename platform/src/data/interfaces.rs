//! The interfaces that a workspace added: one row each, which names the document's file among the blobs.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::{BlobId, CommitError, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId, WriteSet};

use super::{DataError, row};

const WHAT: &str = "interface";

/// Reads and changes the interfaces that workspaces added.
#[derive(Debug, Clone)]
pub struct Interfaces {
    store: Arc<dyn Store>,
}

/// An interface that was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedRow {
    /// Its id in the workspace.
    pub id: String,
    /// The path under which it is reached.
    pub path_prefix: String,
    /// The SHA-256 of its document.
    pub document: BlobId,
}

impl Interfaces {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// What the workspace added, by id.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn list(&self, workspace: WorkspaceId) -> Result<Vec<AddedRow>, DataError> {
        let mut found = Vec::new();
        let options = ScanOptions::default();
        let mut pages = Pages::new(
            &*self.store,
            workspace,
            Table::Interfaces,
            KeyRange::all(),
            options,
        );
        while let Some(rows) = pages.next().await? {
            for (_, entry) in &rows {
                found.push(row::read(WHAT, &entry.value)?);
            }
        }
        Ok(found)
    }

    /// Keeps an interface, in place of one of the same id.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn put(&self, workspace: WorkspaceId, added: &AddedRow) -> Result<(), DataError> {
        let value = row::write(WHAT, added)?;
        let write = WriteSet::new().put(Table::Interfaces, added.id.as_bytes(), value);
        self.commit(workspace, write).await
    }

    /// Removes an interface.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn delete(&self, workspace: WorkspaceId, id: &str) -> Result<(), DataError> {
        let write = WriteSet::new().delete(Table::Interfaces, id.as_bytes());
        self.commit(workspace, write).await
    }

    async fn commit(&self, workspace: WorkspaceId, write: WriteSet) -> Result<(), DataError> {
        match self.store.commit(workspace, write).await {
            Ok(_) => Ok(()),
            // Nothing is expected of the rows.
            Err(CommitError::Conflict { .. }) => Err(DataError::Contended { attempts: 1 }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}
