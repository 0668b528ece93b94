//! An app is told of changes it asked for: as runs of its own, with traces; it cannot be told elsewhere, nor go round in circles.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Client, TestPlatform, until};

use crate::{Journey, builder};

const FHIR_JSON: &str = "application/fhir+json";

/// Keeps what it is told; under /round it changes what it is told of.
const APP: &str = r#"
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const told = JSON.parse((await env.store.get("told")) ?? "[]");
    if (pathname === "/told") return Response.json(told);
    const body = await request.text();
    const { headers } = request;
    told.push({
      line: `${request.method} ${pathname}`,
      secret: headers.get("x-secret"),
      subscription: headers.get("x-c4h-subscription"),
      run: headers.get("x-c4h-hops"),
      family: body ? JSON.parse(body).name?.[0]?.family : null,
    });
    await env.store.set("told", JSON.stringify(told));
    if (pathname.startsWith("/round")) {
      await fetch("https://fhir.c4h.internal/Basic", {
        method: "POST",
        headers: { "content-type": "application/fhir+json" },
        body: JSON.stringify({ resourceType: "Basic", code: { text: "again" } }),
      });
    }
    if (pathname.startsWith("/broken")) return new Response("no", { status: 500 });
    return new Response(null, { status: 204 });
  },
};
"#;

async fn with_app() -> anyhow::Result<TestPlatform> {
    let platform = builder().start()?;
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("listener.js");
    std::fs::write(&script, APP)?;
    let path = script.to_str().context("a plain path")?;
    platform.command().run(["deploy", path]).await?.success()?;
    Ok(platform)
}

async fn create(client: &Client, kind: &str, resource: &Value, status: u16) -> anyhow::Result<Value> {
    let request = client
        .request(Method::POST, &format!("/w/demo/fhir/{kind}"))
        .header("content-type", FHIR_JSON)
        .body(resource.to_string());
    client.send(request).await?.expect(status)?.json()
}

fn subscription(criteria: &str, endpoint: &str, more: &Value) -> Value {
    let mut channel = json!({"type": "rest-hook", "endpoint": endpoint});
    if let (Some(channel), Some(more)) = (channel.as_object_mut(), more.as_object()) {
        channel.extend(more.clone());
    }
    json!({
        "resourceType": "Subscription", "status": "requested", "reason": "to know", "criteria": criteria,
        "channel": channel,
    })
}

fn patient(family: &str) -> Value {
    json!({"resourceType": "Patient", "name": [{"family": family}]})
}

/// What the app was told, once it is so much.
async fn told(client: &Client, many: usize) -> anyhow::Result<Vec<Value>> {
    until("the app is told", Duration::from_secs(30), async || {
        let told = client.run("listener", "/told").await?.expect(200)?.json()?;
        Ok(told.as_array().filter(|told| told.len() >= many).cloned())
    })
    .await
}

/// The subscription, once it has this status.
async fn once(client: &Client, id: &str, status: &str) -> anyhow::Result<Value> {
    let path = format!("/w/demo/fhir/Subscription/{id}");
    until(
        "the subscription is as expected",
        Duration::from_secs(30),
        async || {
            let found = client.json(&path).await?;
            Ok((found["status"] == status).then_some(found))
        },
    )
    .await
}

#[tokio::test]
async fn an_app_is_told_of_changes() -> Journey {
    let platform = with_app().await?;
    let client = platform.client()?;
    let wanted = subscription(
        "Patient?family:exact=Subscribed",
        "https://listener.apps.c4h.internal/hook/",
        &json!({"payload": "application/fhir+json", "header": ["X-Secret: 42", "X-C4H-Hops: 9"]}),
    );
    let made = create(&client, "Subscription", &wanted, 201).await?;
    let id = made["id"].as_str().context("an id")?;
    once(&client, id, "active").await?;
    create(&client, "Patient", &patient("Another"), 201).await?;
    let subscribed = create(&client, "Patient", &patient("Subscribed"), 201).await?;
    let line = format!(
        "PUT /hook/Patient/{}",
        subscribed["id"].as_str().context("an id")?
    );
    let found = told(&client, 1).await?;
    ensure!(
        found.len() == 1
            && found[0]["line"] == line
            && found[0]["family"] == "Subscribed"
            && found[0]["secret"] == "42"
            && found[0]["subscription"] == id
            && found[0]["run"].is_null(),
        "{found:?}"
    );
    // It was a run like any other, with a trace, which is kept when the run has ended: after what it wrote can be read.
    until("the trace of the call", Duration::from_secs(30), async || {
        let runs = client
            .json("/api/v1/workspaces/demo/apps/listener/traces")
            .await?;
        let runs = runs["runs"].as_array().context("runs")?;
        Ok(runs.iter().any(|run| run["method"] == "PUT").then_some(()))
    })
    .await?;

    // A caller from outside cannot pretend to be the server.
    let request = client
        .request(Method::POST, "/w/demo/apps/listener/hook")
        .header("x-c4h-subscription", id);
    client.send(request).await?.expect(204)?;
    let found = told(&client, 2).await?;
    ensure!(found[1]["subscription"].is_null(), "{found:?}");
    platform.stop()
}

#[tokio::test]
async fn nobody_else_can_be_told() -> Journey {
    let platform = with_app().await?;
    let client = platform.client()?;
    for endpoint in [
        "https://example.com/hook",
        "http://127.0.0.1:1/w/demo/apps/listener/",
        "/w/another/apps/listener/",
        "https://fhir.c4h.internal/Patient",
    ] {
        let refused = create(
            &client,
            "Subscription",
            &subscription("Patient", endpoint, &json!({})),
            422,
        )
        .await?;
        let words = refused["issue"][0]["diagnostics"].as_str().unwrap_or_default();
        ensure!(words.contains("https://letters.apps.c4h.internal/"), "{refused}");
        ensure!(
            refused["issue"][0]["expression"][0] == "Subscription.channel.endpoint",
            "{refused}"
        );
    }
    // An app that is not there may come yet: the subscription says what is wrong.
    let made = subscription("Patient", "/w/demo/apps/nobody/", &json!({}));
    let made = create(&client, "Subscription", &made, 201).await?;
    let found = once(&client, made["id"].as_str().context("an id")?, "error").await?;
    ensure!(
        found["error"]
            .as_str()
            .is_some_and(|error| error.contains("nobody")),
        "{found}"
    );
    platform.stop()
}

#[tokio::test]
async fn circles_and_failures_end_with_a_reason() -> Journey {
    let platform = with_app().await?;
    let client = platform.client()?;
    let round = subscription("Basic", "/w/demo/apps/listener/round", &json!({}));
    let made = create(&client, "Subscription", &round, 201).await?;
    let id = made["id"].as_str().context("an id")?;
    once(&client, id, "active").await?;
    let basic = json!({"resourceType": "Basic", "code": {"text": "first"}});
    create(&client, "Basic", &basic, 201).await?;
    let found = once(&client, id, "error").await?;
    ensure!(
        found["error"]
            .as_str()
            .is_some_and(|error| error.contains("led to each other")),
        "{found}"
    );
    ensure!(told(&client, 4).await?.len() == 4, "as often as a chain is long");

    let broken = subscription("Patient", "/w/demo/apps/listener/broken", &json!({}));
    let made = create(&client, "Subscription", &broken, 201).await?;
    create(&client, "Patient", &patient("Unheard"), 201).await?;
    let found = once(&client, made["id"].as_str().context("an id")?, "error").await?;
    ensure!(
        found["error"].as_str().is_some_and(|error| error.contains("500")),
        "{found}"
    );
    platform.stop()
}
