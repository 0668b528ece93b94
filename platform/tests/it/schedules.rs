//! Apps that run without anybody asking: when, on which clock, as what, and what they are told.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use platform::schedule::start_due;
use serde_json::{Value, json};
use store::FixedClock;
use time::macros::datetime;
use tokio::task::JoinSet;

use crate::TestResult;
use crate::app_folders::{deploy, send};
use crate::server::Server;

const TRACES: &str = "/api/v1/workspaces/demo/apps/bmi/traces";
const CLOCK: &str = "/api/v1/workspaces/demo/clock";
const QUARTER: Duration = Duration::from_secs(15 * 60);
const TOML: &str = "[schedule]\nevery = \"15m\"\npath = \"/tidy\"";

async fn server() -> Result<(Server, Arc<FixedClock>), Box<dyn std::error::Error>> {
    let clock = Arc::new(FixedClock::new(datetime!(2026-11-25 12:00 UTC)));
    Ok((Server::start_at(Arc::clone(&clock)).await?, clock))
}

async fn component(server: &Server, toml: &str) -> TestResult {
    let files = [("app.toml", toml.as_bytes()), ("a.wasm", examples::HELLO)];
    let answer = deploy(server, "", &files).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    Ok(())
}

async fn script(server: &Server, source: &str) -> TestResult {
    let files = [("app.toml", TOML.as_bytes()), ("app.js", source.as_bytes())];
    let answer = deploy(server, "", &files).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    Ok(())
}

/// Lets run what is due; how many those were.
async fn runs(server: &Server) -> Result<usize, Box<dyn std::error::Error>> {
    let mut runs = JoinSet::new();
    start_due(&server.app, &mut runs).await?;
    let started = runs.len();
    runs.join_all().await;
    Ok(started)
}

/// The trace of the newest run.
async fn newest(server: &Server) -> Value {
    let runs = server.get(TRACES).await.json();
    let run = runs
        .pointer("/runs/0/run")
        .and_then(Value::as_str)
        .unwrap_or_default();
    server.get(&format!("{TRACES}/{run}")).await.json()
}

#[tokio::test]
async fn an_app_runs_when_its_clock_says_so() -> TestResult {
    let (server, clock) = server().await?;
    component(&server, TOML).await?;
    assert_eq!(runs(&server).await?, 0);
    clock.advance(QUARTER);
    assert_eq!((runs(&server).await?, runs(&server).await?), (1, 0));
    // Half a day without the server: one run, and then on the beat again.
    clock.advance(Duration::from_secs(12 * 3_600 + 60));
    assert_eq!((runs(&server).await?, runs(&server).await?), (1, 0));
    let traces = server.get(TRACES).await;
    let kept = traces.json()["runs"].as_array().map(Vec::len);
    assert_eq!(kept, Some(2), "{}", traces.text());
    assert!(traces.text().contains("/tidy"), "{}", traces.text());
    let trace = newest(&server).await;
    assert_eq!(trace["kind"], "scheduled", "{trace}");
    Ok(())
}

