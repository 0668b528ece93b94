//! Scripts that are repeated: they tell what they were given.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Request;
use sandbox_runtime::egress::{Egress, EgressAnswer};
use sandbox_runtime::replay::{TapedCall, compare};
use sandbox_runtime::trace::RunKind;
use sandbox_runtime::{FaultName, Limits, ReplayOptions, Run, RunContext};
use serde_json::Value;

use super::{Letters, kept, repeats, replay};
use crate::scripts::guest;
use crate::stage::{Nobody, SANDBOX, Somebody, body, context, get};

/// Reads an answer and tells what it got, in milliseconds of its own clock too.
const READER: &str = r#"
    export default async function () {
        const started = Date.now();
        const told = [];
        for (const path of ["a", "b"]) {
            try {
                const answer = await fetch(`https://example.test/${path}`);
                told.push(`${answer.status} ${answer.headers.get("retry-after")} ${await answer.text()}`);
            } catch (error) {
                told.push(`${error}`);
            }
        }
        return Response.json({ told, late: Date.now() - started >= 3000 });
    }"#;

#[tokio::test]
async fn each_fault_makes_one_answer_bad_and_the_app_reads_it() {
    let guest = guest(READER).await;
    let first = repeats(&guest, Letters::new(&[(0, 200), (0, 201)])).await;
    let read = |run: &Run| -> Value { serde_json::from_slice(run.answer.as_ref().unwrap().body()).unwrap() };
    let whole = r#"{"path":"/a"}"#;
    assert_eq!(read(&first)["told"][0], format!("200 null {whole}"));
    let tape = kept(first.tape.unwrap());
    for fault in FaultName::ALL {
        let options = ReplayOptions {
            fault: Some((*fault, Some(1))),
        };
        let run = replay(&guest, &tape, options).await;
        let seen = read(&run);
        let told = seen["told"][0].as_str().unwrap();
        let (begins, holds) = match fault {
            FaultName::Slow => (format!("200 null {whole}"), ""),
            FaultName::Timeout => ("TimeoutError".to_owned(), ""),
            FaultName::Status500 => ("500 null {".to_owned(), "The interface failed."),
            FaultName::Status503 => ("503 5 {".to_owned(), "The interface is not available."),
            FaultName::Status404 => ("404 null {".to_owned(), "There is no such thing."),
            FaultName::Status429 => ("429 5 {".to_owned(), "There were too many calls."),
            FaultName::Refused | FaultName::Truncated => ("TypeError".to_owned(), ""),
            FaultName::MalformedJson => (r#"200 null {"path""/a"}"#.to_owned(), ""),
            FaultName::Empty => ("200 null ".to_owned(), ""),
        };
        assert!(
            told.starts_with(&begins) && told.contains(holds),
            "{fault}: {told}"
        );
        if *fault == FaultName::Empty {
            assert_eq!(told, begins);
        }
        assert_eq!(seen["late"], *fault == FaultName::Slow, "{fault}: {seen}");
        // The other answer is as it was.
        assert_eq!(seen["told"][1], r#"201 null {"path":"/b"}"#, "{fault}");
        assert_eq!(run.trace.calls[0].fault.as_deref(), Some(fault.sentence()));
        assert_eq!(run.trace.made_bad(), Some(*fault));
        assert_eq!(notes(&run), [""; 0], "{fault}");
        assert!(!compare(&first.trace, &run.trace).same);
    }
}

fn notes(run: &Run) -> &[String] {
    let RunKind::Replay { notes, .. } = &run.trace.kind else {
        panic!("{:?}", run.trace.kind)
    };
    notes
}

/// Answers `/b` and refuses everything else.
#[derive(Debug)]
struct OnlyB;

impl Egress for OnlyB {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        Box::pin(async move {
            if request.uri().path() == "/b" {
                Letters::new(&[(0, 200), (0, 200)]).call(request).await
            } else {
                Nobody.call(request).await
            }
        })
    }
}

#[tokio::test]
async fn a_fault_needs_an_answer_to_make_bad() {
    let guest = guest(READER).await;
    let first = repeats(&guest, OnlyB).await;
    let tape = kept(first.tape.unwrap());
    let answered: Vec<bool> = tape.calls().iter().map(TapedCall::is_answered).collect();
    assert_eq!(answered, [false, true]);
    let with = |call| ReplayOptions {
        fault: Some((FaultName::Status503, call)),
    };
    // The first that was answered, and not the first.
    let run = replay(&guest, &tape, with(None)).await;
    assert_eq!(
        (run.trace.calls[0].fault.as_ref(), run.trace.calls[1].status),
        (None, Some(503))
    );
    // What was refused stays refused, and nothing says that it was made bad.
    for call in [1, 3] {
        let run = replay(&guest, &tape, with(Some(call))).await;
        assert!(compare(&first.trace, &run.trace).same);
        assert_eq!(run.trace.made_bad(), None);
        assert!(notes(&run)[0].contains("met no call"), "{:?}", notes(&run));
    }
}

#[tokio::test]
async fn what_the_repetition_is_not_given_is_said() {
    let guest = guest(
        "export default async function (request, env) {
            const answer = await fetch('https://example.test/a');
            return new Response(`${env.KEY} ${request.headers.get('cookie')} ${await answer.text()}`);
        }",
    )
    .await;
    let secret = "hunter2&hunter3";
    let egress = Somebody {
        body: Bytes::from(format!("welcome {secret}")),
        ..Somebody::default()
    };
    let mut run = context(Limits::DEFAULT, egress);
    run.secrets = Arc::new([secret.to_owned()]);
    run.environment = vec![
        ("KEY".to_owned(), secret.to_owned()),
        ("PLAIN".to_owned(), "x".to_owned()),
    ];
    let request = Request::post("http://app.test/")
        .header("cookie", "session=1")
        .header("authorization", "Bearer abc")
        .body(Bytes::from(format!("key={secret}")))
        .unwrap();
    let first = SANDBOX.handle(&guest, request, run).await;
    let tape = kept(first.tape.clone().unwrap());
    let again = async |now: &[(&str, &str)]| {
        let secrets: Vec<_> = now
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let run = RunContext::replay(
            "again".to_owned(),
            Arc::clone(&tape),
            ReplayOptions::default(),
            &secrets,
        );
        SANDBOX.replay(&guest, run).await
    };
    let same = again(&[("KEY", secret)]).await;
    assert_eq!(body(&same), format!("{secret} [secret] welcome [secret]"));
    let told = notes(&same);
    assert!(
        told.len() == 3 && told[0].ends_with(": cookie, authorization."),
        "{told:?}"
    );
    assert!(
        told[1].contains("in the request") && told[2].contains("in an answer"),
        "{told:?}"
    );
    let other = again(&[("KEY", "another value")]).await;
    assert_eq!(
        notes(&other)[3],
        "The secret KEY has another value now than it had then."
    );
    let gone = again(&[]).await;
    assert_eq!(notes(&gone)[3], "The secret KEY has no value now.");
}

