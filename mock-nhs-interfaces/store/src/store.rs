//! The trait of every engine that keeps rows.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    CommitError, CommitsHeld, Health, Import, KeyRange, Page, RawKey, RawPage, ScanOptions, StoreError,
    Table, WorkspaceId, WriteSet,
};

/// What is stored under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The bytes that were put.
    pub value: Bytes,
    /// The number of the commit that put them.
    pub revision: u64,
}

/// A commit that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its number: greater than that of every commit before. A set without changes gets no number of its own and
    /// answers that of the last commit.
    pub revision: u64,
}

/// Rows in order, in tables, in workspaces. See the crate's documentation for what every engine promises.
#[async_trait]
pub trait Store: Send + Sync + Debug + 'static {
    /// The row under this key, if there is one.
    ///
    /// A reader may see a commit shortly before it is acknowledged, and so before it is certain to survive a power
    /// cut; never a part of one.
    ///
    /// # Errors
    /// When the engine cannot read, or finds its data damaged.
    async fn get(
        &self,
        workspace: WorkspaceId,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Entry>, StoreError>;

    /// One page of the rows in this range, in the order of their keys, as they are at one moment.
    ///
    /// # Errors
    /// When the engine cannot read, or finds its data damaged.
    async fn scan(
        &self,
        workspace: WorkspaceId,
        table: Table,
        range: KeyRange,
        options: ScanOptions,
    ) -> Result<Page, StoreError>;

    /// Makes all changes of the set, or none; answers when they are durable (or visible, if the set is relaxed).
    ///
    /// When the caller stops waiting (the future is dropped), the commit may still happen.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when a condition does not hold: nothing was changed. [`CommitError::Store`] otherwise;
    /// only with [`StoreError::OutcomeUnknown`] may the changes be there all the same.
    async fn commit(&self, workspace: WorkspaceId, write: WriteSet) -> Result<Committed, CommitError>;

    /// How the store is. Cheap enough to ask every second.
    async fn health(&self) -> Health;

    /// Finishes the commits under way, makes everything durable, and refuses commits from then on. Reads go on until
    /// the last handle is dropped. To close twice is no error.
    ///
    /// # Errors
    /// When the last sync fails.
    async fn close(&self) -> Result<(), StoreError>;

    /// Waits until no commit is under way, then keeps new ones waiting until the answer is dropped: for a dump that
    /// shows one moment.
    ///
    /// # Errors
    /// When the store is closed.
    async fn hold_commits(&self) -> Result<CommitsHeld, StoreError>;

    /// Rows of all tables and workspaces in the order of [`RawKey`], behind `after`. For dumps.
    ///
    /// # Errors
    /// When the engine cannot read, finds its data damaged, or holds a table that this version does not know.
    async fn export(&self, after: Option<&RawKey>, options: ScanOptions) -> Result<RawPage, StoreError>;

    /// One step of filling an empty store. For restores.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the step is out of order, or the store is not empty at [`Import::Begin`].
    async fn import(&self, step: Import) -> Result<(), StoreError>;
}
