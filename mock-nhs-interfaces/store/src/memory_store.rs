//! Rows that are gone when the program ends, with the same meaning as on disk.
//!
//! Locks: `state` is held for one read or one commit, never across an await; `gate` is shared by commits and taken
//! whole by [`Store::hold_commits`].

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use async_trait::async_trait;
use bytes::Bytes;

use crate::layout::{PREFIX_BYTES, parse_row_key, row_bounds, row_key};
use crate::scan::PageBuilder;
use crate::{
    CommitError, CommitsHeld, Committed, Entry, Health, Import, KeyRange, Page, RawKey, RawPage, RawRow,
    ScanOptions, Store, StoreError, Table, WorkspaceId, WriteSet,
};

/// Rows in memory: for tests, and for a program that is to leave nothing behind.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: RwLock<State>,
    gate: Arc<tokio::sync::RwLock<()>>,
    backlog: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    rows: BTreeMap<Vec<u8>, Entry>,
    /// Sum of the keys and values in `rows`.
    size_bytes: u64,
    last_revision: u64,
    commits: u64,
    /// Between `Import::Begin` and `Import::End`.
    importing: bool,
    closed: bool,
}

impl State {
    fn refusal(&self) -> Option<String> {
        if self.closed {
            Some("the store is closed".to_owned())
        } else if self.importing {
            Some("a restore is under way".to_owned())
        } else {
            None
        }
    }

    fn insert(&mut self, key: Vec<u8>, entry: Entry) {
        self.remove(&key);
        self.size_bytes = self.size_bytes.saturating_add(row_size(&key, &entry));
        self.rows.insert(key, entry);
    }

    fn remove(&mut self, key: &[u8]) {
        if let Some(old) = self.rows.remove(key) {
            self.size_bytes = self.size_bytes.saturating_sub(row_size(key, &old));
        }
    }

    fn commit(&mut self, workspace: WorkspaceId, write: WriteSet) -> Result<Committed, CommitError> {
        if let Some(reason) = self.refusal() {
            return Err(StoreError::Unavailable(reason).into());
        }
        for condition in write.conditions {
            let row = self
                .rows
                .get(&row_key(condition.table, workspace, &condition.key));
            if !condition.expect.holds(row.map(|entry| entry.revision)) {
                return Err(CommitError::Conflict {
                    table: condition.table,
                    key: condition.key,
                });
            }
        }
        if write.changes.is_empty() {
            return Ok(Committed {
                revision: self.last_revision,
            });
        }
        let revision = self.last_revision.saturating_add(1);
        for change in write.changes {
            let key = row_key(change.table, workspace, &change.key);
            match change.value {
                Some(value) => self.insert(key, Entry { value, revision }),
                None => self.remove(&key),
            }
        }
        self.last_revision = revision;
        self.commits = self.commits.saturating_add(1);
        Ok(Committed { revision })
    }

    fn import(&mut self, step: Import) -> Result<(), StoreError> {
        let out_of_order = |what: &str| Err(StoreError::Unavailable(what.to_owned()));
        match (step, self.importing) {
            (Import::Begin, false) if self.last_revision == 0 && self.rows.is_empty() => {
                self.importing = true
            }
            (Import::Begin, _) => return out_of_order("the store is not empty"),
            (_, false) => return out_of_order("no restore is under way"),
            (Import::Rows(rows), true) => {
                for row in rows {
                    self.insert(row_key(row.key.table, row.key.workspace, &row.key.key), row.entry);
                }
            }
            (Import::End { last_revision }, true) => {
                self.last_revision = last_revision;
                self.importing = false;
            }
        }
        Ok(())
    }
}

/// Bytes of key and value, without the prefix that the layout adds.
fn row_size(key: &[u8], entry: &Entry) -> u64 {
    let bytes = key
        .len()
        .saturating_sub(PREFIX_BYTES)
        .saturating_add(entry.value.len());
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(
        &self,
        workspace: WorkspaceId,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Entry>, StoreError> {
        Ok(self.read().rows.get(&row_key(table, workspace, key)).cloned())
    }

    async fn scan(
        &self,
        workspace: WorkspaceId,
        table: Table,
        range: KeyRange,
        options: ScanOptions,
    ) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(options);
        let Some((start, end)) = row_bounds(table, workspace, &range) else {
            return Ok(page.finish(false));
        };
        let state = self.read();
        let mut rows = state.rows.range(start..end);
        while let Some((full, entry)) = if options.reverse {
            rows.next_back()
        } else {
            rows.next()
        } {
            let key = full.get(PREFIX_BYTES..).unwrap_or_default();
            if !page.takes(key.len().saturating_add(entry.value.len())) {
                return Ok(page.finish(true));
            }
            page.push(Bytes::copy_from_slice(key), entry.clone());
        }
        Ok(page.finish(false))
    }

    async fn commit(&self, workspace: WorkspaceId, write: WriteSet) -> Result<Committed, CommitError> {
        write.check_size()?;
        self.backlog.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(&self.backlog);
        let _open = self.gate.read().await;
        let committed = self.write().commit(workspace, write);
        drop(waiting);
        committed
    }

    async fn health(&self) -> Health {
        let state = self.read();
        Health {
            engine: "memory",
            refusal: state.refusal(),
            size_bytes: state.size_bytes,
            backlog: self.backlog.load(Ordering::Relaxed),
            last_revision: state.last_revision,
            commits: state.commits,
            syncs: 0,
            last_sync: None,
            quarantined: Vec::new(),
        }
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.write().closed = true;
        Ok(())
    }

    async fn hold_commits(&self) -> Result<CommitsHeld, StoreError> {
        Ok(CommitsHeld::new(Arc::clone(&self.gate).write_owned().await))
    }

    async fn export(&self, after: Option<&RawKey>, options: ScanOptions) -> Result<RawPage, StoreError> {
        let options = options.bounded();
        let start = after.map_or(Bound::Unbounded, |key| {
            Bound::Excluded(row_key(key.table, key.workspace, &key.key))
        });
        let mut rows: Vec<RawRow> = Vec::new();
        let mut bytes = 0_usize;
        for (full, entry) in self.read().rows.range((start, Bound::Unbounded)) {
            let size = full.len().saturating_add(entry.value.len());
            let full_page = rows.len() >= options.limit || bytes.saturating_add(size) > options.byte_budget;
            if full_page && !rows.is_empty() {
                return Ok(RawPage { rows, more: true });
            }
            let Some(key) = parse_row_key(full) else {
                return Err(StoreError::Corrupt("a row of no known table".to_owned()));
            };
            bytes = bytes.saturating_add(size);
            rows.push(RawRow {
                key,
                entry: entry.clone(),
            });
        }
        Ok(RawPage { rows, more: false })
    }

    async fn import(&self, step: Import) -> Result<(), StoreError> {
        self.write().import(step)
    }
}

/// Counts a commit as waiting until it is dropped, also when the caller gives up.
#[derive(Debug)]
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
