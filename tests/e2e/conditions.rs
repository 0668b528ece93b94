//! A trainer gives the room a bad day: connections that break, a clock that is moved, a scenario; and it lasts over a restart.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Client, TestPlatform};

use crate::{Journey, builder};

const JANE: &str = "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient/9000000009";

/// Tells what time it is for the app, and what becomes of a call.
const APP: &str = r#"
export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const now = new Date().toISOString();
    let outcome;
    try {
      const answer = await fetch(searchParams.get("url"), {
        headers: { "X-Request-ID": crypto.randomUUID(), "X-C4H-Fault": searchParams.get("fault") ?? "slow=1" },
      });
      outcome = answer.status + " " + (await answer.text()).length;
    } catch (error) {
      outcome = "failed";
    }
    return Response.json({ now, outcome });
  },
};
"#;

async fn c4h(platform: &TestPlatform, arguments: &[&str]) -> anyhow::Result<String> {
    platform.command().run(arguments.iter().copied()).await?.success()
}

async fn token(client: &Client) -> anyhow::Result<String> {
    let workspace = client.json("/api/v1/workspaces/demo").await?;
    Ok(workspace["access_token"].as_str().context("a token")?.to_owned())
}

/// Asks without the checks of the journeys' client: the answer may well be none. Status, and the body's length or why there is
/// none.
async fn ask(
    address: &str,
    token: &str,
    fault: &str,
) -> Result<(u16, Result<usize, reqwest::Error>), reqwest::Error> {
    let answer = reqwest::Client::new()
        .get(address)
        .bearer_auth(token)
        .header("x-request-id", "60E0B220-8136-4CA5-AE46-1D97EF59D068")
        .header("x-c4h-fault", fault)
        .send()
        .await?;
    let status = answer.status().as_u16();
    Ok((status, answer.bytes().await.map(|body| body.len())))
}

#[tokio::test]
async fn outside_connections_really_break() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    let token = token(&client).await?;
    let pds = format!("{}{JANE}", client.base());
    let fhir = format!("{}/w/demo/fhir/Patient/9000000009", client.base());
    for address in [&pds, &fhir] {
        let (status, whole) = ask(address, &token, "slow=1").await?;
        let whole = whole?;
        ensure!(status == 200 && whole > 100);
        for fault in ["refused", "timeout=200"] {
            let started = Instant::now();
            ensure!(
                ask(address, &token, fault).await.is_err(),
                "{fault}: an answer came"
            );
            ensure!(fault == "refused" || started.elapsed() >= Duration::from_millis(200));
        }
        let (status, body) = ask(address, &token, "truncated").await?;
        ensure!(
            status == 200 && body.is_err(),
            "half a body passes for a whole one"
        );
        let started = Instant::now();
        let (status, body) = ask(address, &token, "drip=400").await?;
        ensure!(status == 200 && body? == whole);
        ensure!(started.elapsed() >= Duration::from_millis(400), "it came at once");
        let (_, body) = ask(address, &token, "empty").await?;
        ensure!(body? == 0);
    }
    // The server is none the worse for it.
    client.healthy().await?;
    platform.stop()
}

async fn deploy(platform: &TestPlatform) -> Journey {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("meets.js");
    std::fs::write(&script, APP)?;
    c4h(platform, &["deploy", script.to_str().context("a plain path")?]).await?;
    Ok(())
}

#[tokio::test]
async fn an_apps_clock_and_connections_are_the_workspaces() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    deploy(&platform).await?;
    let told = c4h(&platform, &["clock", "set", "2028-10-21T22:30:00Z", "--stopped"]).await?;
    ensure!(told.contains("stands still at 2028-10-21T22:30:00Z"), "{told}");
    let told = c4h(&platform, &["clock", "advance", "1h"]).await?;
    ensure!(told.contains("2028-10-21T23:30:00Z"), "{told}");
    let inside = "https://fhir.c4h.internal/Patient/9000000009";
    let run = async |fault: &str| -> anyhow::Result<Value> {
        let path = format!("/?url={inside}&fault={fault}");
        client.run("meets", &path).await?.expect(200)?.json()
    };
    let seen = run("slow=1").await?;
    ensure!(
        seen["now"]
            .as_str()
            .is_some_and(|now| now.starts_with("2028-10-21T23:30:0")),
        "{seen}"
    );
    let whole = seen["outcome"].clone();
    ensure!(
        run("drip=200").await?["outcome"] == whole,
        "drops add up to the whole"
    );
    for fault in ["refused", "timeout=50", "truncated"] {
        let seen = run(fault).await?;
        ensure!(seen["outcome"] == "failed", "{fault}: {seen}");
    }
    let seen = run("status-503").await?;
    ensure!(
        seen["outcome"]
            .as_str()
            .is_some_and(|told| told.starts_with("503")),
        "{seen}"
    );
    let told = c4h(&platform, &["clock", "real"]).await?;
    ensure!(told.contains("real time"), "{told}");
    platform.stop()
}

