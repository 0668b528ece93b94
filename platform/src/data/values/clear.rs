//! Takes away everything: with an app, or with all apps of a workspace.

use store::{Expect, KeyRange, ScanOptions, Table, WorkspaceId, WriteSet};

use super::rows::{self, Kind};
use super::{ATTEMPTS, DataError, Values};
use crate::model::AppName;

/// Rows that one commit takes away.
const BATCH: usize = 500;

impl Values {
    /// Takes all values of an app away, whether the app is there or not. A crash half-way leaves some of them, and the
    /// counts still right.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn clear(&self, workspace: WorkspaceId, app: &AppName) -> Result<(), DataError> {
        let _turn = self.turns.take(workspace, app).await;
        let mut lost = 0;
        while lost < ATTEMPTS {
            let (used, revision) = self.counted(workspace, app).await?;
            let range = KeyRange::prefix(&rows::of(app, Kind::Head, ""));
            let options = ScanOptions::limit(BATCH);
            let page = self.store.scan(workspace, Table::Values, range, options).await?;
            let mut left = used;
            let mut write = WriteSet::new().expect(
                Table::Values,
                &rows::of(app, Kind::Used, ""),
                revision.map_or(Expect::Absent, Expect::Revision),
            );
            for (row, entry) in &page.rows {
                write = write
                    .expect(Table::Values, row, Expect::Revision(entry.revision))
                    .delete(Table::Values, row);
                if let Some(key) = rows::key_of(app, row) {
                    let size_bytes = rows::read_head(&entry.value)?.size_bytes;
                    left = left.without(&key, size_bytes);
                    write = write.delete(Table::Values, &rows::of(app, Kind::Value, key.as_str()));
                }
            }
            let used_row = rows::of(app, Kind::Used, "");
            write = match (&page.next, revision) {
                (Some(_), _) => write.put(Table::Values, &used_row, rows::write_used(left)?),
                (None, Some(_)) => write.delete(Table::Values, &used_row),
                (None, None) if page.rows.is_empty() => return Ok(()),
                (None, None) => write,
            };
            match self.commit(workspace, write).await? {
                Some(_) if page.next.is_none() => return Ok(()),
                Some(_) => {}
                None => lost += 1,
            }
        }
        Err(DataError::Contended { attempts: ATTEMPTS })
    }

    /// Takes the values of all apps of a workspace away.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn forget(&self, workspace: WorkspaceId) -> Result<(), DataError> {
        let mut range = KeyRange::all();
        loop {
            let options = ScanOptions::limit(1);
            let page = self.store.scan(workspace, Table::Values, range, options).await?;
            let Some((row, _)) = page.rows.first() else {
                return Ok(());
            };
            let name = row.split(|byte| *byte == 0).next().unwrap_or_default();
            if let Ok(app) = AppName::new(&String::from_utf8_lossy(name)) {
                self.clear(workspace, &app).await?;
            }
            // Behind every row of this app, and before those of any other.
            range = KeyRange::all().starting_at(&[name, &[1]].concat());
        }
    }
}
