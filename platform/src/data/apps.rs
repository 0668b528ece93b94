//! The apps of a workspace, and the version that each points at.
//!
//! Owns one lock, around the versions that answer requests right now; it is never held across an await.

mod change;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use store::{Clock, Entry, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId};
use time::OffsetDateTime;

use super::{DataError, row, versions};
use crate::model::{AppName, DeployedApp, Version, preview_name};

pub use change::Deployed;

const WHAT: &str = "app";
/// How often a deploy that lost a race is tried again. Each round at least one of the racing deploys wins, so
/// that 50 at once all get their number.
const ATTEMPTS: u32 = 64;

/// Reads and changes apps.
#[derive(Debug, Clone)]
pub struct Apps {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    running: Arc<RwLock<HashMap<(WorkspaceId, AppName), Remembered>>>,
}

/// An app and the version that answers a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningApp {
    /// The app.
    pub app: DeployedApp,
    /// Its current version, or that of a preview.
    pub version: Version,
    /// Whether the version was asked for by its number.
    pub preview: bool,
}

impl RunningApp {
    /// The name in the address that was asked: `bmi`, or `bmi--v3` for a preview.
    #[must_use]
    pub fn address_name(&self) -> String {
        if self.preview {
            preview_name(&self.app.name, self.version.number)
        } else {
            self.app.name.to_string()
        }
    }
}

/// What was read under one revision of the app's row.
// Invariant: a version is written in the same commit as its app and never changes, so as long as the app's row has this
// revision, what was read with it is still right.
#[derive(Debug, Clone)]
struct Remembered {
    revision: u64,
    running: Arc<RunningApp>,
}

/// Why an app does not point at another version.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// Other deploys of the same app won every attempt.
    #[error("{attempts} other deploys of the same app came first")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The first version of an app must answer its requests, because no other does.
    #[error("the first version must answer")]
    FirstMustAnswer,
    /// The app has no such version, or no longer.
    #[error("there is no version {0}")]
    UnknownVersion(u32),
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
            let running = Arc::new(RunningApp {
                app,
                version,
                preview: false,
            });
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

    /// The app with one version of it, whether or not that is its current one.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn at_version(
        &self,
        workspace: WorkspaceId,
        name: &AppName,
        number: u32,
    ) -> Result<Option<RunningApp>, DataError> {
        let Some(app) = self.get(workspace, name).await? else {
            return Ok(None);
        };
        let key = versions::key(name, number);
        let entry = self.store.get(workspace, Table::Versions, &key).await?;
        let version = entry
            .map(|entry| versions::decode(number, &entry.value))
            .transpose()?;
        Ok(version.map(|version| RunningApp {
            app,
            version,
            preview: true,
        }))
    }
}