#[tokio::test]
async fn faults_clock_and_scenario_outlive_the_program() -> Journey {
    let folder = tempfile::tempdir()?;
    let first = builder().data_dir(folder.path()).start()?;
    let kinds = c4h(&first, &["faults", "kinds"]).await?;
    ensure!(
        kinds.contains("wrong-person") && kinds.contains("slow"),
        "{kinds}"
    );
    let told = c4h(&first, &["faults", "add", "status-503", "--interface", "fhir"]).await?;
    ensure!(told.contains("c4h faults clear 1"), "{told}");
    let own = folder.path().join("mine.toml");
    std::fs::write(
        &own,
        "title = \"Mine\"\ntrainer = \"Look at it.\"\n[clock]\nat = 2027-01-05T08:30:00Z\nstopped = true\n[[faults]]\nfault = \"slow=1\"\n",
    )?;
    let told = c4h(
        &first,
        &["scenarios", "apply", own.to_str().context("a plain path")?],
    )
    .await?;
    ensure!(
        told.contains("demo shows: Mine") && told.contains("Look at it."),
        "{told}"
    );
    first.stop()?;

    let second = builder().data_dir(folder.path()).start()?;
    let client = second.client()?;
    let listed = c4h(&second, &["faults", "list"]).await?;
    ensure!(
        listed.contains("status-503") && listed.contains("(of the scenario)"),
        "{listed}"
    );
    client.get("/w/demo/fhir/Patient/9000000009").await?.expect(503)?;
    let clock = client.json("/api/v1/workspaces/demo/clock").await?;
    ensure!(
        clock["now"] == "2027-01-05T08:30:00Z" && clock["mode"] == "stopped",
        "{clock}"
    );
    let listed = c4h(&second, &["scenarios", "list"]).await?;
    ensure!(
        listed.contains("pds-is-slow") && listed.contains("demo shows: Mine"),
        "{listed}"
    );
    c4h(&second, &["scenarios", "clear"]).await?;
    c4h(&second, &["faults", "clear"]).await?;
    client.get("/w/demo/fhir/Patient/9000000009").await?.expect(200)?;
    let shown = c4h(&second, &["scenarios", "show", "turns-eighteen"]).await?;
    ensure!(shown.starts_with("title = "), "{shown}");
    std::fs::write(
        &own,
        "title = \"Mine\"\ntrainer = \"Look.\"\n[[faults]]\nfault = \"slwo\"\n",
    )?;
    let arguments = ["scenarios", "apply", own.to_str().context("a plain path")?];
    let refused = second.command().run(arguments).await?.failure(1)?;
    ensure!(refused.contains("Line 4"), "{refused}");
    second.stop()
}

#[tokio::test]
async fn the_nhss_limits_of_requests_hold_unless_they_are_switched_off() -> Journey {
    let platform = builder().argument("--rate-limits").argument("on").start()?;
    let client = platform.client()?;
    let token = token(&client).await?;
    let mut last = None;
    for _ in 0..100 {
        let request = client.request(Method::GET, JANE).bearer_auth(&token);
        let answer = client.send(request).await?;
        if answer.status != 200 {
            last = Some(answer);
            break;
        }
    }
    let answer = last.context("a hundred requests came through")?.expect(429)?;
    ensure!(answer.header("retry-after").is_none(), "{answer:?}");
    let outcome = answer.json()?;
    ensure!(
        outcome["issue"][0]["details"]["coding"][0]["code"] == json!("TOO_MANY_REQUESTS"),
        "{outcome}"
    );
    platform.stop()
}
