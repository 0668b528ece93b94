//! A trace in the JSON form of the OpenTelemetry protocol.
//!
//! <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>: ids in hexadecimal, 64-bit numbers as text, names in camel case.
//! Attributes follow the semantic conventions for HTTP.
//!
//! The run is a server span, each call a client span below it, each line of the log a log record of the run's span. What the conventions
//! have no name for begins with `c4h.`.

use serde_json::{Value, json};

use super::{Call, Level, LogLine, Outcome, RunKind, Stream, Trace};

/// What made the spans.
const SCOPE: &str = "c4h.sandbox-runtime";

const SERVER: u8 = 2;
const CLIENT: u8 = 3;
const ERROR: u8 = 2;

/// Runs of one service in one version.
#[derive(Debug, Clone)]
pub struct Service<'t> {
    /// Whose runs they are, such as `service.name`.
    pub attributes: Vec<(&'static str, String)>,
    /// The runs.
    pub traces: Vec<&'t Trace>,
}

/// Spans and log records of these runs: `resourceSpans` for `/v1/traces` and `resourceLogs` for `/v1/logs`.
#[must_use]
pub fn otlp(services: &[Service<'_>]) -> Value {
    let scope = json!({ "name": SCOPE, "version": env!("CARGO_PKG_VERSION") });
    let (mut all_spans, mut all_logs) = (Vec::new(), Vec::new());
    for Service { attributes, traces } in services {
        let attributes: Vec<Value> = attributes.iter().map(|(name, value)| text(name, value)).collect();
        let resource = json!({ "attributes": attributes });
        let spans: Vec<Value> = traces.iter().flat_map(|trace| spans(trace)).collect();
        let records: Vec<Value> = traces
            .iter()
            .flat_map(|trace| trace.log.iter().map(|line| record(trace, line)))
            .collect();
        all_spans.push(json!({ "resource": resource, "scopeSpans": [{ "scope": scope, "spans": spans }] }));
        all_logs
            .push(json!({ "resource": resource, "scopeLogs": [{ "scope": scope, "logRecords": records }] }));
    }
    json!({ "resourceSpans": all_spans, "resourceLogs": all_logs })
}

fn text(name: &str, value: &str) -> Value {
    json!({ "key": name, "value": { "stringValue": value } })
}

fn number(name: &str, value: u64) -> Value {
    json!({ "key": name, "value": { "intValue": value.to_string() } })
}

/// Nanoseconds since 1970, as text.
fn moment(trace: &Trace, after_us: u64) -> String {
    let start = trace.started_at.unix_timestamp_nanos();
    (start + i128::from(after_us) * 1_000).max(0).to_string()
}

fn spans(trace: &Trace) -> Vec<Value> {
    let mut spans = vec![run_span(trace)];
    spans.extend(trace.calls.iter().map(|call| call_span(trace, call)));
    spans
}

/// Scheme, host, port, path and query of an address.
fn address(uri: &str) -> (Option<http::Uri>, Vec<Value>) {
    let parsed = uri.parse::<http::Uri>().ok();
    let mut attributes = Vec::new();
    if let Some(uri) = &parsed {
        attributes.extend(uri.scheme_str().map(|scheme| text("url.scheme", scheme)));
        attributes.extend(uri.host().map(|host| text("server.address", host)));
        let port = uri.port_u16().or(match uri.scheme_str() {
            Some("http") => Some(80),
            Some("https") => Some(443),
            _ => None,
        });
        attributes.extend(port.map(|port| number("server.port", u64::from(port))));
    }
    (parsed, attributes)
}

fn run_span(trace: &Trace) -> Value {
    let (uri, mut attributes) = address(&trace.request.uri);
    attributes.push(text("http.request.method", &trace.request.method));
    if let Some(uri) = &uri {
        attributes.push(text("url.path", uri.path()));
        attributes.extend(uri.query().map(|query| text("url.query", query)));
    }
    attributes.push(number("http.request.body.size", trace.request.body.size_bytes()));
    if let Some(response) = &trace.response {
        attributes.push(number("http.response.status_code", u64::from(response.status)));
        attributes.push(number("http.response.body.size", response.body.size_bytes()));
    }
    attributes.push(text("c4h.run.id", &trace.run_id));
    attributes.push(text(
        "c4h.run.kind",
        match &trace.kind {
            RunKind::Request => "request",
            RunKind::Scheduled => "scheduled",
            RunKind::Replay { .. } => "replay",
            RunKind::Test => "test",
        },
    ));
    attributes.push(number("c4h.cpu_us", trace.cpu_us));
    attributes.push(number("c4h.memory_peak_bytes", trace.memory_peak_bytes));
    let (status, events) = match &trace.outcome {
        Outcome::Answered => {
            // A server span of a status from 500 on is an error, says the convention; one of 400 is the caller's.
            let failed = trace.response.as_ref().filter(|response| response.status >= 500);
            attributes.extend(failed.map(|response| text("error.type", &response.status.to_string())));
            let status = failed.map_or_else(|| json!({}), |_| json!({ "code": ERROR }));
            (status, Vec::new())
        }
        Outcome::Failed { code, sentence } => {
            attributes.push(text("error.type", code));
            (
                json!({ "code": ERROR, "message": sentence }),
                vec![exception(trace, code, sentence)],
            )
        }
    };
    let mut span = json!({
        "traceId": trace.trace_id.to_string(),
        "spanId": trace.span_id.to_string(),
        "name": trace.request.method,
        "kind": SERVER,
        "startTimeUnixNano": moment(trace, 0),
        "endTimeUnixNano": moment(trace, trace.wall_us),
        "attributes": attributes,
        "events": events,
        "status": status,
    });
    if let (Some(parent), Some(span)) = (trace.parent, span.as_object_mut()) {
        span.insert("parentSpanId".to_owned(), json!(parent.to_string()));
    }
    with_state(span, trace)
}

/// What vendors added to the story goes along with each of its steps.
fn with_state(mut span: Value, trace: &Trace) -> Value {
    if let (Some(state), Some(span)) = (&trace.state, span.as_object_mut()) {
        span.insert("traceState".to_owned(), json!(state));
    }
    span
}

fn exception(trace: &Trace, code: &str, sentence: &str) -> Value {
    let steps: Vec<String> = trace
        .backtrace
        .iter()
        .map(|frame| {
            let place = match (&frame.file, frame.line, frame.column) {
                (Some(file), Some(line), Some(column)) => format!(" ({file}:{line}:{column})"),
                (Some(file), Some(line), None) => format!(" ({file}:{line})"),
                _ => String::new(),
            };
            format!("    at {}{place}", frame.function)
        })
        .collect();
    json!({
        "timeUnixNano": moment(trace, trace.wall_us),
        "name": "exception",
        "attributes": [
            text("exception.type", code),
            text("exception.message", sentence),
            text("exception.stacktrace", &steps.join("\n")),
        ],
    })
}

fn call_span(trace: &Trace, call: &Call) -> Value {
    let (_, mut attributes) = address(&call.url);
    attributes.push(text("http.request.method", &call.method));
    attributes.push(text("url.full", &call.url));
    attributes.push(number("http.request.body.size", call.request_body.size_bytes()));
    if let Some(status) = call.status {
        attributes.push(number("http.response.status_code", u64::from(status)));
        attributes.push(number("http.response.body.size", call.response_body.size_bytes()));
    }
    if let Some(label) = &call.label {
        attributes.push(text("c4h.interface", &label.interface));
        attributes.push(text("c4h.operation", &label.operation));
        attributes.push(text("c4h.operation.title", &label.title));
    }
    attributes.extend(call.fault.as_ref().map(|fault| text("c4h.fault", fault)));
    // A client span of a status from 400 on is an error, says the convention.
    let failed = match (&call.refused, call.status) {
        (Some(reason), _) => Some(("refused".to_owned(), reason.as_str())),
        (None, Some(status)) if status >= 400 => Some((status.to_string(), "")),
        (None, _) => None,
    };
    let status = match failed {
        Some((kind, message)) => {
            attributes.push(text("error.type", &kind));
            json!({ "code": ERROR, "message": message })
        }
        None => json!({}),
    };
    let span = json!({
        "traceId": trace.trace_id.to_string(),
        "spanId": call.span_id.to_string(),
        "parentSpanId": trace.span_id.to_string(),
        "name": call.method,
        "kind": CLIENT,
        "startTimeUnixNano": moment(trace, call.started_us),
        "endTimeUnixNano": moment(trace, call.duration_us.map_or(trace.wall_us, |us| call.started_us.saturating_add(us))),
        "attributes": attributes,
        "status": status,
    });
    with_state(span, trace)
}

fn record(trace: &Trace, line: &LogLine) -> Value {
    // Numbers of the log data model.
    let severity = match line.level {
        Level::Debug => 5,
        Level::Info => 9,
        Level::Warn => 13,
        Level::Error => 17,
    };
    let origin = match line.stream {
        Stream::Stdout => text("log.iostream", "stdout"),
        Stream::Stderr => text("log.iostream", "stderr"),
        Stream::Platform => text("c4h.log.origin", "platform"),
    };
    json!({
        "timeUnixNano": moment(trace, line.at_us),
        "observedTimeUnixNano": moment(trace, line.at_us),
        "severityNumber": severity,
        "severityText": line.level.name().to_uppercase(),
        "body": { "stringValue": line.text },
        "attributes": [origin],
        "traceId": trace.trace_id.to_string(),
        "spanId": trace.span_id.to_string(),
    })
}
