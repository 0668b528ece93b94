//! The installation's own key, which signs id tokens: made when it is first needed, and kept.

use std::sync::Arc;

use serde_json::Value;
use store::{CommitError, Expect, Store, Table, WorkspaceId, WriteSet};
use tokio::sync::OnceCell;

use super::keys::{Algorithm, OwnKey};

/// The row of the key. No API key is as short.
const ROW: &[u8] = b"signing-key";

/// Signs, with one key for all workspaces of the installation.
#[derive(Debug)]
pub(crate) struct Signer {
    store: Arc<dyn Store>,
    key: OnceCell<Arc<OwnKey>>,
}

impl Signer {
    /// A signer whose key is kept in this store.
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            key: OnceCell::new(),
        }
    }

    /// The key; `None` when it can neither be read nor made, which is logged.
    pub(crate) async fn key(&self) -> Option<Arc<OwnKey>> {
        let key = self
            .key
            .get_or_try_init(|| async { self.read_or_make().await })
            .await;
        match key {
            Ok(key) => Some(Arc::clone(key)),
            Err(reason) => {
                tracing::error!(error = reason, "there is no key to sign id tokens with");
                None
            }
        }
    }

    /// Signs claims; `None` as for [`Signer::key`].
    pub(crate) async fn sign(&self, algorithm: Algorithm, claims: Value) -> Option<String> {
        let key = self.key().await?;
        // Two thousandths of a second: not worth a thread of its own.
        key.sign(algorithm, &claims)
    }

    async fn read_or_make(&self) -> Result<Arc<OwnKey>, String> {
        if let Some(key) = self.read().await? {
            return Ok(key);
        }
        let made = tokio::task::spawn_blocking(OwnKey::make).await.ok().flatten();
        let made = made.ok_or("the key could not be made")?;
        let pem = made.to_pem().ok_or("the key could not be written")?;
        let write = WriteSet::new()
            .expect(Table::Applications, ROW, Expect::Absent)
            .put(Table::Applications, ROW, pem.into_bytes());
        match self.store.commit(WorkspaceId::PLATFORM, write).await {
            Ok(_) => Ok(Arc::new(made)),
            // Another node was faster: its key is everybody's.
            Err(CommitError::Conflict { .. }) => {
                self.read().await?.ok_or_else(|| "the key is gone".to_owned())
            }
            Err(CommitError::Store(error)) => Err(error.to_string()),
        }
    }

    async fn read(&self) -> Result<Option<Arc<OwnKey>>, String> {
        let entry = self
            .store
            .get(WorkspaceId::PLATFORM, Table::Applications, ROW)
            .await
            .map_err(|error| error.to_string())?;
        let Some(entry) = entry else { return Ok(None) };
        let pem = std::str::from_utf8(&entry.value).map_err(|error| error.to_string())?;
        let key = OwnKey::from_pem(pem).ok_or("the kept key cannot be read")?;
        Ok(Some(Arc::new(key)))
    }
}

#[cfg(test)]
mod tests {
    use store::MemoryStore;

    use super::*;

    #[tokio::test]
    async fn the_key_stays_the_same_over_a_restart() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let first = Signer::new(Arc::clone(&store)).key().await.unwrap().to_json();
        let second = Signer::new(store).key().await.unwrap().to_json();
        assert_eq!(first, second);
    }
}
