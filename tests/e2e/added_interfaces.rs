//! A builder adds interfaces from OpenAPI documents: called from outside and from an app, kept over a restart and in a copy,
//! refused where they would get in the way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::clients;
use tests::toolchains::Optional;
use tests::{Client, TestPlatform};

use crate::{Journey, builder, folders};

/// The document with something of everything, of the package that reads them.
fn everything() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../mock-nhs-interfaces/openapi-mock/tests/it/everything.yaml")
}

/// Asks the added interface as an app on the NHS's hosts would.
const APP: &str = r#"
export default {
  async fetch() {
    const answer = await fetch("https://sandbox.api.service.nhs.uk/letters/v1/letters?person=9000000009");
    return Response.json({ status: answer.status, letters: await answer.json() });
  },
};
"#;

async fn deploy_app(platform: &TestPlatform, folder: &Path, uses: &str) -> anyhow::Result<tests::Ended> {
    std::fs::write(folder.join("app.js"), APP)?;
    std::fs::write(folder.join("app.toml"), format!("uses = [\"{uses}\"]\n"))?;
    let path = folder.to_string_lossy().into_owned();
    // The first script of a server is compiled with everything that runs scripts.
    platform
        .command()
        .patience(Duration::from_secs(300))
        .run(["deploy", &path, "--app", "letters"])
        .await
}

#[tokio::test]
async fn an_interface_is_added_called_and_removed() -> Journey {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let app_folder = folder.path().join("letters");
    std::fs::create_dir(&app_folder)?;
    let first = builder().data_dir(&data).start()?;
    let client = first.client()?;
    let file = everything().to_string_lossy().into_owned();

    let refused = deploy_app(&first, &app_folder, "letters-v1").await?;
    ensure!(
        refused.code == 1 && refused.stderr.contains("no interface letters-v1"),
        "{refused:?}"
    );
    let told = first
        .command()
        .run(["interfaces", "add", &file])
        .await?
        .success()?;
    for words in [
        "broken: line 125, /paths/~1broken/get/parameters/0: a parameter is in",
        "Added letters-v1: Made-up letters, 7 operations",
        "https://sandbox.api.service.nhs.uk/letters/v1",
    ] {
        ensure!(told.contains(words), "{words}: {told}");
    }
    answers_from_outside(&client, "demo").await?;
    let page = client.get("/w/demo/interfaces").await?.expect(200)?.text();
    ensure!(
        page.contains("Made-up letters") && page.contains("Find letters"),
        "the page does not show it"
    );

    deploy_app(&first, &app_folder, "letters-v1").await?.success()?;
    let answer = client.run("letters", "/").await?.expect(200)?;
    let said = answer.json()?;
    ensure!(
        said["status"] == 200 && said["letters"][0]["text"] == "Hello",
        "{said}"
    );
    let call = client.trace("letters", &answer).await?["trace"]["calls"][0].clone();
    ensure!(call["title"] == "Find letters", "{call}");

    taken_names_are_refused(&first, &file).await?;
    let fork = client
        .request(Method::POST, "/api/v1/workspaces/demo/fork")
        .json(&json!({ "name": "copy" }));
    client.send(fork).await?.expect(201)?;
    first.stop()?;

    let second = builder().data_dir(&data).start()?;
    let client = second.client()?;
    answers_from_outside(&client, "demo").await?;
    answers_from_outside(&client, "copy").await?;
    second
        .command()
        .run(["interfaces", "remove", "letters-v1"])
        .await?
        .success()?;
    client
        .get("/w/demo/nhs/sandbox/letters/v1/letters")
        .await?
        .expect(404)?;
    answers_from_outside(&client, "copy").await?;
    let sentence = second
        .command()
        .run(["interfaces", "remove", "letters-v1"])
        .await?
        .failure(1)?;
    ensure!(sentence.contains("no interface"), "{sentence}");
    second.stop()
}

