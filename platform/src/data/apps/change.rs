//! The commits that change an app: a new version, another current one, its end.

use store::{
    CommitError, Entry, Expect, KeyRange, Pages, ScanOptions, StoreError, Table, WorkspaceId, WriteSet,
};
use time::OffsetDateTime;

use super::{ATTEMPTS, Apps, DeployError, decode, encode};
use crate::data::{DataError, schedules, versions};
use crate::model::{Activate, AppName, DeployedApp, Manifest, NewVersion, Version, title_of, to_collect};

/// Rows that one commit of a delete takes away.
const DELETE_BATCH: usize = 500;
/// What an app has beside its versions, by keys that begin with its name and a zero byte.
const BELONGINGS: [Table; 4] = [Table::Secrets, Table::Schedules, Table::Drafts, Table::Values];

/// A version that was deployed.
#[derive(Debug)]
pub struct Deployed {
    /// The app as it is now.
    pub app: DeployedApp,
    /// Its new version.
    pub version: Version,
    /// Its versions that went in the same commit; see [`to_collect`].
    pub collected: Vec<Version>,
}

impl Apps {
    /// Gives `new` the next number of the app, makes it current if it is to be, and takes away old versions, in one
    /// commit; makes the app on its first deploy. When this returns, the version survives a crash.
    ///
    /// # Errors
    /// [`DeployError`]; only with [`DeployError::Data`] may the version be there all the same.
    pub async fn deploy(
        &self,
        workspace: WorkspaceId,
        name: &AppName,
        new: &NewVersion,
        activate: Activate,
    ) -> Result<Deployed, DeployError> {
        let app_key = name.as_str().as_bytes();
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let entry = self.store.get(workspace, Table::Apps, app_key).await;
            let (mut app, mut write, mut kept) = match entry.map_err(DataError::from)? {
                Some(Entry { value, revision }) => {
                    let write = WriteSet::new().expect(Table::Apps, app_key, Expect::Revision(revision));
                    (
                        decode(name.clone(), &value)?,
                        write,
                        self.versions(workspace, name).await?,
                    )
                }
                None if activate == Activate::Later => return Err(DeployError::FirstMustAnswer),
                None => (
                    first(name, now),
                    self.fresh(workspace, name).await.map_err(DataError::from)?,
                    Vec::new(),
                ),
            };
            let number = app.latest.saturating_add(1);
            let version = new.clone().numbered(number, now);
            app.latest = number;
            if activate == Activate::Now {
                app.current = number;
                app.title = title_under(&version.manifest, name);
                app.updated_at = now;
            }
            kept.push(version.clone());
            let gone = to_collect(&kept, app.current, now);
            let version_key = versions::key(name, number);
            write = write
                .expect(Table::Versions, &version_key, Expect::Absent)
                .put(Table::Versions, &version_key, versions::encode(&version)?)
                .put(Table::Apps, app_key, encode(&app)?);
            for number in &gone {
                write = write.delete(Table::Versions, &versions::key(name, *number));
            }
            if activate == Activate::Now {
                write = without_old_schedule(write, name, &version.manifest);
            }
            match self.store.commit(workspace, write).await {
                Ok(_) => {
                    kept.retain(|version| gone.contains(&version.number));
                    return Ok(Deployed {
                        app,
                        version,
                        collected: kept,
                    });
                }
                Err(CommitError::Conflict { .. }) => tokio::task::yield_now().await,
                Err(CommitError::Store(error)) => return Err(DataError::from(error).into()),
            }
        }
        Err(DeployError::Contended { attempts: ATTEMPTS })
    }

    /// Points the app at one of its versions; `None` when there is no such app.
    ///
    /// # Errors
    /// [`DeployError::UnknownVersion`] when it has no such version, [`DeployError`] for the rest.
    pub async fn point_at(
        &self,
        workspace: WorkspaceId,
        name: &AppName,
        number: u32,
    ) -> Result<Option<DeployedApp>, DeployError> {
        let app_key = name.as_str().as_bytes();
        let version_key = versions::key(name, number);
        for _ in 0..ATTEMPTS {
            let entry = self.store.get(workspace, Table::Apps, app_key).await;
            let Some(Entry { value, revision }) = entry.map_err(DataError::from)? else {
                return Ok(None);
            };
            let mut app = decode(name.clone(), &value)?;
            let version = self.store.get(workspace, Table::Versions, &version_key).await;
            let Some(version) = version.map_err(DataError::from)? else {
                return Err(DeployError::UnknownVersion(number));
            };
            if app.current == number {
                return Ok(Some(app));
            }
            let version = versions::decode(number, &version.value)?;
            app.current = number;
            app.title = title_under(&version.manifest, name);
            app.updated_at = self.clock.now();
            let write = WriteSet::new()
                .expect(Table::Apps, app_key, Expect::Revision(revision))
                .expect(Table::Versions, &version_key, Expect::Exists)
                .put(Table::Apps, app_key, encode(&app)?);
            let write = without_old_schedule(write, name, &version.manifest);
            match self.store.commit(workspace, write).await {
                Ok(_) => return Ok(Some(app)),
                Err(CommitError::Conflict { .. }) => tokio::task::yield_now().await,
                Err(CommitError::Store(error)) => return Err(DataError::from(error).into()),
            }
        }
        Err(DeployError::Contended { attempts: ATTEMPTS })
    }

    /// Deletes an app with its versions and all that it has, and answers the versions; `None` when there was none.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn delete(
        &self,
        workspace: WorkspaceId,
        name: &AppName,
    ) -> Result<Option<Vec<Version>>, DataError> {
        let app_key = name.as_str().as_bytes();
        let mut gone = None;
        // The app goes in the same commit as the last of its versions, so that a crash half-way leaves an app
        // that can be deleted again and never versions without an app.
        for _ in 0..ATTEMPTS {
            let entry = self.store.get(workspace, Table::Apps, app_key).await?;
            let Some(Entry { revision, .. }) = entry else {
                self.clear_all(workspace, name).await?;
                return Ok(gone);
            };
            let range = KeyRange::prefix(&versions::prefix(name));
            let page = self
                .store
                .scan(
                    workspace,
                    Table::Versions,
                    range,
                    ScanOptions::limit(DELETE_BATCH),
                )
                .await?;
            let mut write = WriteSet::new().expect(Table::Apps, app_key, Expect::Revision(revision));
            let mut batch = Vec::new();
            for (key, entry) in &page.rows {
                write = write.delete(Table::Versions, key);
                batch.push(versions::decode(versions::number_of(key), &entry.value)?);
            }
            let is_last = page.next.is_none();
            if is_last {
                write = write.delete(Table::Apps, app_key);
            }
            match self.store.commit(workspace, write).await {
                Ok(_) => {
                    gone.get_or_insert_with(Vec::new).extend(batch);
                    // An app of this name that is there by now is another one, and stays.
                    if is_last {
                        self.clear_all(workspace, name).await?;
                        return Ok(gone);
                    }
                }
                Err(CommitError::Conflict { .. }) => tokio::task::yield_now().await,
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(DataError::Contended { attempts: ATTEMPTS })
    }

    async fn versions(&self, workspace: WorkspaceId, name: &AppName) -> Result<Vec<Version>, DataError> {
        versions::Versions::new(std::sync::Arc::clone(&self.store))
            .list(workspace, name)
            .await
    }

    /// A set of changes for an app that is not there: what an earlier one of the same name left behind when a crash cut
    /// its end off goes with it, because secrets and values are nobody else's.
    async fn fresh(&self, workspace: WorkspaceId, name: &AppName) -> Result<WriteSet, StoreError> {
        self.clear_all(workspace, name).await?;
        Ok(WriteSet::new().expect(Table::Apps, name.as_str().as_bytes(), Expect::Absent))
    }

    /// Whoever adds to them demands the app's row, so nothing comes behind this.
    async fn clear_all(&self, workspace: WorkspaceId, name: &AppName) -> Result<(), StoreError> {
        for table in BELONGINGS {
            self.clear(workspace, table, name).await?;
        }
        Ok(())
    }

    async fn clear(&self, workspace: WorkspaceId, table: Table, name: &AppName) -> Result<(), StoreError> {
        let range = KeyRange::prefix(&versions::prefix(name));
        let mut pages = Pages::new(
            &*self.store,
            workspace,
            table,
            range,
            ScanOptions::limit(DELETE_BATCH),
        );
        while let Some(rows) = pages.next().await? {
            // Only while there is no app: one that was made meanwhile keeps what it has put there.
            let mut write = WriteSet::new().expect(Table::Apps, name.as_str().as_bytes(), Expect::Absent);
            for (key, _) in &rows {
                write = write.delete(table, key);
            }
            match self.store.commit(workspace, write).await {
                Ok(_) => {}
                Err(CommitError::Conflict { .. }) => return Ok(()),
                Err(CommitError::Store(error)) => return Err(error),
            }
        }
        Ok(())
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

/// An app whose version has no schedule is never due: one that gets a schedule again is due as if it were the first.
fn without_old_schedule(write: WriteSet, name: &AppName, manifest: &Manifest) -> WriteSet {
    match manifest.schedule {
        Some(_) => write,
        None => write.delete(Table::Schedules, &schedules::key(name)),
    }
}

/// What people read while a version with this manifest answers.
fn title_under(manifest: &Manifest, name: &AppName) -> String {
    manifest.title.clone().unwrap_or_else(|| title_of(name))
}
