//! What is on disk: layers of versions that are only added to, and a head for each workspace that names its layers.
//!
//! To fork, to make a checkpoint, to go back to one and to reset write a head and nothing else, whatever the size.
//!
//! Layers and heads are the platform's rows ([`WorkspaceId::PLATFORM`]): a layer can belong to several workspaces.
//! Keys, big-endian: of a head the workspace's number `u64`; of a version the layer's number `u64` and its place in
//! the layer `u64`.

mod collect;
mod head;
mod row;

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use store::{
    CommitError, Expect, KeyRange, MAX_PAGE_BYTES, MAX_PAGE_ROWS, Pages, ScanOptions, Store, StoreError,
    Table, WorkspaceId, WriteSet,
};

use crate::{Record, RecordsError};
pub(crate) use head::{Checkpoint, Frozen, Head, LayerId};
pub(crate) use row::ROW_HEAD_BYTES;

/// Reads and writes heads and layers.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    store: Arc<dyn Store>,
}

/// A head as it was read, or as it was last written.
#[derive(Clone, Debug)]
pub(crate) struct StoredHead {
    pub(crate) head: Head,
    /// `None`: not on disk yet.
    pub(crate) revision: Option<u64>,
}

/// Where the next row goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) layer: LayerId,
    pub(crate) rows: u64,
}

/// Versions on their way to a layer.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) at: End,
    pub(crate) records: Vec<Arc<Record>>,
    /// The head that the layer belongs to must still be this.
    pub(crate) workspace: WorkspaceId,
    pub(crate) head_revision: Option<u64>,
}

impl Batch {
    /// A batch that changes nothing: it is answered when everything before it is on disk.
    pub(crate) fn nothing(workspace: WorkspaceId) -> Self {
        Self {
            at: End {
                layer: LayerId(0),
                rows: 0,
            },
            records: Vec::new(),
            workspace,
            head_revision: None,
        }
    }
}

impl Log {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The workspace's head; one that names nothing when there is none.
    pub(crate) async fn head(&self, workspace: WorkspaceId) -> Result<StoredHead, RecordsError> {
        let row = self
            .store
            .get(
                WorkspaceId::PLATFORM,
                Table::RecordHeads,
                &workspace.get().to_be_bytes(),
            )
            .await?;
        Ok(match row {
            Some(entry) => StoredHead {
                head: parse_head(&entry.value)?,
                revision: Some(entry.revision),
            },
            None => StoredHead {
                head: Head::on(Vec::new()),
                revision: None,
            },
        })
    }

    /// Writes the head, if the one on disk is still the one that was read or written last.
    pub(crate) async fn put_head(
        &self,
        workspace: WorkspaceId,
        stored: &mut StoredHead,
    ) -> Result<(), RecordsError> {
        let key = workspace.get().to_be_bytes();
        let value =
            serde_json::to_vec(&stored.head).map_err(|error| RecordsError::Damaged(error.to_string()))?;
        let write = WriteSet::new()
            .expect(Table::RecordHeads, &key, unchanged(stored.revision))
            .put(Table::RecordHeads, &key, value);
        let committed = self
            .store
            .commit(WorkspaceId::PLATFORM, write)
            .await
            .map_err(commit_error)?;
        stored.revision = Some(committed.revision);
        Ok(())
    }

    /// Removes the head: the workspace is as the base is, and its layers are nobody's.
    pub(crate) async fn delete_head(&self, workspace: WorkspaceId) -> Result<(), RecordsError> {
        let write = WriteSet::new().delete(Table::RecordHeads, &workspace.get().to_be_bytes());
        self.store
            .commit(WorkspaceId::PLATFORM, write)
            .await
            .map_err(commit_error)?;
        Ok(())
    }

    /// Adds the versions of all batches, in their order, durably, all or none.
    pub(crate) async fn append(&self, batches: &[Batch]) -> Result<(), RecordsError> {
        let mut write = WriteSet::new();
        let mut begun = HashSet::new();
        for batch in batches.iter().filter(|batch| !batch.records.is_empty()) {
            if begun.insert(batch.at.layer) {
                // Two programs over one store cannot both add: the head is still ours, and the place is free.
                write = write
                    .expect(
                        Table::RecordHeads,
                        &batch.workspace.get().to_be_bytes(),
                        unchanged(batch.head_revision),
                    )
                    .expect(Table::RecordLog, &row_key(batch.at), Expect::Absent);
            }
            let mut at = batch.at;
            for record in &batch.records {
                write = write.put(Table::RecordLog, &row_key(at), row::encode(record));
                at.rows = at.rows.saturating_add(1);
            }
        }
        if !write.is_empty() {
            self.store
                .commit(WorkspaceId::PLATFORM, write)
                .await
                .map_err(commit_error)?;
        }
        Ok(())
    }

    /// Gives every version of a layer to `take`, oldest first: the first `limit` of it, or all. Answers how many.
    pub(crate) async fn read_layer(
        &self,
        layer: LayerId,
        limit: Option<u64>,
        mut take: impl FnMut(Arc<Record>) -> Result<(), RecordsError>,
    ) -> Result<u64, RecordsError> {
        let options = ScanOptions {
            limit: MAX_PAGE_ROWS,
            byte_budget: MAX_PAGE_BYTES / 4,
            reverse: false,
        };
        let start = End { layer, rows: 0 };
        let range = KeyRange::prefix(&layer.0.to_be_bytes());
        let range = match limit {
            Some(rows) => KeyRange::between(&row_key(start), &row_key(End { layer, rows })),
            None => range,
        };
        let mut pages = Pages::new(
            self.store.as_ref(),
            WorkspaceId::PLATFORM,
            Table::RecordLog,
            range,
            options,
        );
        let mut expected = start;
        while let Some(rows) = pages.next().await? {
            for (key, entry) in rows {
                if key.as_ref() != row_key(expected) {
                    return Err(damaged("a version is missing from a layer", &key));
                }
                let record = row::decode(&entry.value)
                    .ok_or_else(|| damaged("a row of the log is no version", &key))?;
                take(Arc::new(record))?;
                expected.rows = expected.rows.saturating_add(1);
            }
        }
        match limit {
            Some(limit) if expected.rows != limit => {
                Err(damaged("a layer ends too early", &row_key(expected)))
            }
            Some(_) | None => Ok(expected.rows),
        }
    }
}

fn unchanged(revision: Option<u64>) -> Expect {
    revision.map_or(Expect::Absent, Expect::Revision)
}

fn row_key(at: End) -> [u8; 16] {
    let mut key = [0; 16];
    let (layer, place) = key.split_at_mut(8);
    layer.copy_from_slice(&at.layer.0.to_be_bytes());
    place.copy_from_slice(&at.rows.to_be_bytes());
    key
}

fn parse_head(value: &Bytes) -> Result<Head, RecordsError> {
    serde_json::from_slice(value)
        .map_err(|error| RecordsError::Damaged(format!("a head cannot be read: {error}")))
}

fn damaged(what: &str, key: &[u8]) -> RecordsError {
    RecordsError::Damaged(format!("{what} (row {})", hex(key)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Conditions only fail when another program changes the same workspace: whatever is held in memory is out of date.
fn commit_error(error: CommitError) -> RecordsError {
    match error {
        CommitError::Conflict { table, .. } => RecordsError::Store(StoreError::Unavailable(format!(
            "another program changed the workspace (table {table}); try again"
        ))),
        CommitError::Store(error) => RecordsError::Store(error),
    }
}
