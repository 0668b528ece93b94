//! From nothing: an empty folder, one command, and a clinician sees a patient.

use anyhow::ensure;

use crate::{Journey, builder, folders};

const BANNER: &str = "Training sandbox: made-up patients, not for care";

#[tokio::test]
async fn an_empty_folder_becomes_a_sandbox_with_a_working_app() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let platform = builder().data_dir(&folder.path().join("not/there/yet")).start()?;
    let client = platform.client()?;

    ensure!(
        platform
            .ready_line()
            .ends_with(&format!("http://{}", platform.address())),
        "the ready line {:?} does not end in the address",
        platform.ready_line()
    );
    client.healthy().await?;

    // The first page, through however many redirects it takes, is the home of workspace demo.
    let mut home = client.get("/").await?;
    for _ in 0..2 {
        if let Some(place) = home.header("location") {
            home = client.get(place).await?;
        }
    }
    let home = home
        .expect(200)?
        .text()
        .replace("<strong>", "")
        .replace("</strong>", "");
    for words in [BANNER, "Patient lookup", "demo"] {
        ensure!(
            home.contains(words),
            "the home page does not say {words:?}: {home}"
        );
    }

    let workspaces = client.json("/api/v1/workspaces").await?;
    ensure!(workspaces["workspaces"][0]["name"] == "demo", "{workspaces}");
    let apps = client.json("/api/v1/workspaces/demo/apps").await?;
    let names: Vec<_> = apps["apps"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|app| &app["name"])
        .collect();
    ensure!(names == ["patient-lookup"], "{apps}");

    let form = client.run("patient-lookup", "/").await?.expect(200)?;
    ensure!(form.text().contains("NHS number"), "{}", form.text());
    let jane = client
        .run("patient-lookup", "/?nhs=9000000009")
        .await?
        .expect(200)?;
    ensure!(jane.text().contains("SMITH, Jane"), "{}", jane.text());

    // Standard output is for the address alone: scripts read it.
    ensure!(platform.printed().len() == 1, "{:?}", platform.printed());
    Ok(())
}

#[tokio::test]
async fn the_second_start_changes_nothing() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let app = "/api/v1/workspaces/demo/apps/patient-lookup";
    let versions = format!("{app}/versions");

    let first = builder().data_dir(folder.path()).start()?;
    let client = first.client()?;
    let (app_before, versions_before) = (client.json(app).await?, numbered(&client.json(&versions).await?));
    let token_before = client.json("/api/v1/workspaces/demo").await?["access_token"].clone();
    first.kill()?;

    let second = builder().data_dir(folder.path()).start()?;
    let client = second.client()?;
    let versions_after = client.json(&versions).await?;
    let app_after = client.json(app).await?;
    ensure!(
        versions_before == numbered(&versions_after),
        "{versions_before} became {versions_after}"
    );
    ensure!(
        app_before["created_at"] == app_after["created_at"],
        "{app_before} became {app_after}"
    );
    ensure!(
        versions_after["versions"][0]["origin"] == "shipped",
        "{versions_after}"
    );
    let token_after = client.json("/api/v1/workspaces/demo").await?["access_token"].clone();
    ensure!(token_before == token_after && token_after.as_str().is_some_and(|token| token.len() >= 32));
    Ok(())
}

/// Numbers and components of the versions: the addresses beside them hold the port, which is another each time.
fn numbered(versions: &serde_json::Value) -> serde_json::Value {
    let versions = versions["versions"].as_array().into_iter().flatten();
    versions
        .map(|version| serde_json::json!([version["number"], version["sha256"], version["deployed_at"]]))
        .collect()
}
