//! What people are writing in the browser and have not deployed yet, one draft for each app, and the links under which
//! others may look at a version.
//!
//! Every change demands that its app is there, and all rows go with the app.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::{CommitError, Entry, Expect, KeyRange, Pages, ScanOptions, Store, Table, WorkspaceId, WriteSet};
use uuid::Uuid;

use super::{DataError, row, versions};
use crate::model::{AppName, FilePath};

/// The texts of a draft together at most, in bytes: a hundred times what an app of an afternoon has.
pub const MAX_DRAFT_BYTES: usize = 1024 * 1024;
/// What the editor keeps to undo at most, in bytes.
pub const MAX_UNDO_BYTES: usize = 512 * 1024;

const WHAT: &str = "draft";

/// Reads and changes drafts and links.
#[derive(Debug, Clone)]
pub struct Drafts {
    store: Arc<dyn Store>,
}

/// A file that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftFile {
    /// Its path in the app folder.
    pub path: FilePath,
    /// Its text.
    pub text: String,
}

/// The text files of an app folder as somebody is writing them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The version that it began from, which has the files that are no text.
    pub version: u32,
    /// Its files.
    pub files: Vec<DraftFile>,
    /// What the editor needs to undo; nobody else reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
}

/// What must hold for a draft to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Nothing: the last writer wins.
    Anyhow,
    /// Nobody has written one.
    First,
    /// The draft still has this revision.
    After(u64),
}

/// Why a draft was not kept. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Its files are too large.
    #[error(
        "The files have {bytes} bytes together, and up to {MAX_DRAFT_BYTES} can be edited in the browser; keep large ones in a folder of your own and use `c4h deploy`."
    )]
    Large {
        /// Their size.
        bytes: usize,
    },
    /// What there is to undo is too large.
    #[error("What there is to undo has {bytes} bytes and may have {MAX_UNDO_BYTES}; keep fewer steps.")]
    Undo {
        /// Its size.
        bytes: usize,
    },
    /// Somebody else wrote in between.
    #[error(
        "This app was changed in another window, or by somebody else, since it was opened here; open it again to see what is there now."
    )]
    Changed,
    /// The app is not there (any more).
    #[error("The app is gone, and its draft with it.")]
    NoApp,
    /// The store failed.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// The part of a link that nobody can guess: 122 random bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareToken(String);

impl fmt::Display for ShareToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn draft_key(app: &AppName) -> Vec<u8> {
    [versions::prefix(app).as_slice(), b"draft"].concat()
}

fn shares_prefix(app: &AppName) -> Vec<u8> {
    [versions::prefix(app).as_slice(), b"share\0"].concat()
}

fn share_key(app: &AppName, version: u32) -> Vec<u8> {
    [shares_prefix(app).as_slice(), &version.to_be_bytes()].concat()
}

impl Draft {
    fn check(&self) -> Result<(), DraftError> {
        let sizes = self.files.iter().map(|file| file.text.len());
        let bytes = sizes.fold(0, usize::saturating_add);
        if bytes > MAX_DRAFT_BYTES {
            return Err(DraftError::Large { bytes });
        }
        let bytes = self.undo.as_ref().map_or(0, String::len);
        if bytes > MAX_UNDO_BYTES {
            return Err(DraftError::Undo { bytes });
        }
        Ok(())
    }
}

impl Drafts {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The draft of an app with its revision, if somebody is writing one.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn get(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
    ) -> Result<Option<(Draft, u64)>, DataError> {
        let entry = self.store.get(workspace, Table::Drafts, &draft_key(app)).await?;
        let Some(Entry { value, revision }) = entry else {
            return Ok(None);
        };
        Ok(Some((row::read(WHAT, &value)?, revision)))
    }

    /// Keeps a draft in place of the one before and answers its revision. When this returns, it survives a crash.
    ///
    /// # Errors
    /// [`DraftError`] says which bound or condition stood against it.
    pub async fn put(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        draft: &Draft,
        written: Written,
    ) -> Result<u64, DraftError> {
        draft.check()?;
        let key = draft_key(app);
        let mut write = WriteSet::new().expect(Table::Apps, app.as_str().as_bytes(), Expect::Exists);
        write = match written {
            Written::Anyhow => write,
            Written::First => write.expect(Table::Drafts, &key, Expect::Absent),
            Written::After(revision) => write.expect(Table::Drafts, &key, Expect::Revision(revision)),
        };
        let write = write.put(Table::Drafts, &key, row::write(WHAT, draft)?);
        match self.store.commit(workspace, write).await {
            Ok(committed) => Ok(committed.revision),
            Err(CommitError::Conflict { .. }) => {
                let app = self
                    .store
                    .get(workspace, Table::Apps, app.as_str().as_bytes())
                    .await;
                match app.map_err(DataError::from)? {
                    Some(_) => Err(DraftError::Changed),
                    None => Err(DraftError::NoApp),
                }
            }
            Err(CommitError::Store(error)) => Err(DataError::from(error).into()),
        }
    }

