//! Copies what the apps of a workspace are and keep, what its people are writing and have set, and the interfaces that they
//! added, into a workspace that nobody has seen yet.

use std::sync::Arc;

use store::{CommitError, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId, WriteSet};

use super::DataError;

/// What belongs to apps, who is registered to call interfaces, the interfaces that were added, the clock and the faults. A row
/// says nothing of its workspace, so that it means the same in another.
const TABLES: [Table; 9] = [
    Table::Apps,
    Table::Versions,
    Table::Values,
    Table::Secrets,
    Table::Schedules,
    Table::Applications,
    Table::Conditions,
    Table::Interfaces,
    Table::Drafts,
];

/// Bytes of one page: well below what one commit takes, also with a row of the largest size behind it.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Copies the rows of all apps. `to` must have none yet; what a crash leaves there half-way is nobody's.
///
/// # Errors
/// [`DataError`] when the store failed.
pub async fn copy_apps(store: &Arc<dyn Store>, from: WorkspaceId, to: WorkspaceId) -> Result<(), DataError> {
    for table in TABLES {
        let options = ScanOptions {
            byte_budget: PAGE_BYTES,
            ..ScanOptions::default()
        };
        let mut pages = Pages::new(&**store, from, table, KeyRange::all(), options);
        while let Some(rows) = pages.next().await? {
            let mut write = WriteSet::new();
            for (key, entry) in &rows {
                write = write.put(table, key, entry.value.clone());
            }
            match store.commit(to, write).await {
                Ok(_) => {}
                // Nothing is expected of the rows, so nothing can be otherwise.
                Err(CommitError::Conflict { .. }) => return Err(DataError::Contended { attempts: 1 }),
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
    }
    Ok(())
}
