//! What whoever runs the server relies on: health, figures, request ids, a log that machines read.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::Value;
use tests::{Client, until};

use crate::{Journey, builder, folders, shared};

#[tokio::test]
async fn health_and_readiness() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    ensure!(client.get("/healthz").await?.expect(200)?.text() == "ok\n");
    let ready = client.json("/readyz").await?;
    ensure!(
        ready["ready"] == true && ready["reasons"].as_array().is_some_and(Vec::is_empty),
        "{ready}"
    );
    Ok(())
}

/// One number of `/metrics`.
async fn metric(client: &Client, name: &str) -> anyhow::Result<f64> {
    let text = client.get("/metrics").await?.expect(200)?.text();
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    // A counter that has never counted is not there yet.
    Ok(value.map_or(Ok(0.0), str::parse)?)
}

#[tokio::test]
async fn metrics_count_what_happens() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    let answer = client.get("/metrics").await?.expect(200)?;
    ensure!(
        answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/plain; version=0.0.4"))
    );
    // Every line is a comment or a name and a number, and every family is described once.
    let text = answer.text();
    for line in text.lines().filter(|line| !line.starts_with("# ")) {
        let (name, value) = line.rsplit_once(' ').with_context(|| line.to_owned())?;
        ensure!(name.starts_with("c4h_") && value.parse::<f64>().is_ok(), "{line}");
    }
    let mut families: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .collect();
    let described = families.len();
    families.dedup();
    ensure!(described == families.len() && described > 10, "{families:?}");

    let names = [
        ("c4h_runs_total{outcome=\"answered\"}", 2.0),
        ("c4h_calls_total", 1.0),
        ("c4h_deploys_total{outcome=\"deployed\"}", 1.0),
        ("c4h_deploys_total{outcome=\"upload-empty\"}", 1.0),
        ("c4h_panics_total", 0.0),
    ];
    let mut before = Vec::new();
    for (name, _) in names {
        before.push(metric(&client, name).await?);
    }
    client.run("patient-lookup", "/").await?.expect(200)?;
    client
        .run("patient-lookup", "/?nhs=9000000009")
        .await?
        .expect(200)?;
    client.deploy("counted", examples::HELLO).await?;
    client
        .upload("counted", Vec::new())
        .await?
        .expect_problem(422, "upload-empty")?;
    for ((name, more), before) in names.into_iter().zip(before) {
        let now = metric(&client, name).await?;
        ensure!(
            (now - before - more).abs() < f64::EPSILON,
            "{name} went from {before} to {now}, not by {more}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn request_ids_are_taken_over_where_they_are_sane() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let http = reqwest::Client::new();
    for (path, sane) in [
        ("/healthz", "abc-123_x.y:z"),
        ("/api/v1/workspaces/none", "11C46F5F-CDEF-4865-94B2-0EE0EDCC26DA"),
        ("/w/demo/apps/patient-lookup/", "x"),
    ] {
        let answer = http
            .get(format!("{}{path}", client.base()))
            .header("x-request-id", sane)
            .send()
            .await?;
        ensure!(
            answer.headers().get("x-request-id").is_some_and(|id| id == sane),
            "{path}: {answer:?}"
        );
    }
    for insane in ["a b", "<script>", "\"", &"x".repeat(500)] {
        let answer = http
            .get(format!("{}/healthz", client.base()))
            .header("x-request-id", insane)
            .send()
            .await?;
        let id = answer.headers().get("x-request-id").context("an id")?;
        ensure!(id != insane && !id.is_empty(), "{insane}: {id:?}");
    }
    let first = http.get(format!("{}/healthz", client.base())).send().await?;
    let second = http.get(format!("{}/healthz", client.base())).send().await?;
    ensure!(first.headers()["x-request-id"] != second.headers()["x-request-id"]);
    Ok(())
}

#[tokio::test]
async fn the_log_is_json_and_holds_no_secret_and_no_patient() -> Journey {
    let platform = builder().argument("--log-format").argument("json").start()?;
    let client = platform.client()?;
    let workspace = client.json("/api/v1/workspaces/demo").await?;
    let token = workspace["access_token"].as_str().context("a token")?.to_owned();

    client
        .run("patient-lookup", "/?nhs=9000000009")
        .await?
        .expect(200)?;
    let path = "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient";
    for below in [
        "/9000000009",
        "?family=Smith&gender=female&birthdate=eq2010-10-22",
    ] {
        let request = client
            .request(Method::GET, &format!("{path}{below}"))
            .header("authorization", format!("Bearer {token}"));
        client.send(request).await?.expect(200)?;
    }
    // Text of strangers does not break a line in two.
    client.get("/no%0Asuch%0D%0Apage%1b%5b2J\"}").await?.expect(404)?;
    let last = client.get("/healthz").await?.expect(200)?.request_id;
    until("the log is written", Duration::from_secs(60), async || {
        Ok(platform
            .log()
            .iter()
            .any(|line| line.contains(&last))
            .then_some(()))
    })
    .await?;

    let log = platform.log();
    ensure!(log.len() >= 6, "{log:?}");
    let mut answered = 0;
    for line in &log {
        let object: Value = serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))?;
        ensure!(
            object["level"].is_string() && object["timestamp"].is_string(),
            "{line}"
        );
        if object["target"] == "access" {
            ensure!(
                object["request_id"].is_string()
                    && object["status"].is_u64()
                    && object["duration_us"].is_u64(),
                "{line}"
            );
            answered += 1;
        }
        for secret in [token.as_str(), "9000000009", "Smith", "Bearer"] {
            ensure!(!line.contains(secret), "the log holds {secret:?}: {line}");
        }
    }
    ensure!(answered >= 6, "{log:?}");
    Ok(())
}

