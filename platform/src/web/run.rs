//! `GET /w/{workspace}/app/{app}/runs/{run}`: one run, whole.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use super::message::{BodyText, Cut, Depth};
use super::page::{Frame, render};
use super::timeline::{RunView, Speaker};
use crate::app::App;
use crate::error::AppError;

/// The page of a run.
#[derive(Debug, Template)]
#[template(path = "run.html")]
struct RunPage {
    frame: Frame,
    app_title: String,
    app_page: String,
    /// The same trace for programs.
    downloads: Vec<Download>,
    run: RunView,
}

/// A form of the trace for a program.
#[derive(Debug)]
struct Download {
    address: String,
    words: &'static str,
}

/// `GET /w/{workspace}/app/{app}/runs/{run}`
pub(super) async fn read_run(
    State(app): State<Arc<App>>,
    Path((workspace, name, run_id)): Path<(String, String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let kept = app.traces.get(workspace.id, &deployed.name, &run_id);
    let kept = kept.ok_or_else(|| AppError::UnknownRun(run_id.clone()))?;
    let app_page = super::app::page_address(&workspace.name, &deployed.name);
    let run = RunView::new(&kept, &app_page, &app.config.limits.run, Depth::Everything);
    let page = RunPage {
        frame: Frame {
            heading: format!("Trace of {}", run.started.words),
            section: Some(format!("{}, workspace {}", deployed.title, workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        app_title: deployed.title,
        app_page,
        downloads: downloads(&format!(
            "/api/v1/workspaces/{}/apps/{}/traces/{run_id}",
            workspace.name, deployed.name
        )),
        run,
    };
    Ok(render(StatusCode::OK, &page))
}

fn downloads(address: &str) -> Vec<Download> {
    vec![Download {
        address: address.to_owned(),
        words: "The trace as JSON",
    }]
}
