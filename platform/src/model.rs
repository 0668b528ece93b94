//! The words of the domain as types that cannot hold a bad value; no axum, no I/O.

mod app;
mod clock;
mod collection;
mod conditions;
mod file_path;
mod manifest;
mod name;
mod preview;
mod scenario;
mod secret_name;
mod span;
mod version;
mod workspace;
mod written_fault;

pub(crate) use app::title_of;
pub use app::{Activate, DeployedApp};
pub use clock::{ClockError, ClockSetting, WorkspaceClock};
pub(crate) use collection::to_collect;
pub use conditions::Conditions;
pub(crate) use conditions::{AppliedScenario, ConditionsState, KeptFault, MAX_FAULTS};
pub(crate) use file_path::is_left_out;
pub use file_path::{FilePath, FilePathError};
pub use manifest::{
    Entry, Every, LimitName, Login, MANIFEST_FILE, Manifest, ManifestError, ManifestLimits, Schedule,
    USUAL_MAINS, Use,
};
pub use name::{AppName, CheckpointName, NameError, WorkspaceName};
pub(crate) use preview::{parse_preview_name, preview_name};
pub use scenario::ScenarioError;
pub(crate) use scenario::{SHIPPED, Scenario, Shipped};
pub use secret_name::{SecretName, SecretNameError};
pub(crate) use span::parse_span;
pub use version::{Language, NewVersion, Origin, PublicFile, PublicFiles, Version};
pub use workspace::Workspace;
pub(crate) use written_fault::{KnownInterface, WrittenFault};