#[tokio::test]
async fn what_the_program_is_told_wrongly_is_named() -> Journey {
    for (argument, value, word) in [
        ("--limit", "cpu=5", "cpu_ms"),
        ("--limit", "cpu_ms=soon", "whole number"),
        ("--log-format", "xml", "json"),
        ("--store", "postgres://x", "PostgreSQL"),
        ("--listen", "0.0.0.0:8080", "C4H_TRAINER_PASSWORD"),
    ] {
        let ended = crate::command().run(["serve", argument, value]).await?;
        let sentence = ended.failure(2)?;
        ensure!(
            sentence.contains(argument) && sentence.contains(word),
            "{argument} {value}: {sentence}"
        );
    }
    let ended = crate::command()
        .variable("C4H_LISTN", "127.0.0.1:1")
        .run(["serve"])
        .await?;
    let sentence = ended.failure(2)?;
    ensure!(
        sentence.contains("C4H_LISTN") && sentence.contains("C4H_LISTEN"),
        "{sentence}"
    );
    Ok(())
}

#[tokio::test]
async fn a_memory_store_keeps_nothing() -> Journey {
    let platform = builder().argument("--store").argument("memory").start()?;
    let client = platform.client()?;
    client.deploy("fleeting", examples::HELLO).await?;
    client.run("fleeting", "/").await?.expect(200)?;
    client.healthy().await
}

#[tokio::test]
async fn a_fault_of_ours_is_told_without_our_inside_and_logged_with_it() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    builder().data_dir(folder.path()).start()?.kill()?;
    let platform = builder().data_dir(folder.path()).errors_are_expected().start()?;
    let client = platform.client()?;
    // Nothing has run since the start, so nothing of the app is in memory; then the disk loses it.
    for lost in ["blobs", "artefacts"] {
        std::fs::remove_dir_all(folder.path().join(lost))?;
    }
    let answer = client.run("patient-lookup", "/").await?;
    let problem = answer.expect_problem(500, "platform-error")?;
    for inside in ["blob", "sha", "artefact", "/"] {
        ensure!(!problem.detail.contains(inside), "{}", problem.detail);
    }
    let line = until("the fault is logged", Duration::from_secs(60), async || {
        Ok(platform
            .log()
            .into_iter()
            .find(|line| line.contains("ERROR") && line.contains(&answer.request_id)))
    })
    .await?;
    ensure!(
        line.contains("blob"),
        "the log does not say what is wrong: {line}"
    );
    client.get("/healthz").await?.expect(200)?;
    Ok(())
}
