//! A trace as an HTTP Archive, version 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>), which browsers' tools and test tools read.
//!
//! One page a run; its first entry is the request that the app answered, the others are the calls that it made. What HAR has no field for
//! is in `comment`, or in a field of our own that begins with an underscore, as the specification asks: of a page, log, limits, cost and
//! backtrace of the run, in the shape in which a trace is kept.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{Body, Call, Headers, Outcome, Trace};

/// The comment of a body that is longer than what was kept.
const CUT: &str = "Only the beginning of the body was kept.";

/// The archive of these runs.
#[must_use]
pub fn har(traces: &[&Trace]) -> Value {
    let pages: Vec<Value> = traces.iter().map(|trace| page(trace)).collect();
    let entries: Vec<Value> = traces.iter().flat_map(|trace| entries(trace)).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "c4h", "version": env!("CARGO_PKG_VERSION") },
            "pages": pages,
            "entries": entries,
        }
    })
}

fn moment(trace: &Trace, after_us: u64) -> String {
    let after = Duration::microseconds(i64::try_from(after_us).unwrap_or(i64::MAX));
    let moment = trace
        .started_at
        .checked_add(after)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    moment.format(&Rfc3339).unwrap_or_default()
}

/// Milliseconds with a fraction, as HAR counts.
fn milliseconds(us: u64) -> Value {
    let whole = serde_json::Number::from(us / 1_000);
    match us % 1_000 {
        0 => Value::Number(whole),
        rest => format!("{}.{rest:03}", us / 1_000)
            .parse::<f64>()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map_or(Value::Number(whole), Value::Number),
    }
}

fn page(trace: &Trace) -> Value {
    json!({
        "startedDateTime": moment(trace, 0),
        "id": trace.run_id,
        "title": format!("{} {}", trace.request.method, trace.request.uri),
        "pageTimings": { "onLoad": milliseconds(trace.wall_us) },
        "_c4hOutcome": trace.outcome,
        "_c4hLog": trace.log,
        "_c4hLimits": trace.limits_hit,
        "_c4hBacktrace": trace.backtrace,
        "_c4hCost": {
            "wall_us": trace.wall_us,
            "cpu_us": trace.cpu_us,
            "memory_peak_bytes": trace.memory_peak_bytes,
        },
    })
}

fn entries(trace: &Trace) -> Vec<Value> {
    let request = &trace.request;
    let response = match &trace.response {
        Some(response) => response_object(response.status, &response.headers, &response.body),
        None => response_object(0, &Headers::default(), &Body::default()),
    };
    let comment = match &trace.outcome {
        Outcome::Answered => String::new(),
        Outcome::Failed { code, sentence } => format!("{code}: {sentence}"),
    };
    let run = entry(
        trace,
        (0, trace.wall_us),
        request_object(&request.method, &request.uri, &request.headers, &request.body),
        response,
        comment,
    );
    let mut entries = vec![run];
    entries.extend(trace.calls.iter().map(|call| call_entry(trace, call)));
    entries
}

fn call_entry(trace: &Trace, call: &Call) -> Value {
    let mut comment: Vec<&str> = Vec::new();
    comment.extend(call.label.as_ref().map(|label| label.title.as_str()));
    comment.extend(call.fault.as_deref());
    comment.extend(call.refused.as_deref());
    comment.extend(call.notes.iter().map(String::as_str));
    let mut entry = entry(
        trace,
        (
            call.started_us,
            // Without an answer it took until the run ended.
            call.duration_us
                .unwrap_or_else(|| trace.wall_us.saturating_sub(call.started_us)),
        ),
        request_object(&call.method, &call.url, &call.request_headers, &call.request_body),
        response_object(
            call.status.unwrap_or(0),
            &call.response_headers,
            &call.response_body,
        ),
        comment.join("; "),
    );
    if let (Some(label), Some(entry)) = (&call.label, entry.as_object_mut()) {
        entry.insert("_interface".to_owned(), json!(label.interface));
        entry.insert("_operation".to_owned(), json!(label.operation));
    }
    entry
}

fn entry(
    trace: &Trace,
    (started_us, duration_us): (u64, u64),
    request: Value,
    response: Value,
    comment: String,
) -> Value {
    json!({
        "pageref": trace.run_id,
        "startedDateTime": moment(trace, started_us),
        "time": milliseconds(duration_us),
        "request": request,
        "response": response,
        "cache": {},
        "timings": { "send": 0, "wait": milliseconds(duration_us), "receive": 0 },
        "comment": comment,
    })
}

fn request_object(method: &str, url: &str, headers: &Headers, body: &Body) -> Value {
    let mut request = json!({
        "method": method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": header_objects(headers),
        "queryString": query(url),
        "headersSize": -1,
        "bodySize": body.size_bytes(),
    });
    if body.size_bytes() > 0
        && let Some(request) = request.as_object_mut()
    {
        let encoded = body.base64();
        let mut comment = Vec::new();
        comment.extend(encoded.as_ref().map(|_| "The text is the body in base64."));
        comment.extend(body.is_cut().then_some(CUT));
        let text = encoded.as_deref().or_else(|| body.text()).unwrap_or_default();
        let mut data = json!({ "mimeType": media_type(headers), "params": [], "text": text });
        if let (false, Some(data)) = (comment.is_empty(), data.as_object_mut()) {
            data.insert("comment".to_owned(), json!(comment.join(" ")));
        }
        request.insert("postData".to_owned(), data);
    }
    request
}

fn response_object(status: u16, headers: &Headers, body: &Body) -> Value {
    let mut content = json!({ "size": body.size_bytes(), "mimeType": media_type(headers) });
    if let Some(content) = content.as_object_mut() {
        match body.base64() {
            None => content.insert("text".to_owned(), json!(body.text())),
            Some(text) => {
                content.insert("text".to_owned(), json!(text));
                content.insert("encoding".to_owned(), json!("base64"))
            }
        };
        if body.is_cut() {
            content.insert("comment".to_owned(), json!(CUT));
        }
    }
    let reason = http::StatusCode::from_u16(status).ok();
    json!({
        "status": status,
        "statusText": reason.and_then(|status| status.canonical_reason()).unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": header_objects(headers),
        "content": content,
        "redirectURL": headers.get("location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": body.size_bytes(),
    })
}

fn header_objects(headers: &Headers) -> Vec<Value> {
    headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

fn media_type(headers: &Headers) -> &str {
    headers.get("content-type").unwrap_or_default()
}

/// Names and values as they stand in the address, still encoded.
fn query(url: &str) -> Vec<Value> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            json!({ "name": name, "value": value })
        })
        .collect()
}
