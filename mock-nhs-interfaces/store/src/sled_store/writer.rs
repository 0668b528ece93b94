//! The one thread that writes.
//!
//! It takes what waits in the queue as a group, checks the conditions of each commit in order (each sees those before
//! it), applies the group as one batch, flushes, syncs the log file, and only then answers. Fifty commits that wait
//! together cost one sync.
//!
//! Invariant: nothing else writes to the tree. That is what makes a condition, checked here, still true when the batch
//! is applied.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::contents::Contents;
use super::group::Group;
use super::log_file::SyncLog;
use super::mark::Mark;
use super::queue::{Message, Request, WRITER_ENDED};
use super::{Shared, from_sled, layout};
use crate::layout::row_key;
use crate::{Clock, Import, RawKey, StoreError};

/// Commits that share one sync at most.
const GROUP_COMMITS: usize = 256;

/// A group takes no further commit above this many bytes.
const GROUP_BYTES: usize = 1024 * 1024;

/// A relaxed commit is synced at the latest after this time,
const RELAXED_SYNC_AFTER: Duration = Duration::from_secs(1);

/// or when this many bytes are not synced: sled keeps in memory what is not flushed, and was seen at 515 MB.
const RELAXED_SYNC_BYTES: usize = 4 * 1024 * 1024;

