//! One version of one resource.

use bytes::Bytes;

use crate::{Instant, ResourceId, ResourceType};

/// What made a version, as `Bundle.entry.request.method` of a history says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A create: the server chose the id.
    Created,
    /// An update, also one that made the resource.
    Updated,
    /// A patch.
    Patched,
    /// A delete: the version has no text.
    Deleted,
}

impl Change {
    /// The HTTP method.
    #[must_use]
    pub const fn method(self) -> &'static str {
        match self {
            Self::Created => "POST",
            Self::Updated => "PUT",
            Self::Patched => "PATCH",
            Self::Deleted => "DELETE",
        }
    }
}

/// One version of one resource, as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its type.
    pub kind: ResourceType,
    /// Its id.
    pub id: ResourceId,
    /// `meta.versionId`: 1 for the first, and one more each time, deletes included.
    pub version: u32,
    /// `meta.lastUpdated`. Never before that of the version before.
    pub last_updated: Instant,
    /// What made it.
    pub change: Change,
    /// The text that was accepted, with `id` and `meta` set; empty when the version is a delete.
    pub text: Bytes,
}

impl Record {
    /// Whether this version says that the resource is gone.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.change == Change::Deleted
    }

    /// What it takes of a workspace's quota, in bytes: its text and what is kept beside it.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        /// The record itself, its handles in history, log and lists, and its row: measured, rounded up.
        const BESIDE_BYTES: usize = 256;
        self.text
            .len()
            .saturating_add(self.id.as_str().len())
            .saturating_add(BESIDE_BYTES)
    }
}
