//! The number of a workspace: the first part of every key.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which workspace a row belongs to. There is no storage call without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkspaceId(u64);

impl WorkspaceId {
    /// Holds the platform's own rows: the list of workspaces is itself a table.
    pub const PLATFORM: Self = Self(0);

    /// The workspace with this number. Zero is [`WorkspaceId::PLATFORM`].
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