/// What the thread owns.
pub(super) struct Writer {
    shared: Arc<Shared>,
    log: Box<dyn SyncLog>,
    mark: Mark,
    clock: Arc<dyn Clock>,
    /// What the tree holds.
    contents: Contents,
    /// Between the two ends of a restore: the last row that was taken in.
    imported: Option<RawKey>,
    /// Relaxed commits that are not synced: since when, and how many bytes.
    unsynced: Option<(Instant, usize)>,
}

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        log: Box<dyn SyncLog>,
        mark: Mark,
        contents: Contents,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            shared,
            log,
            mark,
            clock,
            contents,
            imported: None,
            unsynced: None,
        }
    }

    /// Serves until the queue has ended; makes everything durable then.
    pub(super) fn run(mut self, messages: &Receiver<Message>) {
        // Never serve with a dead writer: whatever ends this thread but the end of the queue ends all commits.
        if let Err(_panic) = catch_unwind(AssertUnwindSafe(|| self.serve(messages))) {
            tracing::error!("the store's writer thread panicked; the store is read-only from now on");
            self.shared.status.refuse(WRITER_ENDED.to_owned());
        }
    }

    fn serve(&mut self, messages: &Receiver<Message>) {
        loop {
            let message = match self.unsynced {
                None => messages.recv().map_err(|_ended| RecvTimeoutError::Disconnected),
                Some((since, _)) => messages.recv_timeout(RELAXED_SYNC_AFTER.saturating_sub(since.elapsed())),
            };
            match message {
                Ok(Message::Commit(first)) => {
                    let (requests, other) = gather(first, messages);
                    self.commit_group(requests);
                    if let Some(other) = other {
                        self.serve_other(other);
                    }
                }
                Ok(other) => self.serve_other(other),
                Err(RecvTimeoutError::Timeout) => {
                    // A failure is in the status, and every later commit hears of it.
                    let _in_status = self.sync();
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let _in_status = self.sync();
                    return;
                }
            }
        }
    }

    fn serve_other(&mut self, message: Message) {
        // A caller who no longer waits needs no answer: that is what a failed `send` means.
        match message {
            Message::Commit(request) => self.commit_group(vec![request]),
            Message::Import { step, answer, .. } => {
                let _nobody_waits = answer.send(self.import(step));
            }
            Message::Close { answer, .. } => {
                let synced = self.sync();
                self.shared.status.refuse("the store is closed".to_owned());
                let _nobody_waits = answer.send(synced);
            }
        }
    }

    fn commit_group(&mut self, requests: Vec<Request>) {
        let shared = Arc::clone(&self.shared);
        if let Err(refused) = shared.status.check_commits() {
            for request in requests {
                request.answer(Err(refused.clone().into()));
            }
            return;
        }
        let mut group = Group::new(&shared.tree, self.contents);
        for request in requests {
            group.add(request);
        }
        let staged = group.finish();
        if staged.commits > 0 {
            let applied = {
                let _readers_wait = shared.gate.write().unwrap_or_else(PoisonError::into_inner);
                shared.tree.apply_batch(staged.batch)
            };
            if let Err(error) = applied {
                let failed = self.disk_failed(&format!("writing failed: {error}"));
                staged.answers.fail(&failed);
                return;
            }
            self.contents = staged.contents;
            shared
                .status
                .last_revision
                .store(self.contents.last_revision, Ordering::Release);
            shared.status.commits.fetch_add(staged.commits, Ordering::Relaxed);
        }
        let answers = staged.answers.send_early();
        if answers.is_empty() {
            if staged.commits > 0 {
                self.note_unsynced(staged.bytes);
            }
            return;
        }
        if staged.commits > 0 || self.unsynced.is_some() {
            self.unsynced.get_or_insert_with(|| (Instant::now(), 0));
            if let Err(failed) = self.sync() {
                answers.fail(&failed);
                return;
            }
        }
        answers.send();
    }

    fn note_unsynced(&mut self, bytes: usize) {
        let (_, sum) = self.unsynced.get_or_insert_with(|| (Instant::now(), 0));
        *sum = sum.saturating_add(bytes);
        if *sum >= RELAXED_SYNC_BYTES {
            let _in_status = self.sync();
        }
    }

    /// Makes durable what is not. After an error never again.
    fn sync(&mut self) -> Result<(), StoreError> {
        if self.unsynced.take().is_none() {
            return Ok(());
        }
        self.shared.status.check_writable()?;
        if let Err(error) = self.shared.tree.flush() {
            return Err(self.disk_failed(&format!("flushing failed: {error}")));
        }
        if let Err(error) = self.log.sync() {
            return Err(self.disk_failed(&format!("syncing failed: {error}")));
        }
        if let Err(error) = self.mark.write(self.contents.last_revision) {
            return Err(self.disk_failed(&format!("writing failed: {error}")));
        }
        self.shared.status.synced(self.clock.now());
        Ok(())
    }

    /// From here on the store is read-only. Answers what those hear whose commits were under way.
    fn disk_failed(&mut self, reason: &str) -> StoreError {
        tracing::error!(reason, "the store is read-only from now on");
        self.unsynced = None;
        self.shared
            .status
            .refuse(format!("{reason}; restart the program when the disk is well"));
        StoreError::OutcomeUnknown(reason.to_owned())
    }

    fn import(&mut self, step: Import) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        shared.status.check_writable()?;
        let importing = shared.status.importing.load(Ordering::Acquire);
        let out_of_order = |what: &str| Err(StoreError::Unavailable(what.to_owned()));
        let mut batch = sled::Batch::default();
        match (step, importing) {
            (Import::Begin, false) => {
                if self.contents != Contents::default() || !shared.tree.is_empty() {
                    return out_of_order("the store is not empty");
                }
                batch.insert(layout::IMPORTING, &[]);
            }
            (Import::Begin, true) => return out_of_order("the store is not empty"),
            (_, false) => return out_of_order("no restore is under way"),
            (Import::Rows(rows), true) => {
                for row in rows {
                    if self.imported.as_ref().is_some_and(|last| *last >= row.key) {
                        return out_of_order("the rows of a restore are out of order");
                    }
                    let key = row_key(row.key.table, row.key.workspace, &row.key.key);
                    layout::insert(&mut batch, &key, row.entry.revision, &row.entry.value);
                    self.contents.add(&key, row.entry.revision);
                    self.imported = Some(row.key);
                }
            }
            (Import::End { last_revision }, true) => {
                batch.remove(layout::IMPORTING);
                self.contents.last_revision = last_revision;
                self.contents.put(&mut batch);
                self.apply_import(batch)?;
                shared
                    .status
                    .last_revision
                    .store(last_revision, Ordering::Release);
                shared.status.importing.store(false, Ordering::Release);
                return Ok(());
            }
        }
        self.apply_import(batch)?;
        shared.status.importing.store(true, Ordering::Release);
        Ok(())
    }

    fn apply_import(&mut self, batch: sled::Batch) -> Result<(), StoreError> {
        if let Err(error) = self.shared.tree.apply_batch(batch) {
            self.disk_failed(&format!("writing failed: {error}"));
            return Err(from_sled(&error));
        }
        self.unsynced.get_or_insert_with(|| (Instant::now(), 0));
        self.sync()
    }
}

/// What waits behind the first commit: further commits of the same group, and the message that ended it, if one did.
fn gather(first: Request, messages: &Receiver<Message>) -> (Vec<Request>, Option<Message>) {
    let mut bytes = first.write.size_bytes();
    let mut requests = vec![first];
    while requests.len() < GROUP_COMMITS && bytes < GROUP_BYTES {
        match messages.try_recv() {
            Ok(Message::Commit(request)) => {
                bytes = bytes.saturating_add(request.write.size_bytes());
                requests.push(request);
            }
            Ok(other) => return (requests, Some(other)),
            Err(_none_waits) => break,
        }
    }
    (requests, None)
}
