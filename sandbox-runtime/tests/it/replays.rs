//! Runs that are repeated: the same step for step, and what becomes of those that do something else.

mod script;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use proptest::prelude::*;
use sandbox_runtime::egress::{Egress, EgressAnswer};
use sandbox_runtime::replay::{Change, compare};
use sandbox_runtime::trace::Outcome;
use sandbox_runtime::{Guest, Limits, ReplayOptions, Run, RunContext, Tape};

use crate::stage::{Nobody, SANDBOX, Somebody, body, code, context, get, guest, run_with};

/// Answers `/a`, `/b` … each after its own time with its own status.
#[derive(Debug, Clone, Default)]
struct Letters(HashMap<String, (Duration, u16)>);

impl Letters {
    fn new(answers: &[(u64, u16)]) -> Self {
        let answers = ('a'..)
            .zip(answers)
            .map(|(letter, (ms, status))| (format!("/{letter}"), (Duration::from_millis(*ms), *status)));
        Self(answers.collect())
    }
}

impl Egress for Letters {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        Box::pin(async move {
            let (patience, status) = self.0[request.uri().path()];
            tokio::time::sleep(patience).await;
            let body = format!(r#"{{"path":"{}"}}"#, request.uri().path());
            let response = Response::builder()
                .status(status)
                .header("content-type", "application/json")
                .body(Bytes::from(body))
                .unwrap();
            EgressAnswer::Answered {
                response,
                label: None,
                notes: Vec::new(),
            }
        })
    }
}

async fn race(calls: usize) -> Guest {
    guest(&format!(
        "(call $answer (local.get $out) (i32.const 9216) (call $race (i32.const {calls})))"
    ))
    .await
}

/// The letters of a race, in the order in which the guest noticed their answers.
fn noticed(run: &Run) -> Vec<char> {
    body(run).chars().step_by(4).collect()
}

async fn replay(guest: &Guest, tape: &Arc<Tape>, options: ReplayOptions) -> Run {
    let run = RunContext::replay("again".to_owned(), Arc::clone(tape), options, &[]);
    SANDBOX.replay(guest, run).await
}

/// Through the form in which it is kept.
fn kept(tape: Tape) -> Arc<Tape> {
    let json = serde_json::to_string(&tape).unwrap();
    let back: Tape = serde_json::from_str(&json).unwrap();
    assert_eq!(back, tape);
    Arc::new(back)
}

/// Runs once, repeats it twice, and demands that all is the same.
async fn repeats(guest: &Guest, egress: impl Egress + 'static) -> Run {
    let first = SANDBOX
        .handle(guest, get("/"), context(Limits::DEFAULT, egress))
        .await;
    let tape = kept(first.tape.clone().unwrap());
    assert!(tape.whole(), "{:?}", tape.cut());
    for _ in 0..2 {
        let again = replay(guest, &tape, ReplayOptions::default()).await;
        let comparison = compare(&first.trace, &again.trace);
        assert!(comparison.same, "{comparison:#?}");
        assert_eq!(
            first.answer.as_ref().map(Response::body),
            again.answer.as_ref().map(Response::body)
        );
        let log = |run: &Run| {
            run.trace
                .log
                .iter()
                .map(|line| line.text.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(log(&first), log(&again));
        assert!(again.tape.is_none());
    }
    first
}

#[tokio::test]
async fn several_calls_at_once_are_noticed_in_the_same_order_again() {
    let guest = race(5).await;
    let egress = Letters::new(&[(12, 200), (3, 201), (8, 202), (0, 203), (20, 204)]);
    let run = repeats(&guest, egress).await;
    // Letter, status, clock, chance: four bytes for each call, in the order noticed, which is the machine's to choose.
    assert_eq!(body(&run).len(), 20);
    let mut letters = noticed(&run);
    letters.sort_unstable();
    assert_eq!(letters, ['a', 'b', 'c', 'd', 'e']);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_order_the_answers_come_in_the_repetition_has_it_too(
        answers in prop::collection::vec((0..6_u64, 200..600_u16), 2..8)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let guest = race(answers.len()).await;
            repeats(&guest, Letters::new(&answers)).await;
        });
    }
}

