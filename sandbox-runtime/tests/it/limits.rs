//! Each limit is reached by a guest that means it, and named in the answer and in the trace.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use sandbox_runtime::limits::Unit;
use sandbox_runtime::trace::{Outcome, Stream};
use sandbox_runtime::{Limit, Limits, Run};

use crate::stage::{Nobody, SANDBOX, body, code, component, context, get, guest, guest_of, run};

/// The run failed by this limit, and says so everywhere.
fn assert_ended_by(run: &Run, limit: Limit) {
    assert_eq!(code(run), limit.code(), "{:?}", run.answer);
    let Outcome::Failed { code, sentence } = &run.trace.outcome else {
        panic!("{:?}", run.trace.outcome)
    };
    assert_eq!(code, limit.code());
    let hit = run.trace.limits_hit.iter().find(|hit| hit.code == limit).unwrap();
    assert_eq!(&hit.sentence, sentence);
    assert!(hit.sentence.ends_with('.'));
}

#[tokio::test]
async fn cpu() {
    let started = Instant::now();
    let limits = Limits {
        cpu_ms: 200,
        ..Limits::DEFAULT
    };
    let run = run("(loop (br 0))", limits).await;
    assert_ended_by(&run, Limit::Cpu);
    assert!(
        (200_000..1_000_000).contains(&run.trace.cpu_us),
        "{}",
        run.trace.cpu_us
    );
    assert!(started.elapsed() < Duration::from_secs(30));
    // Where it was spinning.
    assert!(!run.trace.backtrace.is_empty());
}

#[tokio::test]
async fn cpu_before_the_first_instruction_of_the_handler() {
    let wasm =
        component("(func $spin (loop (br 0))) (start $spin) (func (export \"handle\") (param i32 i32))");
    let guest = guest_of(wasm).await;
    let limits = Limits {
        cpu_ms: 50,
        ..Limits::DEFAULT
    };
    assert_ended_by(
        &SANDBOX.handle(&guest, get("/"), context(limits, Nobody)).await,
        Limit::Cpu,
    );
}

#[tokio::test]
async fn cpu_does_not_count_waiting() {
    let limits = Limits {
        cpu_ms: 100,
        ..Limits::DEFAULT
    };
    let run = run(
        "(call $sleep (i64.const 300000000)) (call $hello (local.get $out))",
        limits,
    )
    .await;
    assert_eq!(body(&run), "hello");
    assert!(run.trace.wall_us >= 300_000);
}

#[tokio::test]
async fn wall() {
    let limits = Limits {
        wall_ms: 100,
        ..Limits::DEFAULT
    };
    let run = run("(call $sleep (i64.const 60000000000))", limits).await;
    assert_ended_by(&run, Limit::Wall);
    assert_eq!(run.trace.limits_hit[0].unit, Unit::Milliseconds);
}

#[tokio::test]
async fn wall_of_a_busy_guest() {
    let limits = Limits {
        wall_ms: 100,
        cpu_ms: 60_000,
        ..Limits::DEFAULT
    };
    assert_ended_by(&run("(loop (br 0))", limits).await, Limit::Wall);
}

/// Grows until it is refused, then does `then`.
const GROW: &str = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))";

#[tokio::test]
async fn memory() {
    let run = run(&format!("{GROW} unreachable"), Limits::DEFAULT).await;
    assert_ended_by(&run, Limit::Memory);
    let peak = run.trace.memory_peak_bytes;
    assert!(peak <= Limits::DEFAULT.memory_bytes && peak > 120 << 20, "{peak}");
}

#[tokio::test]
async fn memory_refused_and_borne() {
    let run = run(&format!("{GROW} (call $hello (local.get $out))"), Limits::DEFAULT).await;
    assert_eq!(body(&run), "hello");
    assert_eq!(run.trace.limits_hit[0].code, Limit::Memory);
}

#[tokio::test]
async fn memory_asked_for_all_at_once() {
    let run = run(
        "(drop (memory.grow (i32.const 65535))) unreachable",
        Limits::DEFAULT,
    )
    .await;
    assert_ended_by(&run, Limit::Memory);
}

#[tokio::test]
async fn memory_declared_at_the_start() {
    let wasm = component("(memory 2000) (func (export \"handle\") (param i32 i32))");
    let guest = guest_of(wasm).await;
    let limits = Limits {
        memory_bytes: 64 << 20,
        ..Limits::DEFAULT
    };
    let run = SANDBOX.handle(&guest, get("/"), context(limits, Nobody)).await;
    assert_ended_by(&run, Limit::Memory);
}

