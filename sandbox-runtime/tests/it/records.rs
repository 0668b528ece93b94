//! What is on a trace and a tape, and what never is.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use sandbox_runtime::egress::{AppliedFault, Egress, EgressAnswer};
use sandbox_runtime::trace::{Level, Outcome, SpanId, TraceId};
use sandbox_runtime::{Event, Keeper, Limit, Limits, Recording, RunError, Tape, Trace, TraceParent, Watcher};

use crate::stage::{Nobody, SANDBOX, Somebody, body, component, context, get, guest, guest_of};

/// Answers with what it was asked.
#[derive(Debug, Default, Clone)]
struct Echo {
    asked: Arc<Mutex<Vec<Request<Bytes>>>>,
    is_own: bool,
    text: String,
}

impl Egress for Echo {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        self.asked.lock().unwrap().push(request);
        let mut response = Response::builder()
            .header("x-echo", &self.text)
            .body(Bytes::from(self.text.clone()))
            .unwrap();
        response
            .extensions_mut()
            .insert(AppliedFault("On purpose.".to_owned()));
        Box::pin(std::future::ready(EgressAnswer::Answered {
            response,
            label: None,
            notes: vec![format!("note {}", self.text)],
        }))
    }

    fn is_own(&self, _: &http::Uri) -> bool {
        self.is_own
    }
}

#[tokio::test]
async fn a_secret_is_nowhere() {
    let secret = "hunter2&hunter3";
    let guest = guest_of(component(&format!(
        "(data (i32.const 5000) \"<4>{secret}\")
         (func (export \"handle\") (param $request i32) (param $out i32)
           (drop (call $call))
           (call $print (i32.const 5000) (i32.const 9))
           (call $print (i32.const 5009) (i32.const 9))
           (call $answer (local.get $out) (i32.const 5003) (i32.const 15)))"
    )))
    .await;
    let encoded = "hunter2%26hunter3";
    let in_base64 = "aHVudGVyMiZodW50ZXIz";
    let egress = Echo {
        text: format!("{secret} {encoded} {in_base64}"),
        ..Echo::default()
    };
    let mut run = context(Limits::DEFAULT, egress);
    run.secrets = Arc::new([secret.to_owned()]);
    run.environment = vec![
        ("KEY".to_owned(), secret.to_owned()),
        ("GREETING".to_owned(), "hello".to_owned()),
    ];
    let request = Request::post(format!("http://app.test/?key={encoded}"))
        .header("x-key", secret)
        .header("cookie", "session=42424242")
        .header("authorization", "Bearer 42424242")
        .body(Bytes::from(secret))
        .unwrap();
    let run = SANDBOX.handle(&guest, request, run).await;
    // The caller gets what the app answered; the record does not.
    assert_eq!(body(&run), secret);
    let tape = run.tape.unwrap();
    for text in [
        serde_json::to_string(&run.trace).unwrap(),
        serde_json::to_string(&tape).unwrap(),
    ] {
        for form in [secret, encoded, in_base64, "42424242"] {
            assert!(!text.contains(form), "{form} in {text}");
        }
        assert!(text.contains("[secret]"));
    }
    assert_eq!(
        (run.trace.log[0].level, run.trace.log[0].text.as_str()),
        (Level::Warn, "[secret]")
    );
    let value = |name: &str| (name == "KEY").then(|| "new value".to_owned());
    let environment = [("KEY", "new value"), ("GREETING", "hello")];
    assert_eq!(
        tape.environment(value),
        environment.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[tokio::test]
async fn a_call_carries_its_own_step_of_the_callers_story() {
    let guest = guest("(drop (call $call)) (drop (call $call)) (call $hello (local.get $out))").await;
    let egress = Echo::default();
    let mut run = context(Limits::DEFAULT, egress.clone());
    let parent = TraceParent {
        trace_id: TraceId([7; 16]),
        span_id: SpanId([3; 8]),
        sampled: true,
        state: Some("vendor=1".to_owned()),
    };
    run.parent = Some(parent.clone());
    let trace = SANDBOX.handle(&guest, get("/"), run).await.trace;
    assert_eq!(
        (trace.trace_id, trace.parent),
        (parent.trace_id, Some(parent.span_id))
    );
    assert_eq!(trace.calls[0].fault.as_deref(), Some("On purpose."));
    let asked = egress.asked.lock().unwrap();
    for (request, call) in asked.iter().zip(&trace.calls) {
        let told = TraceParent::of(request.headers()).unwrap();
        assert_eq!((told.trace_id, told.span_id), (parent.trace_id, call.span_id));
        assert_eq!(told.state, parent.state);
    }
    assert_ne!(trace.calls[0].span_id, trace.calls[1].span_id);
}

#[tokio::test]
async fn calls_of_the_apps_own_store_are_counted_apart() {
    let guest = guest(
        "(loop $next
           (drop (call $call))
           (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 40))))
         (call $answer-number (local.get $out) (call $call))",
    )
    .await;
    let own = Echo {
        is_own: true,
        ..Echo::default()
    };
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, own.clone()))
        .await;
    assert_eq!((body(&run).as_str(), run.trace.limits_hit.len()), ("200", 0));
    assert!(run.trace.calls.iter().all(|call| call.is_own));
    let few = Limits {
        store_calls: 40,
        ..Limits::DEFAULT
    };
    let run = SANDBOX.handle(&guest, get("/"), context(few, own)).await;
    // 1011 is connection-limit-reached.
    assert_eq!(body(&run), "1011");
    assert_eq!(run.trace.limits_hit[0].code, Limit::StoreCalls);
}

