//! From what the sandbox recorded to what goes over the wire.

use sandbox_runtime::limits::LimitHit;
use sandbox_runtime::trace::{self, Body, Call, Frame, Headers, LogLine, Outcome, RunKind, Stream, Trace};

use super::wire::{
    BodyDocument, CallDocument, FrameDocument, HeaderDocument, LimitHitDocument, LogLineDocument,
    OutcomeDocument, RequestDocument, ResponseDocument, RunDocument, RunSummary, TapeDocument, TraceDocument,
};
use crate::data::KeptRun;

/// The word for where a line came from.
pub(crate) fn stream_name(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
        Stream::Platform => "platform",
    }
}

/// Why a run was made, in one word, and which run it repeats.
pub(crate) fn kind_of(kind: &RunKind) -> (&'static str, Option<&str>) {
    match kind {
        RunKind::Request => ("request", None),
        RunKind::Scheduled => ("scheduled", None),
        RunKind::Replay { of, .. } => ("replay", Some(of)),
        RunKind::Test => ("test", None),
    }
}

/// What a repetition was not given as it was, each in one sentence.
fn notes_of(kind: &RunKind) -> &[String] {
    match kind {
        RunKind::Replay { notes, .. } => notes,
        RunKind::Request | RunKind::Scheduled | RunKind::Test => &[],
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn outcome_code(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered => "answered".to_owned(),
        Outcome::Failed { code, .. } => code.to_string(),
    }
}

impl RunSummary {
    pub(crate) fn of(run: &KeptRun) -> Self {
        let trace = &run.trace;
        let (kind, replay_of) = kind_of(&trace.kind);
        Self {
            run: trace.run_id.clone(),
            kind: kind.to_owned(),
            replay_of: replay_of.map(str::to_owned),
            version: run.version,
            started_at: trace.started_at,
            method: trace.request.method.to_string(),
            uri: trace.request.uri.clone(),
            status: trace.response.as_ref().map(|response| response.status),
            outcome: outcome_code(&trace.outcome),
            calls: count(trace.calls.len()),
            calls_refused: count(trace.calls.iter().filter(|call| call.refused.is_some()).count()),
            log_lines: count(trace.log.len()),
            wall_us: trace.wall_us,
            cpu_us: trace.cpu_us,
        }
    }
}

impl RunDocument {
    pub(crate) fn of(run: &KeptRun) -> Self {
        let (kind, replay_of) = kind_of(&run.trace.kind);
        let reason = why_not_whole(run);
        Self {
            run: run.trace.run_id.clone(),
            app: run.app.to_string(),
            version: run.version,
            kind: kind.to_owned(),
            replay_of: replay_of.map(str::to_owned),
            replay_notes: notes_of(&run.trace.kind).to_vec(),
            tape: TapeDocument {
                whole: reason.is_none(),
                reason,
            },
            trace: run.trace.clone().into(),
        }
    }
}

/// Why a run cannot be repeated exactly, if it cannot.
pub(crate) fn why_not_whole(run: &KeptRun) -> Option<String> {
    match &run.tape {
        None => Some("What this run learned from the world was not recorded.".to_owned()),
        Some(tape) => tape
            .cut()
            .map(|why| format!("This run cannot be repeated to its end: {why}.")),
    }
}

// From here on everything is taken apart by name, so that a new field does not compile until somebody decides about it.

impl From<Trace> for TraceDocument {
    fn from(trace: Trace) -> Self {
        let Trace {
            run_id: _,
            kind: _,
            trace_id,
            span_id,
            parent,
            // For other programs only: it is in the OpenTelemetry form.
            state: _,
            started_at,
            request:
                trace::RequestRecord {
                    method,
                    uri,
                    headers,
                    body,
                },
            calls,
            log,
            outcome,
            limits_hit,
            cpu_us,
            wall_us,
            memory_peak_bytes,
            response,
            backtrace,
        } = trace;
        let code = outcome_code(&outcome);
        let sentence = match outcome {
            Outcome::Answered => None,
            Outcome::Failed { code: _, sentence } => Some(sentence),
        };
        Self {
            trace_id: trace_id.to_string(),
            span_id: span_id.to_string(),
            parent_span_id: parent.map(|parent| parent.to_string()),
            started_at,
            request: RequestDocument {
                method: method.into_owned(),
                uri,
                headers: header_list(&headers),
                body: (&body).into(),
            },
            response: response.map(
                |trace::ResponseRecord {
                     status,
                     headers,
                     body,
                 }| ResponseDocument {
                    status,
                    headers: header_list(&headers),
                    body: (&body).into(),
                },
            ),
            calls: calls.into_iter().map(CallDocument::from).collect(),
            log: log.into_iter().map(LogLineDocument::from).collect(),
            outcome: OutcomeDocument { code, sentence },
            limits_hit: limits_hit.into_iter().map(LimitHitDocument::from).collect(),
            wall_us,
            cpu_us,
            memory_peak_bytes,
            backtrace: backtrace.into_iter().map(FrameDocument::from).collect(),
        }
    }
}

fn header_list(headers: &Headers) -> Vec<HeaderDocument> {
    let header = |(name, value): (&str, &str)| HeaderDocument {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    headers.iter().map(header).collect()
}

impl From<&Body> for BodyDocument {
    fn from(body: &Body) -> Self {
        Self {
            size_bytes: body.size_bytes(),
            cut: body.is_cut(),
            text: body.text().map(str::to_owned),
            base64: body.base64(),
        }
    }
}

impl From<Call> for CallDocument {
    fn from(call: Call) -> Self {
        let Call {
            number,
            span_id,
            is_own,
            started_us,
            duration_us,
            method,
            url,
            label,
            status,
            request_headers,
            request_body,
            response_headers,
            response_body,
            refused,
            fault,
            notes,
        } = call;
        let (interface, operation, title) = match label {
            Some(label) => (Some(label.interface), Some(label.operation), Some(label.title)),
            None => (None, None, None),
        };
        Self {
            number,
            span_id: span_id.to_string(),
            own: is_own,
            started_us,
            duration_us,
            method: method.into_owned(),
            url,
            interface,
            operation,
            title,
            status,
            request_headers: header_list(&request_headers),
            request_body: (&request_body).into(),
            response_headers: header_list(&response_headers),
            response_body: (&response_body).into(),
            refused,
            fault,
            notes,
        }
    }
}

impl From<LogLine> for LogLineDocument {
    fn from(line: LogLine) -> Self {
        let LogLine {
            at_us,
            stream,
            level,
            text,
        } = line;
        Self {
            at_us,
            stream: stream_name(stream).to_owned(),
            level: level.name().to_owned(),
            text,
        }
    }
}

impl From<LimitHit> for LimitHitDocument {
    fn from(hit: LimitHit) -> Self {
        use sandbox_runtime::limits::Unit;
        let LimitHit {
            code,
            limit,
            used,
            unit,
            sentence,
        } = hit;
        let unit = match unit {
            Unit::Milliseconds => "ms",
            Unit::Bytes => "bytes",
            Unit::Calls => "calls",
            Unit::Elements => "elements",
            Unit::Handles => "handles",
            Unit::Runs => "runs",
        };
        Self {
            code: code.code().to_owned(),
            limit,
            used,
            unit: unit.to_owned(),
            sentence,
        }
    }
}

impl From<Frame> for FrameDocument {
    fn from(frame: Frame) -> Self {
        let Frame {
            function,
            module,
            file,
            line,
            column,
            source,
        } = frame;
        Self {
            function,
            module,
            file,
            line,
            column,
            source,
        }
    }
}
