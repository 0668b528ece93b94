//! Rows on disk, in sled 0.34, with the guards that it needs.
//!
//! | Without | With |
//! |---|---|
//! | a flush that a power cut undoes | a full sync of the log file before every answer (`log_file`) |
//! | large values in files that are never synced or removed | no value above 4 KiB, larger ones in chunks (`layout`) |
//! | one sync for each commit | one for all that wait (`queue`, `writer`, `group`) |
//! | damage in the log taken for its end | the number of the last durable commit kept beside it (`mark`) |
//! | rows forgotten after damage in the log | every row read and summed up when the store is opened (`contents`) |
//! | a damaged snapshot that keeps the store shut | snapshots are set aside and the log is read (`snapshot`) |
//! | a second sync that hides that the first failed | read-only after the first (`status`) |
//!
//! Threads: the writer thread, owned by `Queue` (ended and waited for when the store is dropped), and sled's own.
//! Locks: `Shared::gate`, held by the writer thread while it applies a batch and by readers of more than one sled row;
//! point reads of small values take none of ours.

mod contents;
mod group;
mod layout;
mod log_file;
mod mark;
mod queue;
mod snapshot;
mod status;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use bytes::Bytes;

use self::contents::Contents;
use self::log_file::{LogFile, SyncLog};
use self::mark::Mark;
use self::queue::Queue;
use self::snapshot::OpenFailure;
use self::status::Status;
use self::writer::Writer;
use crate::layout::{PREFIX_BYTES, parse_row_key, row_bounds, row_key};
use crate::scan::PageBuilder;
use crate::{
    Clock, CommitError, CommitsHeld, Committed, DataDirectory, Entry, Health, Import, KeyRange, OpenError,
    Page, RawKey, RawPage, RawRow, ScanOptions, Store, StoreError, Table, WorkspaceId, WriteSet,
};

/// Rows in the folder `sled` of a data folder.
#[derive(Debug)]
pub struct SledStore {
    // Dropped in this order: the writer thread ends, sled closes its files, the data folder is let go.
    queue: Queue,
    shared: Arc<Shared>,
    db: sled::Db,
    _directory: Arc<DataDirectory>,
}

/// What the writer thread and the readers share.
struct Shared {
    tree: sled::Tree,
    /// Keeps a batch and a read of several sled rows apart.
    gate: RwLock<()>,
    status: Status,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // sled's own would print every row.
        formatter
            .debug_struct("Shared")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl SledStore {
    /// Opens the rows of this data folder; creates them when there are none. The clock is for stamps only.
    ///
    /// # Errors
    /// When the system refuses; [`OpenError::Damaged`] when sled cannot read its files, also without its snapshots;
    /// [`OpenError::RestoreUnfinished`].
    pub fn open(directory: &Arc<DataDirectory>, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::open_with(directory, clock, |log| Box::new(log))
    }

    /// The same, with the sync of the log file changed by a test.
    fn open_with(
        directory: &Arc<DataDirectory>,
        clock: Arc<dyn Clock>,
        sync: impl FnOnce(LogFile) -> Box<dyn SyncLog>,
    ) -> Result<Self, OpenError> {
        let folder = directory.path().join("sled");
        let io_error = |source| OpenError::Io {
            what: "open",
            path: folder.clone(),
            source,
        };
        let damaged = |reason| OpenError::Damaged {
            path: directory.path().to_owned(),
            reason,
        };
        let opened = snapshot::open(&folder, clock.now()).map_err(|failure| match failure {
            OpenFailure::Damaged(reason) => damaged(reason),
            OpenFailure::Io(source) => io_error(source),
        })?;
        snapshot::sync_files(&folder).map_err(io_error)?;
        let tree: sled::Tree = (*opened.db).clone();
        let unreadable = |error: StoreError| match error {
            StoreError::Corrupt(reason) => damaged(reason),
            StoreError::Unavailable(_)
            | StoreError::OutcomeUnknown(_)
            | StoreError::Full(_)
            | StoreError::TooLarge { .. } => io_error(std::io::Error::other(error)),
        };
        let importing = tree
            .contains_key(layout::IMPORTING)
            .map_err(|error| unreadable(from_sled(&error)))?;
        if importing {
            return Err(OpenError::RestoreUnfinished {
                path: directory.path().to_owned(),
            });
        }
        let contents = Contents::read(&tree).map_err(unreadable)?;
        let last_revision = contents.last_revision;
        let (mark, durable_revision) = Mark::open(&folder).map_err(io_error)?;
        if last_revision < durable_revision {
            return Err(damaged(format!(
                "the log ends at commit {last_revision}, but commit {durable_revision} was written"
            )));
        }
        snapshot::caught(|| contents.check(&tree))
            .map_err(damaged)?
            .map_err(unreadable)?;
        let status = Status::new(last_revision, opened.quarantined);
        let shared = Arc::new(Shared {
            tree,
            gate: RwLock::new(()),
            status,
        });
        let log = sync(LogFile::open(&folder).map_err(io_error)?);
        let writer = Writer::new(Arc::clone(&shared), log, mark, contents, clock);
        let queue = Queue::start(Arc::clone(&shared), writer).map_err(io_error)?;
        Ok(Self {
            queue,
            shared,
            db: opened.db,
            _directory: Arc::clone(directory),
        })
    }
}

/// sled's errors in our words.
fn from_sled(error: &sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } | sled::Error::ReportableBug(_) => {
            StoreError::Corrupt(error.to_string())
        }
        sled::Error::Io(io) if crate::disk::is_full(io) => StoreError::Full(io.to_string()),
        sled::Error::Io(_) | sled::Error::CollectionNotFound(_) | sled::Error::Unsupported(_) => {
            StoreError::Unavailable(error.to_string())
        }
    }
}

