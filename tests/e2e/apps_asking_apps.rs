//! Apps that ask other apps of their workspace: each with a run of its own, never deeper than four, never stuck.

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::guests::KEYVALUE;
use tests::{Answer, Client};

use crate::{Journey, builder, shared};

async fn ask(client: &Client, app: &str, steps: &Value) -> anyhow::Result<Answer> {
    let path = format!("/w/demo/apps/{app}/");
    let request = client.request(Method::POST, &path).body(steps.to_string());
    client.send(request).await
}

/// One step that lets `app` do these steps.
fn let_app(app: &str, steps: &Value) -> Value {
    json!([
        "http",
        "POST",
        format!("{app}.apps.c4h.internal/"),
        {},
        steps.to_string()
    ])
}

#[tokio::test]
async fn an_app_asks_another_and_both_leave_a_trace() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("asking", KEYVALUE).await?;
    client.deploy("asked", KEYVALUE).await?;
    let inner = json!([["set", "a", "mine"], ["get", "a"]]);
    let answer = ask(
        &client,
        "asking",
        &json!([let_app("asked", &inner), ["get", "a"]]),
    )
    .await?;
    let found = answer.json()?;
    ensure!(found[0]["status"] == 200, "{found}");
    // Each app has values of its own.
    ensure!(
        found[0]["body"] == "[null,\"mine\"]" && found[1].is_null(),
        "{found}"
    );
    let run = found[0]["headers"]["x-c4h-run"].as_str().context("a run")?;
    let inner = client
        .json(&format!("/api/v1/workspaces/demo/apps/asked/traces/{run}"))
        .await?;
    ensure!(
        inner["trace"]["calls"]
            .as_array()
            .is_some_and(|calls| calls.len() == 2),
        "{inner}"
    );
    let outer = client.trace("asking", &answer).await?;
    let call = &outer["trace"]["calls"][0];
    ensure!(call["title"] == "Ask the app asked", "{call}");
    ensure!(call.to_string().contains(run), "{call}");
    // One story: the asked app's run is a step below the call.
    ensure!(
        inner["trace"]["trace_id"] == outer["trace"]["trace_id"]
            && inner["trace"]["parent_span_id"] == call["span_id"],
        "{inner} {outer}"
    );

    // The platform says how deep it is; nobody else can.
    let hops = json!(["http", "GET", "asked.apps.c4h.internal/", {"x-c4h-hops": "0"}]);
    let found = ask(&client, "asking", &json!([hops])).await?.json()?;
    ensure!(found[0]["body"] == "{\"hops\":\"1\"}", "{found}");
    let claimed = client
        .request(Method::GET, "/w/demo/apps/asked/")
        .header("x-c4h-hops", "3");
    let found = client.send(claimed).await?.json()?;
    ensure!(found["hops"].is_null(), "{found}");
    let missing = json!([["http", "GET", "nobody.apps.c4h.internal/"]]);
    let found = ask(&client, "asking", &missing).await?.json()?;
    ensure!(
        found[0]["status"] == 404 && found[0]["body"].to_string().contains("unknown-app"),
        "{found}"
    );
    Ok(())
}

/// A circle of this many turns.
fn circle(turns: usize) -> Value {
    let mut steps = json!([["get", "a"]]);
    for turn in 0..turns {
        steps = json!([let_app(["ping", "pong"][turn % 2], &steps)]);
    }
    steps
}

#[tokio::test]
async fn a_circle_of_apps_ends_at_the_fifth() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    client.deploy("ping", KEYVALUE).await?;
    client.deploy("pong", KEYVALUE).await?;
    let four = ask(&client, "pong", &circle(4)).await?.text();
    ensure!(!four.contains("508"), "{four}");
    let five = ask(&client, "pong", &circle(5)).await?.text();
    ensure!(five.contains("508") && five.contains("limit-hops"), "{five}");

    // Many circles at once take each other no place for ever: everybody gets an answer, and then all is as before.
    let mut circles = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let client = client.clone();
        circles.spawn(async move { ask(&client, "pong", &circle(4)).await });
    }
    while let Some(answer) = circles.join_next().await {
        let answer = answer??;
        ensure!(matches!(answer.status, 200 | 429), "{answer:?}");
    }
    ask(&client, "pong", &circle(4)).await?.expect(200)?;
    client.healthy().await
}