async fn answers_from_outside(client: &Client, workspace: &str) -> Journey {
    let base = format!("/w/{workspace}/nhs");
    let found = client
        .get(&format!("{base}/sandbox/letters/v1/letters?person=9000000017"))
        .await?
        .expect(200)?;
    ensure!(found.json()?[0]["text"] == "Again", "{}", found.text());
    ensure!(
        found.header("content-security-policy") == Some("sandbox"),
        "{:?}",
        found.headers
    );
    let missing = client
        .get(&format!("{base}/sandbox/letters/v1/letters"))
        .await?
        .expect(400)?;
    ensure!(
        missing
            .header("x-c4h-hint")
            .is_some_and(|hint| hint.contains("person is missing")),
        "{:?}",
        missing.headers
    );
    // In profile int somebody has to be logged in where the document says so.
    let path = format!("{base}/int/letters/v1/letters/latest");
    client.get(&path).await?.expect(401)?;
    let known = client.json(&format!("/api/v1/workspaces/{workspace}")).await?;
    let token = known["access_token"].as_str().context("a token")?;
    let request = client.request(Method::GET, &path).bearer_auth(token);
    client.send(request).await?.expect(200)?;
    client
        .get(&format!("{base}/sandbox/letters/v1/letters/latest"))
        .await?
        .expect(200)?;
    Ok(())
}

async fn taken_names_are_refused(platform: &TestPlatform, file: &str) -> Journey {
    let command = platform.command();
    for (arguments, words) in [
        (
            vec!["--prefix", "/personal-demographics/FHIR/R4"],
            "would reach the interface pds",
        ),
        (vec!["--prefix", "/letters"], ""),
        (vec!["--name", "pds"], "an interface pds in the program itself"),
        (vec!["--name", "Not a name"], "its name must be"),
        (vec!["--prefix", "no-slash"], "its path must begin with a slash"),
        (
            vec!["--name", "others", "--prefix", "/letters/v1/below"],
            "would reach the interface letters-v1",
        ),
    ] {
        let mut all = vec!["interfaces", "add", file];
        all.extend(&arguments);
        let done = command.run(&all).await?;
        if words.is_empty() {
            // The same name with another path: replaced, and put back.
            done.success()?;
            command.run(["interfaces", "add", file]).await?.success()?;
        } else {
            let sentence = done.failure(1)?;
            ensure!(sentence.contains(words), "{words}: {sentence}");
        }
    }
    let none = Path::new(file)
        .with_file_name("main.rs")
        .to_string_lossy()
        .into_owned();
    let sentence = command.run(["interfaces", "add", &none]).await?.failure(1)?;
    ensure!(
        sentence.contains("No interface can be made of this"),
        "{sentence}"
    );
    let checked = command.run(["interfaces", "check", file]).await?;
    ensure!(
        checked.code == 1 && checked.stdout.contains("there is no type date-time"),
        "{checked:?}"
    );
    Ok(())
}

/// Documents that Schemathesis judges, under names of their own beside the built-in interfaces.
const JUDGED: [&str; 8] = [
    "hello-world-api/openapi.yaml",
    "communications-manager-api/openapi.bundled.yaml",
    "personal-demographics-service-api/openapi.bundled.yaml",
    "nrl-consumer-api/openapi.yaml",
    "summary-care-record-api/openapi.bundled.yaml",
    "validated-relationships-service-api/openapi.bundled.yaml",
    "service-search-api/openapi.bundled.yaml",
    "spine-directory-service-api/openapi.bundled.yaml",
];

#[tokio::test]
async fn schemathesis_finds_no_answer_outside_of_the_document() -> Journey {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    if !documents.exists() {
        let reason = format!("{} is not there", documents.display());
        return Optional::Specs.skip("Schemathesis on added interfaces", &reason);
    }
    let platform = builder().start()?;
    for (place, name) in JUDGED.iter().enumerate() {
        let document = documents.join(name);
        let query = format!("name=judged-{place}&prefix=/judged/{place}");
        let path = format!("/api/v1/workspaces/demo/interfaces?{query}");
        // Of its own: the server has long closed the connection of the one before.
        let client = platform.client()?;
        let request = client
            .request(Method::POST, &path)
            .body(std::fs::read(&document)?);
        let added: Value = client.send(request).await?.expect(201)?.json()?;
        ensure!(added["path_prefix"] == format!("/judged/{place}"), "{added}");
        let url = format!("{}/w/demo/nhs/sandbox/judged/{place}", client.base());
        match clients::schemathesis(folders(), &document, &url, &[])? {
            Ok(_) => {}
            Err(reason) => return Optional::Clients.skip("Schemathesis on added interfaces", &reason),
        }
    }
    platform.stop()
}