impl Shared {
    fn get(&self, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        let read = || self.tree.get(key).map_err(|error| from_sled(&error));
        let Some(stored) = read()? else { return Ok(None) };
        let (head, _) = layout::decode(&stored)?;
        if head.chunks == 0 {
            return layout::read_entry(&self.tree, key, &stored).map(Some);
        }
        // Again from the beginning, with the writer kept out: row and chunks must be of one commit.
        let _writer_waits = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        read()?
            .map(|stored| layout::read_entry(&self.tree, key, &stored))
            .transpose()
    }

    fn scan(&self, start: Vec<u8>, end: Vec<u8>, options: ScanOptions) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(options);
        let _writer_waits = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        let mut rows = self.tree.range(start..end);
        while let Some(row) = if options.reverse {
            rows.next_back()
        } else {
            rows.next()
        } {
            let (full, stored) = row.map_err(|error| from_sled(&error))?;
            let key = full.get(PREFIX_BYTES..).unwrap_or_default();
            let (head, _) = layout::decode(&stored)?;
            if !page.takes(key.len().saturating_add(head.length)) {
                return Ok(page.finish(true));
            }
            page.push(
                Bytes::copy_from_slice(key),
                layout::read_entry(&self.tree, &full, &stored)?,
            );
        }
        Ok(page.finish(false))
    }

    fn export(&self, after: Option<&RawKey>, options: ScanOptions) -> Result<RawPage, StoreError> {
        let options = options.bounded();
        let (first, end) = layout::ROWS;
        // No key lies between one and the same with a zero byte behind it.
        let start = after.map_or_else(
            || first.to_vec(),
            |key| [row_key(key.table, key.workspace, &key.key).as_slice(), &[0]].concat(),
        );
        let mut rows: Vec<RawRow> = Vec::new();
        let mut bytes = 0_usize;
        let _writer_waits = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        for row in self.tree.range(start.as_slice()..end) {
            let (full, stored) = row.map_err(|error| from_sled(&error))?;
            let (head, _) = layout::decode(&stored)?;
            bytes = bytes.saturating_add(full.len()).saturating_add(head.length);
            if !rows.is_empty() && (rows.len() >= options.limit || bytes > options.byte_budget) {
                return Ok(RawPage { rows, more: true });
            }
            let Some(key) = parse_row_key(&full) else {
                return Err(StoreError::Corrupt(
                    "there is a row of a table that this version does not know".to_owned(),
                ));
            };
            rows.push(RawRow {
                key,
                entry: layout::read_entry(&self.tree, &full, &stored)?,
            });
        }
        Ok(RawPage { rows, more: false })
    }
}

#[async_trait]
impl Store for SledStore {
    async fn get(
        &self,
        workspace: WorkspaceId,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Entry>, StoreError> {
        self.shared.get(&row_key(table, workspace, key))
    }

    async fn scan(
        &self,
        workspace: WorkspaceId,
        table: Table,
        range: KeyRange,
        options: ScanOptions,
    ) -> Result<Page, StoreError> {
        match row_bounds(table, workspace, &range) {
            Some((start, end)) => self.shared.scan(start, end, options),
            None => Ok(Page {
                rows: Vec::new(),
                next: None,
            }),
        }
    }

    async fn commit(&self, workspace: WorkspaceId, write: WriteSet) -> Result<Committed, CommitError> {
        write.check_size()?;
        self.queue.commit(workspace, write).await
    }

    async fn health(&self) -> Health {
        let status = &self.shared.status;
        Health {
            engine: "sled",
            refusal: status.refusal(),
            // Unknown only when the disk cannot be read; the reads that matter say so themselves.
            size_bytes: self.db.size_on_disk().unwrap_or(0),
            backlog: status.backlog.load(Ordering::Relaxed),
            last_revision: status.last_revision.load(Ordering::Acquire),
            commits: status.commits.load(Ordering::Relaxed),
            syncs: status.syncs.load(Ordering::Relaxed),
            last_sync: status.last_sync(),
            quarantined: status.quarantined.clone(),
        }
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.queue.close().await
    }

    async fn hold_commits(&self) -> Result<CommitsHeld, StoreError> {
        self.queue.hold().await
    }

    async fn export(&self, after: Option<&RawKey>, options: ScanOptions) -> Result<RawPage, StoreError> {
        self.shared.export(after, options)
    }

    async fn import(&self, step: Import) -> Result<(), StoreError> {
        self.queue.import(step).await
    }
}