#[tokio::test]
async fn table() {
    let wasm = component(
        "(table $t 1 funcref)
         (func (export \"handle\") (param i32 i32)
           (if (i32.eq (table.grow $t (ref.null func) (i32.const 10000000)) (i32.const -1)) (then unreachable)))",
    );
    let guest = guest_of(wasm).await;
    assert_ended_by(
        &SANDBOX
            .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
            .await,
        Limit::Table,
    );
}

#[tokio::test]
async fn stack() {
    let wasm = component(
        "(func $down (param i64) (result i64) (i64.add (i64.const 1) (call $down (i64.add (local.get 0) (i64.const 1)))))
         (func (export \"handle\") (param i32 i32) (drop (call $down (i64.const 0))))",
    );
    let guest = guest_of(wasm).await;
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    assert_ended_by(&run, Limit::Stack);
    assert_eq!(run.trace.backtrace[0].function, "down");
}

#[tokio::test]
async fn request_body() {
    let guest = guest("(call $hello (local.get $out))").await;
    for (extra, expected) in [(0, "answered"), (1, "limit-request-body")] {
        let size = usize::try_from(Limits::DEFAULT.request_body_bytes).unwrap() + extra;
        let request = Request::post("http://app.test/")
            .body(Bytes::from(vec![b'x'; size]))
            .unwrap();
        let run = SANDBOX
            .handle(&guest, request, context(Limits::DEFAULT, Nobody))
            .await;
        assert_eq!(code(&run), expected);
    }
}

#[tokio::test]
async fn response_body() {
    // 4 KiB at a time, for ever.
    let endless = "(local $stream i32)
        (call $body (local.tee $n (call $response (call $fields))) (i32.const 0))
        (call $set-ok (local.get $out) (local.get $n))
        (call $body-write (i32.load (i32.const 4)) (i32.const 0))
        (local.set $stream (i32.load (i32.const 4)))
        (loop $more
          (call $write (local.get $stream) (i32.const 4096) (i32.const 4096) (i32.const 0))
          (br_if $more (i32.eqz (i32.load8_u (i32.const 0)))))";
    let run = run(endless, Limits::DEFAULT).await;
    assert_ended_by(&run, Limit::ResponseBody);
}

#[tokio::test]
async fn headers_of_the_request() {
    let guest = guest("(call $hello (local.get $out))").await;
    let request = Request::get("http://app.test/")
        .header("x-large", "x".repeat(65 << 10))
        .body(Bytes::new())
        .unwrap();
    let run = SANDBOX
        .handle(&guest, request, context(Limits::DEFAULT, Nobody))
        .await;
    assert_ended_by(&run, Limit::Headers);
}

#[tokio::test]
async fn headers_of_the_answer() {
    // The memory is zero there, which is no header value; spaces are.
    let large = |times: u32| {
        format!(
            "(local $fields i32)
             (memory.fill (i32.const 16384) (i32.const 97) (i32.const 1000))
             (local.set $fields (call $fields))
             (loop $more
               (call $append (local.get $fields) (i32.const 1056) (i32.const 7) (i32.const 16384) (i32.const 1000) (i32.const 0))
               (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const {times}))))
             (call $answer-with (local.get $fields) (local.get $out) (i32.const 1040) (i32.const 5))"
        )
    };
    assert_eq!(body(&run(&large(60), Limits::DEFAULT).await), "hello");
    assert_ended_by(&run(&large(70), Limits::DEFAULT).await, Limit::Headers);
    // The header list itself is bounded long before the host's memory.
    assert_ended_by(&run(&large(100_000), Limits::DEFAULT).await, Limit::Headers);
}

#[tokio::test]
async fn log() {
    let chatty = "(loop $more
          (memory.fill (i32.const 16384) (i32.const 97) (i32.const 4096))
          (call $print (i32.const 16384) (i32.const 4096))
          (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 100))))
        (call $hello (local.get $out))";
    let run = run(chatty, Limits::DEFAULT).await;
    assert_eq!(body(&run), "hello");
    assert_eq!(run.trace.limits_hit[0].code, Limit::Log);
    let printed: usize = run
        .trace
        .log
        .iter()
        .filter(|line| line.stream == Stream::Stdout)
        .map(|line| line.text.len())
        .sum();
    assert_eq!(u64::try_from(printed).unwrap(), Limits::DEFAULT.log_bytes);
    let marker = run.trace.log.last().unwrap();
    assert_eq!(marker.stream, Stream::Platform);
    assert!(marker.text.starts_with("log cut"));
}

#[tokio::test]
async fn handles() {
    assert_ended_by(
        &run("(loop (drop (call $fields)) (br 0))", Limits::DEFAULT).await,
        Limit::Handles,
    );
}

#[tokio::test]
async fn handles_full_of_headers() {
    // As many header lists of 120 KB as it can hold: 1,024 of them are the 128 MiB it may have in its own memory.
    let hoard = "(local $m i32) (memory.fill (i32.const 16384) (i32.const 97) (i32.const 30000))
        (loop $lists
          (local.set $n (call $fields))
          (loop $more
            (call $append (local.get $n) (i32.const 1056) (i32.const 7) (i32.const 16384) (i32.const 30000) (i32.const 0))
            (br_if $more (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 1))) (i32.const 4))))
          (local.set $m (i32.const 0))
          (br $lists))";
    let run = run(
        hoard,
        Limits {
            cpu_ms: 20_000,
            // A busy machine takes its time.
            wall_ms: 300_000,
            ..Limits::DEFAULT
        },
    )
    .await;
    assert_ended_by(&run, Limit::Handles);
}

#[tokio::test]
async fn host_call() {
    let limits = Limits {
        host_call_bytes: 64 << 10,
        ..Limits::DEFAULT
    };
    let run = run("(call $print (i32.const 0) (i32.const 100000))", limits).await;
    assert_ended_by(&run, Limit::HostCall);
}

#[tokio::test]
async fn random() {
    let run = run(
        "(call $random-bytes (i64.const 2147483648) (i32.const 0))",
        Limits::DEFAULT,
    )
    .await;
    assert_ended_by(&run, Limit::Random);
}
