//! A run as a page shows it: what came in, the calls on one scale of time, the log, what it used, how it ended.

mod call;
mod ending;
mod log_line;
mod meter;
mod story;

use sandbox_runtime::limits::Limits;
use sandbox_runtime::trace::{Frame, Outcome, RunKind, Trace};

use call::CallView;
pub(crate) use ending::{Ending, ending};
use ending::{Failure, failure};
use log_line::LogLineView;
pub(crate) use log_line::Speaker;
use meter::{Meter, meters};
use story::{Step, story};

use super::message::{Depth, Message};
use super::words::{self, Moment};
use crate::data::KeptRun;

/// Length of the scale of time in a drawing; a bar's place is so many thousandths of the run.
const SCALE: u64 = 1_000;
/// The longest heading of a run, in characters.
const HEADING_CHARACTERS: usize = 200;

/// One step of a backtrace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FrameView {
    /// The function and where it is, in one line.
    pub(crate) line: String,
    /// Such as `app.js, line 12, column 5`.
    pub(crate) place: Option<String>,
    /// The line of the source itself.
    pub(crate) source: Option<String>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunView {
    pub(crate) id: String,
    /// The page of this run alone.
    pub(crate) address: String,
    /// `GET /?nhs=9000000009`, with the address as it is below the app's own.
    pub(crate) heading: String,
    pub(crate) version: u32,
    pub(crate) started: Moment,
    pub(crate) took: String,
    pub(crate) ending: Ending,
    /// Why it failed, when it failed.
    pub(crate) failure: Option<Failure>,
    /// Limits that were reached, one sentence each.
    pub(crate) limits: Vec<String>,
    pub(crate) calls: Vec<CallView>,
    pub(crate) calls_in_words: String,
    pub(crate) log: Vec<LogLineView>,
    pub(crate) meters: Vec<Meter>,
    pub(crate) request: Message,
    pub(crate) response: Option<Message>,
    /// What happened, in sentences.
    pub(crate) story: Vec<Step>,
    pub(crate) backtrace: Vec<FrameView>,
    /// The line of the source where it stopped, where that is known.
    pub(crate) stopped_at: Option<FrameView>,
    /// Why it ran, when not because somebody asked.
    pub(crate) why: Option<&'static str>,
    /// The run that it repeats, with its page.
    pub(crate) repeats: Option<(String, String)>,
    /// A stylesheet or a picture, as a rule: nothing to tell beyond its first line.
    pub(crate) quiet: bool,
}

impl RunView {
    /// Makes the view of a run; `app_address` is the address of the app's page.
    pub(crate) fn new(kept: &KeptRun, app_address: &str, limits: &Limits, depth: Depth) -> Self {
        let trace = &kept.trace;
        let total_us = trace.wall_us.max(1);
        let below = below_app(&trace.request.uri, app_address);
        let request_line = format!("{} {}", trace.request.method, trace.request.uri);
        let heading = words::visible(&format!("{} {below}", trace.request.method)).into_owned();
        let failure = failure(&trace.outcome);
        Self {
            id: trace.run_id.clone(),
            address: format!("{app_address}/runs/{}", trace.run_id),
            heading: words::shorten(&heading, HEADING_CHARACTERS),
            version: kept.version,
            started: words::moment(trace.started_at),
            took: words::duration(trace.wall_us),
            ending: ending(trace),
            limits: trace
                .limits_hit
                .iter()
                .map(|hit| format!("Limit reached ({}). {}", hit.code.code(), hit.sentence))
                .filter(|sentence| {
                    failure
                        .as_ref()
                        .is_none_or(|failure| !sentence.ends_with(&failure.sentence))
                })
                .collect(),
            failure,
            calls: trace
                .calls
                .iter()
                .map(|call| CallView::new(call, total_us, depth))
                .collect(),
            calls_in_words: words::count(len(&trace.calls), "call"),
            log: trace.log.iter().map(LogLineView::new).collect(),
            meters: meters(trace, limits),
            request: Message::new(&request_line, &trace.request.headers, &trace.request.body, depth),
            response: trace.response.as_ref().map(|response| {
                Message::new(
                    &words::status(response.status),
                    &response.headers,
                    &response.body,
                    depth,
                )
            }),
            story: story(trace, below),
            stopped_at: trace
                .backtrace
                .iter()
                .map(frame)
                .find(|frame| frame.source.is_some()),
            backtrace: trace.backtrace.iter().map(frame).collect(),
            why: match &trace.kind {
                RunKind::Request => None,
                RunKind::Scheduled => Some("by its schedule"),
                RunKind::Replay { .. } => Some("a repeated run"),
                RunKind::Test => Some("a test"),
            },
            repeats: match &trace.kind {
                RunKind::Replay { of, .. } => Some((of.clone(), format!("{app_address}/runs/{of}"))),
                RunKind::Request | RunKind::Scheduled | RunKind::Test => None,
            },
            quiet: is_quiet(trace),
        }
    }
}

