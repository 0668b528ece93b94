//! What the runs of an app did.

mod convert;
mod format;
pub(crate) mod live;
pub(crate) mod replay;
mod wire;

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts as _, State};
use axum::response::{IntoResponse as _, Response};
use http::Request;
use serde::Deserialize;

use super::extract::{InApp, InQuery, InWorkspace, path_value};
use super::logs::checked_limit;
use crate::app::App;
use crate::error::AppError;

pub(crate) use self::format::Format;
pub(crate) use self::replay::{ComparisonDocument, DifferenceDocument, ReplayDocument, ReplayOrder};
pub(crate) use convert::stream_name;
pub(crate) use wire::{RunDocument, RunSummary, TraceDocument, TraceList};

/// Traces answered when the caller does not say how many.
const LIMIT_DEFAULT: u16 = 20;
/// Traces answered at most.
const LIMIT_MOST: u16 = 500;

/// How many traces, and in which form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TraceQuery {
    /// The newest so many; 20 when absent, 500 at most.
    limit: Option<u16>,
    #[serde(default)]
    format: Format,
}

/// In which form a trace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormatQuery {
    #[serde(default)]
    format: Format,
}

/// Lists the newest runs of an app, newest first, without their calls and bodies.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/traces",
    tag = "runs",
    params(
        InApp,
        ("limit" = Option<u16>, Query, description = "The newest so many runs; 20 when absent", minimum = 1, maximum = 500),
        ("format" = Option<Format>, Query, description = "`json` (a list without calls and bodies), `har` (HTTP Archive 1.2, with everything) or `otlp` (OpenTelemetry, JSON: spans and log records, without headers and bodies)")
    ),
    responses(
        (status = OK, description = "The runs", body = TraceList),
        (status = UNPROCESSABLE_ENTITY, description = "The query cannot be used", body = crate::error::Problem, content_type = "application/problem+json"),
        InApp
    )
)]
pub(crate) async fn list_traces(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    InQuery(query): InQuery<TraceQuery>,
) -> Result<Response, AppError> {
    let limit = checked_limit(query.limit, LIMIT_DEFAULT, LIMIT_MOST)?;
    let runs = app.traces.list(workspace.id, &deployed.name, limit);
    let name = deployed.name.as_str();
    Ok(query
        .format
        .export(&runs, (workspace.name.as_str(), name), name)
        .unwrap_or_else(|| {
            let runs = runs.iter().map(|run| RunSummary::of(run)).collect();
            Json(TraceList { runs }).into_response()
        }))
}

/// Reads everything that is known of one run.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}",
    tag = "runs",
    params(
        InApp,
        ("run" = String, Path, description = "The run's id, from the header X-C4H-Run of the app's answer"),
        ("format" = Option<Format>, Query, description = "`json`, `har` (HTTP Archive 1.2) or `otlp` (OpenTelemetry, JSON, without headers and bodies)")
    ),
    responses(
        (status = OK, description = "The run", body = RunDocument),
        (status = NOT_FOUND, description = "There is no such workspace, app or run, or the trace made room for newer ones", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_trace(
    State(app): State<Arc<App>>,
    request: Request<axum::body::Body>,
) -> Result<Response, AppError> {
    let (mut parts, _) = request.into_parts();
    let InApp {
        workspace,
        app: deployed,
    } = InApp::from_request_parts(&mut parts, &app).await?;
    let InQuery(FormatQuery { format }) = InQuery::from_request_parts(&mut parts, &app).await?;
    let id = path_value(&mut parts, "run").await?;
    let run = app
        .traces
        .get(workspace.id, &deployed.name, &id)
        .ok_or(AppError::UnknownRun(id.clone()))?;
    let of = (workspace.name.as_str(), deployed.name.as_str());
    let export = format.export(std::slice::from_ref(&run), of, &id);
    Ok(export.unwrap_or_else(|| Json(RunDocument::of(&run)).into_response()))
}

/// Reads everything that is known of one run, of whichever app of the workspace.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/runs/{run}",
    tag = "runs",
    params(
        InWorkspace,
        ("run" = String, Path, description = "The run's id, from the header X-C4H-Run of the app's answer")
    ),
    responses(
        (status = OK, description = "The run", body = RunDocument),
        (status = NOT_FOUND, description = "There is no such workspace or run, or the trace made room for newer ones", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_run(
    State(app): State<Arc<App>>,
    request: Request<axum::body::Body>,
) -> Result<Json<RunDocument>, AppError> {
    let (mut parts, _) = request.into_parts();
    let InWorkspace(workspace) = InWorkspace::from_request_parts(&mut parts, &app).await?;
    let id = path_value(&mut parts, "run").await?;
    let name = app.traces.app_of(workspace.id, &id);
    let run = name.and_then(|name| app.traces.get(workspace.id, &name, &id));
    let run = run.ok_or(AppError::UnknownRun(id))?;
    Ok(Json(RunDocument::of(&run)))
}
