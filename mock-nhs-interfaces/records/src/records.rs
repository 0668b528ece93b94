//! Every workspace's records: read from disk when asked for, held in memory while used.
//!
//! Locks: `slots` for as long as a slot is looked up; a slot's `loading` while its workspace is read from disk;
//! `heads` shared while a head is made from another's layers, taken whole while unnamed layers are looked for;
//! `collecting` while those are removed. Tasks: one that removes them, and at most one that waits for it
//! ([`Records::collect`]).

mod lifecycle;
mod loaded;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, Weak};

use store::{Clock, Store, WorkspaceId};
use tokio::sync::RwLock;

use crate::base::Base;
use crate::draft::{Draft, Quota};
use crate::log::{Batch, Log};
use crate::subscriptions::{Hooks, Watch};
use crate::workspace::{check_size, lost};
use crate::{Instant, RecordsError, View};
use loaded::Slot;

pub use lifecycle::{CheckpointInfo, MAX_CHECKPOINTS};

/// How much is held in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordsConfig {
    /// What one workspace may keep of its own.
    pub quota: Quota,
    /// Workspaces in memory at most, unless more are in use.
    pub loaded_workspaces: usize,
    /// Bytes of their own records at most, unless those in use have more.
    pub loaded_bytes: u64,
}

impl Default for RecordsConfig {
    /// 512 workspaces, a class of thirty many times over; 1 GiB, sixteen workspaces with full quotas.
    fn default() -> Self {
        Self {
            quota: Quota::default(),
            loaded_workspaces: 512,
            loaded_bytes: 1024 * 1024 * 1024,
        }
    }
}

/// The records of every workspace. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Records {
    inner: Arc<Inner>,
}

/// The records, for a part of theirs that must not keep them in memory.
#[derive(Clone, Debug)]
pub(crate) struct WeakRecords(Weak<Inner>);

impl WeakRecords {
    pub(crate) fn upgrade(&self) -> Option<Records> {
        self.0.upgrade().map(|inner| Records { inner })
    }
}

#[derive(Debug)]
struct Inner {
    base: Arc<Base>,
    log: Log,
    watch: Watch,
    config: RecordsConfig,
    slots: Mutex<HashMap<WorkspaceId, Arc<Slot>>>,
    heads: RwLock<()>,
    /// Counts the requests for workspaces: a clock for what was used last.
    ticks: AtomicU64,
    /// Held while unnamed layers are removed: one at a time.
    collecting: tokio::sync::Mutex<()>,
    /// Whether somebody waits to do that.
    collect_wanted: AtomicBool,
}

impl Records {
    /// Records over this base, kept in this store.
    #[must_use]
    pub fn new(base: Arc<Base>, store: Arc<dyn Store>, config: RecordsConfig) -> Self {
        Self {
            inner: Arc::new(Inner {
                base,
                log: Log::new(store),
                watch: Watch::default(),
                config,
                slots: Mutex::default(),
                heads: RwLock::new(()),
                ticks: AtomicU64::new(0),
                collecting: tokio::sync::Mutex::new(()),
                collect_wanted: AtomicBool::new(false),
            }),
        }
    }

    /// The base that every workspace starts from.
    #[must_use]
    pub fn base(&self) -> &Arc<Base> {
        &self.inner.base
    }

    /// Has notifications of Subscriptions sent this way; before that, none can be asked for. Whoever is named first stays.
    pub fn notify(&self, hooks: Arc<dyn Hooks>) {
        self.inner
            .watch
            .begin(WeakRecords(Arc::downgrade(&self.inner)), hooks);
    }

    pub(crate) fn hooks(&self) -> Option<&Arc<dyn Hooks>> {
        self.inner.watch.hooks()
    }

    /// What the workspace is now. A workspace that nobody has changed is as the base is.
    ///
    /// # Errors
    /// When it cannot be read from disk.
    pub async fn view(&self, workspace: WorkspaceId) -> Result<View, RecordsError> {
        Ok(self.inner.loaded(workspace).await?.view())
    }

    /// Changes the workspace: `make` changes a draft, in which it sees its own changes, and nobody else's until it has
    /// ended. When it answers `Ok`, all its changes are the workspace's, and this answers when they are on disk; when it
    /// answers `Err`, none is.
    ///
    /// One change at a time in a workspace: what `make` reads in its draft is still so when its changes are made. It
    /// should not take long. Other readers may see the changes shortly before this answers.
    ///
    /// # Errors
    /// What `make` answers, and when the changes cannot be written: then none of them was made, unless the store itself
    /// does not know ([`store::StoreError::OutcomeUnknown`]).
    pub async fn change<T, E: From<RecordsError>>(
        &self,
        workspace: WorkspaceId,
        clock: &dyn Clock,
        make: impl FnOnce(&mut Draft) -> Result<T, E>,
    ) -> Result<T, E> {
        self.change_in_chain(workspace, clock, 0, make).await
    }

    /// The same for whoever does it because of a notification: `chain` is how many of them led to each other before.
    ///
    /// # Errors
    /// As [`Records::change`].
    pub async fn change_in_chain<T, E: From<RecordsError>>(
        &self,
        workspace: WorkspaceId,
        clock: &dyn Clock,
        chain: u8,
        make: impl FnOnce(&mut Draft) -> Result<T, E>,
    ) -> Result<T, E> {
        loop {
            let loaded = self.inner.loaded(workspace).await?;
            let Some(mut writer) = loaded.writer().await else {
                continue;
            };
            let now = Instant::from(clock.now());
            let mut draft = Draft::new(loaded.view(), now, self.inner.config.quota);
            let made = make(&mut draft)?;
            let (view, records) = draft.into_parts();
            if records.is_empty() {
                return Ok(made);
            }
            let rows = u64::try_from(records.len()).unwrap_or(u64::MAX);
            let mut batch = Batch {
                at: writer.end(),
                records,
                workspace,
                head_revision: None,
            };
            check_size(&batch)?;
            if writer.stored.revision.is_none() {
                loaded.put_head(&mut writer, |_| ()).await?;
            }
            batch.head_revision = writer.stored.revision;
            let on_disk = loaded.enqueue(batch, &view, chain)?;
            writer.rows = writer.rows.saturating_add(rows);
            loaded.publish(view);
            drop(writer);
            on_disk.await.unwrap_or_else(|_| Err(lost()))?;
            return Ok(made);
        }
    }
}
