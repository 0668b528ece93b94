//! The seams of the component model, where engines have panicked before: allocators, ends of calls and handles that do not behave.
//!
//! Each ends the run as the app's own failure, and the next run is served.

use bytes::Bytes;
use sandbox_runtime::{Limits, RunError};

use crate::stage::{Nobody, SANDBOX, body, context, get, guest_of, handling, run};

/// The guest of `guest.wat` with one part of its text exchanged.
fn altered(from: &str, to: &str, code: &str) -> Bytes {
    let text = include_str!("../guest.wat");
    assert_eq!(text.matches(from).count(), 1, "{from}");
    let handle = format!(
        "(func (export \"handle\") (param $request i32) (param $out i32) (local $n i32) {code})
         (func (export \"after\") unreachable)"
    );
    Bytes::from(wat::parse_str(text.replace(from, to).replace("    BODY\n", &handle)).unwrap())
}

async fn fails_as_the_apps_own(wasm: Bytes, what: &str) {
    let guest = guest_of(wasm).await;
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    match run.answer {
        Err(RunError::Trap { reason }) => assert!(!reason.is_empty(), "{what}"),
        other => panic!("{what}: {other:?}"),
    }
    let well = handling("(call $hello (local.get $out))");
    let run = SANDBOX
        .handle(&guest_of(well).await, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(body(&run), "hello");
}

const ALLOCATOR: &str = "(local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))";
/// Asks the host for something that it has to put into the guest's memory.
const ASK: &str = "(call $random-bytes (i64.const 16) (i32.const 0))";

#[tokio::test]
async fn an_allocator_that_traps() {
    fails_as_the_apps_own(altered(ALLOCATOR, "(unreachable)", ASK), "trap").await;
}

#[tokio::test]
async fn an_allocator_that_points_outside_the_memory() {
    for place in ["-1", "-8", "262144", "2147483640", "262140"] {
        let out = format!("(return (i32.const {place}))");
        fails_as_the_apps_own(altered(ALLOCATOR, &out, ASK), place).await;
    }
}

#[tokio::test]
async fn an_allocator_that_never_comes_back() {
    let guest = guest_of(altered(ALLOCATOR, "(loop (br 0))", ASK)).await;
    let limits = Limits {
        cpu_ms: 50,
        ..Limits::DEFAULT
    };
    let run = SANDBOX.handle(&guest, get("/"), context(limits, Nobody)).await;
    assert_eq!(run.answer.unwrap_err().code(), "limit-cpu");
}

#[tokio::test]
async fn a_trap_after_the_answer() {
    let lift = "(canon lift (core func $guest \"handle\"))";
    let with_after = "(canon lift (core func $guest \"handle\") (post-return (func $guest \"after\")))";
    fails_as_the_apps_own(
        altered(lift, with_after, "(call $hello (local.get $out))"),
        "post-return",
    )
    .await;
}

#[tokio::test]
async fn handles_that_are_used_twice_forged_or_let_go_of_in_the_wrong_order() {
    let body_first = "(local $stream i32) (local $body i32)
        (call $body (local.tee $n (call $response (call $fields))) (i32.const 0))
        (local.set $body (i32.load (i32.const 4)))
        (call $set-ok (local.get $out) (local.get $n))
        (call $body-write (local.get $body) (i32.const 0))";
    for (what, code) in [
        ("a stream that never was", "(call $drop-stream (i32.const 77))".to_owned()),
        ("a stream that is a list of headers", "(call $drop-stream (call $fields))".to_owned()),
        ("headers used twice", "(local.set $n (call $fields)) (drop (call $response (local.get $n))) (drop (call $response (local.get $n)))".to_owned()),
        ("an answer given twice", "(call $hello (local.get $out)) (call $hello (local.get $out))".to_owned()),
        ("a body let go of while its stream is written to", format!("{body_first} (call $drop-body (local.get $body))")),
        ("a body finished while its stream is written to", format!("{body_first} (call $finish (local.get $body) (i32.const 0) (i32.const 0) (i32.const 0))")),
        ("bytes from outside the memory", format!("{body_first} (call $write (i32.load (i32.const 4)) (i32.const 262000) (i32.const 4096) (i32.const 0))")),
        ("a result outside the memory", format!("{body_first} (call $write (i32.load (i32.const 4)) (i32.const 0) (i32.const 16) (i32.const 262143))")),
    ] {
        let run = run(&code, Limits::DEFAULT).await;
        assert!(matches!(run.answer, Err(RunError::Trap { .. })), "{what}: {:?}", run.answer);
        assert!(!run.trace.backtrace.is_empty(), "{what}");
    }
    assert_eq!(
        body(&run("(call $hello (local.get $out))", Limits::DEFAULT).await),
        "hello"
    );
}
