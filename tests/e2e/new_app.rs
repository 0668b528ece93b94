//! A builder starts: from every template to an app that answers and whose tests pass.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tests::toolchains::{self, Optional};
use tests::{Command, TestPlatform};

use crate::{Journey, command, folders, shared};

/// A build of Rust or Python, on two cores that also do something else.
const BUILD: Duration = Duration::from_secs(300);

#[tokio::test]
async fn javascript_from_nothing_to_an_answer() -> Journey {
    let platform = shared()?;
    whole_way(&platform, "javascript", &platform.command()).await
}

#[tokio::test]
async fn typescript_from_nothing_to_an_answer() -> Journey {
    let platform = shared()?;
    whole_way(&platform, "typescript", &platform.command()).await
}

#[tokio::test]
async fn rust_from_nothing_to_an_answer() -> Journey {
    let platform = shared()?;
    // Kept between runs of the tests: the packages that it depends on are built once.
    let built = folders().join("template-rust");
    let command = platform.command().variable("CARGO_TARGET_DIR", &built);
    let folder = make("rust")?;
    new(&platform.command(), "rust", &folder).await?;
    // `app.toml` names the component where cargo puts it by itself.
    let manifest = folder.path().join("new-rust/app.toml");
    let text = std::fs::read_to_string(&manifest)?;
    let build = "cargo build --release --target wasm32-wasip2";
    ensure!(text.contains(build), "{text}");
    let copy = format!(
        "{build} && mkdir -p target/wasm32-wasip2/release && cp {}/wasm32-wasip2/release/new-rust.wasm target/wasm32-wasip2/release/",
        built.display()
    );
    std::fs::write(&manifest, text.replace(build, &copy))?;
    deploy_and_ask(&platform, &command, "rust", &folder.path().join("new-rust")).await
}

#[tokio::test]
async fn python_from_nothing_to_an_answer() -> Journey {
    let packages = match toolchains::python_packages(folders())? {
        Ok(packages) => packages,
        Err(reason) => return Optional::Components.skip("an app made from the template python", &reason),
    };
    let platform = shared()?;
    let path = std::env::vars_os().find(|(name, _)| name == "PATH");
    let mut path: Vec<PathBuf> = path
        .iter()
        .flat_map(|(_, path)| std::env::split_paths(path))
        .collect();
    path.insert(0, packages);
    let command = platform.command().variable("PATH", std::env::join_paths(path)?);
    whole_way(&platform, "python", &command).await
}

fn make(template: &str) -> anyhow::Result<tempfile::TempDir> {
    Ok(tempfile::Builder::new()
        .prefix(&format!("new-{template}-"))
        .tempdir_in(folders())?)
}

/// `c4h new` in an empty folder; what it says must be the way on.
async fn new(command: &Command, template: &str, folder: &tempfile::TempDir) -> Journey {
    let command = command.clone().folder(folder.path());
    let app = format!("new-{template}");
    let make = ["new", &app, "--template", template];
    let told = command.run(make).await?.success()?;
    ensure!(
        told.contains(&format!("cd {app}")) && told.contains("c4h dev"),
        "{told}"
    );
    let again = command.run(make).await?.failure(1)?;
    ensure!(again.contains("not empty"), "{again}");
    Ok(())
}

async fn whole_way(platform: &TestPlatform, template: &str, command: &Command) -> Journey {
    let folder = make(template)?;
    new(command, template, &folder).await?;
    let made = folder.path().join(format!("new-{template}"));
    deploy_and_ask(platform, command, template, &made).await
}

/// Deploys the folder, asks the app as a browser does, and runs its own tests.
async fn deploy_and_ask(
    platform: &TestPlatform,
    command: &Command,
    template: &str,
    folder: &Path,
) -> Journey {
    let client = platform.client()?;
    let app = format!("new-{template}");
    let command = command.clone().folder(folder).patience(BUILD);
    let told = command.run(["deploy", "."]).await?.success()?;
    ensure!(told.contains(&format!("Deployed {app}, version 1")), "{told}");

    let found = client.run(&app, "/?nhs=9000000009").await?.expect(200)?.text();
    for words in ["Smith", "900 000 0009", "Trevelyan Square"] {
        ensure!(found.contains(words), "{template}: no {words:?} in {found}");
    }
    let restricted = client.run(&app, "/?nhs=9000000025").await?.expect(200)?.text();
    ensure!(
        restricted.contains("Restricted") && !restricted.contains("Address"),
        "{template}: {restricted}"
    );
    let nobody = client.run(&app, "/?nhs=9111231130").await?.expect(200)?.text();
    ensure!(
        nobody.contains("No patient has this NHS number"),
        "{template}: {nobody}"
    );
    let style = client.run(&app, "/style.css").await?.expect(200)?;
    ensure!(
        style
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/css")),
        "{template}: {style:?}"
    );

    let tested = command.run(["test"]).await?;
    let told = tested
        .clone()
        .success()
        .with_context(|| format!("{template}: {tested:?}"))?;
    ensure!(
        told.contains("running 6 tests") && told.contains("test result: ok. 6 passed"),
        "{template}: {told}"
    );
    Ok(())
}

#[tokio::test]
async fn names_and_folders_that_cannot_be_are_refused() -> Journey {
    let folder = make("refused")?;
    let command = command().folder(folder.path());
    std::fs::write(folder.path().join("taken"), "x")?;
    for (arguments, word) in [
        (&["new", "Bad Name"][..], "is not a name"),
        (&["new", "taken"], "is a file"),
        (&["new", "fine", "--dir", "."], "not empty"),
    ] {
        let sentence = command.run(arguments).await?.failure(1)?;
        ensure!(sentence.contains(word), "{arguments:?}: {sentence}");
    }
    let ended = command.run(["new", "fine", "--template", "cobol"]).await?;
    ensure!(
        ended.code == 2 && ended.stderr.contains("javascript"),
        "{ended:?}"
    );
    ensure!(
        !folder.path().join("fine").exists(),
        "a refused command made a folder"
    );
    Ok(())
}
