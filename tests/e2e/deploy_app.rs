//! A builder deploys: over the API, over the command line, from Rust, JavaScript and Python.

use anyhow::{Context as _, ensure};
use reqwest::Method;
use sha2::{Digest as _, Sha256};
use tests::bytes_of_wasm::distinct;
use tests::guests::HOSTILE;
use tests::toolchains::{self, Optional};

use crate::{Journey, folders, shared};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test]
async fn versions_are_numbered_and_the_newest_answers() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;

    let answer = client.upload("numbered", examples::HELLO).await?.expect(201)?;
    let first = answer.json()?;
    ensure!(first["number"] == 1 && first["app"] == "numbered", "{first}");
    ensure!(
        first["sha256"] == sha256(examples::HELLO) && first["origin"] == "deployed",
        "{first}"
    );
    ensure!(first["size_bytes"] == examples::HELLO.len(), "{first}");
    ensure!(answer.header("location") == Some("/api/v1/workspaces/demo/apps/numbered"));
    let address = first["address"].as_str().context("an address")?;
    ensure!(
        address == format!("{}/w/demo/apps/numbered/", client.base()),
        "{address}"
    );
    ensure!(client.run("numbered", "/").await?.expect(200)?.text() == "Hello from your app\n");

    let second = client.deploy("numbered", HOSTILE).await?;
    ensure!(second["number"] == 2, "{second}");
    // At once: no old answer comes after the new version was acknowledged.
    ensure!(client.run("numbered", "/ok").await?.expect(200)?.text() == "ok\n");

    let versions = client
        .json("/api/v1/workspaces/demo/apps/numbered/versions")
        .await?;
    let listed: Vec<_> = versions["versions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|version| (&version["number"], &version["sha256"]))
        .collect();
    ensure!(
        listed.len() == 2 && listed[0].0 == 2 && listed[1].0 == 1,
        "{versions}"
    );
    ensure!(
        *listed[0].1 == sha256(HOSTILE) && *listed[1].1 == sha256(examples::HELLO),
        "{versions}"
    );
    let app = client.json("/api/v1/workspaces/demo/apps/numbered").await?;
    ensure!(app["current_version"] == 2 && app["title"] == "Numbered", "{app}");

    // A run names the version that it ran.
    let run = client.run("numbered", "/ok").await?;
    ensure!(client.trace("numbered", &run).await?["version"] == 2);
    Ok(())
}

#[tokio::test]
async fn a_deleted_app_is_gone() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("short-lived", examples::HELLO).await?;
    let run = client.run("short-lived", "/").await?.expect(200)?;
    let delete = client.request(Method::DELETE, "/api/v1/workspaces/demo/apps/short-lived");
    client.send(delete).await?.expect(204)?;
    client
        .run("short-lived", "/")
        .await?
        .expect_problem(404, "unknown-app")?;
    let trace = format!("/api/v1/workspaces/demo/apps/short-lived/traces/{}", run.run()?);
    client.get(&trace).await?.expect_problem(404, "unknown-app")?;
    let again = client.request(Method::DELETE, "/api/v1/workspaces/demo/apps/short-lived");
    client.send(again).await?.expect_problem(404, "unknown-app")?;
    // Its successor does not inherit its runs.
    client.deploy("short-lived", examples::HELLO).await?;
    client.get(&trace).await?.expect_problem(404, "unknown-run")?;
    Ok(())
}

#[tokio::test]
async fn names_that_cannot_be_addresses_are_refused_with_the_rule() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    for name in [
        "A",
        "Patient",
        "1st",
        "-a",
        "a--b",
        "under_score",
        "a.b",
        "api",
        "www",
        "con",
        "%20",
        "a%2f..%2fb",
        "..%2f",
    ] {
        let problem = client.upload(name, examples::HELLO).await?;
        let problem = problem.expect_problem(422, "bad-name")?;
        ensure!(
            problem.detail.contains("for example"),
            "{name}: {}",
            problem.detail
        );
    }
    let long = "x".repeat(40);
    client
        .upload(&long, examples::HELLO)
        .await?
        .expect_problem(422, "bad-name")?;
    Ok(())
}

