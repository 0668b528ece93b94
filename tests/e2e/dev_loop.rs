//! A builder works: `c4h dev` deploys every save, tells what happens, and survives mistakes.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::Method;
use tests::toolchains::Optional;
use tests::{Background, Client, until};
use tokio::net::TcpListener;

use crate::{Journey, command, folders, shared};

/// Edits that are timed, each beside a deploy of the same script by the API.
const EDITS: u32 = 9;
/// A save answers within so many times what a deploy takes that waits for nothing: what is on top is reading the folder. Normal is once.
const SLOWER: u32 = 4;
/// And as long after that as the command waits on purpose until the folder is quiet: two or three looks, of 60 ms each, and some to spare.
const QUIET: Duration = Duration::from_millis(10 * 60);
/// Where commands look for a server that nobody named.
const USUAL: &str = "127.0.0.1:8080";
/// An answer that comes later than this never comes.
const PATIENCE: Duration = Duration::from_secs(30);

fn source(text: &str) -> String {
    format!(
        "import {{ checkNhsNumber }} from \"nhs\";\nexport default {{\n  fetch() {{\n    console.log(\"asked\");\n    \
         return new Response(\"{text}\");\n  }},\n}};\n"
    )
}

fn write(folder: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(folder.join("app.js"), source(text))?;
    Ok(())
}

/// How long it takes from the source to its answer when nobody has to notice anything.
async fn deployed_directly(client: &Client, text: &str) -> anyhow::Result<Duration> {
    let source = source(text);
    let started = Instant::now();
    let deploy = client
        .request(
            Method::POST,
            "/api/v1/workspaces/demo/apps/dev-loop-direct/versions",
        )
        .header("content-type", "text/javascript")
        .body(source);
    client.send(deploy).await?.expect(201)?;
    answers(client, "dev-loop-direct", text).await?;
    Ok(started.elapsed())
}

fn median(mut took: Vec<Duration>) -> anyhow::Result<Duration> {
    took.sort_unstable();
    took.get(took.len() / 2).copied().context("something was timed")
}

async fn answers(client: &Client, app: &str, text: &str) -> Journey {
    until(&format!("the app answers {text}"), PATIENCE, async || {
        let answer = client.run(app, "/").await?;
        Ok((answer.text() == text).then_some(()))
    })
    .await
}

#[tokio::test]
async fn every_save_answers() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let folder = tempfile::tempdir_in(folders())?;
    std::fs::write(
        folder.path().join("app.toml"),
        "name = \"dev-loop\"\nmain = \"app.js\"\n",
    )?;
    write(folder.path(), "first")?;
    let mut dev = Background::start(&platform.command().folder(folder.path()), ["dev"])?;
    let heading = dev.line("dev-loop answers at").await?;
    ensure!(heading.ends_with("/w/demo/apps/dev-loop/"), "{heading}");
    dev.line("version 1 answers").await?;
    answers(&client, "dev-loop", "first").await?;
    // What the run did is told as it happens.
    dev.line("GET /").await?;
    dev.line("asked").await?;
    dev.line("200 in").await?;

    let (mut took, mut direct) = (Vec::new(), Vec::new());
    for edit in 0..EDITS {
        let text = format!("edit {edit}");
        let started = Instant::now();
        write(folder.path(), &text)?;
        answers(&client, "dev-loop", &text).await?;
        took.push(started.elapsed());
        direct.push(deployed_directly(&client, &format!("direct {edit}")).await?);
    }
    let (took, direct) = (median(took)?, median(direct)?);
    // Straight to the descriptor: the test runner shows what a passing test prints to nobody.
    writeln!(
        std::io::stderr(),
        "from the save to the new text: {} ms in the middle; deployed directly: {} ms",
        took.as_millis(),
        direct.as_millis()
    )?;
    ensure!(
        took < direct * SLOWER + QUIET,
        "a save answers after {took:?}, a deploy after {direct:?}"
    );

    // A mistake is shown with its line, and the version before goes on answering.
    std::fs::write(
        folder.path().join("app.js"),
        "export default {\n  fetch() {\n    const x = ;\n  },\n};\n",
    )?;
    let told = dev.line("app.js:3:").await?;
    ensure!(told.contains("script-syntax"), "{told}");
    dev.line("const x = ;").await?;
    dev.line("^").await?;
    dev.line("goes on answering").await?;
    answers(&client, "dev-loop", &format!("edit {}", EDITS - 1)).await?;

    // So is one in app.toml; and both can be put right.
    std::fs::write(folder.path().join("app.toml"), "nmae = \"dev-loop\"\n")?;
    dev.line("did you mean name").await?;
    std::fs::write(
        folder.path().join("app.toml"),
        "name = \"dev-loop\"\nmain = \"app.js\"\n",
    )?;
    write(folder.path(), "right again")?;
    answers(&client, "dev-loop", "right again").await?;

    // A run that fails says why and where.
    std::fs::write(
        folder.path().join("app.js"),
        "export default {\n  fetch() {\n    return undefined.x;\n  },\n};\n",
    )?;
    dev.line(" answers, after").await?;
    until("the app fails", PATIENCE, async || {
        Ok((client.run("dev-loop", "/").await?.status == 500).then_some(()))
    })
    .await?;
    dev.line("failed after").await?;
    dev.line("TypeError").await?;
    dev.line("app.js:3").await?;

    #[cfg(unix)]
    ensure!(dev.interrupt().await? == 0, "Ctrl-C is an orderly end");
    Ok(())
}

