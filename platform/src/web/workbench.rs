//! The workbench: where an app is chosen or begun, written beside its running self, and shown to others.

mod answer;
mod edit;
mod frame;
mod picture;
mod shared;
mod start;
mod starts;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use self::answer::read_answer;
use self::edit::{read_workbench, run_text};
use self::picture::read_picture;
use self::shared::read_shared;
use self::start::{read_start, start_app};
use crate::app::App;
use crate::model::{AppName, WorkspaceName};

/// The routes of the workbench.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/w/{workspace}/app/{app}/runs/{run}/answer", get(read_answer))
        .route("/w/{workspace}/build", get(read_start).post(start_app))
        .route("/w/{workspace}/build/{app}", get(read_workbench).post(run_text))
        .route("/w/{workspace}/shared/{app}/{token}", get(read_shared))
        .route("/pictures/{file}", get(read_picture))
}

/// The address of an app's workbench.
pub(super) fn address(workspace: &WorkspaceName, app: &AppName) -> String {
    format!("/w/{workspace}/build/{app}")
}
