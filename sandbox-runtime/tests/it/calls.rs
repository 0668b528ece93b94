//! Outgoing calls: counted, in turn, bounded, and on the trace.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use sandbox_runtime::egress::{CallLabel, Egress, EgressAnswer};
use sandbox_runtime::trace::KEPT_BODY_BYTES;
use sandbox_runtime::{Limit, Limits};

use crate::stage::{Somebody, body, code, run_with};

#[tokio::test]
async fn a_call_is_on_the_trace_with_its_meaning() {
    #[derive(Debug)]
    struct Labelled;
    impl Egress for Labelled {
        fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
            assert_eq!(request.uri(), "https://example.test/");
            assert_eq!(request.headers()["host"], "example.test");
            let label = CallLabel {
                interface: "pds".to_owned(),
                operation: "read_patient".to_owned(),
                title: "Read a patient".to_owned(),
            };
            let response = Response::builder()
                .status(404)
                .body(Bytes::from(vec![b'x'; KEPT_BODY_BYTES + 1]))
                .unwrap();
            let notes = vec!["token attached".to_owned()];
            Box::pin(std::future::ready(EgressAnswer::Answered {
                response,
                label: Some(label),
                notes,
            }))
        }
    }
    let run = run_with(
        "(call $answer-number (local.get $out) (call $call))",
        Limits::DEFAULT,
        Labelled,
    )
    .await;
    assert_eq!(body(&run), "404");
    let [call] = &run.trace.calls[..] else {
        panic!("{:?}", run.trace.calls)
    };
    assert_eq!(
        (call.number, call.status, call.method.as_ref()),
        (1, Some(404), "GET")
    );
    assert_eq!(call.url, "https://example.test/");
    assert_eq!(call.label.as_ref().unwrap().title, "Read a patient");
    assert_eq!(call.notes, ["token attached"]);
    assert!(call.response_body.is_cut());
    assert!(call.duration_us.is_some());
}

#[tokio::test]
async fn the_thirty_third_call_is_refused_and_named() {
    // Makes 40 calls, adds up those that failed with 1011, connection-limit-reached.
    let code_text = "(local $left i32) (local.set $left (i32.const 40))
        (loop $next
          (local.set $n (i32.add (local.get $n) (i32.eq (call $call) (i32.const 1011))))
          (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (call $answer-number (local.get $out) (local.get $n))";
    let egress = Somebody::default();
    let run = run_with(code_text, Limits::DEFAULT, egress).await;
    assert_eq!(body(&run), "8");
    assert_eq!(run.trace.limits_hit.len(), 1);
    let hit = &run.trace.limits_hit[0];
    assert_eq!((hit.code, hit.limit, hit.used), (Limit::Calls, 32, Some(33)));
    assert_eq!(run.trace.calls.len(), 40);
    assert!(run.trace.calls[31].refused.is_none());
    assert!(run.trace.calls[32].refused.as_ref().unwrap().contains("32"));
    assert_eq!(
        run.trace
            .log
            .iter()
            .filter(|line| line.text.contains("refused"))
            .count(),
        1
    );
}

#[tokio::test]
async fn the_seventh_call_at_once_waits() {
    // Sends 12 calls, keeps the futures at 8192, then waits for each.
    let code_text = "(loop $next
          (i32.store (i32.add (i32.const 8192) (i32.shl (local.get $n) (i32.const 2))) (call $send))
          (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 12))))
        (local.set $n (i32.const 0))
        (loop $next
          (if (i32.ne (call $wait (i32.load (i32.add (i32.const 8192) (i32.shl (local.get $n) (i32.const 2))))) (i32.const 200))
            (then unreachable))
          (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 12))))
        (call $hello (local.get $out))";
    let egress = Somebody {
        patience: Duration::from_millis(30),
        ..Somebody::default()
    };
    let most = egress.most.clone();
    let run = run_with(code_text, Limits::DEFAULT, egress).await;
    assert_eq!(body(&run), "hello");
    assert_eq!(most.load(Ordering::SeqCst), 6);
    assert!(run.trace.calls.iter().all(|call| call.status == Some(200)));
}

#[tokio::test]
async fn waiting_for_a_slow_interface_counts_on_the_clock_only() {
    let egress = Somebody {
        patience: Duration::from_secs(60),
        ..Somebody::default()
    };
    let limits = Limits {
        wall_ms: 100,
        ..Limits::DEFAULT
    };
    let run = run_with("(drop (call $call))", limits, egress).await;
    assert_eq!(code(&run), "limit-wall");
    assert!(run.trace.cpu_us < 90_000, "{}", run.trace.cpu_us);
    let call = &run.trace.calls[0];
    assert_eq!((call.status, call.duration_us), (None, None));
    assert!(call.notes[0].contains("ended before"));
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_an_error_for_the_guest() {
    let egress = Somebody {
        body: Bytes::from(vec![0; 2048]),
        ..Somebody::default()
    };
    let limits = Limits {
        response_body_bytes: 2047,
        ..Limits::DEFAULT
    };
    let run = run_with(
        "(call $answer-number (local.get $out) (call $call))",
        limits,
        egress,
    )
    .await;
    // 1028 is HTTP-response-body-size.
    assert_eq!(body(&run), "1028");
    assert_eq!(run.trace.limits_hit[0].code, Limit::CallResponse);
}

#[tokio::test]
async fn a_panic_on_the_way_out_is_a_failed_call_and_nothing_else() {
    #[derive(Debug)]
    struct Panics;
    impl Egress for Panics {
        fn call(&self, _: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
            Box::pin(async { panic!("on purpose") })
        }
    }
    let run = run_with(
        "(call $answer-number (local.get $out) (call $call))",
        Limits::DEFAULT,
        Panics,
    )
    .await;
    // 1038 is internal-error.
    assert_eq!(body(&run), "1038");
    assert!(
        run.trace.calls[0]
            .refused
            .as_ref()
            .unwrap()
            .contains("platform failed")
    );
}
