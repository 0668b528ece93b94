//! The workspaces of this installation: rows of the platform's own workspace, and a small cache in memory.
//!
//! Owns one lock, around the cache; it is never held across an await.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use store::{
    Clock, CommitError, Entry, Expect, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId, WriteSet,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{ConditionsRows, DataError, row};
use crate::model::{Conditions, Workspace, WorkspaceName};

const WHAT: &str = "workspace";
/// Holds the next free id. No name begins with a zero byte, so it stands apart from the names.
const NEXT_ID_KEY: &[u8] = b"\0next-id";
/// How often a lost race is run again before it is reported.
const ATTEMPTS: u32 = 20;

/// Reads and makes workspaces.
#[derive(Debug, Clone)]
pub struct Workspaces {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    // Invariant: a workspace never changes but for its conditions, which are changed in here, and is never deleted in this
    // version, so that a cached one is right.
    cache: Arc<RwLock<HashMap<WorkspaceName, Arc<Workspace>>>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    id: u64,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    access_token: String,
}

impl Workspaces {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            cache: Arc::default(),
        }
    }

    /// The workspace of that name, if there is one.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn find(&self, name: &WorkspaceName) -> Result<Option<Arc<Workspace>>, DataError> {
        if let Some(workspace) = self.cached(name.as_str()) {
            return Ok(Some(workspace));
        }
        let entry = self
            .store
            .get(WorkspaceId::PLATFORM, Table::Workspaces, name.as_str().as_bytes())
            .await?;
        match entry {
            Some(entry) => self.keep(name.clone(), &entry).await.map(Some),
            None => Ok(None),
        }
    }

    /// The workspace of that name if it is in memory; costs one look-up and no allocation.
    #[must_use]
    pub fn cached(&self, name: &str) -> Option<Arc<Workspace>> {
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
        cache.get(name).cloned()
    }

    /// The workspace with this number if it is in memory; looks through those that are.
    #[must_use]
    pub fn cached_by_id(&self, id: WorkspaceId) -> Option<Arc<Workspace>> {
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
        cache.values().find(|workspace| workspace.id == id).cloned()
    }

    /// The workspace with this number, if there is one.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn by_id(&self, id: WorkspaceId) -> Result<Option<Arc<Workspace>>, DataError> {
        if let Some(workspace) = self.cached_by_id(id) {
            return Ok(Some(workspace));
        }
        Ok(self
            .list()
            .await?
            .into_iter()
            .find(|workspace| workspace.id == id))
    }

    /// All workspaces, by name.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn list(&self) -> Result<Vec<Arc<Workspace>>, DataError> {
        let mut found = Vec::new();
        let mut pages = Pages::new(
            &*self.store,
            WorkspaceId::PLATFORM,
            Table::Workspaces,
            KeyRange::all(),
            ScanOptions::default(),
        );
        while let Some(rows) = pages.next().await? {
            for (key, entry) in &rows {
                // The counter's key is no name.
                if let Ok(name) = WorkspaceName::new(&String::from_utf8_lossy(key)) {
                    found.push(match self.cached(name.as_str()) {
                        Some(known) => known,
                        None => self.keep(name, entry).await?,
                    });
                }
            }
        }
        Ok(found)
    }

    /// The workspace of that name; made when it is not there yet.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer, or when others won every attempt.
    pub async fn ensure(&self, name: &WorkspaceName) -> Result<Arc<Workspace>, DataError> {
        if let Some(workspace) = self.find(name).await? {
            return Ok(workspace);
        }
        let id = self.reserve().await?;
        if let Some(made) = self.publish(name, id).await? {
            return Ok(made);
        }
        // Somebody else was faster, and a workspace that is there stays.
        self.find(name).await?.ok_or(DataError::Contended { attempts: 1 })
    }

    /// The number of a workspace to be, which nobody else gets. What is written under it is nobody's until
    /// [`Workspaces::publish`] gives it a name.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer, or when others won every attempt.
    pub async fn reserve(&self) -> Result<WorkspaceId, DataError> {
        for _ in 0..ATTEMPTS {
            let counter = self
                .store
                .get(WorkspaceId::PLATFORM, Table::Workspaces, NEXT_ID_KEY)
                .await?;
            let (id, expect) = match &counter {
                Some(Entry { value, revision }) => {
                    (row::read::<u64>(WHAT, value)?, Expect::Revision(*revision))
                }
                None => (WorkspaceId::PLATFORM.get() + 1, Expect::Absent),
            };
            let write = WriteSet::new()
                .expect(Table::Workspaces, NEXT_ID_KEY, expect)
                .put(Table::Workspaces, NEXT_ID_KEY, row::write(WHAT, &(id + 1))?);
            match self.store.commit(WorkspaceId::PLATFORM, write).await {
                Ok(_) => return Ok(WorkspaceId::new(id)),
                Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(DataError::Contended { attempts: ATTEMPTS })
    }

    /// Makes the workspace with this number, from [`Workspaces::reserve`], under this name; `None` when the name is taken.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn publish(
        &self,
        name: &WorkspaceName,
        id: WorkspaceId,
    ) -> Result<Option<Arc<Workspace>>, DataError> {
        // Two version 4 identifiers: 244 random bits from the operating system.
        let access_token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let made = Row {
            id: id.get(),
            created_at: self.clock.now(),
            access_token,
        };
        let key = name.as_str().as_bytes();
        let write = WriteSet::new()
            .expect(Table::Workspaces, key, Expect::Absent)
            .put(Table::Workspaces, key, row::write(WHAT, &made)?);
        match self.store.commit(WorkspaceId::PLATFORM, write).await {
            Ok(_) => self.find(name).await,
            Err(CommitError::Conflict { .. }) => Ok(None),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    async fn keep(&self, name: WorkspaceName, entry: &Entry) -> Result<Arc<Workspace>, DataError> {
        let Row {
            id,
            created_at,
            access_token,
        } = row::read(WHAT, &entry.value)?;
        let id = WorkspaceId::new(id);
        let kept = ConditionsRows::new(Arc::clone(&self.store)).read(id).await?;
        let workspace = Arc::new(Workspace {
            id,
            name: name.clone(),
            created_at,
            access_token: access_token.into(),
            conditions: Arc::new(Conditions::new(Arc::clone(&self.clock), kept)),
        });
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(cache.entry(name).or_insert(workspace)))
    }
}
