//! Blobs that are gone when the program ends.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{BlobId, Blobs, BlobsHealth, MAX_BLOB_BYTES, StoreError};

/// Blobs in memory: for tests, and for a program that is to leave nothing behind.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    // Held for one look-up or one change, never across an await.
    blobs: RwLock<BTreeMap<BlobId, Bytes>>,
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put(&self, bytes: Bytes) -> Result<BlobId, StoreError> {
        if bytes.len() > MAX_BLOB_BYTES {
            return Err(StoreError::TooLarge {
                what: "blob",
                size: bytes.len(),
                limit: MAX_BLOB_BYTES,
            });
        }
        let id = BlobId::of(&bytes);
        self.blobs
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(id)
            .or_insert(bytes);
        Ok(id)
    }

    async fn get(&self, id: &BlobId) -> Result<Option<Bytes>, StoreError> {
        Ok(self
            .blobs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned())
    }

    async fn contains(&self, id: &BlobId) -> Result<bool, StoreError> {
        Ok(self
            .blobs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(id))
    }

    async fn delete(&self, id: &BlobId) -> Result<bool, StoreError> {
        Ok(self
            .blobs
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id)
            .is_some())
    }

    async fn list(&self, after: Option<&BlobId>, limit: usize) -> Result<Vec<BlobId>, StoreError> {
        let blobs = self.blobs.read().unwrap_or_else(PoisonError::into_inner);
        let start = after.map_or(Bound::Unbounded, |id| Bound::Excluded(*id));
        Ok(blobs
            .range((start, Bound::Unbounded))
            .take(limit)
            .map(|(id, _)| *id)
            .collect())
    }

    async fn health(&self) -> BlobsHealth {
        BlobsHealth { refusal: None }
    }
}
