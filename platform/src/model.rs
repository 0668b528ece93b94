//! The words of the domain as types that cannot hold a bad value; no axum, no I/O.

mod app;
mod collection;
mod file_path;
mod manifest;
mod name;
mod preview;
mod secret_name;
mod version;
mod workspace;

pub(crate) use app::title_of;
pub use app::{Activate, DeployedApp};
pub(crate) use collection::to_collect;
pub(crate) use file_path::is_left_out;
pub use file_path::{FilePath, FilePathError};
pub use manifest::{
    Entry, Every, LimitName, Login, MANIFEST_FILE, Manifest, ManifestError, ManifestLimits, Schedule, Use,
};
pub use name::{AppName, CheckpointName, NameError, WorkspaceName};
pub(crate) use preview::{parse_preview_name, preview_name};
pub use secret_name::{SecretName, SecretNameError};
pub use version::{Language, NewVersion, Origin, PublicFile, PublicFiles, Version};
pub use workspace::Workspace;
