//! An app's own address: its current version answers, in one fresh instance. The run itself is [`crate::run`].

mod public_files;
mod request;
mod response;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderName, HeaderValue, Request, header};

use crate::app::App;
use crate::error::AppError;
use crate::middleware::{HostForm, Surface, collect};
use crate::run::{Job, Ran, run};

pub(crate) use response::OURS as APP_PAGE_HEADERS;

/// The header that names the run of an answer.
const RUN_HEADER: HeaderName = HeaderName::from_static("x-c4h-run");

/// `/w/{workspace}/apps/{app}` is not inside the app: relative links in its pages would lead beside it.
pub(crate) async fn run_app_without_slash(
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let (workspace, name) = split(request.uri().path()).ok_or(AppError::UnknownAddress)?;
    let workspace = app.workspace(workspace).await?;
    let running = app.running_app(&workspace, name).await?;
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let address = format!(
        "{}{query}",
        App::app_path(&workspace.name, &running.address_name())
    );
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
    if let Some(preflight) = response::preflight(&request) {
        return Ok(preflight);
    }
    let app_path = App::app_path(&workspace.name, &running.address_name());
    let outside = request::Outside::of(&request, form, &app_path);
    if let Some(file) = public_files::look(&running, &request, &outside) {
        return file.answer(&app, &outside).await;
    }
    let (parts, body) = request.into_parts();
    let body = collect(
        &parts.headers,
        body,
        app.config.limits.of(&running.version.manifest).request_body_bytes,
    )
    .await?;
    let inside = request::inside(parts, body, &outside)?;
    // Only now: a body that trickles in must not keep a place from others.
    let job = Job {
        without_cookies: !outside.has_own_host,
        ..Job::new(Arc::clone(&workspace), Arc::clone(&running), inside)
    };
    let Ran { run_id, answer } = run(&app, job).await?;
    let mut answer = match answer {
        Ok(answer) => response::outside(answer, &outside),
        Err(error) => {
            let trace = format!("/w/{}/app/{}/runs/{run_id}", workspace.name, running.app.name);
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
