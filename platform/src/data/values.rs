//! What apps keep: small values under keys, bounded for each app, counted exactly.
//!
//! The counts change in the same commit as the values, on condition that nobody else changed them, and every change
//! demands that its app is there: a run that outlives its app leaves nothing behind. Versions of an app share its values.

mod change;
mod clear;
mod key;
mod rows;
mod turns;

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use store::{CommitError, Entry, KeyRange, ScanOptions, Store, Table, WorkspaceId, WriteSet};

pub use self::key::{KeyError, MAX_KEY_BYTES, ValueKey};
use self::rows::{Head, Kind};
use self::turns::Turns;
use super::DataError;
use crate::model::AppName;

/// Size of a value at most, in bytes: a page of notes or a small list. What is larger is a document and belongs elsewhere.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;
/// Keys and values of one app together at most, in bytes: a class of thirty stays within the memory of a laptop.
pub const MAX_APP_BYTES: u64 = 4 * 1024 * 1024;
/// Values of one app at most: the same, for small ones.
pub const MAX_APP_VALUES: u32 = 2_000;
/// Length of a media type at most, in bytes: the longest registered one has 84.
const MAX_TYPE_BYTES: usize = 128;
/// Keys in one page of a list at most: a quarter of a megabyte of the longest keys.
pub const MAX_PAGE: usize = 1_000;
/// What a value is when nobody said.
pub const DEFAULT_TYPE: &str = "application/octet-stream";

/// How often a change that lost a race against another process is tried again.
const ATTEMPTS: u32 = 64;

/// Reads and changes values.
#[derive(Debug, Clone)]
pub struct Values {
    store: Arc<dyn Store>,
    turns: Turns,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Its media type, as it was put.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// Grows with every change; the same as long as the value is.
    pub revision: u64,
}

/// What a list shows of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueHead {
    /// Its key.
    pub key: ValueKey,
    /// Its media type.
    pub content_type: String,
    /// Its size.
    pub size_bytes: u32,
    /// See [`Value::revision`].
    pub revision: u64,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuePage {
    /// The values, in the order of their keys' bytes.
    pub values: Vec<ValueHead>,
    /// The last of them when there are more behind it.
    pub next: Option<ValueKey>,
}

/// How much an app keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Used {
    /// Its values.
    #[serde(rename = "values")]
    pub count: u32,
    /// Its keys and values together, in bytes.
    pub bytes: u64,
}

/// What must hold for a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// Nothing.
    Always,
    /// There is no value.
    IfAbsent,
    /// There is a value.
    IfPresent,
    /// The value has this revision.
    If(u64),
}

/// Why a value was not changed. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    /// The value itself is too large.
    #[error("A value has {bytes} bytes and may have {MAX_VALUE_BYTES}; keep less in one value, or part it.")]
    Large {
        /// Its size.
        bytes: usize,
    },
    /// Its media type is too long, or no text for a header.
    #[error(
        "The media type of a value has up to {MAX_TYPE_BYTES} visible ASCII characters, for example text/plain."
    )]
    Type,
    /// There are too many values.
    #[error(
        "The app keeps {MAX_APP_VALUES} values, as many as it may; delete some first, or keep several things in one value."
    )]
    Count,
    /// All together they would be too large.
    #[error(
        "The app would keep {bytes} bytes and may keep {MAX_APP_BYTES}, keys and values together; delete some first."
    )]
    Full {
        /// What it would keep.
        bytes: u64,
    },
    /// The value is not as the change demands.
    #[error(
        "The value is not what this change expects: somebody else changed it, or it is missing; read it and try again."
    )]
    Changed,
    /// A value that is to be added to is no number, or would become too large for one.
    #[error(
        "The value is no whole number that can be added to; a number is written in decimal digits and fits in 64 bits."
    )]
    Number,
    /// The app is not there (any more).
    #[error("The app is gone, and what it kept with it.")]
    NoApp,
    /// The store failed.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl Values {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            turns: Turns::default(),
        }
    }

    /// The value under this key, if there is one.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn get(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        key: &ValueKey,
    ) -> Result<Option<Value>, DataError> {
        let row = rows::of(app, Kind::Value, key.as_str());
        let entry = self.store.get(workspace, Table::Values, &row).await?;
        Ok(entry.and_then(|Entry { value, revision }| rows::read_value(&value, revision)))
    }

    /// How much the app keeps.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn used(&self, workspace: WorkspaceId, app: &AppName) -> Result<Used, DataError> {
        Ok(self.counted(workspace, app).await?.0)
    }

    /// Up to `limit` values whose keys begin with `prefix` and come behind `after`.
    ///
    /// # Errors
    /// [`DataError`] when the store cannot answer.
    pub async fn list(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ValuePage, DataError> {
        let mut range = KeyRange::prefix(&rows::of(app, Kind::Head, prefix));
        if let Some(after) = after {
            range = range.after(&rows::of(app, Kind::Head, after));
        }
        let options = ScanOptions::limit(limit.clamp(1, MAX_PAGE));
        let page = self.store.scan(workspace, Table::Values, range, options).await?;
        let mut values = Vec::with_capacity(page.rows.len());
        for (row, entry) in &page.rows {
            let Some(key) = rows::key_of(app, row) else {
                continue;
            };
            let Head {
                size_bytes,
                content_type,
            } = rows::read_head(&entry.value)?;
            values.push(ValueHead {
                key,
                content_type,
                size_bytes,
                revision: entry.revision,
            });
        }
        let next = page.next.and_then(|row| rows::key_of(app, &row));
        Ok(ValuePage { values, next })
    }

    /// The counts, and the revision of their row.
    async fn counted(&self, workspace: WorkspaceId, app: &AppName) -> Result<(Used, Option<u64>), DataError> {
        let row = rows::of(app, Kind::Used, "");
        match self.store.get(workspace, Table::Values, &row).await? {
            Some(Entry { value, revision }) => Ok((rows::read_used(&value)?, Some(revision))),
            None => Ok((Used::default(), None)),
        }
    }

    /// The number of the commit, or `None` when a condition did not hold.
    async fn commit(&self, workspace: WorkspaceId, write: WriteSet) -> Result<Option<u64>, DataError> {
        match self.store.commit(workspace, write).await {
            Ok(committed) => Ok(Some(committed.revision)),
            Err(CommitError::Conflict { .. }) => Ok(None),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}

impl Used {
    fn without(self, key: &ValueKey, size_bytes: u32) -> Self {
        Self {
            count: self.count.saturating_sub(1),
            bytes: self.bytes.saturating_sub(weight(key, size_bytes)),
        }
    }
}

/// What a value counts, in bytes.
fn weight(key: &ValueKey, size_bytes: u32) -> u64 {
    u64::from(size_bytes).saturating_add(u64::try_from(key.as_str().len()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
