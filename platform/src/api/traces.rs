//! What the runs of an app did.

mod convert;
pub(crate) mod live;
mod wire;

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts as _, State};
use http::Request;
use serde::Deserialize;

use super::extract::{InApp, InQuery, path_value};
use super::logs::checked_limit;
use crate::app::App;
use crate::error::AppError;

pub(crate) use convert::stream_name;
pub(crate) use wire::{RunDocument, RunSummary, TraceDocument, TraceList};

/// Traces answered when the caller does not say how many.
const LIMIT_DEFAULT: u16 = 20;
/// Traces answered at most.
const LIMIT_MOST: u16 = 500;

/// How many traces.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TraceQuery {
    /// The newest so many; 20 when absent, 500 at most.
    limit: Option<u16>,
}

/// Lists the newest runs of an app, newest first, without their calls and bodies.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/traces",
    tag = "runs",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("app" = String, Path, description = "Name of the app", example = "patient-lookup"),
        ("limit" = Option<u16>, Query, description = "The newest so many runs; 20 when absent", minimum = 1, maximum = 500)
    ),
    responses(
        (status = OK, description = "The runs", body = TraceList),
        (status = NOT_FOUND, description = "There is no such workspace or app", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The query cannot be used", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list_traces(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    InQuery(query): InQuery<TraceQuery>,
) -> Result<Json<TraceList>, AppError> {
    let limit = checked_limit(query.limit, LIMIT_DEFAULT, LIMIT_MOST)?;
    let runs = app.traces.list(workspace.id, &deployed.name, limit);
    Ok(Json(TraceList {
        runs: runs.iter().map(|run| RunSummary::of(run)).collect(),
    }))
}

/// Reads everything that is known of one run.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}",
    tag = "runs",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("app" = String, Path, description = "Name of the app", example = "patient-lookup"),
        ("run" = String, Path, description = "The run's id, from the header X-C4H-Run of the app's answer")
    ),
    responses(
        (status = OK, description = "The run", body = RunDocument),
        (status = NOT_FOUND, description = "There is no such workspace, app or run, or the trace made room for newer ones", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_trace(
    State(app): State<Arc<App>>,
    request: Request<axum::body::Body>,
) -> Result<Json<RunDocument>, AppError> {
    let (mut parts, _) = request.into_parts();
    let InApp {
        workspace,
        app: deployed,
    } = InApp::from_request_parts(&mut parts, &app).await?;
    let id = path_value(&mut parts, "run").await?;
    let run = app
        .traces
        .get(workspace.id, &deployed.name, &id)
        .ok_or(AppError::UnknownRun(id))?;
    Ok(Json(RunDocument::of(&run)))
}
