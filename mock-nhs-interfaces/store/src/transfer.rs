//! What dump and restore need of an engine: every row of every workspace, with its revision, out and in.

use std::any::Any;

use bytes::Bytes;

use crate::{Entry, Table, WorkspaceId};

/// The full name of a row. Ordered by table, then workspace, then key: the order of a dump.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawKey {
    /// Its table.
    pub table: Table,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its key.
    pub key: Bytes,
}

/// A row with its full name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Its full name.
    pub key: RawKey,
    /// Its value and revision.
    pub entry: Entry,
}

/// Some rows of all workspaces, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawPage {
    /// The rows.
    pub rows: Vec<RawRow>,
    /// Whether there are rows behind the last one here.
    pub more: bool,
}

/// One step of filling an empty store from a dump: `Begin`, then `Rows` any number of times, then `End`.
///
/// Between `Begin` and `End` every commit is refused, also after a restart: a store that was filled by half is never
/// taken for a whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// Refused unless the store was never written to.
    Begin,
    /// Rows, in the order of [`RawKey`] within this step and from one to the next. They keep their revisions.
    Rows(Vec<RawRow>),
    /// All is there and durable; the next commit gets the revision after this one.
    End {
        /// The revision of the last commit before the dump.
        last_revision: u64,
    },
}

/// While this lives, commits wait. See [`Store::hold_commits`](crate::Store::hold_commits).
#[must_use = "commits go on as soon as this is dropped"]
pub struct CommitsHeld {
    /// Whatever the engine lets go of when it is dropped.
    _hold: Box<dyn Any + Send>,
}

impl CommitsHeld {
    pub(crate) fn new(hold: impl Any + Send) -> Self {
        Self {
            _hold: Box::new(hold),
        }
    }
}

impl std::fmt::Debug for CommitsHeld {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CommitsHeld")
    }
}
