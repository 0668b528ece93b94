//! The trait of everything that keeps large bodies.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{BlobId, StoreError};

/// Size of a blob at most, in bytes: twice the largest component file (32 MiB). A blob is read whole into memory.
pub const MAX_BLOB_BYTES: usize = 64 * 1024 * 1024;

/// How the blobs are, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobsHealth {
    /// Why puts and deletes are refused; `None` when they are taken.
    pub refusal: Option<String>,
}

/// Bodies that never change, each under the SHA-256 of its bytes. They belong to no workspace: the rows that name them
/// do. Put the blob first, then commit the row that names it.
#[async_trait]
pub trait Blobs: Send + Sync + Debug + 'static {
    /// Keeps these bytes, durably, and answers their name. To put what is there already is no error and costs no
    /// space.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] above [`MAX_BLOB_BYTES`], [`StoreError::Full`], or [`StoreError::Unavailable`].
    async fn put(&self, bytes: Bytes) -> Result<BlobId, StoreError>;

    /// The bytes under this name, checked against it; `None` when there are none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the bytes do not fit their name.
    async fn get(&self, id: &BlobId) -> Result<Option<Bytes>, StoreError>;

    /// Whether there are bytes under this name. Does not check them.
    ///
    /// # Errors
    /// When the disk cannot be read.
    async fn contains(&self, id: &BlobId) -> Result<bool, StoreError>;

    /// Forgets the bytes under this name; answers whether there were any.
    ///
    /// # Errors
    /// When the disk cannot be written.
    async fn delete(&self, id: &BlobId) -> Result<bool, StoreError>;

    /// At most `limit` names behind `after`, in order. Fewer than `limit` only at the end.
    ///
    /// # Errors
    /// When the disk cannot be read.
    async fn list(&self, after: Option<&BlobId>, limit: usize) -> Result<Vec<BlobId>, StoreError>;

    /// How the blobs are.
    async fn health(&self) -> BlobsHealth;
}
