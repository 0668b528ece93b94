//! Traces in the formats of other tools, compared with files. `UPDATE_GOLDEN=1` rewrites them.

use http::HeaderMap;
use sandbox_runtime::egress::CallLabel;
use sandbox_runtime::trace::{
    Body, Call, Frame, Headers, Level, LogLine, Outcome, RequestRecord, ResponseRecord, RunKind, SpanId,
    Stream, Trace, TraceId,
    har::har,
    otlp::{Service, otlp},
};
use serde_json::Value;
use time::macros::datetime;

fn headers(pairs: &[(&'static str, &str)]) -> Headers {
    let pairs = pairs.iter().map(|(name, value)| {
        (
            http::HeaderName::from_static(name),
            value.parse::<http::HeaderValue>().unwrap(),
        )
    });
    Headers::record(&pairs.collect::<HeaderMap>())
}

fn text(body: &str) -> Body {
    Body::record(&bytes::Bytes::copy_from_slice(body.as_bytes()))
}

fn call(number: u32, url: &str) -> Call {
    Call {
        number,
        span_id: SpanId([0, 0, 0, 0, 0, 0, 0, u8::try_from(number).unwrap()]),
        is_own: false,
        started_us: 1_500,
        duration_us: Some(2_000),
        method: "GET".into(),
        url: url.to_owned(),
        label: None,
        status: None,
        request_headers: headers(&[("accept", "application/fhir+json")]),
        request_body: Body::default(),
        response_headers: Headers::default(),
        response_body: Body::default(),
        refused: None,
        fault: None,
        notes: Vec::new(),
    }
}

fn trace() -> Trace {
    let read = Call {
        label: Some(CallLabel {
            interface: "pds".to_owned(),
            operation: "read_patient".to_owned(),
            title: "Read a patient".to_owned(),
        }),
        status: Some(503),
        response_headers: headers(&[("content-type", "application/fhir+json")]),
        response_body: text(r#"{"resourceType":"OperationOutcome"}"#),
        fault: Some("The interface answers that it is not available.".to_owned()),
        notes: vec!["access token of the workspace attached".to_owned()],
        ..call(
            1,
            "https://int.api.service.nhs.uk/Patient/9000000009?_format=json",
        )
    };
    let refused = Call {
        refused: Some("Nobody is there.".to_owned()),
        duration_us: None,
        ..call(2, "https://example.com:8443/")
    };
    Trace {
        run_id: "run-1".to_owned(),
        kind: RunKind::Request,
        trace_id: TraceId([0x4b; 16]),
        span_id: SpanId([0x0a; 8]),
        parent: Some(SpanId([0x0b; 8])),
        state: Some("vendor=1".to_owned()),
        started_at: datetime!(2026-03-01 09:30 UTC),
        request: RequestRecord {
            method: "POST".into(),
            uri: "http://app.test/letters?nhs=9000000009&x".to_owned(),
            headers: headers(&[("content-type", "text/plain"), ("authorization", "Bearer abc")]),
            body: text("question"),
        },
        calls: vec![read, refused],
        log: vec![
            LogLine {
                at_us: 100,
                stream: Stream::Stdout,
                level: Level::Debug,
                text: "looking".to_owned(),
            },
            LogLine {
                at_us: 4_000,
                stream: Stream::Platform,
                level: Level::Warn,
                text: "Call 2 was refused.".to_owned(),
            },
        ],
        outcome: Outcome::Failed {
            code: "app-exception".into(),
            sentence: "The app stopped.".to_owned(),
        },
        limits_hit: Vec::new(),
        cpu_us: 900,
        wall_us: 5_250,
        memory_peak_bytes: 1_048_576,
        response: Some(ResponseRecord {
            status: 200,
            headers: headers(&[("content-type", "image/png")]),
            body: Body::record(&bytes::Bytes::from_static(&[0x89, b'P', 0xff])),
        }),
        backtrace: vec![Frame {
            function: "fetch".to_owned(),
            module: None,
            file: Some("app.js".to_owned()),
            line: Some(3),
            column: Some(9),
            source: None,
        }],
    }
}

fn compare_with_file(name: &str, made: &Value) {
    let path = format!("{}/tests/it/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    let made = format!("{made:#}\n");
    if std::env::vars_os().any(|(name, _)| name == "UPDATE_GOLDEN") {
        std::fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, made, "{name} differs; UPDATE_GOLDEN=1 rewrites it");
}

#[test]
fn an_http_archive() {
    let archive = har(&[&trace()]);
    // What the specification demands of every entry.
    for entry in archive["log"]["entries"].as_array().unwrap() {
        for field in [
            "startedDateTime",
            "time",
            "request",
            "response",
            "cache",
            "timings",
        ] {
            assert!(!entry[field].is_null(), "{field}");
        }
        for field in [
            "method",
            "url",
            "httpVersion",
            "cookies",
            "headers",
            "queryString",
            "headersSize",
            "bodySize",
        ] {
            assert!(!entry["request"][field].is_null(), "{field}");
        }
        for field in [
            "status",
            "statusText",
            "content",
            "redirectURL",
            "headersSize",
            "bodySize",
        ] {
            assert!(!entry["response"][field].is_null(), "{field}");
        }
    }
    compare_with_file("trace.har", &archive);
}

#[test]
fn a_cut_body_says_so() {
    let mut cut = trace();
    cut.request.body = text(&"x".repeat(70_000));
    let archive = har(&[&cut]);
    let data = &archive["log"]["entries"][0]["request"]["postData"];
    assert_eq!(data["comment"], "Only the beginning of the body was kept.");
}

#[test]
fn the_json_form_of_opentelemetry() {
    compare_with_file(
        "trace.otlp.json",
        &otlp(&[Service {
            attributes: vec![
                ("service.name", "letters".to_owned()),
                ("service.version", "2".to_owned()),
            ],
            traces: vec![&trace()],
        }]),
    );
}

#[test]
fn an_answer_from_500_on_is_an_error_of_the_server() {
    for (status, expected) in [(404, None), (500, Some("500")), (503, Some("503"))] {
        let mut answered = trace();
        answered.outcome = Outcome::Answered;
        answered.response.as_mut().unwrap().status = status;
        let made = otlp(&[Service {
            attributes: Vec::new(),
            traces: vec![&answered],
        }]);
        let span = &made["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(span["status"]["code"].as_u64(), expected.map(|_| 2), "{status}");
        let attributes = span["attributes"].as_array().unwrap();
        let kind = attributes
            .iter()
            .find(|attribute| attribute["key"] == "error.type");
        assert_eq!(
            kind.and_then(|kind| kind["value"]["stringValue"].as_str()),
            expected,
            "{status}"
        );
    }
}
