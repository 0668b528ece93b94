//! What can go wrong when the store is asked something. Without HTTP: each surface has its own table for that.

use bytes::Bytes;

use crate::Table;

/// Why a storage call did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store does not take this now: it was closed, a restore is under way, or it has gone read-only after a
    /// disk error. Nothing was changed. Reads usually still work.
    #[error("storage is not available: {0}")]
    Unavailable(String),
    /// The disk failed, or the writer ended, while the commit was on its way: it may be there after a restart, or
    /// not. Read again before repeating it.
    #[error("it is not known whether the change was kept: {0}")]
    OutcomeUnknown(String),
    /// The disk is full, and nothing was changed.
    #[error("the disk is full: {0}")]
    Full(String),
    /// What is stored cannot be what was written.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// The caller handed over more than the store takes. `size` and `limit` are bytes, but for the number of rows.
    #[error("the {what} is too large: {size}, at most {limit}; large bodies belong in blobs")]
    TooLarge {
        /// `key`, `value`, `commit`, `number of rows in one commit` or `blob`.
        what: &'static str,
        /// What was handed over.
        size: usize,
        /// What is taken at most.
        limit: usize,
    },
}

/// Why a commit did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// A condition of the set did not hold; nothing was changed. Read again and decide.
    #[error("another change to table {table} came first")]
    Conflict {
        /// The table of the first condition that did not hold.
        table: Table,
        /// Its key.
        key: Bytes,
    },
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
