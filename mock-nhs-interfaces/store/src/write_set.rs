//! What one commit changes, and what must hold for it.

use bytes::Bytes;

use crate::{StoreError, Table};

/// Length of a key at most, in bytes.
///
/// sled 0.34 splits an index page only above 256 keys, and moves a page of more than 128 KiB to a file that it never
/// syncs; 257 keys of this length, with what sled adds, stay below. PostgreSQL's own bound, about 2,700 bytes, is
/// further away.
pub const MAX_KEY_BYTES: usize = 400;

/// Length of a value at most, in bytes: twice the largest FHIR body (2 MiB), so that a resource always fits with what
/// is kept beside it. Larger bodies belong in [`Blobs`](crate::Blobs).
pub const MAX_VALUE_BYTES: usize = 4 * 1024 * 1024;

/// Size of a commit at most: keys and values together, in bytes. One commit is one batch in the engine's memory.
pub const MAX_WRITE_BYTES: usize = 16 * 1024 * 1024;

/// Conditions, puts and deletes together at most: a Bundle of 5,000 entries with a dozen index rows each.
pub const MAX_WRITE_ROWS: usize = 65_536;

/// What must hold for a row, just before the commit, for the commit to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// There is no such row.
    Absent,
    /// There is such a row.
    Exists,
    /// The row was last written by the commit with this number. It fails when there is no row.
    Revision(u64),
}

impl Expect {
    /// Whether a row with this revision (`None`: no row) is as expected.
    pub(crate) fn holds(self, revision: Option<u64>) -> bool {
        match self {
            Self::Absent => revision.is_none(),
            Self::Exists => revision.is_some(),
            Self::Revision(expected) => revision == Some(expected),
        }
    }
}

/// When the answer to a commit may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// When it is certain to survive a power cut.
    Durable,
    /// When readers see it.
    Relaxed,
}

/// One change to one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) table: Table,
    pub(crate) key: Bytes,
    /// `None`: delete.
    pub(crate) value: Option<Bytes>,
}

/// One condition on one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) table: Table,
    pub(crate) key: Bytes,
    pub(crate) expect: Expect,
}

/// Rows to put and delete, all or none, under conditions.
///
/// Conditions are about the state before the set, whatever the order of the calls. When one key is changed more than
/// once, the last change counts. To delete a row that is not there is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteSet {
    pub(crate) conditions: Vec<Condition>,
    pub(crate) changes: Vec<Change>,
    pub(crate) durability: Durability,
}

impl WriteSet {
    /// Changes nothing, durably.
    #[must_use]
    pub fn new() -> Self {
        Self {
            conditions: Vec::new(),
            changes: Vec::new(),
            durability: Durability::Durable,
        }
    }

    /// Commit only if this holds for the row.
    #[must_use]
    pub fn expect(mut self, table: Table, key: &[u8], expect: Expect) -> Self {
        self.conditions.push(Condition {
            table,
            key: Bytes::copy_from_slice(key),
            expect,
        });
        self
    }

    /// Write the row, new or not.
    #[must_use]
    pub fn put(mut self, table: Table, key: &[u8], value: impl Into<Bytes>) -> Self {
        self.changes.push(Change {
            table,
            key: Bytes::copy_from_slice(key),
            value: Some(value.into()),
        });
        self
    }

    /// Remove the row, if it is there.
    #[must_use]
    pub fn delete(mut self, table: Table, key: &[u8]) -> Self {
        self.changes.push(Change {
            table,
            key: Bytes::copy_from_slice(key),
            value: None,
        });
        self
    }

    /// Answer as soon as readers see the change, without waiting for the disk. A power cut may then lose the last
    /// second or so, though never a part of a commit. For counters and logs, not for people's work.
    #[must_use]
    pub fn relaxed(mut self) -> Self {
        self.durability = Durability::Relaxed;
        self
    }

    /// Whether the set neither changes nor asks anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.changes.is_empty()
    }

    /// Keys and values together, in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        let conditions = self.conditions.iter().map(|condition| condition.key.len());
        let changes = self.changes.iter().map(|change| {
            change
                .key
                .len()
                .saturating_add(change.value.as_ref().map_or(0, Bytes::len))
        });
        conditions.chain(changes).fold(0, usize::saturating_add)
    }

    /// Every engine refuses what is too large before it does anything else.
    pub(crate) fn check_size(&self) -> Result<(), StoreError> {
        let limit = |what, bytes: usize, limit_bytes: usize| {
            if bytes > limit_bytes {
                Err(StoreError::TooLarge {
                    what,
                    size: bytes,
                    limit: limit_bytes,
                })
            } else {
                Ok(())
            }
        };
        let keys = self.conditions.iter().map(|condition| &condition.key);
        for key in keys.chain(self.changes.iter().map(|change| &change.key)) {
            limit("key", key.len(), MAX_KEY_BYTES)?;
        }
        for value in self.changes.iter().filter_map(|change| change.value.as_ref()) {
            limit("value", value.len(), MAX_VALUE_BYTES)?;
        }
        limit("commit", self.size_bytes(), MAX_WRITE_BYTES)?;
        let rows = self.conditions.len().saturating_add(self.changes.len());
        limit("number of rows in one commit", rows, MAX_WRITE_ROWS)
    }
}

impl Default for WriteSet {
    fn default() -> Self {
        Self::new()
    }
}
