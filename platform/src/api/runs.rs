//! Runs an app: its current version, in one fresh instance, with its trace kept.

mod request;
mod response;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderName, HeaderValue, Request, header};
use sandbox_runtime::trace::Outcome;
use sandbox_runtime::{Run, RunContext};
use uuid::Uuid;

use crate::app::App;
use crate::data::KeptRun;
use crate::deploy::ready;
use crate::egress::egress_of;
use crate::error::AppError;
use crate::metrics::RunFigures;
use crate::middleware::{HostForm, Surface, collect};
use crate::model::{Version, Workspace};

/// The header that names the run of an answer.
const RUN_HEADER: HeaderName = HeaderName::from_static("x-c4h-run");

/// `/w/{workspace}/apps/{app}` is not inside the app: relative links in its pages would lead beside it.
pub(crate) async fn run_app_without_slash(
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let (workspace, name) = split(request.uri().path()).ok_or(AppError::UnknownAddress)?;
    let workspace = app.workspace(workspace).await?;
    let deployed = app.deployed_app(&workspace, name).await?;
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let address = format!("{}{query}", App::app_path(&workspace.name, &deployed.name));
    Ok(Redirect::permanent(&address).into_response())
}

/// Runs the app of the address and answers with what it answers.
pub(crate) async fn run_app(
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let form = request
        .extensions()
        .get::<HostForm>()
        .cloned()
        .unwrap_or(HostForm::Server);
    let (workspace, name) = split(request.uri().path()).ok_or(AppError::UnknownAddress)?;
    let workspace = app.workspace(workspace).await?;
    let running = app.running_app(&workspace, name).await?;
    let (deployed, version) = (&running.app, &running.version);
    if let Some(preflight) = response::preflight(&request) {
        return Ok(preflight);
    }
    let outside = request::Outside::of(&request, form, &App::app_path(&workspace.name, &deployed.name));
    let (parts, body) = request.into_parts();
    let body = collect(&parts.headers, body, app.config.limits.run.request_body_bytes).await?;
    let inside = request::inside(parts, body, &outside)?;
    // Only now: a body that trickles in must not keep a place from others.
    let slot = app
        .slots
        .enter(workspace.id, &deployed.name, 0)
        .await
        .map_err(AppError::TooManyRuns)?;
    let run = run(&app, &workspace, version, inside).await?;
    drop(slot);
    let run_id = run.trace.run_id.clone();
    keep(
        &app,
        &workspace,
        KeptRun::new(deployed.name.clone(), version.number, run.trace, run.tape),
    );
    let mut answer = match run.answer {
        Ok(answer) => response::outside(answer, &outside),
        Err(error) => {
            let trace = format!("/w/{}/app/{}/runs/{run_id}", workspace.name, deployed.name);
            AppError::Run {
                error: Box::new(error),
                run: run_id.clone(),
                trace,
            }
            .into_response()
        }
    };
    if let Ok(run_id) = HeaderValue::try_from(run_id) {
        answer.headers_mut().insert(RUN_HEADER, run_id);
    }
    Ok(answer)
}

async fn run(
    app: &App,
    workspace: &Workspace,
    version: &Version,
    request: Request<bytes::Bytes>,
) -> Result<Run, AppError> {
    let blobs = &app.storage.blobs;
    let component = version.component;
    let guest = ready(app, component, async || match blobs.get(&component).await {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(format!("the component {component} is not among the blobs")),
        Err(error) => Err(error.to_string()),
    })
    .await?;
    let limits = app.config.limits.run;
    let context = RunContext::new(
        // 60 random bits: short enough to read out, and enough never to meet another within a trace's life.
        format!("{:016x}", Uuid::new_v4().as_u64_pair().0),
        limits,
        app.clock.now(),
        egress_of(&app.nhs, app.tenant(workspace), limits.response_body_bytes),
    );
    Ok(app.sandbox.handle(&guest, request, context).await)
}

fn keep(app: &App, workspace: &Workspace, run: KeptRun) {
    let trace = &run.trace;
    let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    app.metrics.ran(RunFigures {
        outcome: match &trace.outcome {
            Outcome::Answered => "answered",
            Outcome::Failed { code, .. } => code,
        },
        wall_us: trace.wall_us,
        cpu_us: trace.cpu_us,
        calls: wide(trace.calls.len()),
        calls_refused: wide(trace.calls.iter().filter(|call| call.refused.is_some()).count()),
    });
    app.traces.keep(workspace.id, run);
}

/// Workspace and last name of `/w/{workspace}/{apps|nhs}/{name}…`. Names hold nothing that needs percent-encoding, so
/// an encoded one is simply unknown.
pub(super) fn split(path: &str) -> Option<(&str, &str)> {
    let mut segments = path.split('/').skip(2);
    let workspace = segments.next()?;
    let name = segments.nth(1)?;
    Some((workspace, name))
}

/// Marks an answer as the app's own.
fn mark(response: &mut Response) {
    response.extensions_mut().insert(Surface::App);
    // Answers of apps are made for one request; a cache that kept them would show one patient's page to another user.
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
