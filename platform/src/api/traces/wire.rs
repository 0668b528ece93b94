//! Runs on the wire: types without behaviour.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// The newest runs of an app.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TraceList {
    /// Newest first.
    pub(crate) runs: Vec<RunSummary>,
}

/// A run in a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RunSummary {
    /// The run's id.
    pub(crate) run: String,
    /// Why it ran: `request`, `scheduled`, `replay` or `test`.
    #[schema(example = "request")]
    pub(crate) kind: String,
    /// The run that this one repeats.
    pub(crate) replay_of: Option<String>,
    /// The version that ran.
    pub(crate) version: u32,
    /// When it started.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) started_at: OffsetDateTime,
    /// Method of the request.
    #[schema(example = "GET")]
    pub(crate) method: String,
    /// The address as the app saw it.
    pub(crate) uri: String,
    /// Status of the app's answer; absent when it gave none.
    pub(crate) status: Option<u16>,
    /// `answered`, or the code of what ended the run.
    #[schema(example = "answered")]
    pub(crate) outcome: String,
    /// How many calls it made.
    pub(crate) calls: u32,
    /// How many of them were refused.
    pub(crate) calls_refused: u32,
    /// Lines it printed.
    pub(crate) log_lines: u32,
    /// Time from start to end, in microseconds.
    pub(crate) wall_us: u64,
    /// Processor time, in microseconds.
    pub(crate) cpu_us: u64,
}

/// A run with everything that is known of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RunDocument {
    /// The run's id.
    pub(crate) run: String,
    /// The app that ran.
    pub(crate) app: String,
    /// The version that ran.
    pub(crate) version: u32,
    /// Why it ran: `request`, `scheduled`, `replay` or `test`.
    #[schema(example = "request")]
    pub(crate) kind: String,
    /// The run that this one repeats.
    pub(crate) replay_of: Option<String>,
    /// What was not as in the run that this one repeats, each in one sentence: secrets that were not recorded or have changed, a fault
    /// that met no call.
    #[serde(default)]
    pub(crate) replay_notes: Vec<String>,
    /// Whether it can be repeated, and if not, why not.
    pub(crate) tape: TapeDocument,
    /// What it did.
    pub(crate) trace: TraceDocument,
}

/// Whether a run can be repeated.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TapeDocument {
    /// Whether everything that the run learned from the world was kept.
    pub(crate) whole: bool,
    /// Why not, in one sentence.
    pub(crate) reason: Option<String>,
}

/// What a run did. Bodies are kept up to 64 KiB each, secrets in headers are shortened.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TraceDocument {
    /// The story across programs that it belongs to (W3C Trace Context).
    #[schema(example = "0af7651916cd43dd8448eb211c80319c")]
    pub(crate) trace_id: String,
    /// Its own step in that story.
    #[schema(example = "b7ad6b7169203331")]
    pub(crate) span_id: String,
    /// The caller's step, if the caller named one.
    pub(crate) parent_span_id: Option<String>,
    /// When it started, on the workspace's clock.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) started_at: OffsetDateTime,
    pub(crate) request: RequestDocument,
    /// What the app answered; absent when it gave no answer.
    pub(crate) response: Option<ResponseDocument>,
    /// In the order the app made them.
    pub(crate) calls: Vec<CallDocument>,
    pub(crate) log: Vec<LogLineDocument>,
    pub(crate) outcome: OutcomeDocument,
    /// Limits that were reached, also those after which the run went on.
    pub(crate) limits_hit: Vec<LimitHitDocument>,
    /// Time from start to end, in microseconds.
    pub(crate) wall_us: u64,
    /// Processor time, in microseconds.
    pub(crate) cpu_us: u64,
    /// The most memory held at once, in bytes.
    pub(crate) memory_peak_bytes: u64,
    /// Where in the code a failed run stopped, innermost first.
    pub(crate) backtrace: Vec<FrameDocument>,
}

