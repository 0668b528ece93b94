//! The words of the domain as types that cannot hold a bad value; no axum, no I/O.

mod app;
mod name;
mod workspace;

pub(crate) use app::title_of;
pub use app::{DeployedApp, NewVersion, Origin, Version};
pub use name::{AppName, NameError, WorkspaceName};
pub use workspace::Workspace;
