//! Typed repositories over `Store`: keys and stored JSON are made here and nowhere else; no axum, no HTTP.
//!
//! Every call takes the workspace first; there is no call without it.

mod apps;
mod blob_uses;
mod conditions;
mod copies;
mod drafts;
mod interfaces;
mod packages;
mod row;
mod schedules;
mod secrets;
mod traces;
mod values;
mod versions;
mod workspaces;

pub use apps::{Apps, DeployError, Deployed, RunningApp};
pub use blob_uses::{BlobUses, Hold};
pub(crate) use conditions::ConditionsRows;
pub use copies::copy_apps;
pub use drafts::{
    Draft, DraftError, DraftFile, Drafts, MAX_DRAFT_BYTES, MAX_UNDO_BYTES, ShareToken, Written,
};
pub use interfaces::{AddedRow, Interfaces};
pub use packages::{InstalledPackage, Packages};
pub use schedules::Schedules;
pub use secrets::{MAX_SECRET_BYTES, RunEnvironment, Secrets};
pub use traces::{Budgets, KeptRun, LiveCall, LiveEvent, StartedRun, Traces, TracesSize, Watching};
pub use values::{
    DEFAULT_TYPE, KeyError, MAX_APP_BYTES, MAX_APP_VALUES, MAX_KEY_BYTES, MAX_PAGE, MAX_VALUE_BYTES, Only,
    Used, Value, ValueError, ValueHead, ValueKey, ValuePage, Values,
};
pub use versions::Versions;
pub use workspaces::Workspaces;

use store::StoreError;

/// Why a repository could not answer.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    /// A row is there but cannot be understood; written by another version of the program, or damaged.
    #[error("the stored {what} cannot be read: {source}")]
    Row {
        /// What the row holds.
        what: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Other writers won every attempt.
    #[error("others changed the same rows {attempts} times in a row")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
}
