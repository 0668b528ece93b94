//! What happens to a workspace's records as a whole: fork, checkpoint, restore, reset, forget.
//!
//! Each writes one head, whatever the size of the workspace, and is on disk when it is answered.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use store::{Clock, WorkspaceId};

use super::Records;
use crate::log::{Checkpoint, Frozen, Head};
use crate::workspace::view_of;
use crate::{Instant, RecordsError, View};

/// Checkpoints of one workspace at most: a head with all of them stays a few dozen KiB.
pub const MAX_CHECKPOINTS: usize = 50;

/// What the checkpoints of one workspace may hold together, in full quotas: each can hold as much as the workspace, and
/// none is lost by a reset.
const CHECKPOINT_QUOTAS: u64 = 4;

/// A state to which a workspace can be set back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointInfo {
    /// What it is called.
    pub name: String,
    /// When it was made, by the workspace's clock.
    pub made: Instant,
    /// Versions that the workspace had made by then.
    pub versions: u64,
}

impl From<&Checkpoint> for CheckpointInfo {
    fn from(checkpoint: &Checkpoint) -> Self {
        let versions = checkpoint.layers.iter().map(|frozen| frozen.rows);
        Self {
            name: checkpoint.name.clone(),
            made: checkpoint.made(),
            versions: versions.fold(0, u64::saturating_add),
        }
    }
}

impl Records {
    /// Makes `copy` what `original` is now. Whatever `copy` was before is gone; its checkpoints stay.
    ///
    /// # Errors
    /// When either cannot be read or written.
    pub async fn fork(&self, original: WorkspaceId, copy: WorkspaceId) -> Result<(), RecordsError> {
        // Until the copy names them, the layers may be nobody's.
        let named = self.inner.heads.read().await;
        let (layers, view) = loop {
            let loaded = self.inner.loaded(original).await?;
            if let Some(mut writer) = loaded.writer().await {
                break (loaded.freeze(&mut writer).await?, loaded.view());
            }
        };
        self.replace(copy, layers, view).await?;
        drop(named);
        self.collect_soon();
        Ok(())
    }

    /// Keeps what the workspace is now under this name; a checkpoint of that name that was there is replaced.
    ///
    /// # Errors
    /// [`RecordsError::TooManyCheckpoints`], and when the workspace cannot be read or written.
    pub async fn checkpoint(
        &self,
        workspace: WorkspaceId,
        name: &str,
        clock: &dyn Clock,
    ) -> Result<CheckpointInfo, RecordsError> {
        loop {
            let loaded = self.inner.loaded(workspace).await?;
            let Some(mut writer) = loaded.writer().await else {
                continue;
            };
            let others = writer.stored.head.checkpoints.iter();
            if others.filter(|other| other.name != name).count() >= MAX_CHECKPOINTS {
                return Err(RecordsError::TooManyCheckpoints(MAX_CHECKPOINTS));
            }
            let bytes = loaded.view().used().bytes;
            let others = writer.stored.head.checkpoints.iter();
            let held = others.filter(|other| other.name != name).map(|other| other.bytes);
            let limit = self.inner.config.quota.bytes.saturating_mul(CHECKPOINT_QUOTAS);
            if held.fold(bytes, u64::saturating_add) > limit {
                return Err(RecordsError::CheckpointsTooLarge(limit));
            }
            let checkpoint = Checkpoint {
                bytes,
                name: name.to_owned(),
                made_millis: Instant::from(clock.now()).millis(),
                layers: loaded.freeze(&mut writer).await?,
            };
            let info = CheckpointInfo::from(&checkpoint);
            loaded
                .put_head(&mut writer, |stored| {
                    stored.head.checkpoints.retain(|other| other.name != name);
                    stored.head.checkpoints.push(checkpoint);
                })
                .await?;
            writer.snapshots.insert(name.to_owned(), loaded.view());
            return Ok(info);
        }
    }

    /// The workspace's checkpoints, oldest first.
    ///
    /// # Errors
    /// When the workspace cannot be read.
    pub async fn checkpoints(&self, workspace: WorkspaceId) -> Result<Vec<CheckpointInfo>, RecordsError> {
        loop {
            let loaded = self.inner.loaded(workspace).await?;
            if let Some(writer) = loaded.writer().await {
                let checkpoints = writer.stored.head.checkpoints.iter();
                return Ok(checkpoints.map(CheckpointInfo::from).collect());
            }
        }
    }

