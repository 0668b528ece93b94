//! Removing layers that no head names any more.

use std::collections::HashSet;

use store::{KeyRange, Pages, ScanOptions, Table, WorkspaceId, WriteSet};

use super::{End, LayerId, Log, commit_error, parse_head, row_key};
use crate::RecordsError;

/// Rows removed in one commit: a page that holds up other commits by no more than some milliseconds.
const ROWS_PER_COMMIT: usize = 1_000;

impl Log {
    /// The layers that no head names. The caller sees to it that no head is written meanwhile: a layer that is nobody's
    /// can then never become anybody's again.
    pub(crate) async fn unnamed_layers(&self) -> Result<Vec<LayerId>, RecordsError> {
        let named = self.named_layers().await?;
        let mut unnamed = Vec::new();
        let mut from = KeyRange::all();
        loop {
            let page = self
                .store
                .scan(
                    WorkspaceId::PLATFORM,
                    Table::RecordLog,
                    from,
                    ScanOptions::limit(1),
                )
                .await?;
            let Some(layer) = page.rows.first().and_then(|(key, _)| layer_of(key)) else {
                return Ok(unnamed);
            };
            if !named.contains(&layer) {
                unnamed.push(layer);
            }
            // One look for each layer: the next key that can belong to another.
            let last = row_key(End {
                layer,
                rows: u64::MAX,
            });
            from = KeyRange::all().after(&last);
        }
    }

    async fn named_layers(&self) -> Result<HashSet<LayerId>, RecordsError> {
        let mut named = HashSet::new();
        let mut pages = Pages::new(
            self.store.as_ref(),
            WorkspaceId::PLATFORM,
            Table::RecordHeads,
            KeyRange::all(),
            ScanOptions::default(),
        );
        while let Some(rows) = pages.next().await? {
            for (_, entry) in rows {
                named.extend(parse_head(&entry.value)?.named());
            }
        }
        Ok(named)
    }

    /// Removes every version of a layer.
    pub(crate) async fn delete_layer(&self, layer: LayerId) -> Result<(), RecordsError> {
        loop {
            let options = ScanOptions::limit(ROWS_PER_COMMIT);
            let range = KeyRange::prefix(&layer.0.to_be_bytes());
            let page = self
                .store
                .scan(WorkspaceId::PLATFORM, Table::RecordLog, range, options)
                .await?;
            if page.rows.is_empty() {
                return Ok(());
            }
            let write = page.rows.iter().fold(WriteSet::new(), |write, (key, _)| {
                write.delete(Table::RecordLog, key)
            });
            self.store
                .commit(WorkspaceId::PLATFORM, write.relaxed())
                .await
                .map_err(commit_error)?;
            if page.next.is_none() {
                return Ok(());
            }
        }
    }
}

fn layer_of(key: &[u8]) -> Option<LayerId> {
    let number = key.get(..8)?.try_into().ok()?;
    Some(LayerId(u64::from_be_bytes(number)))
}
