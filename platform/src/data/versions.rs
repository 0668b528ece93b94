//! The versions of an app: rows that are written once and never changed.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use store::{BlobId, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId};
use time::OffsetDateTime;

use super::{DataError, row};
use crate::model::{AppName, Language, Manifest, Origin, PublicFiles, Version};

const WHAT: &str = "version";

/// Reads versions; they are written by [`super::Apps::deploy`], together with their app.
#[derive(Debug, Clone)]
pub struct Versions {
    store: Arc<dyn Store>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    component: BlobId,
    size_bytes: u64,
    #[serde(with = "time::serde::rfc3339")]
    deployed_at: OffsetDateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made_with: Option<String>,
    origin: Origin,
    // Versions from before there were manifests are without what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<BlobId>,
    #[serde(default)]
    manifest: Manifest,
    #[serde(default)]
    public: PublicFiles,
    #[serde(default)]
    build: Language,
}

/// Name, a zero byte that no name contains, number with the highest byte first: sorted by number within an app.
pub(super) fn key(app: &AppName, number: u32) -> Vec<u8> {
    let mut key = prefix(app);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

pub(super) fn prefix(app: &AppName) -> Vec<u8> {
    let mut key = app.as_str().as_bytes().to_vec();
    key.push(0);
    key
}

/// The number in a key.
pub(super) fn number_of(key: &[u8]) -> u32 {
    let number = key.last_chunk::<4>();
    number.map(|bytes| u32::from_be_bytes(*bytes)).unwrap_or_default()
}

pub(super) fn encode(version: &Version) -> Result<Bytes, DataError> {
    // Taken apart by name, so that a new field does not compile until somebody decides about it.
    let Version {
        number: _,
        component,
        size_bytes,
        deployed_at,
        made_with,
        origin,
        source,
        manifest,
        public,
        build,
    } = version.clone();
    row::write(
        WHAT,
        &Row {
            component,
            size_bytes,
            deployed_at,
            made_with,
            origin,
            source,
            manifest: Manifest::clone(&manifest),
            public: PublicFiles::clone(&public),
            build,
        },
    )
}

pub(super) fn decode(number: u32, bytes: &[u8]) -> Result<Version, DataError> {
    let Row {
        component,
        size_bytes,
        deployed_at,
        made_with,
        origin,
        source,
        manifest,
        public,
        build,
    } = row::read(WHAT, bytes)?;
    Ok(Version {
        number,
        component,
        size_bytes,
        deployed_at,
        made_with,
        origin,
        source,
        manifest: Arc::new(manifest),
        public: Arc::new(public),
        build,
    })
}

impl Versions {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// One version of an app, if it is there.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn get(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        number: u32,
    ) -> Result<Option<Version>, DataError> {
        let entry = self
            .store
            .get(workspace, Table::Versions, &key(app, number))
            .await?;
        entry.map(|entry| decode(number, &entry.value)).transpose()
    }

    /// All versions of an app, newest first.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn list(&self, workspace: WorkspaceId, app: &AppName) -> Result<Vec<Version>, DataError> {
        self.scan(workspace, KeyRange::prefix(&prefix(app)))
            .await
            .map(|mut versions| {
                versions.sort_by_key(|version| std::cmp::Reverse(version.number));
                versions
            })
    }

    /// Every version of every app of a workspace, in no order that means anything.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn list_all(&self, workspace: WorkspaceId) -> Result<Vec<Version>, DataError> {
        self.scan(workspace, KeyRange::all()).await
    }

    async fn scan(&self, workspace: WorkspaceId, range: KeyRange) -> Result<Vec<Version>, DataError> {
        let mut found = Vec::new();
        let mut pages = Pages::new(
            &*self.store,
            workspace,
            Table::Versions,
            range,
            ScanOptions::default(),
        );
        while let Some(rows) = pages.next().await? {
            for (key, entry) in &rows {
                found.push(decode(number_of(key), &entry.value)?);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_from_before_there_were_manifests_still_reads() {
        let id = BlobId::of(b"component");
        let old = format!(
            r#"{{"component":"{id}","size_bytes":9,"deployed_at":"2026-08-06T16:30:00Z","origin":"shipped"}}"#
        );
        let version = decode(3, old.as_bytes()).unwrap();
        assert_eq!((version.number, version.component, version.source), (3, id, None));
        assert_eq!(*version.manifest, Manifest::default());
        assert!(version.public.is_empty() && version.build == Language::Component);
        // And what is written reads back.
        assert_eq!(decode(3, &encode(&version).unwrap()).unwrap(), version);
    }
}