#[tokio::test]
async fn all_randomness_is_on_the_tape() {
    let guest = guest(
        "(call $insecure-seed (i32.const 4096))
         (i64.store (i32.const 4112) (call $random))
         (i64.store (i32.const 4120) (call $insecure))
         (call $random-bytes (i64.const 40) (i32.const 64))
         (memory.copy (i32.const 4128) (i32.load (i32.const 64)) (i32.const 40))
         (call $answer (local.get $out) (i32.const 4096) (i32.const 72))",
    )
    .await;
    let first = repeats(&guest, Nobody).await;
    let other = repeats(&guest, Nobody).await;
    let bytes = |run: &Run| run.answer.as_ref().unwrap().body().clone();
    let (first, other) = (bytes(&first), bytes(&other));
    for part in [0..16, 16..24, 24..32, 32..72] {
        assert_ne!(first[part.clone()], other[part]);
    }
}

#[tokio::test]
async fn the_clock_is_on_the_tape_and_nobody_sleeps_again() {
    let guest = guest(
        "(call $sleep (i64.const 2000000000))
         (call $answer-number (local.get $out) (i32.wrap_i64 (i64.div_u (call $now) (i64.const 100000))))",
    )
    .await;
    let run = repeats(&guest, Nobody).await;
    // In steps of a millisecond, from a second on.
    let tenths: u64 = body(&run).parse().unwrap();
    assert!(tenths >= 30_000 && tenths.is_multiple_of(10), "{tenths}");
    let tape = kept(run.tape.unwrap());
    // The quickest of a few: a busy machine may take its time with one.
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        let started = Instant::now();
        replay(&guest, &tape, ReplayOptions::default()).await;
        quickest = quickest.min(started.elapsed());
    }
    assert!(quickest < Duration::from_secs(2), "{quickest:?}");
}

#[tokio::test]
async fn another_version_is_answered_from_the_tape_as_far_as_it_goes() {
    let egress = Letters::new(&[(1, 200), (2, 201), (0, 202)]);
    let first = SANDBOX
        .handle(&race(3).await, get("/"), context(Limits::DEFAULT, egress))
        .await;
    let in_life = noticed(&first);
    let tape = kept(first.tape.unwrap());
    // Asks for one more, and for one fewer.
    let more = replay(&race(4).await, &tape, ReplayOptions::default()).await;
    let comparison = compare(&first.trace, &more.trace);
    assert!(!comparison.same);
    let [call] = &comparison.calls[..] else {
        panic!("{comparison:#?}")
    };
    assert_eq!(
        (call.change, call.call.as_str()),
        (Change::Added, "GET https://example.test/d")
    );
    assert!(
        more.trace.calls[3]
            .refused
            .as_ref()
            .unwrap()
            .contains("not on the tape")
    );
    // All of them, though perhaps in another order: the one that it was refused at once made it look once more.
    let sorted = |mut letters: Vec<char>| {
        letters.sort_unstable();
        letters
    };
    let mut letters = noticed(&more);
    letters.retain(|letter| *letter != 'd');
    assert_eq!(sorted(letters), sorted(in_life));

    let fewer = replay(&race(2).await, &tape, ReplayOptions::default()).await;
    let comparison = compare(&first.trace, &fewer.trace);
    assert_eq!(comparison.calls.len(), 1);
    assert_eq!(comparison.calls[0].change, Change::Missing);
    assert!(!comparison.answer.is_empty() && comparison.cost.len() == 3);
}

#[tokio::test]
async fn a_failed_run_fails_again() {
    let guest = guest("(drop (call $call)) unreachable").await;
    let run = repeats(&guest, Nobody).await;
    assert_eq!(code(&run), "app-trap");
}

#[tokio::test]
async fn what_does_not_fit_on_a_tape_is_named() {
    let egress = Somebody {
        body: Bytes::from(vec![b'x'; 3 * 1024 * 1024]),
        ..Somebody::default()
    };
    let run = run_with(
        "(call $answer-number (local.get $out) (call $call))",
        Limits::DEFAULT,
        egress,
    )
    .await;
    let tape = run.tape.unwrap();
    assert!(!tape.whole());
    assert!(tape.cut().unwrap().contains("2 MiB"), "{:?}", tape.cut());
    assert!(tape.weight_bytes() < 64 * 1024);
}

#[tokio::test]
async fn a_run_that_waited_for_nothing_until_its_time_was_up_does_so_again() {
    let limits = Limits {
        wall_ms: 120,
        ..Limits::DEFAULT
    };
    let guest = guest("(drop (call $call))").await;
    let egress = Somebody {
        patience: Duration::from_secs(60),
        ..Somebody::default()
    };
    let first = SANDBOX.handle(&guest, get("/"), context(limits, egress)).await;
    let again = replay(&guest, &kept(first.tape.unwrap()), ReplayOptions::default()).await;
    assert_eq!(code(&again), "limit-wall");
    assert!(matches!(&again.trace.outcome, Outcome::Failed { code, .. } if code == "limit-wall"));
}
