//! A workspace: one person's (or one team's) private world.

use std::fmt;
use std::sync::Arc;

use store::WorkspaceId;
use time::OffsetDateTime;

use super::{Conditions, WorkspaceName};

/// One person's (or one team's) private world: patients, apps, clock. Everything else belongs to exactly one.
#[derive(Clone)]
pub struct Workspace {
    /// What the store keeps its rows under; never shown.
    pub id: WorkspaceId,
    /// What people call it.
    pub name: WorkspaceName,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// The workspace's own bearer token for the `int` interfaces: 244 random bits in hexadecimal digits.
    pub access_token: Arc<str>,
    /// Its clock, its faults and its scenario.
    pub conditions: Arc<Conditions>,
}

impl fmt::Debug for Workspace {
    // The token opens the workspace's interfaces: it stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
