//! A trainer keeps a state, breaks it, sets it back; a delegate gets a copy of the whole workspace.

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::json;
use tests::{Client, TestPlatform};

use crate::{Journey, builder};

const FHIR_JSON: &str = "application/fhir+json";

/// Asks the FHIR server of an app's workspace from inside the app, and keeps what it was asked.
const APP: &str = r#"
export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const kept = (await env.store.get("last")) ?? "nothing";
    await env.store.set("last", searchParams.get("family"));
    const answer = await fetch(`https://fhir.c4h.internal/Patient?family=${searchParams.get("family")}`);
    const bundle = await answer.json();
    return Response.json({ kept, total: bundle.total, next: bundle.link[0].url });
  },
};
"#;

async fn create_patient(client: &Client, workspace: &str, family: &str) -> anyhow::Result<String> {
    let patient = json!({ "resourceType": "Patient", "name": [{ "family": family }] });
    let request = client
        .request(Method::POST, &format!("/w/{workspace}/fhir/Patient"))
        .header("content-type", FHIR_JSON)
        .body(patient.to_string());
    let made = client.send(request).await?.expect(201)?.json()?;
    Ok(made["id"].as_str().context("an id")?.to_owned())
}

async fn count(client: &Client, workspace: &str, family: &str) -> anyhow::Result<u64> {
    let path = format!("/w/{workspace}/fhir/Patient?family:exact={family}&_summary=count");
    let found = client.json(&path).await?;
    found["total"].as_u64().context("a total")
}

async fn workspace(platform: &TestPlatform, arguments: &[&str]) -> anyhow::Result<String> {
    let arguments: Vec<&str> = ["workspace"].iter().chain(arguments).copied().collect();
    platform.command().run(arguments).await?.success()
}

#[tokio::test]
async fn records_are_kept_broken_and_set_back() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    create_patient(&client, "demo", "Checkpointed").await?;
    let told = workspace(&platform, &["checkpoint", "before-lunch"]).await?;
    ensure!(told.contains("c4h workspace restore before-lunch"), "{told}");
    create_patient(&client, "demo", "Afterwards").await?;
    ensure!(count(&client, "demo", "Checkpointed").await? == 1);
    ensure!(count(&client, "demo", "Afterwards").await? == 1);

    workspace(&platform, &["restore", "before-lunch"]).await?;
    ensure!(count(&client, "demo", "Checkpointed").await? == 1);
    ensure!(count(&client, "demo", "Afterwards").await? == 0);
    let listed = workspace(&platform, &["checkpoints"]).await?;
    ensure!(listed.contains("before-lunch"), "{listed}");

    workspace(&platform, &["reset"]).await?;
    ensure!(count(&client, "demo", "Checkpointed").await? == 0);
    // The checkpoint outlives the reset, and is gone when it is forgotten.
    workspace(&platform, &["restore", "before-lunch"]).await?;
    ensure!(count(&client, "demo", "Checkpointed").await? == 1);
    workspace(&platform, &["forget", "before-lunch"]).await?;
    let sentence = platform
        .command()
        .run(["workspace", "restore", "before-lunch"])
        .await?
        .failure(1)?;
    ensure!(sentence.contains("no checkpoint"), "{sentence}");
    platform.stop()
}

#[tokio::test]
async fn a_fork_is_a_world_of_its_own() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    create_patient(&client, "demo", "Shared").await?;
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("asks-fhir.js");
    std::fs::write(&script, APP)?;
    let path = script.to_str().context("a plain path")?;
    platform.command().run(["deploy", path]).await?.success()?;
    let asked = client
        .run("asks-fhir", "/?family=Shared")
        .await?
        .expect(200)?
        .json()?;
    ensure!(asked["total"] == 1 && asked["kept"] == "nothing", "{asked}");
    ensure!(
        asked["next"]
            .as_str()
            .is_some_and(|link| link.starts_with("https://fhir.c4h.internal/Patient")),
        "an app follows links that it can reach: {asked}"
    );

    let told = workspace(&platform, &["fork", "ward-7"]).await?;
    ensure!(told.contains("/w/ward-7/fhir"), "{told}");
    let listed = workspace(&platform, &["list"]).await?;
    ensure!(listed.contains("ward-7") && listed.contains("demo"), "{listed}");
    // The copy has the records, the app and what it kept; from here on they are apart.
    let fork = "/w/ward-7/apps/asks-fhir/?family=Shared";
    let asked = client.get(fork).await?.expect(200)?.json()?;
    ensure!(asked["total"] == 1 && asked["kept"] == "Shared", "{asked}");
    create_patient(&client, "ward-7", "Copied").await?;
    ensure!(count(&client, "ward-7", "Copied").await? == 1);
    ensure!(count(&client, "demo", "Copied").await? == 0);

    let taken = platform
        .command()
        .run(["workspace", "fork", "ward-7"])
        .await?
        .failure(1)?;
    ensure!(
        taken.contains("ward-7 already") || taken.contains("already"),
        "{taken}"
    );
    let bad = platform
        .command()
        .run(["workspace", "new", "Ward 7"])
        .await?
        .failure(1)?;
    ensure!(bad.contains("is not a name"), "{bad}");
    let told = workspace(&platform, &["new", "empty-ward"]).await?;
    ensure!(told.contains("no apps"), "{told}");
    ensure!(count(&client, "empty-ward", "Shared").await? == 0);
    ensure!(
        count(&client, "empty-ward", "Smith").await? > 0,
        "the seed is there"
    );
    platform.stop()
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() -> Journey {
    let folder = tempfile::tempdir()?;
    let first = builder().data_dir(folder.path()).start()?;
    let client = first.client()?;
    let id = create_patient(&client, "demo", "Kept").await?;
    let path = format!("/w/demo/fhir/Patient/{id}");
    let before = client.get(&path).await?.expect(200)?.text();
    let page = client.json("/w/demo/fhir/Patient?_count=2").await?;
    let next = page["link"]
        .as_array()
        .and_then(|links| links.iter().find(|link| link["relation"] == "next"))
        .and_then(|link| link["url"].as_str())
        .context("a next link")?
        .to_owned();
    let below = next
        .strip_prefix(client.base())
        .context("our own address")?
        .to_owned();
    first.stop()?;

    let second = builder().data_dir(folder.path()).start()?;
    let client = second.client()?;
    let after = client.get(&path).await?.expect(200)?.text();
    ensure!(before == after, "{before} {after}");
    // A page token outlives the program.
    client.get(&below).await?.expect(200)?;
    second.stop()
}