#[tokio::test]
async fn an_answer_that_echoes_a_secret_is_the_same_again() {
    let guest = guest("export default (request, env) => new Response(`key ${env.KEY}`)").await;
    let secret = ("KEY".to_owned(), "a secret of some length".to_owned());
    let mut run = context(Limits::DEFAULT, Nobody);
    run.secrets = Arc::new([secret.1.clone()]);
    run.environment = vec![secret.clone()];
    let first = SANDBOX.handle(&guest, get("/"), run).await;
    let tape = kept(first.tape.clone().unwrap());
    for now in [secret.1.as_str(), "short"] {
        let secrets = [(secret.0.clone(), now.to_owned())];
        let run = RunContext::replay(
            "again".to_owned(),
            Arc::clone(&tape),
            ReplayOptions::default(),
            &secrets,
        );
        let again = SANDBOX.replay(&guest, run).await;
        assert_eq!(body(&again), format!("key {now}"));
        assert!(compare(&first.trace, &again.trace).same);
        assert!(!again.trace.response.unwrap().body.is_cut());
    }
}

#[tokio::test]
async fn a_script_has_the_same_time_chance_and_timers_again() {
    let guest = guest(
        "export default async function () {
            const before = performance.now();
            const raced = await Promise.race([
                new Promise((done) => setTimeout(() => done('late'), 60)),
                new Promise((done) => setTimeout(() => done('early'), 20)),
                fetch('https://example.test/a').then(() => 'answer'),
            ]);
            await new Promise((done) => setTimeout(done, 30));
            const waited = Math.round(performance.now() - before);
            console.log(`waited ${waited}`);
            return Response.json([raced, waited, new Date().toISOString(), Date.now(), crypto.randomUUID(), Math.random()]);
        }",
    )
    .await;
    let one = repeats(&guest, Letters::new(&[(10, 200)])).await;
    let two = repeats(&guest, Letters::new(&[(200, 200)])).await;
    assert!(body(&one).starts_with("[\"answer\",") && body(&two).starts_with("[\"early\","));
    assert_ne!(body(&one), body(&two));
}
