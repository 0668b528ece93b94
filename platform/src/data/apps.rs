//! The apps of a workspace, and the one commit that deploys a version.
//!
//! Owns one lock, around the versions that answer requests right now; it is never held across an await.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use store::{
    Clock, CommitError, Entry, Expect, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId, WriteSet,
};
use time::OffsetDateTime;

use super::{DataError, row, versions};
use crate::model::{AppName, DeployedApp, Manifest, NewVersion, Version, title_of};

const WHAT: &str = "app";
/// How often a deploy that lost a race is tried again. Each round at least one of the racing deploys wins, so
/// that 50 at once all get their number.
const ATTEMPTS: u32 = 64;
/// Rows that one commit of a delete takes away.
const DELETE_BATCH: usize = 500;

/// Reads, deploys and deletes apps.
#[derive(Debug, Clone)]
pub struct Apps {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    running: Arc<RwLock<HashMap<(WorkspaceId, AppName), Remembered>>>,
}

/// An app and the version that answers its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningApp {
    /// The app.
    pub app: DeployedApp,
    /// Its current version.
    pub version: Version,
}

/// What was read under one revision of the app's row.
// Invariant: a version is written in the same commit as its app and never changes, so as long as the app's row has this
// revision, what was read with it is still right.
#[derive(Debug, Clone)]
struct Remembered {
    revision: u64,
    running: Arc<RunningApp>,
}

/// Why a version was not deployed.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// Other deploys of the same app won every attempt.
    #[error("{attempts} other deploys of the same app came first")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Data(#[from] DataError),
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    title: String,
    current: u32,
    latest: u32,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

fn encode(app: &DeployedApp) -> Result<Bytes, DataError> {
    // Taken apart by name, so that a new field does not compile until somebody decides about it.
    let DeployedApp {
        name: _,
        title,
        current,
        latest,
        created_at,
        updated_at,
    } = app.clone();
    row::write(
        WHAT,
        &Row {
            title,
            current,
            latest,
            created_at,
            updated_at,
        },
    )
}

fn decode(name: AppName, bytes: &[u8]) -> Result<DeployedApp, DataError> {
    let Row {
        title,
        current,
        latest,
        created_at,
        updated_at,
    } = row::read(WHAT, bytes)?;
    Ok(DeployedApp {
        name,
        title,
        current,
        latest,
        created_at,
        updated_at,
    })
}

