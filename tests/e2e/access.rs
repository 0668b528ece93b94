//! A server that other computers reach: the trainer's password, links that carry access, programs with a key.

use std::ffi::OsStr;

use anyhow::{Context as _, ensure};
use tests::toolchains::{self, Optional};

use crate::{Journey, builder, folders};

const PASSWORD: &str = "correct-horse-battery";

#[tokio::test]
async fn a_class_in_chromium() -> Journey {
    let missing = toolchains::node().err().or_else(|| toolchains::chromium().err());
    if let Some(reason) = missing {
        return Optional::Browser.skip("a class in a browser", &reason);
    }
    let chromium = toolchains::chromium().map_err(anyhow::Error::msg)?;
    let platform = builder()
        .listen("0.0.0.0:0")
        .variable("C4H_TRAINER_PASSWORD", PASSWORD)
        .start()?;
    let url = format!("http://{}", platform.address());
    let pictures = folders().join("screenshots");
    toolchains::browse_script(
        "guarded",
        &folders().join("browser"),
        &[
            ("C4H_URL", OsStr::new(&url)),
            ("C4H_PASSWORD", OsStr::new(PASSWORD)),
            ("C4H_COMPONENT", OsStr::new("unused")),
            ("C4H_SCREENSHOTS", pictures.as_os_str()),
            ("CHROMIUM", chromium.as_os_str()),
        ],
    )
}

#[tokio::test]
async fn programs_come_in_with_a_key_and_links_outlive_a_restart() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let guarded = |password: &str| {
        builder()
            .data_dir(folder.path())
            .listen("0.0.0.0:0")
            .variable("C4H_TRAINER_PASSWORD", password)
    };
    let platform = guarded(PASSWORD).start()?;
    let list = |platform: &tests::TestPlatform, token: Option<&'static str>, workspace: &'static str| {
        let command = platform.command();
        async move {
            let mut words = vec!["apps", "--workspace", workspace];
            words.extend(token.into_iter().flat_map(|token| ["--token", token]));
            command.run(words).await
        }
    };
    let refused = list(&platform, None, "demo").await?.failure(1)?;
    ensure!(refused.contains("C4H_TOKEN"), "{refused}");
    list(&platform, Some(PASSWORD), "demo").await?.success()?;

    // By another name of this computer: what the answer leads to has that name, for whoever the trainer gives it to.
    let asked = format!("http://localhost:{}", platform.address().port());
    let page = reqwest::Client::new()
        .get(format!("{asked}/api/v1/workspaces/demo"))
        .bearer_auth(PASSWORD)
        .send()
        .await?
        .json::<serde_json::Value>()
        .await?;
    let link = page["link"].as_str().context("the trainer is told the link")?;
    ensure!(link.starts_with(&format!("{asked}/enter/")), "{link}");
    ensure!(
        page["interfaces"]["fhir"] == format!("{asked}/w/demo/fhir"),
        "{page}"
    );
    let key: &'static str = link
        .rsplit('/')
        .next()
        .context("a link ends with its key")?
        .to_owned()
        .leak();
    list(&platform, Some(key), "demo").await?.success()?;
    let command = platform.command();
    let made = command
        .run(["workspace", "new", "ward-7", "--token", PASSWORD])
        .await?
        .success()?;
    ensure!(made.contains("/enter/ward-7/"), "{made}");
    let foreign = list(&platform, Some(key), "ward-7").await?.failure(1)?;
    ensure!(foreign.contains("no workspace"), "{foreign}");
    platform.stop()?;

    // Another password, the same links.
    let platform = guarded("another-password").start()?;
    list(&platform, Some(key), "demo").await?.success()?;
    list(&platform, Some(PASSWORD), "demo").await?.failure(1)?;
    Ok(())
}
