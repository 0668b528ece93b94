//! `GET /w/{workspace}/app/{app}/runs/{run}`: one run, whole, and the ways to repeat it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use sandbox_runtime::replay::FaultName;

use super::message::{BodyText, Cut, Depth};
use super::page::{Frame, render};
use super::timeline::{RunView, Speaker};
use crate::app::App;
use crate::data::KeptRun;
use crate::error::AppError;
use crate::model::{DeployedApp, Workspace};
use crate::replay;
use crate::web::extract::Path;

/// The page of a run.
#[derive(Debug, Template)]
#[template(path = "run.html")]
pub(super) struct RunPage {
    frame: Frame,
    app_title: String,
    app_page: String,
    /// What was wrong with what a form sent, in one sentence.
    problem: Option<&'static str>,
    /// The trace for programs.
    downloads: Vec<Download>,
    /// The run beside the one that it repeats.
    comparison: Option<String>,
    again: Again,
    run: RunView,
}

/// A form of the trace for a program.
#[derive(Debug)]
struct Download {
    address: String,
    words: &'static str,
}

/// What the forms offer.
#[derive(Debug)]
enum Again {
    /// It cannot be repeated; why.
    Not(String),
    /// It is a repetition itself, and says which run can be repeated.
    Repetition,
    /// How it can.
    Ways {
        faults: &'static [FaultName],
        /// Calls that can go wrong, because they were answered: number and what they are.
        calls: Vec<(u32, String)>,
        /// Versions that can be tried on it, newest first.
        versions: Vec<u32>,
    },
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
    let page = page(&app, &workspace, &deployed, &kept, None).await?;
    Ok(render(StatusCode::OK, &page))
}

/// The page of a run, with what was wrong with a form of it.
pub(super) async fn page(
    app: &App,
    workspace: &Workspace,
    deployed: &DeployedApp,
    kept: &KeptRun,
    problem: Option<&'static str>,
) -> Result<RunPage, AppError> {
    let app_page = super::app::page_address(&workspace.name, &deployed.name);
    let run = RunView::new(kept, &app_page, &app.config.limits.run, Depth::Everything);
    let versions = app.versions.list(workspace.id, &deployed.name).await?;
    let numbers = versions.iter().map(|version| version.number);
    Ok(RunPage {
        frame: Frame {
            heading: format!("Trace of {}", run.started.words),
            section: Some(format!("{}, workspace {}", deployed.title, workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: problem.is_some(),
        },
        app_title: deployed.title.clone(),
        problem,
        downloads: downloads(&format!(
            "/api/v1/workspaces/{}/apps/{}/traces/{}",
            workspace.name, deployed.name, kept.trace.run_id
        )),
        comparison: run
            .repeats
            .as_ref()
            .map(|_| format!("{}/comparison", run.address)),
        again: match replay::obstacle(kept) {
            Some(_) if run.repeats.is_some() => Again::Repetition,
            Some(reason) => Again::Not(reason),
            None => Again::Ways {
                faults: FaultName::ALL,
                calls: run
                    .calls
                    .iter()
                    .filter(|call| replay::has_answer(kept, call.number))
                    .map(|call| (call.number, call.title.clone()))
                    .collect(),
                versions: numbers.filter(|number| *number != kept.version).collect(),
            },
        },
        app_page,
        run,
    })
}

fn downloads(address: &str) -> Vec<Download> {
    [
        ("", "The trace as JSON"),
        (
            "?format=har",
            "As HTTP Archive (HAR), for a browser's developer tools",
        ),
        ("?format=otlp", "As OpenTelemetry (OTLP), for tracing systems"),
    ]
    .map(|(query, words)| Download {
        address: format!("{address}{query}"),
        words,
    })
    .into()
}
