//! What the people of a workspace have set: one row a workspace.

use std::sync::Arc;

use store::{CommitError, Store, Table, WorkspaceId, WriteSet};

use super::{DataError, row};
use crate::model::ConditionsState;

const WHAT: &str = "conditions of a workspace";
const KEY: &[u8] = b"conditions";

/// Reads and writes conditions.
#[derive(Debug, Clone)]
pub(crate) struct ConditionsRows {
    store: Arc<dyn Store>,
}

impl ConditionsRows {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// What is kept; real time and no faults where nothing is.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub(crate) async fn read(&self, workspace: WorkspaceId) -> Result<ConditionsState, DataError> {
        let entry = self.store.get(workspace, Table::Conditions, KEY).await?;
        let kept = entry.map(|entry| row::read(WHAT, &entry.value)).transpose()?;
        Ok(kept.unwrap_or_default())
    }

    /// Keeps this.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub(crate) async fn write(
        &self,
        workspace: WorkspaceId,
        state: &ConditionsState,
    ) -> Result<(), DataError> {
        let write = WriteSet::new().put(Table::Conditions, KEY, row::write(WHAT, state)?);
        match self.store.commit(workspace, write).await {
            Ok(_) => Ok(()),
            // Nothing is expected of the row, so nothing can be otherwise.
            Err(CommitError::Conflict { .. }) => Err(DataError::Contended { attempts: 1 }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}
