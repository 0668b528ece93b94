//! Runs from start to end: answers, failures, and what is left behind.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use sandbox_runtime::trace::{Outcome, Stream};
use sandbox_runtime::{Event, Limits, RunError, Sandbox, SandboxConfig, Watcher};

use crate::stage::{
    Nobody, SANDBOX, Somebody, body, code, compiler, context, get, guest, handling, run, run_with,
};

#[tokio::test]
async fn a_guest_answers_and_the_trace_tells_the_story() {
    let guest = guest("(call $print (i32.const 1040) (i32.const 5)) (call $hello (local.get $out))").await;
    let request = Request::post("http://app.test/a?b=c")
        .header("authorization", "Bearer secret")
        .body(Bytes::from_static(b"question"))
        .unwrap();
    let run = SANDBOX
        .handle(&guest, request, context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(body(&run), "hello");
    let trace = run.trace;
    assert_eq!(trace.outcome, Outcome::Answered);
    assert_eq!(
        (trace.request.method.as_ref(), trace.request.uri.as_str()),
        ("POST", "http://app.test/a?b=c")
    );
    assert_eq!(trace.request.headers.get("authorization"), Some("Bearer …"));
    assert_eq!(trace.request.body.text(), Some("question"));
    assert_eq!(trace.response.as_ref().unwrap().body.text(), Some("hello"));
    assert_eq!(
        (trace.log[0].stream, trace.log[0].text.as_str()),
        (Stream::Stdout, "hello")
    );
    assert!(trace.memory_peak_bytes >= 4 * 64 * 1024);
    assert!(trace.cpu_us > 0 && trace.wall_us >= trace.cpu_us / 2);
    let json = serde_json::to_string(&trace).unwrap();
    assert!(!json.contains("secret"));
    serde_json::from_str::<sandbox_runtime::Trace>(&json).unwrap();
    assert!(trace.weight_bytes() < 4096);
}

#[tokio::test]
async fn each_run_starts_from_nothing() {
    let code = "(i32.store (i32.const 4096) (i32.add (i32.load (i32.const 4096)) (i32.const 1)))
        (call $answer-number (local.get $out) (i32.load (i32.const 4096)))";
    for _ in 0..3 {
        assert_eq!(body(&run(code, Limits::DEFAULT).await), "1");
    }
}

#[tokio::test]
async fn failures_have_names() {
    for (code_text, expected) in [
        ("", "app-no-response"),
        ("unreachable", "app-trap"),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "app-trap"),
        ("(drop (i32.load (i32.const -1)))", "app-trap"),
        // The body is begun and dropped.
        (
            "(call $body (local.tee $n (call $response (call $fields))) (i32.const 0))
             (call $set-ok (local.get $out) (local.get $n))
             (call $drop-body (i32.load (i32.const 4)))",
            "app-incomplete-response",
        ),
        // Error code 37 is configuration-error.
        (
            "(call $set (local.get $out) (i32.const 1) (i32.const 37) (i32.const 0) (i64.const 0)
               (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))",
            "app-error-response",
        ),
        // A trap after the whole answer is still a failure.
        ("(call $hello (local.get $out)) unreachable", "app-trap"),
    ] {
        let run = run(code_text, Limits::DEFAULT).await;
        assert_eq!(code(&run), expected, "{code_text}: {:?}", run.answer);
        let Outcome::Failed { code, sentence } = &run.trace.outcome else {
            panic!("{code_text}")
        };
        assert_eq!(code, expected);
        assert!(sentence.ends_with('.'), "{sentence}");
    }
}

