//! The FHIR packages of this installation: one row each, which names the package's file among the blobs.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::{BlobId, CommitError, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId, WriteSet};

use super::{DataError, row};

const WHAT: &str = "package";

/// Reads and changes the list of packages.
#[derive(Debug, Clone)]
pub struct Packages {
    store: Arc<dyn Store>,
}

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledPackage {
    /// As its manifest states it, such as `fhir.r4.ukcore.stu2`.
    pub name: String,
    /// As its manifest states it, such as `2.0.2`.
    pub version: String,
    /// The SHA-256 of its file.
    pub file: BlobId,
}

/// A zero byte parts name and version; neither can contain one.
fn key(name: &str, version: &str) -> Vec<u8> {
    [name.as_bytes(), b"\0", version.as_bytes()].concat()
}

impl Packages {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// What is installed, by name and version.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn list(&self) -> Result<Vec<InstalledPackage>, DataError> {
        let mut found = Vec::new();
        let mut pages = Pages::new(
            &*self.store,
            WorkspaceId::PLATFORM,
            Table::Packages,
            KeyRange::all(),
            ScanOptions::default(),
        );
        while let Some(rows) = pages.next().await? {
            for (_, entry) in &rows {
                found.push(row::read(WHAT, &entry.value)?);
            }
        }
        Ok(found)
    }

    /// Keeps a package, in place of one of the same name and version; answers that one.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn put(&self, package: &InstalledPackage) -> Result<Option<InstalledPackage>, DataError> {
        let key = key(&package.name, &package.version);
        let before = self.get(&key).await?;
        let write = WriteSet::new().put(Table::Packages, &key, row::write(WHAT, package)?);
        self.commit(write).await?;
        Ok(before)
    }

    /// Removes a package; answers it when it was there.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn delete(&self, name: &str, version: &str) -> Result<Option<InstalledPackage>, DataError> {
        let key = key(name, version);
        let before = self.get(&key).await?;
        if before.is_some() {
            self.commit(WriteSet::new().delete(Table::Packages, &key)).await?;
        }
        Ok(before)
    }

    async fn get(&self, key: &[u8]) -> Result<Option<InstalledPackage>, DataError> {
        let entry = self
            .store
            .get(WorkspaceId::PLATFORM, Table::Packages, key)
            .await?;
        entry.map(|entry| row::read(WHAT, &entry.value)).transpose()
    }

    async fn commit(&self, write: WriteSet) -> Result<(), DataError> {
        match self.store.commit(WorkspaceId::PLATFORM, write).await {
            Ok(_) => Ok(()),
            // Nothing is expected of the rows.
            Err(CommitError::Conflict { .. }) => Err(DataError::Contended { attempts: 1 }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}