#[tokio::test]
async fn what_was_changed_is_listed_once_each() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    let path = "/api/v1/workspaces/demo/changes";
    let list = client.json(path).await?;
    ensure!(list["total"] == 0 && list["next"].is_null(), "{list}");
    let told = workspace(&platform, &["changes"]).await?;
    ensure!(told.contains("the seed's"), "{told}");

    // Asked before anything is made: what is made gets an id by chance, which may come first.
    let seed = client.json("/w/demo/fhir/Patient?_count=1&_sort=_id").await?;
    let made = create_patient(&client, "demo", "Listed").await?;
    let seed = seed["entry"][0]["resource"].clone();
    let id = seed["id"].as_str().context("an id")?;
    for _ in 0..2 {
        let request = client
            .request(Method::PUT, &format!("/w/demo/fhir/Patient/{id}"))
            .header("content-type", FHIR_JSON)
            .body(seed.to_string());
        client.send(request).await?.expect(200)?;
    }
    let request = client.request(Method::DELETE, &format!("/w/demo/fhir/Patient/{made}"));
    client.send(request).await?.expect(204)?;

    let list = client.json(path).await?;
    let change = |number: usize| &list["changes"][number];
    ensure!(list["total"] == 2, "{list}");
    ensure!(
        change(0)["id"] == made.as_str()
            && change(0)["change"] == "deleted"
            && change(0)["in_seed"] == false
            && change(0)["versions"] == 2
            && change(0)["display"] == "Listed",
        "{list}"
    );
    ensure!(
        change(1)["resource_type"] == "Patient"
            && change(1)["id"] == id
            && change(1)["change"] == "changed"
            && change(1)["in_seed"] == true
            && change(1)["versions"] == 2
            && change(1)["version"] == 3,
        "{list}"
    );
    // Page by page.
    let first = client.json(&format!("{path}?limit=1")).await?;
    let next = first["next"].as_u64().context("a next page")?;
    let second = client.json(&format!("{path}?limit=1&before={next}")).await?;
    ensure!(
        second["changes"][0]["id"] == id && second["next"].is_null(),
        "{second}"
    );
    client.get(&format!("{path}?limit=0")).await?.expect(422)?;
    client.get(&format!("{path}?nonsense=1")).await?.expect(422)?;
    let told = workspace(&platform, &["changes", "--limit", "1"]).await?;
    ensure!(
        told.contains(&made) && told.contains("2 in all") && told.contains("--before"),
        "{told}"
    );
    platform.stop()
}

/// A class with several workspaces each is small. How quickly they are made is the bench's.
#[tokio::test]
async fn two_hundred_workspaces_cost_little() -> Journey {
    const MANY: u64 = 200;
    let platform = builder().start()?;
    let client = platform.client()?;
    // The first request of a kind costs what later ones do not.
    count(&client, "demo", "Warm").await?;
    let (before, _) = platform.memory_kib().unwrap_or_default();
    for number in 0..MANY {
        let request = client
            .request(Method::POST, "/api/v1/workspaces")
            .json(&json!({ "name": format!("many-{number}") }));
        client.send(request).await?.expect(201)?;
        client
            .get(&format!("/w/many-{number}/fhir/Patient?_count=1&_elements=id"))
            .await?
            .expect(200)?;
    }
    let (after, _) = platform.memory_kib().unwrap_or_default();
    let each_kib = after.saturating_sub(before) / MANY;
    ensure!(each_kib < 2 * 1024, "{each_kib} KiB each");
    platform.stop()
}
