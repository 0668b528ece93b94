//! Somebody registers an application, and a login library that nobody here wrote logs people in with it.

use anyhow::ensure;
use tests::clients;
use tests::toolchains::Optional;

use crate::{Journey, builder, folders, shared};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn authlib_logs_in() -> Journey {
    let platform = builder().start()?;
    let workspace = format!("http://{}/w/demo", platform.address());
    match clients::python(folders(), "authlib_journey.py", &workspace)? {
        Ok(said) => {
            ensure!(
                said.contains("a clinician, a patient and an application"),
                "{said}"
            );
            Ok(())
        }
        Err(reason) => Optional::Clients.skip("Authlib", &reason),
    }
}

#[tokio::test]
async fn keys_are_made_in_one_step_from_the_command_line() -> Journey {
    let platform = builder().start()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("ward.pem");
    let file_text = file.display().to_string();
    let command = || platform.command();
    let arguments = [
        "keys",
        "new",
        "Ward board",
        "--callback",
        "https://example.org/callback",
        "--access",
        "application",
        "--out",
        &file_text,
    ];
    let told = command().run(arguments).await?.success()?;
    ensure!(told.contains("Ward board") && told.contains(&file_text), "{told}");
    let key = std::fs::read_to_string(&file)?;
    ensure!(key.starts_with("-----BEGIN PRIVATE KEY-----"), "{key}");
    ensure!(
        !told.contains("PRIVATE KEY"),
        "the private key is in its file only"
    );

    let listed = command().run(["keys", "list"]).await?.success()?;
    let row = listed.lines().find(|line| line.contains("Ward board"));
    let api_key = row
        .and_then(|row| row.split_whitespace().find(|word| word.len() == 32))
        .unwrap_or_default()
        .to_owned();
    ensure!(api_key.len() == 32, "{listed}");
    let client = platform.client()?;
    let path = "/w/demo/nhs/int/hello-world/hello/application";
    let request = client
        .request(reqwest::Method::GET, path)
        .header("apikey", &api_key);
    client.send(request).await?.expect(200)?;

    command().run(["keys", "remove", &api_key]).await?.success()?;
    let request = client
        .request(reqwest::Method::GET, path)
        .header("apikey", &api_key);
    client.send(request).await?.expect(401)?;
    Ok(())
}

/// What one workspace has registered, no other knows, and no log says.
#[tokio::test]
async fn secrets_stay_in_their_workspace_and_out_of_the_log() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    platform
        .command()
        .run(["workspace", "new", "other"])
        .await?
        .success()?;
    let body = serde_json::json!({ "title": "Quiet", "make_keys": true });
    let request = client
        .request(reqwest::Method::POST, "/api/v1/workspaces/demo/applications")
        .json(&body);
    let made = client.send(request).await?.expect(201)?.json()?;
    let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
    let (api_key, secret) = (text("api_key"), text("secret"));
    ensure!(api_key.len() == 32 && secret.len() == 16, "{made}");
    for (workspace, expected) in [("demo", 200), ("other", 404)] {
        let path = format!("/api/v1/workspaces/{workspace}/applications/{api_key}");
        let request = client.request(reqwest::Method::GET, &path);
        client.send(request).await?.expect(expected)?;
    }
    let list = client.json("/api/v1/workspaces/demo/applications").await?;
    ensure!(!list.to_string().contains(&secret), "{list}");
    let log = platform.log().join("\n");
    ensure!(log.contains("Quiet"), "it says what was registered: {log}");
    ensure!(!log.contains(&secret) && !log.contains("PRIVATE KEY"), "{log}");
    // A class's copy of the workspace keeps its applications.
    platform
        .command()
        .run(["workspace", "fork", "copy"])
        .await?
        .success()?;
    let path = format!("/api/v1/workspaces/copy/applications/{api_key}");
    client
        .send(client.request(reqwest::Method::GET, &path))
        .await?
        .expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_page_registers_an_application_and_shows_its_keys_once() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let request = client
        .request(reqwest::Method::POST, "/w/demo/applications")
        .header("content-type", FORM)
        .body("title=From+a+page&patient=yes&callback=nonsense");
    let refused = client.send(request).await?.expect(422)?.text();
    ensure!(refused.contains("starts with https://"), "{refused}");
    let request = client
        .request(reqwest::Method::POST, "/w/demo/applications")
        .header("content-type", FORM)
        .body("title=From+a+page&application=yes&callback=");
    let made = client.send(request).await?.expect(201)?.text();
    ensure!(made.contains("BEGIN PRIVATE KEY"), "{made}");
    let request = client.request(reqwest::Method::GET, "/w/demo/applications");
    let page = client.send(request).await?.expect(200)?.text();
    ensure!(
        page.contains("From a page") && !page.contains("PRIVATE KEY"),
        "{page}"
    );
    Ok(())
}