    /// Throws the draft away.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn delete(&self, workspace: WorkspaceId, app: &AppName) -> Result<(), DataError> {
        let write = WriteSet::new().delete(Table::Drafts, &draft_key(app));
        self.commit(workspace, write).await.map(|_| ())
    }

    /// The link under which a version can be looked at: the one that there is, or a new one.
    ///
    /// # Errors
    /// [`DraftError::NoApp`] when the app is gone, [`DraftError::Data`] when the store failed.
    pub async fn share(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        version: u32,
    ) -> Result<ShareToken, DraftError> {
        let key = share_key(app, version);
        for _ in 0..2 {
            let kept = self.store.get(workspace, Table::Drafts, &key).await;
            if let Some(entry) = kept.map_err(DataError::from)? {
                return Ok(row::read(WHAT, &entry.value)?);
            }
            let token = ShareToken(Uuid::new_v4().simple().to_string());
            let write = WriteSet::new()
                .expect(Table::Versions, &versions::key(app, version), Expect::Exists)
                .expect(Table::Drafts, &key, Expect::Absent)
                .put(Table::Drafts, &key, row::write(WHAT, &token)?);
            if self.commit(workspace, write).await? {
                return Ok(token);
            }
        }
        Err(DraftError::NoApp)
    }

    /// Ends the link of a version; `false` when there was none.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn unshare(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        version: u32,
    ) -> Result<bool, DataError> {
        let key = share_key(app, version);
        let write = WriteSet::new()
            .expect(Table::Drafts, &key, Expect::Exists)
            .delete(Table::Drafts, &key);
        self.commit(workspace, write).await
    }

    /// The version that a link shows.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn shared(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        token: &str,
    ) -> Result<Option<u32>, DataError> {
        let range = KeyRange::prefix(&shares_prefix(app));
        let options = ScanOptions::default();
        let mut pages = Pages::new(&*self.store, workspace, Table::Drafts, range, options);
        while let Some(rows) = pages.next().await? {
            for (key, entry) in &rows {
                let kept: ShareToken = row::read(WHAT, &entry.value)?;
                if kept.0 == token {
                    return Ok(Some(versions::number_of(key)));
                }
            }
        }
        Ok(None)
    }

    /// `false` when a condition did not hold.
    async fn commit(&self, workspace: WorkspaceId, write: WriteSet) -> Result<bool, DataError> {
        match self.store.commit(workspace, write).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict { .. }) => Ok(false),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use store::MemoryStore;

    use super::*;

    const HERE: WorkspaceId = WorkspaceId::new(1);

    fn draft(text: &str) -> Draft {
        Draft {
            version: 1,
            files: vec![DraftFile {
                path: FilePath::new("app.js").unwrap(),
                text: text.to_owned(),
            }],
            undo: None,
        }
    }

    async fn with_app(name: &AppName) -> Drafts {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let write = WriteSet::new()
            .put(Table::Apps, name.as_str().as_bytes(), "{}")
            .put(Table::Versions, &versions::key(name, 1), "{}");
        store.commit(HERE, write).await.unwrap();
        Drafts::new(store)
    }

    #[tokio::test]
    async fn a_draft_is_kept_and_nobody_writes_over_another_unseen() {
        let app = AppName::new("bmi").unwrap();
        let drafts = with_app(&app).await;
        assert_eq!(drafts.get(HERE, &app).await.unwrap(), None);
        let first = drafts
            .put(HERE, &app, &draft("one"), Written::First)
            .await
            .unwrap();
        assert!(matches!(
            drafts.put(HERE, &app, &draft("other"), Written::First).await,
            Err(DraftError::Changed)
        ));
        let second = drafts
            .put(HERE, &app, &draft("two"), Written::After(first))
            .await
            .unwrap();
        assert!(matches!(
            drafts
                .put(HERE, &app, &draft("late"), Written::After(first))
                .await,
            Err(DraftError::Changed)
        ));
        assert_eq!(
            drafts.get(HERE, &app).await.unwrap(),
            Some((draft("two"), second))
        );
        assert_eq!(drafts.get(WorkspaceId::new(2), &app).await.unwrap(), None);
        drafts.delete(HERE, &app).await.unwrap();
        assert_eq!(drafts.get(HERE, &app).await.unwrap(), None);
        let gone = AppName::new("gone").unwrap();
        assert!(matches!(
            drafts.put(HERE, &gone, &draft("x"), Written::Anyhow).await,
            Err(DraftError::NoApp)
        ));
    }

    #[tokio::test]
    async fn a_draft_has_bounds() {
        let app = AppName::new("bmi").unwrap();
        let drafts = with_app(&app).await;
        let most = draft(&"x".repeat(MAX_DRAFT_BYTES));
        drafts.put(HERE, &app, &most, Written::Anyhow).await.unwrap();
        let more = draft(&"x".repeat(MAX_DRAFT_BYTES + 1));
        assert!(matches!(
            drafts.put(HERE, &app, &more, Written::Anyhow).await,
            Err(DraftError::Large { .. })
        ));
        let undo = Draft {
            undo: Some("x".repeat(MAX_UNDO_BYTES + 1)),
            ..draft("x")
        };
        assert!(matches!(
            drafts.put(HERE, &app, &undo, Written::Anyhow).await,
            Err(DraftError::Undo { .. })
        ));
    }

    #[tokio::test]
    async fn a_link_shows_one_version_until_it_ends() {
        let app = AppName::new("bmi").unwrap();
        let drafts = with_app(&app).await;
        let token = drafts.share(HERE, &app, 1).await.unwrap();
        assert_eq!(
            drafts.share(HERE, &app, 1).await.unwrap(),
            token,
            "the same again"
        );
        assert_eq!(
            drafts.shared(HERE, &app, &token.to_string()).await.unwrap(),
            Some(1)
        );
        assert_eq!(drafts.shared(HERE, &app, "").await.unwrap(), None);
        let other = AppName::new("bmi2").unwrap();
        assert_eq!(
            drafts.shared(HERE, &other, &token.to_string()).await.unwrap(),
            None
        );
        assert!(matches!(
            drafts.share(HERE, &app, 2).await,
            Err(DraftError::NoApp)
        ));
        assert!(drafts.unshare(HERE, &app, 1).await.unwrap());
        assert!(!drafts.unshare(HERE, &app, 1).await.unwrap());
        assert_eq!(drafts.shared(HERE, &app, &token.to_string()).await.unwrap(), None);
    }
}
