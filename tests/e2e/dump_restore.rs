//! Everything is carried to another machine in one file.

use std::path::Path;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::Value;
use tests::Client;
use tests::guests::HOSTILE;

use crate::{Journey, builder, command, folders};

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a plain path")
}

const MANIFEST: &str = "secrets = [\"KEY\"]";

/// A form with the files of an app.
fn folder_with_a_file_and_a_secret() -> Vec<u8> {
    let files = [
        ("app.toml", MANIFEST.as_bytes()),
        ("app.wasm", examples::HELLO),
        ("public/note.txt", b"carried as well"),
    ];
    let mut form = Vec::new();
    for (path, bytes) in files {
        let head = format!("--x\r\ncontent-disposition: form-data; name=\"{path}\"\r\n\r\n");
        form.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    form.extend(b"--x--\r\n");
    form
}

/// What must be the same elsewhere; the addresses are those of each server.
async fn numbers_and_sums(client: &Client) -> anyhow::Result<Vec<(Value, Value)>> {
    let versions = client
        .json("/api/v1/workspaces/demo/apps/carried/versions")
        .await?;
    let versions = versions["versions"].as_array().context("versions")?;
    let known = versions
        .iter()
        .map(|version| (version["number"].clone(), version["sha256"].clone()));
    Ok(known.collect())
}

#[tokio::test]
async fn a_dump_becomes_the_same_sandbox_elsewhere() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let [old, new, dump] = ["old", "new", "everything.dump"].map(|name| folder.path().join(name));
    let platform = builder().data_dir(&old).start()?;
    let client = platform.client()?;
    client.deploy("carried", examples::HELLO).await?;
    client.deploy("carried", HOSTILE).await?;
    let secret = "/api/v1/workspaces/demo/apps/noted/secrets/KEY";
    let noted = client
        .request(Method::POST, "/api/v1/workspaces/demo/apps/noted/versions")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(folder_with_a_file_and_a_secret());
    client.send(noted).await?.expect(201)?;
    let set = client
        .request(Method::PUT, secret)
        .body("a value that is long enough");
    client.send(set).await?.expect(204)?;
    let versions = numbers_and_sums(&client).await?;
    let workspace = client.json("/api/v1/workspaces/demo").await?;
    platform.kill()?;

    let told = command()
        .run(["dump", text(&dump)?, "--data-dir", text(&old)?])
        .await?
        .success()?;
    ensure!(told.contains("everything.dump"), "{told}");
    command()
        .run(["restore", text(&dump)?, "--data-dir", text(&new)?])
        .await?
        .success()?;

    let platform = builder().data_dir(&new).start()?;
    let client = platform.client()?;
    ensure!(numbers_and_sums(&client).await? == versions);
    ensure!(client.run("noted", "/note.txt").await?.expect(200)?.text() == "carried as well");
    ensure!(client.json(secret).await?["set"] == true);
    let manifest = client
        .get("/api/v1/workspaces/demo/apps/noted/versions/1/files/app.toml")
        .await?;
    ensure!(manifest.text() == MANIFEST);
    let carried = client.json("/api/v1/workspaces/demo").await?;
    ensure!(
        carried["access_token"] == workspace["access_token"]
            && carried["created_at"] == workspace["created_at"]
    );
    ensure!(client.run("carried", "/ok").await?.expect(200)?.text() == "ok\n");
    let jane = client
        .run("patient-lookup", "/?nhs=9000000009")
        .await?
        .expect(200)?;
    ensure!(jane.text().contains("SMITH, Jane"));
    // The next version goes on where the old machine stopped.
    ensure!(client.deploy("carried", examples::HELLO).await?["number"] == 3);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_restored_is_refused() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let [old, dump] = ["old", "good.dump"].map(|name| folder.path().join(name));
    builder().data_dir(&old).start()?.kill()?;
    command()
        .run(["dump", text(&dump)?, "--data-dir", text(&old)?])
        .await?
        .success()?;
    let good = std::fs::read(&dump)?;

    // A file that is there is never written over.
    let refused = command()
        .run(["dump", text(&dump)?, "--data-dir", text(&old)?])
        .await?
        .failure(1)?;
    ensure!(refused.contains("good.dump"), "{refused}");
    ensure!(std::fs::read(&dump)? == good);
    // A folder that holds something is never restored into.
    let refused = command()
        .run(["restore", text(&dump)?, "--data-dir", text(&old)?])
        .await?
        .failure(1)?;
    ensure!(refused.contains("not empty"), "{refused}");

    let middle = good.len() / 2;
    let tampered = |at: usize| {
        good.iter()
            .enumerate()
            .map(|(place, byte)| if place == at { byte ^ 1 } else { *byte })
            .collect::<Vec<u8>>()
    };
    let bad = [
        ("one bit changed", tampered(middle)),
        ("one bit changed near the end", tampered(good.len() - 3)),
        ("cut off", good.get(..middle).context("half")?.to_vec()),
        (
            "the last byte missing",
            good.get(..good.len() - 1).context("nearly all")?.to_vec(),
        ),
        ("something behind it", [good.as_slice(), b"more"].concat()),
        ("no dump at all", b"not a dump\n".repeat(99)),
        ("nothing", Vec::new()),
    ];
    for (number, (what, bytes)) in bad.into_iter().enumerate() {
        let (file, target) = (
            folder.path().join("bad.dump"),
            folder.path().join(format!("target-{number}")),
        );
        std::fs::write(&file, bytes)?;
        let ended = command()
            .run(["restore", text(&file)?, "--data-dir", text(&target)?])
            .await?;
        let sentence = ended.failure(1).with_context(|| what.to_owned())?;
        ensure!(sentence.contains("dump"), "{what}: {sentence}");
        // Half of a restore is not taken for a whole one: either nothing is there, or the start refuses it.
        let (code, said) = match builder().data_dir(&target).spawn()?.ready() {
            Ok(platform) => {
                let apps = platform.client()?.json("/api/v1/workspaces/demo/apps").await?;
                (1, apps.to_string())
            }
            Err(error) => (1, format!("{error:#}")),
        };
        ensure!(code == 1 && !said.contains("carried"), "{what}: {said}");
    }
    let refused = command()
        .run(["dump", "x.dump", "--data-dir", "no/such/folder"])
        .await?
        .failure(1)?;
    ensure!(refused.contains("no/such/folder"), "{refused}");
    let refused = command()
        .run(["restore", "no-such.dump", "--data-dir", "no/such/folder"])
        .await?
        .failure(1)?;
    ensure!(refused.contains("no-such.dump"), "{refused}");
    Ok(())
}
