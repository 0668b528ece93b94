//! What a run did: calls, log lines, limits, time, outcome. The shape that pages, the API and the command line show.

mod body;
pub mod har;
mod headers;
mod mask;
pub mod otlp;
mod parent;
mod recorder;
mod watch;

use std::borrow::Cow;

use bytes::Bytes;
use http::Request;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use self::body::{Body, KEPT_BODY_BYTES};
pub use self::headers::Headers;
pub(crate) use self::mask::MASKED;
pub use self::mask::SECRET_BYTES;
pub use self::parent::{NoId, SpanId, TRACEPARENT, TRACESTATE, TraceId, TraceParent};
pub(crate) use self::recorder::{CallSlot, Recorder, TapeParts, World};
pub use self::watch::{Event, Keeper, Watcher};
use crate::egress::CallLabel;
use crate::limits::LimitHit;
use crate::replay::FaultName;

/// Everything one run did. Bounded: at most [`KEPT_BODY_BYTES`] of each body are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trace {
    /// The run's name, as given by the caller.
    pub run_id: String,
    /// Why it ran.
    #[serde(default)]
    pub kind: RunKind,
    /// The story across programs that it belongs to.
    #[serde(default)]
    pub trace_id: TraceId,
    /// Its own step in that story.
    #[serde(default)]
    pub span_id: SpanId,
    /// The caller's step, if the caller named one.
    #[serde(default)]
    pub parent: Option<SpanId>,
    /// What vendors added to the story, from the caller's `tracestate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Start, on the workspace's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// The request that started the run.
    pub request: RequestRecord,
    /// Outgoing calls, in the order the guest made them.
    pub calls: Vec<Call>,
    /// What the guest printed, and what the platform had to say, in order.
    pub log: Vec<LogLine>,
    /// How it ended.
    pub outcome: Outcome,
    /// Limits that were reached, also those after which the run went on.
    pub limits_hit: Vec<LimitHit>,
    /// Processor time of the guest, in microseconds.
    pub cpu_us: u64,
    /// Time from start to end, in microseconds.
    pub wall_us: u64,
    /// The most linear memory held at once, in bytes.
    pub memory_peak_bytes: u64,
    /// What the guest answered, if it answered.
    pub response: Option<ResponseRecord>,
    /// Where in the code a failed run stopped, innermost first.
    pub backtrace: Vec<Frame>,
}

impl Trace {
    /// Roughly the memory this trace holds, in bytes, for whoever keeps many of them within a budget.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        let calls: usize = self.calls.iter().map(Call::weight_bytes).sum();
        let log: usize = self
            .log
            .iter()
            .map(|line| size_of::<LogLine>() + line.text.len())
            .sum();
        let request =
            self.request.uri.len() + self.request.headers.weight_bytes() + self.request.body.weight_bytes();
        let response = self.response.as_ref().map_or(0, |response| {
            response.headers.weight_bytes() + response.body.weight_bytes()
        });
        let backtrace: usize = self.backtrace.iter().map(Frame::weight_bytes).sum();
        size_of::<Self>() + calls + log + request + response + backtrace
    }

    /// The same without what the bodies held, for whoever has no room for them.
    #[must_use]
    pub fn without_bodies(&self) -> Self {
        let mut trace = self.clone();
        let calls = trace.calls.iter_mut();
        let bodies = calls
            .flat_map(|call| [&mut call.request_body, &mut call.response_body])
            .chain([&mut trace.request.body])
            .chain(trace.response.as_mut().map(|response| &mut response.body));
        for body in bodies {
            *body = body.without_content();
        }
        trace
    }

    /// The fault that made one answer bad, in a repetition that was ordered with one and met a call for it.
    #[must_use]
    pub fn made_bad(&self) -> Option<FaultName> {
        let RunKind::Replay { fault, .. } = &self.kind else {
            return None;
        };
        fault.filter(|fault| {
            let mut faults = self.calls.iter().filter_map(|call| call.fault.as_deref());
            faults.any(|told| told == fault.sentence())
        })
    }
}

/// Why a run was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RunKind {
    /// Somebody asked.
    #[default]
    Request,
    /// Its time had come.
    Scheduled,
    /// Another run was repeated.
    Replay {
        /// The name of that run.
        of: String,
        /// What was to go wrong with one answer.
        #[serde(default)]
        fault: Option<FaultName>,
        /// What was not as it was then, each in one plain sentence.
        #[serde(default)]
        notes: Vec<String>,
    },
    /// A test of the app itself.
    Test,
}

/// The request that started a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RequestRecord {
    /// Method, such as `GET`.
    pub method: Cow<'static, str>,
    /// The address as the guest saw it.
    pub uri: String,
    /// Headers, secrets shortened.
    pub headers: Headers,
    /// The beginning of the body.
    pub body: Body,
}

