//! A builder works: `c4h dev` deploys every save, tells what happens, and survives mistakes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tests::{Background, Client, until};

use crate::{Journey, command, folders, shared};

/// Edits that are timed.
const EDITS: u32 = 9;
/// An answer that comes later than this never comes.
const PATIENCE: Duration = Duration::from_secs(30);

fn write(folder: &Path, text: &str) -> anyhow::Result<()> {
    let source = format!(
        "import {{ checkNhsNumber }} from \"nhs\";\nexport default {{\n  fetch() {{\n    console.log(\"asked\");\n    \
         return new Response(\"{text}\");\n  }},\n}};\n"
    );
    std::fs::write(folder.join("app.js"), source)?;
    Ok(())
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

    let mut took = Vec::new();
    for edit in 0..EDITS {
        let text = format!("edit {edit}");
        let started = Instant::now();
        write(folder.path(), &text)?;
        answers(&client, "dev-loop", &text).await?;
        took.push(started.elapsed());
    }
    took.sort_unstable();
    let mut told = String::from("edit to answer, from the save to the new text:");
    for took in &took {
        write!(told, " {}", took.as_millis())?;
    }
    // Straight to the descriptor: the test runner shows what a passing test prints to nobody.
    writeln!(std::io::stderr(), "{told} ms")?;

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

#[tokio::test]
async fn an_app_without_a_manifest_is_no_app_yet() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    for name in ["dev", "test"] {
        let sentence = command().folder(folder.path()).run([name]).await?.failure(1)?;
        ensure!(sentence.contains("c4h new"), "{sentence}");
    }
    Ok(())
}
