//! Interfaces that workspaces add from OpenAPI documents: adding and removing them, and keeping those in use in memory.
//!
//! [`AddedInterfaces`] owns two kinds of locks: one around what is in memory, which is never held across an await, and one for
//! each workspace whose interfaces are read or changed, so that no workspace waits for another's documents.

mod kept;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use mock_nhs_interfaces::AddedInterface;
use openapi_mock::Document;
use store::{BlobId, WorkspaceId};

use self::kept::Kept;
use crate::app::App;
use crate::data::AddedRow;
use crate::egress::fhir;
use crate::error::{AppError, Unfit};
use crate::model::Workspace;

/// Interfaces that one workspace can add: a document is held in memory, taken apart, while its workspace is in use.
pub(crate) const MAX_ADDED: usize = 20;
/// Memory that the documents of one workspace may take, in bytes: forty times the largest that NHS England publishes.
const MAX_WORKSPACE_BYTES: usize = 64 << 20;
/// Documents that are taken apart at the same time: each may keep a processor busy for a second.
const AT_ONCE: usize = 1;
/// Longest id, in characters.
const MAX_ID_CHARS: usize = 60;

/// What a workspace added, ready to answer.
pub(crate) type Added = Arc<[Arc<AddedInterface>]>;

/// The interfaces in use, and the documents that they share: a fork has the same ones.
#[derive(Debug)]
pub struct AddedInterfaces {
    kept: Mutex<Kept>,
    reading: tokio::sync::Semaphore,
}

impl Default for AddedInterfaces {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            reading: tokio::sync::Semaphore::new(AT_ONCE),
        }
    }
}

/// What somebody wants to add.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewInterface {
    /// The id; made from the document when nobody says one.
    pub(crate) id: Option<String>,
    /// The path; the document's when nobody says one.
    pub(crate) path_prefix: Option<String>,
}

impl AddedInterfaces {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock of this workspace: its changes come one after the other, so that what is in memory is what is in the store.
    fn turn_of(&self, workspace: WorkspaceId) -> Arc<tokio::sync::Mutex<()>> {
        self.lock().turn_of(workspace)
    }
}