/// Whether a run called nobody, printed nothing and went well; also for choosing what an app's card tells.
pub(crate) fn is_quiet(trace: &Trace) -> bool {
    let went_well = trace.outcome == Outcome::Answered
        && trace
            .response
            .as_ref()
            .is_some_and(|response| response.status < 400);
    went_well && trace.calls.is_empty() && trace.log.is_empty() && trace.limits_hit.is_empty()
}

/// The address below the app's own, as its code sees it: `/?nhs=9000000009`.
fn below_app<'a>(uri: &'a str, app_address: &str) -> &'a str {
    let path = match uri.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("/"),
        None => uri,
    };
    let running = app_address.replacen("/app/", "/apps/", 1);
    path.strip_prefix(running.as_str())
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path)
}

fn frame(frame: &Frame) -> FrameView {
    let (short, place) = match (&frame.file, frame.line, frame.column) {
        (Some(file), Some(line), Some(column)) => (
            format!(" at {file}:{line}:{column}"),
            Some(format!("{file}, line {line}, column {column}")),
        ),
        (Some(file), Some(line), None) => {
            (format!(" at {file}:{line}"), Some(format!("{file}, line {line}")))
        }
        (Some(file), None, _) => (format!(" at {file}"), Some(file.clone())),
        (None, _, _) => (String::new(), None),
    };
    let shown = |text: &str| words::shorten(&words::visible(text), 2 * HEADING_CHARACTERS);
    FrameView {
        line: shown(&format!("{}{short}", frame.function)),
        place: place.as_deref().map(shown),
        source: frame.source.as_deref().map(shown),
    }
}