/// The request that started a run.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RequestDocument {
    #[schema(example = "GET")]
    pub(crate) method: String,
    /// The address as the app saw it.
    pub(crate) uri: String,
    pub(crate) headers: Vec<HeaderDocument>,
    pub(crate) body: BodyDocument,
}

/// The answer of a run.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ResponseDocument {
    #[schema(example = 200)]
    pub(crate) status: u16,
    pub(crate) headers: Vec<HeaderDocument>,
    pub(crate) body: BodyDocument,
}

/// One header.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct HeaderDocument {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The beginning of a body.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct BodyDocument {
    /// Size of the whole body, in bytes, secrets masked.
    pub(crate) size_bytes: u64,
    /// Whether only the beginning is here.
    pub(crate) cut: bool,
    /// The body as text; absent when it is not text.
    pub(crate) text: Option<String>,
    /// The body in base64; absent when it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base64: Option<String>,
}

/// One request that a run sent out.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CallDocument {
    /// Position in the run, from 1.
    pub(crate) number: u32,
    /// Its step in the story that the run belongs to.
    pub(crate) span_id: String,
    /// Whether it went to something that belongs to the app itself, such as its store.
    pub(crate) own: bool,
    /// When it was sent, in microseconds after the start.
    pub(crate) started_us: u64,
    /// How long it took, in microseconds; absent when the run ended first.
    pub(crate) duration_us: Option<u64>,
    #[schema(example = "GET")]
    pub(crate) method: String,
    #[schema(example = "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/9000000009")]
    pub(crate) url: String,
    /// The interface's id, where one answered.
    #[schema(example = "pds")]
    pub(crate) interface: Option<String>,
    /// The operation's id, where one answered.
    #[schema(example = "read_patient")]
    pub(crate) operation: Option<String>,
    /// The operation in plain words, where one answered.
    #[schema(example = "Read a patient")]
    pub(crate) title: Option<String>,
    /// Status of the answer; absent when there was none.
    pub(crate) status: Option<u16>,
    pub(crate) request_headers: Vec<HeaderDocument>,
    pub(crate) request_body: BodyDocument,
    pub(crate) response_headers: Vec<HeaderDocument>,
    pub(crate) response_body: BodyDocument,
    /// Why it was refused or failed, with the way out.
    pub(crate) refused: Option<String>,
    /// What was done to the answer on purpose, in plain words.
    pub(crate) fault: Option<String>,
    /// What was done on the way that the builder should know.
    pub(crate) notes: Vec<String>,
}

/// One line that a run printed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LogLineDocument {
    /// When, in microseconds after the start.
    pub(crate) at_us: u64,
    /// `stdout`, `stderr`, or `platform` for what the platform says about the run.
    #[schema(example = "stdout")]
    pub(crate) stream: String,
    /// `debug`, `info`, `warn` or `error`.
    #[schema(example = "info")]
    pub(crate) level: String,
    /// The line as the app printed it: a stranger's text, control characters included.
    pub(crate) text: String,
}

/// How a run ended.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct OutcomeDocument {
    /// `answered`, or the code of what ended the run.
    #[schema(example = "limit-cpu")]
    pub(crate) code: String,
    /// One plain sentence with the way out; absent when the app answered.
    pub(crate) sentence: Option<String>,
}

/// One limit that was reached.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LimitHitDocument {
    #[schema(example = "limit-log")]
    pub(crate) code: String,
    /// What is allowed.
    pub(crate) limit: u64,
    /// What was used or asked for, where it is known.
    pub(crate) used: Option<u64>,
    /// What both numbers count.
    #[schema(example = "bytes")]
    pub(crate) unit: String,
    /// One plain sentence with the way out.
    pub(crate) sentence: String,
}

/// One step of a backtrace.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FrameDocument {
    pub(crate) function: String,
    pub(crate) module: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
    /// The line of the source itself, where it is known.
    pub(crate) source: Option<String>,
}