#[tokio::test]
async fn the_clock_is_the_workspaces_own() -> TestResult {
    let (server, clock) = server().await?;
    component(&server, TOML).await?;
    assert_eq!(runs(&server).await?, 0);
    // Moved by its people, while the server's stands.
    let moved = send(&server, "POST", &format!("{CLOCK}/advance"), "{\"by\": \"15m\"}").await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    assert_eq!((runs(&server).await?, runs(&server).await?), (1, 0));
    // Stopped by its people, while the server's goes on.
    let stopped = "{\"now\": \"2030-01-05T08:30:00Z\", \"stopped\": true}";
    assert_eq!(send(&server, "PUT", CLOCK, stopped).await.status, StatusCode::OK);
    assert_eq!((runs(&server).await?, runs(&server).await?), (1, 0));
    clock.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(runs(&server).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_schedule_that_comes_back_begins_anew() -> TestResult {
    let (server, clock) = server().await?;
    component(&server, TOML).await?;
    assert_eq!(runs(&server).await?, 0);
    component(&server, "").await?;
    clock.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(runs(&server).await?, 0, "there is none");
    component(&server, TOML).await?;
    assert_eq!(
        runs(&server).await?,
        0,
        "one such time after the deploy, not at once"
    );
    // A deploy that leaves it as it was does not move it.
    clock.advance(QUARTER / 3);
    component(&server, TOML).await?;
    assert_eq!(runs(&server).await?, 0);
    clock.advance(QUARTER - QUARTER / 3);
    assert_eq!(runs(&server).await?, 1);

    // The same when the app is pointed at a version without one, and back.
    let current = "/api/v1/workspaces/demo/apps/bmi/current";
    send(&server, "PUT", current, "{\"version\": 2}").await;
    clock.advance(Duration::from_secs(24 * 3_600));
    send(&server, "PUT", current, "{\"version\": 4}").await;
    assert_eq!(runs(&server).await?, 0);
    clock.advance(QUARTER);
    assert_eq!(runs(&server).await?, 1);
    Ok(())
}

#[tokio::test]
async fn an_app_never_runs_beside_itself() -> TestResult {
    let (server, clock) = server().await?;
    component(&server, TOML).await?;
    assert_eq!(runs(&server).await?, 0);
    let mut under_way = JoinSet::new();
    clock.advance(QUARTER);
    start_due(&server.app, &mut under_way).await?;
    assert_eq!(under_way.len(), 1);
    // Due again, and its last run has not even begun: this test has one thread, and has not waited.
    clock.advance(QUARTER);
    start_due(&server.app, &mut under_way).await?;
    assert_eq!(under_way.len(), 1, "left out, and not made up");
    under_way.join_all().await;
    assert_eq!(runs(&server).await?, 0);
    clock.advance(QUARTER);
    assert_eq!(runs(&server).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_script_is_told_when_and_why() -> TestResult {
    let (server, clock) = server().await?;
    let source = "export default {
        fetch(request) { return new Response(String(request.headers.get('x-c4h-schedule'))); },
        scheduled(event) { console.log(`${event.type} ${event.every} ${event.scheduledTime}`); },
    }";
    script(&server, source).await?;
    assert_eq!(runs(&server).await?, 0);
    let moved = send(&server, "POST", &format!("{CLOCK}/advance"), "{\"by\": \"1d\"}").await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    assert_eq!(runs(&server).await?, 1);
    let trace = newest(&server).await;
    let line = trace["trace"]["log"][0]["text"].as_str().unwrap_or_default();
    let told: i64 = line
        .strip_prefix("scheduled 15m ")
        .and_then(|told| told.parse().ok())
        .ok_or_else(|| format!("{trace}"))?;
    // A day ahead of the server's, and as long after the start as the run had lasted.
    let due = datetime!(2026-11-26 12:00 UTC).unix_timestamp() * 1_000;
    assert!((due..due + 60_000).contains(&told), "{told}: {trace}");
    // Nobody else says so.
    let pretending = Request::post("/w/demo/apps/bmi/tidy").header("x-c4h-schedule", "15m");
    let answer = server.ask(pretending, Body::empty()).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "null"));

    // Without a function for it, it is a request.
    let source = "export default {
        async fetch(request) {
            console.log(request.method, new URL(request.url).pathname, request.headers.get('x-c4h-schedule'));
            return new Response('tidied');
        },
    }";
    script(&server, source).await?;
    clock.advance(QUARTER);
    assert_eq!(runs(&server).await?, 1);
    let trace = newest(&server).await;
    assert_eq!(
        trace["trace"]["log"][0]["text"],
        json!("POST /tidy 15m"),
        "{trace}"
    );
    assert_eq!(trace["trace"]["outcome"]["code"], "answered", "{trace}");
    Ok(())
}