#[tokio::test]
async fn an_error_of_a_script_has_a_name_a_place_and_its_line() {
    let text = "TypeError: no x\\n    at name (app.js:12:5)\\n    > const x = y.x";
    let length = text.replace("\\n", "\n").len();
    let guest = guest_of(component(&format!(
        "(data (i32.const 5000) \"{text}\")
         (func (export \"handle\") (param $request i32) (param $out i32)
           (call $set (local.get $out) (i32.const 1) (i32.const 38) (i32.const 1) (i64.const 5000)
             (i32.const {length}) (i32.const 0) (i32.const 0) (i32.const 0)))"
    )))
    .await;
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    let error = RunError::Exception {
        message: "TypeError: no x".to_owned(),
    };
    assert_eq!(run.answer.unwrap_err(), error);
    let frame = &run.trace.backtrace[0];
    assert_eq!(
        (frame.function.as_str(), frame.line, frame.column),
        ("name", Some(12), Some(5))
    );
    assert_eq!(
        (frame.file.as_deref(), frame.source.as_deref()),
        (Some("app.js"), Some("const x = y.x"))
    );
}

#[derive(Debug, Default)]
struct Notes(Mutex<Vec<String>>);

impl Watcher for Notes {
    fn saw(&self, event: Event<'_>) {
        self.0.lock().unwrap().push(match event {
            Event::Started { run_id, request } => format!("{run_id} {}", request.uri),
            Event::CallStarted(call) => format!("call {}", call.number),
            Event::CallEnded(call) => format!("answer {} {:?}", call.number, call.status),
            Event::Log(line) => line.text.clone(),
            Event::Ended(trace) => format!("{} calls", trace.calls.len()),
        });
    }
}

#[derive(Debug, Default)]
struct Kept(Mutex<Option<(Trace, Option<Tape>)>>);

impl Keeper for Kept {
    fn abandoned(&self, trace: Trace, tape: Option<Tape>) {
        *self.0.lock().unwrap() = Some((trace, tape));
    }
}

#[tokio::test]
async fn who_watches_is_told_everything_in_order() {
    let guest = guest(
        "(call $print (i32.const 1040) (i32.const 5)) (drop (call $call)) (call $hello (local.get $out))",
    )
    .await;
    let notes = Arc::new(Notes::default());
    let mut run = context(Limits::DEFAULT, Somebody::default());
    run.watcher = Some(Arc::clone(&notes) as Arc<dyn Watcher>);
    SANDBOX.handle(&guest, get("/a"), run).await;
    assert_eq!(
        *notes.0.lock().unwrap(),
        [
            "run-1 http://app.test/a",
            "call 1",
            "answer 1 Some(200)",
            "hello",
            "1 calls"
        ]
    );
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_leaves_its_trace() {
    let guest = guest("(drop (call $call)) (call $hello (local.get $out))").await;
    let egress = Somebody {
        patience: Duration::from_secs(60),
        ..Somebody::default()
    };
    let kept = Arc::new(Kept::default());
    let mut run = context(Limits::DEFAULT, egress.clone());
    run.keeper = Some(Arc::clone(&kept) as Arc<dyn Keeper>);
    let mut answering = Box::pin(SANDBOX.handle(&guest, get("/"), run));
    // Until its call is out.
    while egress.most.load(Ordering::SeqCst) == 0 {
        let waited = tokio::time::timeout(Duration::from_millis(10), &mut answering).await;
        assert!(waited.is_err());
    }
    drop(answering);
    let (trace, tape) = kept.0.lock().unwrap().take().unwrap();
    assert!(matches!(&trace.outcome, Outcome::Failed { code, .. } if code == "abandoned"));
    assert!(trace.calls[0].notes[0].contains("ended before"));
    assert!(tape.is_some());
}

#[tokio::test]
async fn a_run_of_which_nothing_is_recorded_is_answered_all_the_same() {
    let guest = guest("(drop (call $call)) (call $hello (local.get $out))").await;
    let mut run = context(Limits::DEFAULT, Somebody::default());
    run.recording = Recording::Nothing;
    let run = SANDBOX.handle(&guest, get("/"), run).await;
    assert_eq!(body(&run), "hello");
    assert!(run.tape.is_none());
    assert_eq!((&*run.trace.request.uri, &*run.trace.calls[0].url), ("", ""));
    assert_eq!(run.trace.calls[0].status, Some(200));
}
