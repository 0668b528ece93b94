//! Batches on their way to the disk: whatever waits goes there in one commit.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use store::{MAX_WRITE_BYTES, MAX_WRITE_ROWS, StoreError};
use tokio::sync::oneshot;

use super::Workspace;
use crate::log::{Batch, ROW_HEAD_BYTES};
use crate::subscriptions::Committed;
use crate::{RecordsError, View};

/// Conditions of a commit: two for each open layer, and there is one layer.
const CONDITION_ROWS: usize = 8;

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Queued>,
    /// Whether the task that empties the queue is there.
    emptying: bool,
}

#[derive(Debug)]
struct Queued {
    batch: Batch,
    behind: Behind,
}

/// What is done when a batch is on disk.
#[derive(Debug)]
struct Behind {
    /// Who waits for that.
    done: oneshot::Sender<Result<(), RecordsError>>,
    /// Who is told of it, if anybody wants to know.
    told: Option<Committed>,
}

/// Bytes and rows of one commit.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    bytes: usize,
    rows: usize,
}

impl Load {
    fn of(batch: &Batch) -> Self {
        let bytes = batch
            .records
            .iter()
            .map(|record| record.text.len().saturating_add(ROW_HEAD_BYTES));
        Self {
            bytes: bytes.fold(0, usize::saturating_add),
            rows: batch.records.len(),
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            rows: self.rows.saturating_add(other.rows),
        }
    }

    fn fits(self) -> bool {
        self.bytes <= MAX_WRITE_BYTES.saturating_sub(CONDITION_ROWS * ROW_HEAD_BYTES)
            && self.rows <= MAX_WRITE_ROWS.saturating_sub(CONDITION_ROWS)
    }
}

/// Whether a batch can be written at all.
pub(crate) fn check_size(batch: &Batch) -> Result<(), RecordsError> {
    let load = Load::of(batch);
    if load.fits() {
        Ok(())
    } else {
        Err(RecordsError::TooLarge {
            bytes: load.bytes,
            rows: load.rows,
        })
    }
}

impl Workspace {
    /// Sends the batch, which makes the workspace what `view` is, on its way. The answer comes when it is on disk; it goes there also when nobody waits for that.
    pub(crate) fn enqueue(
        self: &Arc<Self>,
        batch: Batch,
        view: &View,
        chain: u8,
    ) -> Result<oneshot::Receiver<Result<(), RecordsError>>, RecordsError> {
        let (done, receiver) = oneshot::channel();
        let told = self.watch.wants(view).then(|| Committed {
            workspace: self.id,
            view: view.clone(),
            records: batch.records.clone(),
            chain,
        });
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_dead() {
            return Err(lost());
        }
        let behind = Behind { done, told };
        queue.waiting.push_back(Queued { batch, behind });
        if !queue.emptying {
            queue.emptying = true;
            tokio::spawn(Arc::clone(self).write_out());
        }
        Ok(receiver)
    }

    /// Waits until everything that was queued before is on disk. The caller holds the writer, so that nothing follows.
    pub(crate) async fn settle(self: &Arc<Self>) -> Result<(), RecordsError> {
        let last = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            if self.is_dead() {
                return Err(lost());
            }
            if !queue.emptying {
                return Ok(());
            }
            let (done, receiver) = oneshot::channel();
            let batch = Batch::nothing(self.id);
            let behind = Behind { done, told: None };
            queue.waiting.push_back(Queued { batch, behind });
            receiver
        };
        last.await.unwrap_or_else(|_| Err(lost()))
    }

    /// Writes what waits, group by group, until nothing does.
    async fn write_out(self: Arc<Self>) {
        while let Some((batches, waiting)) = self.next_group() {
            let written = self.log.append(&batches).await;
            if let Err(error) = &written {
                tracing::warn!(workspace = %self.id, %error, "records were not written; reading them from disk again");
                self.give_up(error);
            }
            for Behind { done, told } in waiting {
                if let (Ok(()), Some(told)) = (&written, told) {
                    self.watch.changed(told);
                }
                // Whoever has stopped waiting does not want to know.
                let _ = done.send(written.clone());
            }
            if written.is_err() {
                return;
            }
        }
    }

    /// As much of what waits as fits in one commit; the task is over when there is nothing.
    fn next_group(&self) -> Option<(Vec<Batch>, Vec<Behind>)> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let mut load = Load::default();
        let mut group = (Vec::new(), Vec::new());
        while let Some(next) = queue.waiting.front() {
            load = load.with(Load::of(&next.batch));
            if !load.fits() && !group.0.is_empty() {
                break;
            }
            if let Some(Queued { batch, behind }) = queue.waiting.pop_front() {
                group.0.push(batch);
                group.1.push(behind);
            }
        }
        queue.emptying = !group.0.is_empty();
        queue.emptying.then_some(group)
    }

    /// Ends this copy of the workspace: nothing behind a batch that failed may be written.
    fn give_up(&self, error: &RecordsError) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        self.kill();
        queue.emptying = false;
        for queued in queue.waiting.drain(..) {
            let _ = queued.behind.done.send(Err(error.clone()));
        }
    }
}

/// A change before this one was not written, so this one was not tried.
pub(crate) fn lost() -> RecordsError {
    RecordsError::Store(StoreError::Unavailable(
        "a change before this one could not be written; nothing was changed".to_owned(),
    ))
}
