//! One workspace in memory: what readers see, who may change it, and what is on its way to the disk.
//!
//! Locks: `view` for as long as a handle is copied; `writer` by one change at a time, over an await only where a head
//! is written; `queue` for as long as a batch is put in or taken out. Tasks: one while batches wait, which ends by
//! itself ([`Workspace::write_out`]).

mod queue;

pub(crate) use queue::{check_size, lost};

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use std::collections::BTreeMap;

use store::WorkspaceId;
use tokio::sync::MutexGuard;

use crate::base::Base;
use crate::log::{End, Frozen, LayerId, Log, StoredHead};
use crate::subscriptions::Watch;
use crate::{RecordsError, View};
use queue::Queue;

/// A workspace that was read from disk.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) id: WorkspaceId,
    log: Log,
    watch: Watch,
    view: RwLock<View>,
    writer: tokio::sync::Mutex<Writer>,
    queue: Mutex<Queue>,
    /// What is in memory may differ from what is on disk: nothing is read or changed here any more, it is read from disk
    /// again.
    dead: AtomicBool,
    /// When it was last asked for, in [`Records`](crate::Records)' own count.
    pub(crate) used_at: AtomicU64,
}

/// What only one change at a time may hold.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) stored: StoredHead,
    /// Rows in the open layer, those on their way included.
    pub(crate) rows: u64,
    /// The checkpoints that were made since the workspace was read, so that going back costs nothing.
    pub(crate) snapshots: BTreeMap<String, View>,
    /// A head is being written. When this is found set, whoever wrote stopped waiting, and how it ended is not known.
    writing_head: bool,
}

impl Workspace {
    /// Reads the workspace.
    pub(crate) async fn load(
        log: &Log,
        base: &Arc<Base>,
        watch: &Watch,
        id: WorkspaceId,
    ) -> Result<Self, RecordsError> {
        let stored = log.head(id).await?;
        let mut view = unindexed(log, base, &stored.head.layers).await?;
        let rows = match stored.revision {
            Some(_) => read_into(&mut view, log, stored.head.open, None).await?,
            None => 0,
        };
        view.index_all();
        Ok(Self {
            id,
            log: log.clone(),
            watch: watch.clone(),
            view: RwLock::new(view),
            writer: tokio::sync::Mutex::new(Writer {
                stored,
                rows,
                snapshots: BTreeMap::new(),
                writing_head: false,
            }),
            queue: Mutex::default(),
            dead: AtomicBool::new(false),
            used_at: AtomicU64::new(0),
        })
    }

    /// What it is now.
    pub(crate) fn view(&self) -> View {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What readers see from now on.
    pub(crate) fn publish(&self, view: View) {
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = view;
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Acquire)
    }

    pub(crate) fn kill(&self) {
        self.dead.store(true, Ordering::Release);
    }

    /// The right to change it; `None` when it has to be read from disk again.
    pub(crate) async fn writer(&self) -> Option<MutexGuard<'_, Writer>> {
        let writer = self.writer.lock().await;
        if writer.writing_head {
            self.kill();
        }
        (!self.is_dead()).then_some(writer)
    }

    /// Writes the head after `change`, and takes it over. When that fails, the workspace is dead.
    pub(crate) async fn put_head(
        &self,
        writer: &mut Writer,
        change: impl FnOnce(&mut StoredHead),
    ) -> Result<(), RecordsError> {
        writer.writing_head = true;
        change(&mut writer.stored);
        let put = self.log.put_head(self.id, &mut writer.stored).await;
        if put.is_err() {
            self.kill();
        }
        put?;
        writer.writing_head = false;
        Ok(())
    }

    /// Waits until everything that was queued is on disk, and ends the open layer. Answers the layers that make the
    /// workspace now.
    pub(crate) async fn freeze(self: &Arc<Self>, writer: &mut Writer) -> Result<Vec<Frozen>, RecordsError> {
        self.settle().await?;
        if writer.rows > 0 {
            let rows = writer.rows;
            self.put_head(writer, |stored| stored.head.freeze(rows)).await?;
            writer.rows = 0;
        }
        Ok(writer.stored.head.layers.clone())
    }
}

impl Writer {
    /// Where the next version goes.
    pub(crate) fn end(&self) -> End {
        End {
            layer: self.stored.head.open,
            rows: self.rows,
        }
    }
}

/// What these layers make of the base.
pub(crate) async fn view_of(log: &Log, base: &Arc<Base>, layers: &[Frozen]) -> Result<View, RecordsError> {
    let mut view = unindexed(log, base, layers).await?;
    view.index_all();
    Ok(view)
}

async fn unindexed(log: &Log, base: &Arc<Base>, layers: &[Frozen]) -> Result<View, RecordsError> {
    let mut view = View::pristine(Arc::clone(base));
    for frozen in layers {
        read_into(&mut view, log, frozen.layer, Some(frozen.rows)).await?;
    }
    Ok(view)
}

async fn read_into(
    view: &mut View,
    log: &Log,
    layer: LayerId,
    limit: Option<u64>,
) -> Result<u64, RecordsError> {
    log.read_layer(layer, limit, |record| view.apply_unindexed(record))
        .await
}
