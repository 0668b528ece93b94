//! What can go wrong with a workspace's records, without HTTP.

use store::StoreError;

use crate::{BaseError, Quota};

/// Why the records of a workspace could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordsError {
    /// The workspace keeps as much as it may.
    #[error(
        "the workspace may keep {} MiB and {} versions of its own; reset it, or restore a checkpoint",
        .0.bytes / (1024 * 1024),
        .0.versions
    )]
    Quota(Quota),
    /// There are no numbers left for further resources.
    #[error("the workspace holds as many resources as can be numbered")]
    Full,
    /// One change is more than one commit takes.
    #[error("the change is too large to be made at once: {bytes} bytes, {rows} versions")]
    TooLarge {
        /// Bytes of all versions.
        bytes: usize,
        /// How many versions.
        rows: usize,
    },
    /// The text that was to be kept is no resource.
    #[error(transparent)]
    Text(#[from] fhir::text::TextError),
    /// There is no checkpoint of this name.
    #[error("the workspace has no checkpoint {0:?}")]
    UnknownCheckpoint(String),
    /// The workspace has as many checkpoints as it may.
    #[error("a workspace may have {0} checkpoints; delete one first")]
    TooManyCheckpoints(usize),
    /// The checkpoints of the workspace would hold more than they may together.
    #[error("the checkpoints of a workspace may hold {} MiB together; delete one first", .0 / (1024 * 1024))]
    CheckpointsTooLarge(u64),
    /// The storage failed. Nothing of the change is left in memory; what is on disk counts.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored cannot be what was written.
    #[error("the stored records of the workspace are damaged: {0}")]
    Damaged(String),
    /// The seed cannot be the base.
    #[error(transparent)]
    Base(#[from] BaseError),
}
