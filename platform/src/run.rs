//! Runs an app, whoever asks: somebody outside, another app, the clock. One way for all of them, so that places, limits,
//! traces and figures are the same.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, header};
use sandbox_runtime::replay::Tape;
use sandbox_runtime::trace::{Keeper, Level, LogLine, Outcome, RunKind, Stream, Trace, TraceParent};
use sandbox_runtime::{RunContext, RunError, Sandbox};
use uuid::Uuid;

use crate::app::App;
use crate::data::{KeptRun, RunEnvironment, RunningApp};
use crate::deploy::guest_of;
use crate::egress::Inside;
use crate::error::AppError;
use crate::metrics::RunFigures;
use crate::model::{SecretName, Workspace};
use crate::slots::{Pace, Slot};

/// One request for an app.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) workspace: Arc<Workspace>,
    /// The app, and the version of it that is to answer.
    pub(crate) running: Arc<RunningApp>,
    /// The request as the app sees it.
    pub(crate) request: Request<Bytes>,
    /// Why it runs.
    pub(crate) kind: RunKind,
    /// How many apps wait for this run's answer: 0 for a request from outside.
    pub(crate) depth: u8,
    /// How many notifications of Subscriptions led to it: 0 unless the app is told of a change.
    pub(crate) chain: u8,
    /// Whether the app was asked at a path, where all apps would share their cookies, so that none is sent.
    pub(crate) without_cookies: bool,
}

/// What came of a run; its trace is already kept.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) run_id: String,
    /// The answer with its whole body, or why there is none.
    pub(crate) answer: Result<Response<Bytes>, RunError>,
}

impl Job {
    /// A request from outside.
    pub(crate) fn new(workspace: Arc<Workspace>, running: Arc<RunningApp>, request: Request<Bytes>) -> Self {
        Self {
            workspace,
            running,
            request,
            kind: RunKind::Request,
            depth: 0,
            chain: 0,
            without_cookies: false,
        }
    }
}

/// Waits for a place, runs the app, and keeps the trace.
///
/// # Errors
/// When there is no place, or the app cannot be made ready. What goes wrong in the app is in [`Ran::answer`].
pub(crate) async fn run(app: &Arc<App>, job: Job) -> Result<Ran, AppError> {
    let slot = app
        .slots
        .enter(job.workspace.id, &job.running.app.name, job.depth)
        .await
        .map_err(AppError::TooManyRuns)?;
    let guest = guest_of(app, &job.workspace, &job.running).await?;
    let manifest = &job.running.version.manifest;
    let environment = app
        .environment_of(&job.workspace, &job.running.app.name, manifest)
        .await?;
    let missing = notes_of(&environment.missing);
    let context = context(app, &job, environment);
    let sandbox = sandbox_for(app, &slot, &job.workspace);
    let mut run = sandbox.handle(&guest, job.request, context).await;
    run.trace.log.splice(0..0, missing);
    if job.without_cookies
        && let Ok(answer) = &run.answer
        && answer.headers().contains_key(header::SET_COOKIE)
    {
        let address = app.host_address(&job.workspace.name, &job.running.address_name());
        run.trace.log.push(note_of_cookies(run.trace.wall_us, &address));
    }
    drop(slot);
    let run_id = run.trace.run_id.clone();
    keep(app, &job.workspace, &job.running, run.trace, run.tape);
    Ok(Ran {
        run_id,
        answer: run.answer,
    })
}

/// The engine as a run of this workspace is to have it.
pub(crate) fn sandbox_for(app: &App, slot: &Slot, workspace: &Workspace) -> Sandbox {
    let sandbox = app.sandbox.group(workspace.id.get());
    match slot.pace() {
        Pace::Prompt => sandbox,
        Pace::Slow => {
            app.metrics.begun_slowly();
            sandbox.from_the_slow_lane()
        }
    }
}

/// What the trace says of secrets that the app declares and nobody has set: the app may well do without.
fn notes_of(missing: &[SecretName]) -> Vec<LogLine> {
    let note = |name: &SecretName| LogLine {
        at_us: 0,
        stream: Stream::Platform,
        level: Level::Warn,
        text: format!(
            "app.toml declares the secret {name}, which has no value; set it with `c4h secrets set APP {name}`."
        ),
    };
    missing.iter().map(note).collect()
}

/// What the trace says of a cookie that is not sent, because under a path every other app would get it.
fn note_of_cookies(at_us: u64, address: &str) -> LogLine {
    LogLine {
        at_us,
        stream: Stream::Platform,
        level: Level::Warn,
        text: format!(
            "The app set a cookie, which was left out: at this address all apps would share it. At {address} the app keeps its own."
        ),
    }
}

/// A name for a run: 60 random bits are short enough to read out, and enough never to meet another within a trace's life.
pub(crate) fn new_run_id() -> String {
    format!("{:016x}", Uuid::new_v4().as_u64_pair().0)
}

/// What the workspace, the app and the version decide about a run.
fn context(app: &Arc<App>, job: &Job, environment: RunEnvironment) -> RunContext {
    let Job {
        workspace, running, ..
    } = job;
    let manifest = &running.version.manifest;
    let limits = app.config.limits.of(manifest);
    let inside = Arc::new(Inside {
        app: Arc::clone(app),
        workspace: Arc::clone(workspace),
        running: Arc::clone(running),
        depth: job.depth,
        chain: job.chain,
        response_bytes: limits.response_body_bytes,
    });
    let run_id = new_run_id();
    let (name, version) = (&running.app.name, running.version.number);
    let mut context = RunContext::new(run_id, limits, app.clock_of(workspace).now(), inside);
    context.kind = job.kind.clone();
    context.environment = environment.variables;
    context.secrets = environment.secrets;
    context.parent = TraceParent::of(job.request.headers());
    context.watcher = app.traces.watcher(workspace.id, name, &context.run_id, version);
    context.keeper = Some(Arc::new(Abandoned {
        app: Arc::clone(app),
        workspace: Arc::clone(workspace),
        running: Arc::clone(running),
    }));
    context
}

/// Keeps what a run did whose caller did not wait for its end.
#[derive(Debug)]
struct Abandoned {
    app: Arc<App>,
    workspace: Arc<Workspace>,
    running: Arc<RunningApp>,
}

impl Keeper for Abandoned {
    fn abandoned(&self, trace: Trace, tape: Option<Tape>) {
        keep(&self.app, &self.workspace, &self.running, trace, tape);
    }
}

/// Keeps what a run did; answers it as it is kept, for it may have made room for others at once.
pub(crate) fn keep(
    app: &App,
    workspace: &Workspace,
    running: &RunningApp,
    trace: Trace,
    tape: Option<Tape>,
) -> Arc<KeptRun> {
    app.slots.used(workspace.id, trace.cpu_us, trace.calls.len());
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
    let kept = KeptRun::new(running.app.name.clone(), running.version.number, trace, tape);
    app.traces.keep(workspace.id, kept)
}