/// What a build writes lies in the folder that is watched.
#[cfg(unix)]
#[tokio::test]
async fn a_build_is_no_change() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let folder = tempfile::tempdir_in(folders())?;
    let toml =
        "name = \"dev-build\"\nmain = \"dist/app.js\"\nbuild = \"mkdir -p dist && cp app.js dist/app.js\"\n";
    std::fs::write(folder.path().join("app.toml"), toml)?;
    write(folder.path(), "first")?;
    let mut dev = Background::start(&platform.command().folder(folder.path()), ["dev"])?;
    dev.line("version 1 answers").await?;
    for (text, version) in [("second", 2), ("third", 3)] {
        write(folder.path(), text)?;
        dev.line("app.js changed").await?;
        dev.line(&format!("version {version} answers")).await?;
        answers(&client, "dev-build", text).await?;
    }
    std::fs::write(
        folder.path().join("app.toml"),
        format!("title = \"Built\"\n{toml}"),
    )?;
    dev.line("version 4 answers").await?;
    let told = dev.told();
    ensure!(!told.contains("dist"), "{told}");
    ensure!(told.matches(" changed").count() == 3, "{told}");
    Ok(())
}

/// Where nothing answers at the usual address, the command is a server of its own.
#[tokio::test]
async fn without_a_server_it_starts_one_that_ends_with_it() -> Journey {
    let silent = match TcpListener::bind(USUAL).await {
        // It takes the place and gives no answers.
        Ok(usual) => tokio::spawn(async move {
            while let Ok((connection, _)) = usual.accept().await {
                drop(connection);
            }
        }),
        // Whoever works on this machine may have a server there, and that is nothing to play with.
        Err(error) if Client::new(USUAL.parse()?)?.get("/healthz").await.is_ok() => {
            let reason = format!("something answers at {USUAL}: {error}");
            return Optional::Ports.skip("the server of c4h dev", &reason);
        }
        Err(_) => tokio::spawn(async {}),
    };
    let folder = tempfile::tempdir_in(folders())?;
    std::fs::write(
        folder.path().join("app.toml"),
        "name = \"alone\"\nmain = \"app.js\"\n",
    )?;
    write(folder.path(), "first")?;
    let mut dev = Background::start(&command().folder(folder.path()), ["dev"])?;
    let heading = dev.line("alone answers at").await?;
    let (_, address) = heading.split_once("http://").context("an address")?;
    let (address, path) = address.split_once('/').context("a path")?;
    ensure!(path == "w/demo/apps/alone/", "{heading}");
    dev.line("one of its own").await?;
    dev.line("version 1 answers").await?;
    let client = Client::new(address.parse()?)?;
    answers(&client, "alone", "first").await?;
    dev.line("asked").await?;
    write(folder.path(), "second")?;
    answers(&client, "alone", "second").await?;
    #[cfg(unix)]
    {
        ensure!(dev.interrupt().await? == 0, "Ctrl-C is an orderly end");
        ensure!(
            client.get("/healthz").await.is_err(),
            "the server ends with the command"
        );
    }
    silent.abort();
    Ok(())
}

#[tokio::test]
async fn an_app_without_a_manifest_is_no_app_yet() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    for name in ["dev", "test"] {
        let sentence = command().folder(folder.path()).run([name]).await?.failure(1)?;
        ensure!(sentence.contains("c4h new"), "{sentence}");
    }
    Ok(())
}