impl App {
    /// What the workspace added, by id.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn added_interfaces(&self, workspace: &Workspace) -> Result<Added, AppError> {
        if let Some(added) = self.added.lock().of(workspace.id) {
            return Ok(added);
        }
        let turn = self.added.turn_of(workspace.id);
        let _turn = turn.lock().await;
        self.added_in_turn(workspace).await
    }

    /// What the workspace added, for whoever has its turn.
    async fn added_in_turn(&self, workspace: &Workspace) -> Result<Added, AppError> {
        if let Some(added) = self.added.lock().of(workspace.id) {
            return Ok(added);
        }
        let mut found = Vec::new();
        let mut is_all_said = true;
        for row in self.interfaces.list(workspace.id).await? {
            match self.ready(&row).await {
                Ok(added) => found.push(Arc::new(added)),
                Err(error) => {
                    // What a store cannot answer now it may answer the next time.
                    is_all_said &= matches!(error, AppError::Unfit(_));
                    let reason = error.public().detail;
                    tracing::error!(interface = row.id, reason, "an added interface cannot be used");
                }
            }
        }
        let added: Added = found.into();
        if is_all_said {
            self.added.lock().keep(workspace.id, &added);
        }
        Ok(added)
    }

    /// The added interface that answers requests of this path, if one does: the longest prefix wins.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(super) async fn added_interface_at(
        &self,
        workspace: &Workspace,
        path: &str,
    ) -> Result<Option<Arc<AddedInterface>>, AppError> {
        let added = self.added_interfaces(workspace).await?;
        let fitting = added.iter().filter(|added| added.below_prefix(path).is_some());
        Ok(fitting.max_by_key(|added| added.path_prefix.len()).cloned())
    }

    /// Adds an interface to the workspace, in place of an added one of the same id.
    ///
    /// # Errors
    /// [`AppError::Unfit`] when nothing can be made of the document or a name breaks the rules,
    /// [`AppError::InterfaceExists`] when id or path are taken, [`AppError::TooManyInterfaces`], and when the store cannot answer.
    pub(crate) async fn add_interface(
        &self,
        workspace: &Workspace,
        wanted: NewInterface,
        file: Bytes,
    ) -> Result<Arc<AddedInterface>, AppError> {
        let document = self.document(BlobId::of(&file), file.clone()).await?;
        let (id, path_prefix) = named(wanted, &document)?;
        let turn = self.added.turn_of(workspace.id);
        let turn = turn.lock().await;
        let before = self.interfaces.list(workspace.id).await?;
        self.refuse_taken(&before, &id, &path_prefix)?;
        let replaced = before.iter().find(|row| row.id == id);
        if replaced.is_none() && before.len() >= MAX_ADDED {
            return Err(AppError::TooManyInterfaces { limit: MAX_ADDED });
        }
        let others = self.added_in_turn(workspace).await?;
        let others = others.iter().filter(|other| *other.id != *id);
        let bytes: usize = others.map(|other| other.document.held_bytes()).sum();
        if bytes.saturating_add(document.held_bytes()) > MAX_WORKSPACE_BYTES {
            return Err(too_large().into());
        }
        let hold = self.blob_uses.hold([BlobId::of(&file)]).await;
        let row = AddedRow {
            id,
            path_prefix,
            document: self.storage.blobs.put(file).await?,
        };
        self.interfaces.put(workspace.id, &row).await?;
        hold.keep();
        self.added.lock().forget(workspace.id);
        drop(turn);
        if let Some(replaced) = replaced {
            self.blob_uses.release([replaced.document]);
            self.collect_blobs().await;
        }
        tracing::info!(interface = row.id, path = row.path_prefix, "added");
        Ok(Arc::new(AddedInterface::new(&row.id, &row.path_prefix, document)))
    }

    /// Removes an interface that the workspace added.
    ///
    /// # Errors
    /// [`AppError::UnknownInterface`], and when the store cannot answer.
    pub(crate) async fn remove_interface(&self, workspace: &Workspace, id: &str) -> Result<(), AppError> {
        let turn = self.added.turn_of(workspace.id);
        let turn = turn.lock().await;
        let rows = self.interfaces.list(workspace.id).await?;
        let row = rows.iter().find(|row| row.id == id);
        let row = row.ok_or_else(|| AppError::UnknownInterface(id.to_owned()))?;
        self.interfaces.delete(workspace.id, &row.id).await?;
        self.added.lock().forget(workspace.id);
        drop(turn);
        self.blob_uses.release([row.document]);
        self.collect_blobs().await;
        tracing::info!(interface = id, "removed");
        Ok(())
    }

    /// Ids and paths that are taken by others.
    fn refuse_taken(&self, present: &[AddedRow], id: &str, path_prefix: &str) -> Result<(), AppError> {
        let built_in = self.nhs.interfaces();
        let is_built_in = built_in.iter().any(|other| other.id == id) || id == fhir::ID;
        if is_built_in {
            return Err(AppError::InterfaceExists(format!(
                "there is an interface {id} in the program itself; add yours under another name, for example {id}-2"
            )));
        }
        let built_in = built_in.iter().map(|other| (other.id, other.path_prefix));
        let added = present
            .iter()
            .map(|other| (other.id.as_str(), other.path_prefix.as_str()));
        let taken = built_in
            .chain(added)
            .find(|(other, prefix)| *other != id && overlap(prefix, path_prefix));
        match taken {
            Some((other, prefix)) => Err(AppError::InterfaceExists(format!(
                "requests below {path_prefix} would reach the interface {other}, which has {prefix}; add yours under a path \
                 of its own, for example /added{path_prefix}"
            ))),
            None => Ok(()),
        }
    }

    async fn ready(&self, row: &AddedRow) -> Result<AddedInterface, AppError> {
        let known = self.added.lock().document(&row.document);
        let document = match known {
            Some(document) => document,
            None => {
                let file = self.storage.blobs.get(&row.document).await?;
                let file = file.ok_or_else(|| Unfit::Interface("its document is not there".to_owned()))?;
                self.document(row.document, file).await?
            }
        };
        Ok(AddedInterface::new(&row.id, &row.path_prefix, document))
    }

    /// The document of this file, taken apart away from the threads that serve.
    async fn document(&self, id: BlobId, file: Bytes) -> Result<Arc<Document>, AppError> {
        let known = self.added.lock().document(&id);
        if let Some(known) = known {
            return Ok(known);
        }
        let _place = self.added.reading.acquire().await;
        // Somebody before may have waited for the same.
        let known = self.added.lock().document(&id);
        if let Some(known) = known {
            return Ok(known);
        }
        let read = tokio::task::spawn_blocking(move || Document::read(&file)).await;
        let read =
            read.map_err(|error| AppError::Internal(format!("a document could not be read: {error}")))?;
        let document = Arc::new(read.map_err(|error| Unfit::Interface(error.to_string()))?);
        self.added.lock().add_document(id, &document);
        Ok(document)
    }
}

fn too_large() -> Unfit {
    Unfit::Interface(format!(
        "what this workspace added would come to more than {} MiB in memory; remove another interface before",
        MAX_WORKSPACE_BYTES >> 20
    ))
}

/// Whether requests could be for either.
fn overlap(one: &str, other: &str) -> bool {
    let is_below = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    is_below(one, other) || is_below(other, one)
}

/// Id and path, as wanted or as the document suggests them.
fn named(wanted: NewInterface, document: &Document) -> Result<(String, String), AppError> {
    let suggested = if document.prefix.is_empty() {
        &document.title
    } else {
        &document.prefix
    };
    let id = wanted.id.unwrap_or_else(|| openapi_mock::slug(suggested));
    let is_id = !id.is_empty() && id.len() <= MAX_ID_CHARS && id == openapi_mock::slug(&id);
    if !is_id {
        return Err(Unfit::Interface(format!(
            "its name must be 1 to {MAX_ID_CHARS} small letters, digits and single hyphens, for example comms"
        ))
        .into());
    }
    let path_prefix = match wanted.path_prefix {
        Some(path) => path.trim_end_matches('/').to_owned(),
        None if document.prefix.is_empty() => format!("/{id}"),
        None => document.prefix.clone(),
    };
    if path_prefix.is_empty() || !openapi_mock::is_prefix(&path_prefix) {
        return Err(Unfit::Interface(
            "its path must begin with a slash and have plain segments, for example /comms/v1".to_owned(),
        )
        .into());
    }
    Ok((id, path_prefix))
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn paths_overlap_where_one_is_inside_the_other() {
        for (one, other, expected) in [
            ("/comms", "/comms", true),
            ("/comms", "/comms/v1", true),
            ("/comms", "/comms2", false),
            ("/a/b", "/a/c", false),
        ] {
            assert_eq!(overlap(one, other), expected, "{one} {other}");
            assert_eq!(overlap(other, one), expected, "{other} {one}");
        }
    }
}