#[tokio::test]
async fn what_is_sent_must_say_that_it_is_a_component() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let path = "/api/v1/workspaces/demo/apps/media-type/versions";
    for media_type in [
        "application/json",
        "application/octet-stream",
        "application/wasmx",
        "text/html",
    ] {
        let request = client
            .request(Method::POST, path)
            .header("content-type", media_type)
            .body(examples::HELLO);
        client.send(request).await?.expect_problem(415, "media-type")?;
    }
    let silent = client.request(Method::POST, path).body(examples::HELLO);
    client.send(silent).await?.expect_problem(415, "media-type")?;
    let request = client
        .request(Method::PUT, path)
        .header("content-type", "application/wasm")
        .body(examples::HELLO);
    let refused = client.send(request).await?;
    refused.expect_problem(405, "method-not-allowed")?;
    ensure!(
        refused
            .header("allow")
            .is_some_and(|allow| allow.contains("POST"))
    );
    client
        .get("/api/v1/workspaces/demo/apps/media-type")
        .await?
        .expect_problem(404, "unknown-app")?;
    Ok(())
}

#[tokio::test]
async fn deploys_of_one_app_at_the_same_time_all_get_a_number_of_their_own() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let mut deploys = tokio::task::JoinSet::new();
    for number in 0..8 {
        let client = client.clone();
        let component = distinct(examples::HELLO, &format!("race {number}"));
        deploys.spawn(async move { client.deploy("raced", component).await });
    }
    let mut numbers = Vec::new();
    while let Some(deployed) = deploys.join_next().await {
        numbers.push(deployed??["number"].as_u64().context("a number")?);
    }
    numbers.sort_unstable();
    ensure!(numbers == (1..=8).collect::<Vec<u64>>(), "{numbers:?}");
    let versions = client.json("/api/v1/workspaces/demo/apps/raced/versions").await?;
    ensure!(
        versions["versions"]
            .as_array()
            .is_some_and(|versions| versions.len() == 8),
        "{versions}"
    );
    Ok(())
}

#[tokio::test]
async fn the_command_line_deploys_a_file() -> Journey {
    let platform = shared()?;
    let (client, command) = (platform.client()?, platform.command());
    let folder = tempfile::tempdir_in(folders())?;
    let file = folder.path().join("My_First App.wasm");
    std::fs::write(&file, examples::HELLO)?;
    let file = file.to_str().context("a plain path")?;

    let told = command.run(["deploy", file]).await?.success()?;
    ensure!(told.contains("/w/demo/apps/my-first-app/"), "{told}");
    ensure!(client.run("my-first-app", "/").await?.expect(200)?.text() == "Hello from your app\n");

    let told = command
        .run(["deploy", file, "--app", "named-by-hand"])
        .await?
        .success()?;
    ensure!(told.contains("/w/demo/apps/named-by-hand/"), "{told}");
    client.run("named-by-hand", "/").await?.expect(200)?;

    let told = command
        .run(["deploy", file, "--app", "named-by-hand"])
        .await?
        .success()?;
    ensure!(told.contains('2'), "the second version is not told: {told}");
    Ok(())
}

#[tokio::test]
async fn a_component_in_javascript_runs_and_calls_the_nhs() -> Journey {
    match toolchains::javascript(&folders().join("components"))? {
        Ok(component) => runs_and_calls("from-javascript", component, "Hello from JavaScript\n").await,
        Err(reason) => Optional::Components.skip("a component in JavaScript", &reason),
    }
}

#[tokio::test]
async fn a_component_in_python_runs_and_calls_the_nhs() -> Journey {
    match toolchains::python(&folders().join("components"))? {
        Ok(component) => runs_and_calls("from-python", component, "Hello from Python\n").await,
        Err(reason) => Optional::Components.skip("a component in Python", &reason),
    }
}

async fn runs_and_calls(app: &str, component: Vec<u8>, greeting: &str) -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    ensure!(
        component.len() > 5_000_000,
        "a whole engine is in there: {} bytes",
        component.len()
    );
    client.deploy(app, component).await?;
    ensure!(client.run(app, "/").await?.expect(200)?.text() == greeting);

    let call = client.run(app, "/call").await?.expect(200)?;
    ensure!(call.text() == "200 Hello World!\n", "{}", call.text());
    let trace = client.trace(app, &call).await?;
    let calls = &trace["trace"]["calls"];
    ensure!(
        calls[0]["interface"] == "hello-world" && calls[0]["status"] == 200,
        "{trace}"
    );
    ensure!(
        calls[0]["url"] == "https://int.api.service.nhs.uk/hello-world/hello/world",
        "{trace}"
    );
    Ok(())
}