/// The answer of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResponseRecord {
    /// Status code.
    pub status: u16,
    /// Headers as the guest set them, secrets shortened.
    pub headers: Headers,
    /// The beginning of the body.
    pub body: Body,
}

/// One request that a run sent out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    /// Position in the run, from 1.
    pub number: u32,
    /// Its step in the story that the run belongs to.
    #[serde(default)]
    pub span_id: SpanId,
    /// Whether it went to something that belongs to the app itself, such as its store, and not to an interface.
    #[serde(default)]
    pub is_own: bool,
    /// When the guest sent it, in microseconds after the start.
    pub started_us: u64,
    /// How long it took, in microseconds; `None` when the run ended first.
    pub duration_us: Option<u64>,
    /// Method, such as `GET`.
    pub method: Cow<'static, str>,
    /// The absolute address.
    pub url: String,
    /// What the call means, if the other side knew.
    pub label: Option<CallLabel>,
    /// Status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// Headers sent, secrets shortened.
    pub request_headers: Headers,
    /// The beginning of the body sent.
    pub request_body: Body,
    /// Headers of the answer, secrets shortened.
    pub response_headers: Headers,
    /// The beginning of the answer's body.
    pub response_body: Body,
    /// Why it was refused or failed, with the way out.
    pub refused: Option<String>,
    /// What was done to the answer on purpose, in plain words.
    #[serde(default)]
    pub fault: Option<String>,
    /// What was done on the way that the builder should know.
    pub notes: Vec<String>,
}

impl RequestRecord {
    fn record(request: &Request<Bytes>, mask: Option<&mask::Mask>) -> Self {
        let method = match request.method().as_str() {
            "GET" => "GET".into(),
            "POST" => "POST".into(),
            other => other.to_owned().into(),
        };
        let uri = request.uri().to_string();
        let uri = match mask.map(|mask| mask.text(&uri)) {
            Some(Cow::Owned(masked)) => masked,
            Some(Cow::Borrowed(_)) | None => uri,
        };
        Self {
            method,
            uri,
            headers: Headers::record_masked(request.headers(), mask),
            body: Body::record_masked(request.body(), mask),
        }
    }
}

impl Call {
    fn weight_bytes(&self) -> usize {
        size_of::<Self>()
            + self.url.len()
            + self.request_headers.weight_bytes()
            + self.request_body.weight_bytes()
            + self.response_headers.weight_bytes()
            + self.response_body.weight_bytes()
            + self.refused.as_ref().map_or(0, String::len)
            + self.fault.as_ref().map_or(0, String::len)
            + self
                .notes
                .iter()
                .map(|note| size_of::<String>() + note.len())
                .sum::<usize>()
    }
}

/// Where a log line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// The guest's standard output.
    Stdout,
    /// The guest's standard error.
    Stderr,
    /// The platform, about this run: a refused call, a cut log.
    Platform,
}

/// How much a line of the log matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For whoever looks for a mistake.
    Debug,
    /// What standard output says unless it says else.
    #[default]
    Info,
    /// Something is odd.
    Warn,
    /// What standard error says unless it says else.
    Error,
}

impl Level {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One line of the log, without its line end.
///
/// The text is data from a stranger: control characters and escape sequences are kept, so whoever shows it must escape it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was printed, in microseconds after the start.
    pub at_us: u64,
    /// Who printed it.
    pub stream: Stream,
    /// How much it matters: as the prefix of the line said (`<3>` error, `<4>` warning, `<7>` debug, as in sd-daemon(3)), else by its stream.
    #[serde(default)]
    pub level: Level,
    /// The line; bytes that are not UTF-8 are shown as U+FFFD.
    pub text: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// The guest answered.
    Answered,
    /// The run failed; the caller got an error instead.
    Failed {
        /// The error's code, such as `limit-cpu` or `app-trap`.
        code: Cow<'static, str>,
        /// One plain sentence with the way out.
        sentence: String,
    },
}

/// One step of a backtrace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The function, as the builder wrote it where the component carries names; else its number.
    pub function: String,
    /// The core module inside the component, where it has a name.
    pub module: Option<String>,
    /// Source file, where the component carries debug information.
    pub file: Option<String>,
    /// Line in the source file, from 1.
    pub line: Option<u32>,
    /// Column in the line, from 1.
    #[serde(default)]
    pub column: Option<u32>,
    /// The line itself, where it is known.
    #[serde(default)]
    pub source: Option<String>,
}

impl Frame {
    fn weight_bytes(&self) -> usize {
        size_of::<Self>()
            + self.function.len()
            + self.module.as_ref().map_or(0, String::len)
            + self.file.as_ref().map_or(0, String::len)
            + self.source.as_ref().map_or(0, String::len)
    }
}
