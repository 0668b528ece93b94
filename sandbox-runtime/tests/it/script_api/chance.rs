//! Math.random: another number in every run, the same ones in a replay, and a fixed one at the top level.

use std::sync::Arc;

use sandbox_runtime::{ReplayOptions, RunContext};

use super::cases::Cases;
use crate::stage::{Nobody, SANDBOX, body};

#[tokio::test]
async fn runs_draw_different_numbers_and_a_replay_the_same() {
    let cases = Cases::new(
        "const early = Math.random();",
        &[
            ("draw", "return [Math.random(), Math.random(), early];"),
            (
                "many",
                "const all = Array.from({ length: 20_000 }, () => Math.random());
                 const mean = all.reduce((sum, each) => sum + each) / all.length;
                 return [all.every((each) => each >= 0 && each < 1), new Set(all).size, Math.abs(mean - 0.5) < 0.02];",
            ),
        ],
    )
    .await;
    let first = cases.run("draw", Nobody).await;
    let second = cases.run("draw", Nobody).await;
    let numbers = |text: String| serde_json::from_str::<[f64; 3]>(&text).unwrap();
    let [a, b, early] = numbers(body(&first));
    let [c, d, early_again] = numbers(body(&second));
    assert!(a != b && a != c && b != d, "{a} {b} {c} {d}");
    assert!((early - early_again).abs() < f64::EPSILON);

    let run = RunContext::replay(
        "again".to_owned(),
        Arc::new(first.tape.clone().unwrap()),
        ReplayOptions::default(),
        &[],
    );
    let again = SANDBOX.replay(cases.guest(), run).await;
    assert_eq!(body(&again), body(&first));

    assert_eq!(cases.said("many", Nobody).await, "[true,20000,true]");
}
