//! Runs as they happen, as server-sent events.
//!
//! Only `run-ended` carries an id. Who comes back with it (`Last-Event-ID`) first gets the runs that ended meanwhile, from
//! what is kept; calls and lines of those are in their traces.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::convert::stream_name;
use super::wire::RunSummary;
use crate::api::extract::InApp;
use crate::app::App;
use crate::data::{KeptRun, LiveCall, LiveEvent, StartedRun, Traces, Watching};
use crate::error::AppError;

/// A sign of life while nothing happens: shorter than the 30 s after which a reader who takes nothing is left.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Tells this process from the one before: numbers of runs begin anew with each.
static PROCESS: LazyLock<String> = LazyLock::new(|| format!("{:016x}", Uuid::new_v4().as_u64_pair().0));

/// A run that has begun.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RunStarted {
    pub(crate) run: String,
    pub(crate) version: u32,
    pub(crate) method: String,
    /// The address as the app sees it.
    pub(crate) uri: String,
}

/// A call of a run; its headers and bodies are in the run's trace.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CallEvent {
    pub(crate) run: String,
    /// Position in the run, from 1.
    pub(crate) number: u32,
    /// When it was sent, in microseconds after the start.
    pub(crate) started_us: u64,
    /// How long it took, in microseconds; absent while it is under way.
    pub(crate) duration_us: Option<u64>,
    pub(crate) method: String,
    pub(crate) url: String,
    /// The operation in plain words, where somebody knew.
    pub(crate) title: Option<String>,
    pub(crate) status: Option<u16>,
    /// Why it was refused or failed.
    pub(crate) refused: Option<String>,
    /// What was done to the answer on purpose.
    pub(crate) fault: Option<String>,
}

/// A line that a run printed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LogEvent {
    pub(crate) run: String,
    /// When, in microseconds after the start.
    pub(crate) at_us: u64,
    pub(crate) stream: String,
    pub(crate) level: String,
    /// The line as the app printed it: a stranger's text, control characters included.
    pub(crate) text: String,
}

/// Events that are missing at this place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Gap {
    /// How many; absent when nobody knows.
    pub(crate) lost: Option<u64>,
}

/// Tells what the runs of an app do, as it happens: events `run-started`, `call-started`, `call`, `log` and `run-ended`.
///
/// A reader who is too slow loses events and gets the event `gap` in their place; `end` says that the server stops.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/traces/live",
    tag = "runs",
    params(
        InApp,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last `run-ended` seen: runs that ended since come first")
    ),
    responses(
        (status = OK, description = "Server-sent events; the data of `run-ended` is a RunSummary, of `call-started` and `call` a CallEvent, of `run-started`, `log` and `gap` the types of those names", body = String, content_type = "text/event-stream"),
        (status = TOO_MANY_REQUESTS, description = "As many watch as may", body = crate::error::Problem, content_type = "application/problem+json"),
        InApp
    )
)]
pub(crate) async fn watch_runs(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    request: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, AppError> {
    // Before anything is read from what is kept: what ends in between is then in both, and left out once below. Who comes
    // for the first time is told everything from here on.
    let watching = app
        .traces
        .watch(workspace.id, &deployed.name)
        .ok_or(AppError::TooManyWatchers)?;
    let last = request.get("last-event-id").and_then(|id| id.to_str().ok());
    let mut first = VecDeque::new();
    let mut seen = 0;
    match last.map(number_of) {
        None => {}
        // An id of an earlier process, or of nobody.
        Some(None) => first.push_back(LiveEvent::Gap(None)),
        Some(Some(number)) => seen = missed(&app.traces, (workspace.id, &deployed.name), number, &mut first),
    }
    let place = Place {
        first,
        seen,
        watching: Some(watching),
    };
    let events = futures_util::stream::unfold(place, async |mut place| {
        let event = place.next().await?;
        Some((Ok(event), place))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// The runs that ended since, for somebody who comes back; answers the number of the last of them.
fn missed(
    traces: &Traces,
    (workspace, name): (store::WorkspaceId, &crate::model::AppName),
    number: u64,
    first: &mut VecDeque<LiveEvent>,
) -> u64 {
    let (runs, whole) = traces.since(workspace, name, number);
    if !whole {
        first.push_back(LiveEvent::Gap(None));
    }
    let mut seen = number;
    for (number, run) in runs {
        seen = number;
        first.push_back(LiveEvent::RunEnded { number, run });
    }
    seen
}

fn id_of(number: u64) -> String {
    format!("{}-{number}", *PROCESS)
}

/// The number in an id of this process.
fn number_of(id: &str) -> Option<u64> {
    let (process, number) = id.split_once('-')?;
    let number = number.parse().ok()?;
    (process == *PROCESS).then_some(number)
}

/// Where one reader is.
#[derive(Debug)]
struct Place {
    first: VecDeque<LiveEvent>,
    /// The highest number told.
    seen: u64,
    /// `None` after the last event.
    watching: Option<Watching>,
}

impl Place {
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.first.pop_front() {
            return Some(event_of(&event));
        }
        loop {
            let Some(event) = self.watching.as_ref()?.next().await else {
                self.watching = None;
                return Some(Event::default().event("end").data("{}"));
            };
            if let LiveEvent::RunEnded { number, .. } = &event {
                if *number <= self.seen {
                    continue;
                }
                self.seen = *number;
            }
            return Some(event_of(&event));
        }
    }
}

fn event_of(event: &LiveEvent) -> Event {
    match event {
        LiveEvent::RunStarted(run) => named("run-started", &RunStarted::from(&**run)),
        LiveEvent::CallStarted(call) => named("call-started", &CallEvent::from(&**call)),
        LiveEvent::Call(call) => named("call", &CallEvent::from(&**call)),
        LiveEvent::Log { run, line } => named(
            "log",
            &LogEvent {
                run: run.to_string(),
                at_us: line.at_us,
                stream: stream_name(line.stream).to_owned(),
                level: line.level.name().to_owned(),
                text: line.text.clone(),
            },
        ),
        LiveEvent::RunEnded { number, run } => ended(*number, run),
        LiveEvent::Gap(lost) => named("gap", &Gap { lost: *lost }),
    }
}

fn ended(number: u64, run: &KeptRun) -> Event {
    named("run-ended", &RunSummary::of(run)).id(id_of(number))
}

fn named(name: &str, data: &impl Serialize) -> Event {
    // JSON has no line ends of its own, so whatever a stranger wrote stays inside its event.
    let data = serde_json::to_string(data).unwrap_or_default();
    Event::default().event(name).data(data)
}

impl From<&StartedRun> for RunStarted {
    fn from(run: &StartedRun) -> Self {
        Self {
            run: run.run.to_string(),
            version: run.version,
            method: run.method.clone(),
            uri: run.uri.clone(),
        }
    }
}

impl From<&LiveCall> for CallEvent {
    fn from(call: &LiveCall) -> Self {
        Self {
            run: call.run.to_string(),
            number: call.number,
            started_us: call.started_us,
            duration_us: call.duration_us,
            method: call.method.clone(),
            url: call.url.clone(),
            title: call.title.clone(),
            status: call.status,
            refused: call.refused.clone(),
            fault: call.fault.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_this_process_only() {
        assert_eq!(number_of(&id_of(7)), Some(7));
        for id in ["", "7", "0-7", "x-y", &format!("{}-x", *PROCESS)] {
            assert_eq!(number_of(id), None, "{id}");
        }
    }
}