impl Apps {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            running: Arc::default(),
        }
    }

    /// The app of this name with the version that answers its requests, read once for each change of the app's row.
    ///
    /// # Errors
    /// When the store fails, a row cannot be understood, or the app points at a version that is not there.
    pub async fn running(
        &self,
        workspace: WorkspaceId,
        name: &AppName,
    ) -> Result<Option<Arc<RunningApp>>, DataError> {
        let key = (workspace, name.clone());
        for _ in 0..ATTEMPTS {
            let entry = self
                .store
                .get(workspace, Table::Apps, name.as_str().as_bytes())
                .await?;
            let Some(Entry { value, revision }) = entry else {
                self.remembered_mut().remove(&key);
                return Ok(None);
            };
            if let Some(running) = self.remembered(&key, revision) {
                return Ok(Some(running));
            }
            let app = decode(name.clone(), &value)?;
            let version_key = versions::key(name, app.current);
            // Not there: the app was deleted since its row was read. What came after it is found by reading again.
            let Some(entry) = self.store.get(workspace, Table::Versions, &version_key).await? else {
                continue;
            };
            let version = versions::decode(app.current, &entry.value)?;
            let running = Arc::new(RunningApp { app, version });
            let remembered = Remembered {
                revision,
                running: Arc::clone(&running),
            };
            self.remembered_mut().insert(key, remembered);
            return Ok(Some(running));
        }
        Err(DataError::Contended { attempts: ATTEMPTS })
    }

    fn remembered(&self, key: &(WorkspaceId, AppName), revision: u64) -> Option<Arc<RunningApp>> {
        let known = self.running.read().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(key).filter(|known| known.revision == revision)?;
        Some(Arc::clone(&known.running))
    }

    fn remembered_mut(&self) -> RwLockWriteGuard<'_, HashMap<(WorkspaceId, AppName), Remembered>> {
        self.running.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The app of that name, if there is one.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn get(
        &self,
        workspace: WorkspaceId,
        name: &AppName,
    ) -> Result<Option<DeployedApp>, DataError> {
        let entry = self
            .store
            .get(workspace, Table::Apps, name.as_str().as_bytes())
            .await?;
        entry.map(|entry| decode(name.clone(), &entry.value)).transpose()
    }

    /// All apps, by name.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn list(&self, workspace: WorkspaceId) -> Result<Vec<DeployedApp>, DataError> {
        let mut found = Vec::new();
        let mut pages = Pages::new(
            &*self.store,
            workspace,
            Table::Apps,
            KeyRange::all(),
            ScanOptions::default(),
        );
        while let Some(rows) = pages.next().await? {
            for (key, entry) in &rows {
                if let Ok(name) = AppName::new(&String::from_utf8_lossy(key)) {
                    found.push(decode(name, &entry.value)?);
                }
            }
        }
        Ok(found)
    }

    /// Gives `new` the next number of the app and makes it current, in one commit; makes the app on its first
    /// deploy. When this returns, the version survives a crash.
    ///
    /// # Errors
    /// [`DeployError::Contended`] when others won every attempt, [`DeployError::Data`] when the store failed.
    pub async fn deploy(
        &self,
        workspace: WorkspaceId,
        name: &AppName,
        new: &NewVersion,
    ) -> Result<(DeployedApp, Version), DeployError> {
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let entry = self
                .store
                .get(workspace, Table::Apps, name.as_str().as_bytes())
                .await
                .map_err(DataError::from)?;
            let (mut app, expect) = match entry {
                Some(Entry { value, revision }) => {
                    (decode(name.clone(), &value)?, Expect::Revision(revision))
                }
                None => (first(name, now), Expect::Absent),
            };
            let number = app.latest.saturating_add(1);
            let version = new.clone().numbered(number, now);
            app.title = title_under(&version.manifest, name);
            app.current = number;
            app.latest = number;
            app.updated_at = now;
            let version_key = versions::key(name, number);
            let write = WriteSet::new()
                .expect(Table::Apps, name.as_str().as_bytes(), expect)
                .expect(Table::Versions, &version_key, Expect::Absent)
                .put(Table::Versions, &version_key, versions::encode(&version)?)
                .put(Table::Apps, name.as_str().as_bytes(), encode(&app)?);
            match self.store.commit(workspace, write).await {
                Ok(_) => return Ok((app, version)),
                Err(CommitError::Conflict { .. }) => tokio::task::yield_now().await,
                Err(CommitError::Store(error)) => return Err(DataError::from(error).into()),
            }
        }
        Err(DeployError::Contended { attempts: ATTEMPTS })
    }

    /// Deletes an app and its versions; `false` when there was none. Its components are collected from the blobs
    /// at the next start.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn delete(&self, workspace: WorkspaceId, name: &AppName) -> Result<bool, DataError> {
        let mut found = false;
        // The app goes in the same commit as the last of its versions, so that a crash half-way leaves an app
        // that can be deleted again and never versions without an app.
        for _ in 0..ATTEMPTS {
            let entry = self
                .store
                .get(workspace, Table::Apps, name.as_str().as_bytes())
                .await?;
            let Some(Entry { revision, .. }) = entry else {
                return Ok(found);
            };
            found = true;
            let options = ScanOptions::limit(DELETE_BATCH);
            let range = KeyRange::prefix(&versions::prefix(name));
            let page = self
                .store
                .scan(workspace, Table::Versions, range, options)
                .await?;
            let mut write =
                WriteSet::new().expect(Table::Apps, name.as_str().as_bytes(), Expect::Revision(revision));
            for (key, _) in &page.rows {
                write = write.delete(Table::Versions, key);
            }
            if page.next.is_none() {
                write = write.delete(Table::Apps, name.as_str().as_bytes());
            }
            match self.store.commit(workspace, write).await {
                Ok(_) | Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(DataError::Contended { attempts: ATTEMPTS })
    }
}

fn first(name: &AppName, now: OffsetDateTime) -> DeployedApp {
    DeployedApp {
        name: name.clone(),
        title: title_of(name),
        current: 0,
        latest: 0,
        created_at: now,
        updated_at: now,
    }
}

/// What people read while a version with this manifest answers.
fn title_under(manifest: &Manifest, name: &AppName) -> String {
    manifest.title.clone().unwrap_or_else(|| title_of(name))
}