#[tokio::test]
async fn a_trap_names_the_function() {
    let wasm = crate::stage::component(
        "(func $ruin_everything unreachable)
         (func (export \"handle\") (param i32 i32) (call $ruin_everything))",
    );
    let guest = crate::stage::guest_of(wasm).await;
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(run.trace.backtrace[0].function, "ruin_everything");
    assert!(run.trace.backtrace[0].module.as_deref().is_some());
}

#[tokio::test]
async fn an_empty_answer_is_an_answer() {
    let run = run(
        "(call $set-ok (local.get $out) (call $response (call $fields)))",
        Limits::DEFAULT,
    )
    .await;
    assert_eq!(body(&run), "");
}

#[tokio::test]
async fn a_request_without_a_host_reaches_the_guest() {
    let guest = guest("(call $hello (local.get $out))").await;
    let request = Request::get("/path").body(Bytes::new()).unwrap();
    let run = SANDBOX
        .handle(&guest, request, context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(code(&run), "answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_a_run_frees_its_place_and_its_call() {
    let sandbox = Sandbox::new(SandboxConfig {
        concurrent_runs: 1,
        queue_ms: 2_000,
    })
    .unwrap();
    let wasm = handling("(drop (call $call))");
    let guest = sandbox.load(&compiler().compile(wasm).await.unwrap()).unwrap();
    let egress = Somebody {
        patience: Duration::from_secs(60),
        ..Somebody::default()
    };
    let (now, dropped) = (egress.now.clone(), egress.dropped.clone());
    {
        let run = sandbox.handle(&guest, get("/"), context(Limits::DEFAULT, egress));
        tokio::select! {
            _ = run => panic!("nobody has answered it"),
            () = until(|| now.load(std::sync::atomic::Ordering::SeqCst) == 1) => {}
        }
    }
    assert_eq!(sandbox.free_places(), 1);
    until(|| dropped.load(std::sync::atomic::Ordering::SeqCst) == 1).await;
    // The pool's only slot is free as well.
    let run = sandbox
        .handle(
            &guest,
            get("/"),
            context(
                Limits {
                    wall_ms: 200,
                    ..Limits::DEFAULT
                },
                Nobody,
            ),
        )
        .await;
    assert_eq!(code(&run), "app-no-response");
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_spinning_guests_do_not_starve_a_quick_one() {
    let sandbox = Sandbox::new(SandboxConfig {
        concurrent_runs: 65,
        queue_ms: 2_000,
    })
    .unwrap();
    let compiler = compiler();
    let spin = sandbox
        .load(&compiler.compile(handling("(loop (br 0))")).await.unwrap())
        .unwrap();
    let quick = sandbox
        .load(
            &compiler
                .compile(handling("(call $hello (local.get $out))"))
                .await
                .unwrap(),
        )
        .unwrap();
    let spinning: Vec<_> = (0..64)
        .map(|_| {
            let (sandbox, spin) = (sandbox.clone(), spin.clone());
            tokio::spawn(async move {
                sandbox
                    .handle(&spin, get("/"), context(Limits::DEFAULT, Nobody))
                    .await
            })
        })
        .collect();
    until(|| sandbox.free_places() == 1).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        let started = Instant::now();
        // The test's own task is one among many: what is measured is the wait for a turn as well.
        let (sandbox, quick) = (sandbox.clone(), quick.clone());
        let run = tokio::spawn(async move {
            sandbox
                .handle(&quick, get("/"), context(Limits::DEFAULT, Nobody))
                .await
        })
        .await
        .unwrap();
        assert_eq!(code(&run), "answered");
        slowest = slowest.max(started.elapsed());
    }
    // 64 turns of 5 ms on two threads are 160 ms; without the yields it would be 32 s.
    assert!(slowest < Duration::from_secs(16), "{slowest:?}");
    for task in spinning {
        task.abort();
    }
}

/// Notes on which thread the guest runs when it calls somebody.
#[derive(Debug, Default)]
struct Threads(Mutex<Vec<Option<String>>>);

impl Watcher for Threads {
    fn saw(&self, event: Event<'_>) {
        if matches!(event, Event::CallStarted(_)) {
            let name = std::thread::current().name().map(str::to_owned);
            self.0.lock().unwrap().push(name);
        }
    }
}

#[tokio::test]
async fn short_runs_of_a_group_that_is_to_wait_begin_in_the_slow_lane() {
    let guest = guest("(drop (call $call)) (call $hello (local.get $out))").await;
    let threads = Arc::new(Threads::default());
    let slow = SANDBOX.group(1).from_the_slow_lane();
    // A group asked for anew begins as usual.
    for sandbox in [&SANDBOX, &slow, &slow.group(2)] {
        let mut context = context(Limits::DEFAULT, Somebody::default());
        context.watcher = Some(Arc::clone(&threads) as Arc<dyn Watcher>);
        let run = sandbox.handle(&guest, get("/"), context).await;
        assert_eq!(body(&run), "hello");
    }
    let is_slow = |name: &Option<String>| name.as_ref().is_some_and(|name| name.starts_with("slow-lane-"));
    let seen: Vec<bool> = threads.0.lock().unwrap().iter().map(is_slow).collect();
    assert_eq!(seen, [false, true, false]);
}

#[tokio::test]
async fn a_full_engine_says_busy() {
    let sandbox = Sandbox::new(SandboxConfig {
        concurrent_runs: 1,
        queue_ms: 50,
    })
    .unwrap();
    let wasm = handling("(call $sleep (i64.const 1000000000000))");
    let guest = sandbox.load(&compiler().compile(wasm).await.unwrap()).unwrap();
    let limits = Limits {
        wall_ms: 5_000,
        ..Limits::DEFAULT
    };
    let first = sandbox.handle(&guest, get("/"), context(limits, Nobody));
    let second = async {
        until(|| sandbox.free_places() == 0).await;
        sandbox.handle(&guest, get("/"), context(limits, Nobody)).await
    };
    tokio::select! {
        run = first => panic!("{run:?}"),
        run = second => {
            assert_eq!(code(&run), "busy");
            assert!(matches!(run.answer, Err(RunError::Limit(_))));
        }
    }
    assert_eq!(sandbox.free_places(), 1);
}

#[tokio::test]
async fn a_call_to_nowhere_is_refused_and_the_log_says_what_is_allowed() {
    let run = run_with(
        "(call $answer-number (local.get $out) (call $call))",
        Limits::DEFAULT,
        Nobody,
    )
    .await;
    // 1015 is HTTP-request-denied.
    assert_eq!(body(&run), "1015");
    assert!(
        run.trace.calls[0]
            .refused
            .as_ref()
            .unwrap()
            .contains("https://example.test/")
    );
    assert!(
        run.trace
            .log
            .iter()
            .any(|line| line.stream == Stream::Platform && line.text.contains("int.api.service.nhs.uk"))
    );
}
