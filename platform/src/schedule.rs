//! Runs apps when they are due: `[schedule]` in `app.toml`.
//!
//! Owns one task, which looks every few seconds and whenever a clock was moved, and the runs it starts; they end with it. An app
//! never runs beside itself, and at most a few run at once. What a run does is in the app's traces like any other.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use sandbox_runtime::trace::RunKind;
use store::WorkspaceId;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use crate::app::App;
use crate::data::{DataError, RunningApp};
use crate::model::{AppName, Schedule, Workspace};
use crate::run::{Job, run};

/// Says to the app why it is asked; taken from requests of anybody else.
pub(crate) const SCHEDULE_HEADER: HeaderName = HeaderName::from_static("x-c4h-schedule");
/// How often it is looked whether an app is due: apps are due once a minute at most.
const LOOK: Duration = Duration::from_secs(5);
/// Scheduled runs at once of the whole server: thirty apps of a class that are due at the same moment take turns.
const AT_ONCE: usize = 8;

type Key = (WorkspaceId, AppName);

/// What is known of the runs under way, and the bell that makes the task look at once. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scheduler {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    bell: Notify,
    places: Semaphore,
    // Held for one change, never across an await.
    under_way: Mutex<HashSet<Key>>,
}

impl Default for Scheduler {
    fn default() -> Self {
        let inner = Inner {
            bell: Notify::new(),
            places: Semaphore::new(AT_ONCE),
            under_way: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }
}

/// An app that is running because it was due; dropped when it has ended, however it ended.
#[derive(Debug)]
struct UnderWay {
    scheduler: Scheduler,
    key: Key,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.scheduler.lock().remove(&self.key);
    }
}

impl Scheduler {
    /// Looks at once: a clock was moved.
    pub fn ring(&self) {
        self.inner.bell.notify_one();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<Key>> {
        self.inner
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, key: Key) -> Option<UnderWay> {
        self.lock().insert(key.clone()).then(|| UnderWay {
            scheduler: self.clone(),
            key,
        })
    }
}

/// Runs apps when they are due, until the server stops.
pub(crate) async fn keep_time(app: Arc<App>) {
    let mut runs = JoinSet::new();
    while !app.is_stopping() {
        if let Err(error) = start_due(&app, &mut runs).await {
            tracing::warn!(%error, "it could not be seen which apps are due");
        }
        while runs.try_join_next().is_some() {}
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = app.scheduler.inner.bell.notified() => {}
        }
    }
    // Runs under way are finished like those of anybody else; whoever ends the program waits for them no longer than for those.
    while runs.join_next().await.is_some() {}
}

/// Starts a run of every app that is due.
///
/// # Errors
/// When the store cannot answer.
pub async fn start_due(app: &Arc<App>, runs: &mut JoinSet<()>) -> Result<(), DataError> {
    for workspace in app.workspaces.list().await? {
        let now = app.clock_of(&workspace).now();
        for deployed in app.apps.list(workspace.id).await? {
            let Some(running) = app.apps.running(workspace.id, &deployed.name).await? else {
                continue;
            };
            let Some(schedule) = running.version.manifest.schedule.clone() else {
                continue;
            };
            let is_due = app
                .schedules
                .take_due(workspace.id, &deployed.name, schedule.every, now)
                .await?;
            if !is_due {
                continue;
            }
            // Still busy with the last time: this one is left out.
            let Some(under_way) = app.scheduler.enter((workspace.id, deployed.name.clone())) else {
                continue;
            };
            let (app, workspace) = (Arc::clone(app), Arc::clone(&workspace));
            runs.spawn(async move {
                let _place = app.scheduler.inner.places.acquire().await;
                run_due(&app, workspace, running, &schedule).await;
                drop(under_way);
            });
        }
    }
    Ok(())
}

async fn run_due(app: &Arc<App>, workspace: Arc<Workspace>, running: Arc<RunningApp>, schedule: &Schedule) {
    let name = running.app.name.clone();
    let mut job = Job::new(
        Arc::clone(&workspace),
        running,
        request(app, &workspace, &name, schedule),
    );
    job.kind = RunKind::Scheduled;
    // What went wrong inside the app is in its trace.
    if let Err(error) = run(app, job).await {
        let public = error.public();
        tracing::warn!(
            workspace.name = workspace.name.as_str(),
            app.name = name.as_str(),
            code = public.code,
            reason = error.private().unwrap_or(public.detail),
            "an app that was due could not run"
        );
    }
}

/// What the app sees: a `POST` of the platform to the path of its schedule.
fn request(app: &App, workspace: &Workspace, name: &AppName, schedule: &Schedule) -> Request<Bytes> {
    let authority = format!("{name}.{}.apps.localhost:{}", workspace.name, app.address.port());
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::POST;
    let uri = http::Uri::builder()
        .scheme("http")
        .authority(authority.as_str())
        .path_and_query(schedule.path.as_str())
        .build();
    // Names and path were checked when they were read.
    *request.uri_mut() = uri.unwrap_or_default();
    let headers = request.headers_mut();
    if let Ok(host) = HeaderValue::try_from(authority) {
        headers.insert(http::header::HOST, host);
    }
    if let Ok(every) = HeaderValue::try_from(schedule.every.to_string()) {
        headers.insert(SCHEDULE_HEADER, every);
    }
    request
}
