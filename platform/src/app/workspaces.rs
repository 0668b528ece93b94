//! Makes workspaces, copies them and sets them back: what touches more than one of the parts that keep something.

use std::sync::Arc;

use records::ChangesPage;

use crate::app::App;
use crate::data::copy_apps;
use crate::error::AppError;
use crate::model::{Version, Workspace, WorkspaceName};

/// Workspaces of one server at most: many classes of thirty. Each costs a row, and memory only while it is used.
const MAX_WORKSPACES: u64 = 2_000;

impl App {
    /// Makes a workspace with the seed's people and no apps.
    ///
    /// # Errors
    /// [`AppError::WorkspaceExists`], [`AppError::TooManyWorkspaces`], and when the store cannot answer.
    pub async fn create_workspace(&self, name: &WorkspaceName) -> Result<Arc<Workspace>, AppError> {
        self.made_from(None, name).await
    }

    /// Makes a workspace that is now as `original` is. Its apps, what they keep, and its records are copies from then on.
    ///
    /// # Errors
    /// As [`App::create_workspace`].
    pub async fn fork_workspace(
        &self,
        original: &Workspace,
        name: &WorkspaceName,
    ) -> Result<Arc<Workspace>, AppError> {
        self.made_from(Some(original), name).await
    }

    /// Sets the workspace's records back to the seed, takes away what its apps keep, its faults and its scenario, and lets its
    /// clock follow real time.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn reset_workspace(&self, workspace: &Workspace) -> Result<(), AppError> {
        self.records.reset(workspace.id).await?;
        self.values.forget(workspace.id).await?;
        self.reset_conditions(workspace).await?;
        tracing::info!(workspace.name = workspace.name.as_str(), "reset");
        Ok(())
    }

    /// The resources that the workspace has changed, those that were changed last first; from the place that a page before named.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn changes(
        &self,
        workspace: &Workspace,
        before: Option<u64>,
        count: usize,
    ) -> Result<ChangesPage, AppError> {
        let view = self.records.view(workspace.id).await?;
        // The log of changes may be long: reading it holds up nobody else's requests.
        let page = tokio::task::spawn_blocking(move || view.changes(before, count)).await;
        page.map_err(|error| AppError::Internal(error.to_string()))
    }

    async fn made_from(
        &self,
        original: Option<&Workspace>,
        name: &WorkspaceName,
    ) -> Result<Arc<Workspace>, AppError> {
        let taken = || AppError::WorkspaceExists(name.to_string());
        if self.workspaces.find(name).await?.is_some() {
            return Err(taken());
        }
        let id = self.workspaces.reserve().await?;
        if id.get() > MAX_WORKSPACES {
            return Err(AppError::TooManyWorkspaces {
                limit: MAX_WORKSPACES,
            });
        }
        if let Some(original) = original {
            // Nothing that the copies name may be deleted before they are counted.
            let named = self.versions.list_all(original.id).await?;
            let documents = self.interfaces.list(original.id).await?;
            let named = named.iter().flat_map(Version::blobs);
            let held = self
                .blob_uses
                .hold(named.chain(documents.iter().map(|row| row.document)))
                .await;
            copy_apps(&self.storage.store, original.id, id).await?;
            let copies = self.versions.list_all(id).await?;
            self.blob_uses.add(copies.iter().flat_map(Version::blobs));
            let documents = self.interfaces.list(id).await?;
            self.blob_uses.add(documents.iter().map(|row| row.document));
            drop(held);
            self.records.fork(original.id, id).await?;
        }
        let made = self.workspaces.publish(name, id).await?.ok_or_else(taken)?;
        let from = original.map_or("the seed", |original| original.name.as_str());
        tracing::info!(workspace.name = made.name.as_str(), from, "made");
        Ok(made)
    }
}