fn len<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::call::{Bar, SHORTEST_BAR};
    use super::ending::Tone;
    use super::*;
    use crate::model::AppName;

    /// A run as the runtime would have written it, with hostile text wherever a stranger can put some.
    pub(crate) fn hostile_run() -> KeptRun {
        let body = |text: &str| json!({"size_bytes": text.len(), "text": text});
        let trace = json!({
            "run_id": "0199-run", "started_at": "2026-08-06T16:30:00Z",
            "request": {"method": "GET", "uri": "http://127.0.0.1:8080/w/demo/apps/patient-lookup/?nhs=<script>alert(1)</script>",
                        "headers": [["x-evil", "<img src=x onerror=alert(1)>"]], "body": body("")},
            "calls": [
                {"number": 1, "started_us": 2_000, "duration_us": 14_000, "method": "GET",
                 "url": "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/9000000009",
                 "label": {"interface": "pds", "operation": "read_patient", "title": "Read a patient"},
                 "status": 200, "request_headers": [["accept", "application/fhir+json"]], "request_body": body(""),
                 "response_headers": [["content-type", "application/fhir+json"]],
                 "response_body": body(r#"{"name":[{"family":"<script>alert('name')</script>"}]}"#),
                 "refused": null, "notes": ["The workspace's access token was attached."]},
                {"number": 2, "started_us": 18_000, "duration_us": 100, "method": "GET", "url": "https://evil.example/<b>",
                 "label": null, "status": null, "request_headers": [], "request_body": body(""),
                 "response_headers": [], "response_body": body(""),
                 "refused": "evil.example is not an interface; allowed are https://int.api.service.nhs.uk.", "notes": []},
                {"number": 3, "started_us": 19_000, "duration_us": null, "method": "POST", "url": "https://int.api.service.nhs.uk/x",
                 "label": null, "status": null, "request_headers": [], "request_body": body(""),
                 "response_headers": [], "response_body": body(""), "refused": null, "notes": []}],
            "log": [{"at_us": 1_000, "stream": "stdout", "text": "<script>alert('log')</script>\u{1b}[2J"},
                    {"at_us": 2_000, "stream": "platform", "text": "One call was refused."}],
            "outcome": {"kind": "failed", "code": "limit-cpu", "sentence": "The app used more than 1,000 ms."},
            "limits_hit": [{"code": "limit-cpu", "limit": 1_000, "used": 1_004, "unit": "ms", "sentence": "The app used more than 1,000 ms."},
                           {"code": "limit-log", "limit": 65_536, "used": null, "unit": "bytes", "sentence": "Print less."}],
            "cpu_us": 1_004_000, "wall_us": 20_000, "memory_peak_bytes": 104_857_600, "response": null,
            "backtrace": [{"function": "spin<script>", "module": null, "file": "src/lib.rs", "line": 7}]
        });
        KeptRun {
            app: AppName::new("patient-lookup").unwrap(),
            version: 3,
            trace: serde_json::from_value(trace).unwrap(),
            tape: None,
        }
    }

    fn view() -> RunView {
        RunView::new(
            &hostile_run(),
            "/w/demo/app/patient-lookup",
            &Limits::DEFAULT,
            Depth::Everything,
        )
    }

    #[test]
    fn a_run_reads_in_plain_words() {
        let run = view();
        assert_eq!(run.heading, "GET /?nhs=<script>alert(1)</script>");
        assert_eq!(run.address, "/w/demo/app/patient-lookup/runs/0199-run");
        assert_eq!(run.started.words, "6 August 2026 at 5:30pm");
        assert_eq!(
            (run.took.as_str(), run.calls_in_words.as_str()),
            ("20 ms", "3 calls")
        );
        assert_eq!(
            run.ending,
            Ending {
                words: "Stopped: processor time".to_owned(),
                tone: Tone::Bad
            }
        );
        // The limit that stopped the run is said once, as the failure.
        assert_eq!(run.limits, ["Limit reached (limit-log). Print less."]);
        assert_eq!(run.backtrace[0].line, "spin<script> at src/lib.rs:7");
        assert_eq!(run.stopped_at, None, "the line itself is not known");
        assert!(!run.quiet);
    }

    #[test]
    fn calls_lie_on_one_scale() {
        let run = view();
        let [read, refused, unanswered] = &run.calls[..] else {
            panic!("three calls")
        };
        assert_eq!(read.title, "Read a patient");
        assert_eq!(
            read.bar,
            Bar {
                start: 100,
                length: 700
            }
        );
        assert_eq!(read.ending.words, "200 OK");
        assert_eq!(
            (refused.title.as_str(), refused.ending.words.as_str()),
            ("GET evil.example", "Refused")
        );
        assert_eq!(
            refused.bar,
            Bar {
                start: 900,
                length: SHORTEST_BAR
            }
        );
        assert_eq!(
            (unanswered.ending.words.as_str(), &unanswered.took),
            ("No answer", &None)
        );
        assert_eq!(
            unanswered.bar,
            Bar {
                start: 950,
                length: 50
            }
        );
    }

    #[test]
    fn meters_show_the_share_of_the_limit() {
        let run = view();
        let shares: Vec<_> = run.meters.iter().map(|meter| (meter.share, meter.tone)).collect();
        let expected = [
            (1_000, Tone::Bad),
            (2, Tone::Plain),
            (781, Tone::Warn),
            (93, Tone::Plain),
        ];
        assert_eq!(shares, expected);
        assert_eq!(run.meters[2].limit, "128 MiB");
    }

    #[test]
    fn escape_sequences_of_the_log_are_shown_and_not_obeyed() {
        assert_eq!(view().log[0].text, "<script>alert('log')</script>␛[2J");
        assert_eq!(view().log[1].speaker, Speaker::Sandbox);
    }

    #[test]
    fn addresses_are_shown_as_the_app_sees_them() {
        for (uri, below) in [
            ("http://h:1/w/demo/apps/a1/x?y", "/x?y"),
            ("/w/demo/apps/a1/", "/"),
            ("http://a1.demo.apps.localhost:8080/x", "/x"),
            ("http://h", "/"),
            ("/w/demo/apps/a12/x", "/w/demo/apps/a12/x"),
        ] {
            assert_eq!(below_app(uri, "/w/demo/app/a1"), below, "{uri}");
        }
    }
}