    /// Removes a checkpoint.
    ///
    /// # Errors
    /// [`RecordsError::UnknownCheckpoint`], and when the workspace cannot be read or written.
    pub async fn delete_checkpoint(&self, workspace: WorkspaceId, name: &str) -> Result<(), RecordsError> {
        loop {
            let loaded = self.inner.loaded(workspace).await?;
            let Some(mut writer) = loaded.writer().await else {
                continue;
            };
            find(&writer.stored.head, name)?;
            loaded.settle().await?;
            loaded
                .put_head(&mut writer, |stored| {
                    stored.head.checkpoints.retain(|other| other.name != name);
                })
                .await?;
            writer.snapshots.remove(name);
            drop(writer);
            self.collect_soon();
            return Ok(());
        }
    }

    /// Sets the workspace back to a checkpoint. What was done since is gone; the checkpoints stay. A checkpoint that
    /// was made before the workspace was last read from disk is read again, which takes as long as it is large.
    ///
    /// # Errors
    /// [`RecordsError::UnknownCheckpoint`], and when the workspace cannot be read or written.
    pub async fn restore(&self, workspace: WorkspaceId, name: &str) -> Result<(), RecordsError> {
        let named = self.inner.heads.read().await;
        let (layers, view) = loop {
            let loaded = self.inner.loaded(workspace).await?;
            let Some(mut writer) = loaded.writer().await else {
                continue;
            };
            let layers = find(&writer.stored.head, name)?.layers.clone();
            let view = match writer.snapshots.get(name) {
                Some(view) => view.clone(),
                None => view_of(&self.inner.log, &self.inner.base, &layers).await?,
            };
            writer.snapshots.insert(name.to_owned(), view.clone());
            break (layers, view);
        };
        self.replace(workspace, layers, view).await?;
        drop(named);
        self.collect_soon();
        Ok(())
    }

    /// Makes the workspace as the base is. Its checkpoints stay.
    ///
    /// # Errors
    /// When the workspace cannot be read or written.
    pub async fn reset(&self, workspace: WorkspaceId) -> Result<(), RecordsError> {
        let view = View::pristine(Arc::clone(&self.inner.base));
        self.replace(workspace, Vec::new(), view).await?;
        self.collect_soon();
        Ok(())
    }

    /// Removes everything that is kept of the workspace, checkpoints included.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn forget(&self, workspace: WorkspaceId) -> Result<(), RecordsError> {
        loop {
            let loaded = self.inner.loaded(workspace).await?;
            let Some(writer) = loaded.writer().await else {
                continue;
            };
            loaded.settle().await?;
            loaded.kill();
            self.inner.log.delete_head(workspace).await?;
            self.inner.drop_loaded(workspace);
            drop(writer);
            self.collect_soon();
            return Ok(());
        }
    }

    /// Makes the workspace what these layers are.
    async fn replace(
        &self,
        workspace: WorkspaceId,
        layers: Vec<Frozen>,
        view: View,
    ) -> Result<(), RecordsError> {
        loop {
            let loaded = self.inner.loaded(workspace).await?;
            let Some(mut writer) = loaded.writer().await else {
                continue;
            };
            loaded.settle().await?;
            // A workspace that is as the base is needs no head, so that hundreds of them cost nothing.
            if writer.stored.revision.is_some() || !layers.is_empty() {
                loaded
                    .put_head(&mut writer, |stored| {
                        let checkpoints = std::mem::take(&mut stored.head.checkpoints);
                        stored.head = Head {
                            checkpoints,
                            ..Head::on(layers)
                        };
                    })
                    .await?;
            }
            writer.rows = 0;
            loaded.publish(view);
            return Ok(());
        }
    }

    /// Removes what no workspace names any more.
    ///
    /// # Errors
    /// When the store cannot be read or written; the rest is removed another time.
    pub async fn collect(&self) -> Result<(), RecordsError> {
        let _one = self.inner.collecting.lock().await;
        // What becomes nobody's from here on may be missed by this look: it is worth another.
        self.inner.collect_wanted.store(false, Ordering::Release);
        let unnamed = {
            let _alone = self.inner.heads.write().await;
            self.inner.log.unnamed_layers().await?
        };
        for layer in unnamed {
            self.inner.log.delete_layer(layer).await?;
        }
        Ok(())
    }

    /// The same, without waiting for it.
    fn collect_soon(&self) {
        if self.inner.collect_wanted.swap(true, Ordering::AcqRel) {
            return;
        }
        let records = self.clone();
        tokio::spawn(async move {
            if let Err(error) = records.collect().await {
                tracing::warn!(%error, "old records were not removed; they will be another time");
            }
        });
    }

    /// How many workspaces are in memory. For metrics.
    #[must_use]
    pub fn loaded_workspaces(&self) -> usize {
        self.inner.loaded_count()
    }
}

fn find<'a>(head: &'a Head, name: &str) -> Result<&'a Checkpoint, RecordsError> {
    head.checkpoints
        .iter()
        .find(|checkpoint| checkpoint.name == name)
        .ok_or_else(|| RecordsError::UnknownCheckpoint(name.to_owned()))
}
