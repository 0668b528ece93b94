//! A builder deploys scripts and folders, goes back a version, keeps secrets, and takes the work home.

use std::path::Path;

use anyhow::{Context as _, ensure};

use crate::{Journey, builder, folders, shared};

fn app(text: &str) -> String {
    format!(
        "export default {{ fetch: (request, env) => new Response(\"{text} \" + (env.KEY_OF_IT ?? \"no key\")) }};\n"
    )
}

fn plain(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a plain path")
}

#[tokio::test]
async fn a_script_is_deployed_as_it_is() -> Journey {
    let platform = shared()?;
    let (client, command) = (platform.client()?, platform.command());
    let folder = tempfile::tempdir_in(folders())?;
    let file = folder.path().join("lone-script.js");
    std::fs::write(&file, app("hello"))?;
    let told = command.run(["deploy", plain(&file)?]).await?.success()?;
    ensure!(told.contains("Deployed lone-script, version 1"), "{told}");
    ensure!(client.run("lone-script", "/").await?.expect(200)?.text() == "hello no key");

    let typed = folder.path().join("lone-typed.ts");
    std::fs::write(
        &typed,
        "export default { fetch: (request: Request): Response => new Response(\"typed\") };\n",
    )?;
    command.run(["deploy", plain(&typed)?]).await?.success()?;
    ensure!(client.run("lone-typed", "/").await?.expect(200)?.text() == "typed");

    // Most scripts are called app.js, and no app is: the folder gives the name.
    let named = folder.path().join("Bed Board");
    std::fs::create_dir(&named)?;
    std::fs::write(named.join("app.js"), app("beds"))?;
    let told = command
        .clone()
        .folder(&named)
        .run(["deploy", "app.js"])
        .await?
        .success()?;
    ensure!(told.contains("Deployed bed-board, version 1"), "{told}");

    std::fs::write(&file, "export default {\n\tfetch() { return 1 + ; },\n};\n")?;
    let ended = command.run(["deploy", plain(&file)?]).await?;
    ensure!(ended.code == 1 && ended.stdout.is_empty(), "{ended:?}");
    let mut lines = ended.stderr.lines();
    let sentence = lines.next().unwrap_or_default();
    ensure!(
        sentence.starts_with("c4h: ") && sentence.contains(".js:2:"),
        "{sentence}"
    );
    ensure!(sentence.ends_with("(script-syntax)"), "{sentence}");
    ensure!(
        lines.next() == Some("  2 | \tfetch() { return 1 + ; },"),
        "{}",
        ended.stderr
    );
    ensure!(
        lines.next().is_some_and(|mark| mark.ends_with('^')),
        "{}",
        ended.stderr
    );
    ensure!(client.run("lone-script", "/").await?.expect(200)?.text() == "hello no key");
    Ok(())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, told in the order it happens")]
async fn a_folder_has_versions_secrets_and_a_way_home() -> Journey {
    let platform = shared()?;
    let (client, command) = (platform.client()?, platform.command());
    let work = tempfile::tempdir_in(folders())?;
    let folder = work.path().join("Ward Round");
    std::fs::create_dir_all(folder.join("public"))?;
    std::fs::create_dir_all(folder.join("node_modules/big"))?;
    std::fs::write(folder.join("app.toml"), "secrets = [\"KEY_OF_IT\"]\n")?;
    std::fs::write(folder.join("app.js"), app("one"))?;
    std::fs::write(folder.join("public/hello.txt"), "public")?;
    std::fs::write(folder.join(".env"), "PASSWORD=x")?;
    std::fs::write(folder.join("node_modules/big/index.js"), "x")?;
    let folder_text = plain(&folder)?;
    let told = command.run(["deploy", folder_text]).await?.success()?;
    ensure!(told.contains("Deployed ward-round, version 1"), "{told}");
    ensure!(client.run("ward-round", "/hello.txt").await?.expect(200)?.text() == "public");

    // A version that waits, then answers, then is taken back.
    std::fs::write(folder.join("app.js"), app("two"))?;
    let told = command
        .run(["deploy", folder_text, "--no-activate"])
        .await?
        .success()?;
    ensure!(told.contains("/ward-round--v2/"), "{told}");
    ensure!(
        client
            .run("ward-round", "/")
            .await?
            .expect(200)?
            .text()
            .starts_with("one")
    );
    ensure!(
        client
            .run("ward-round--v2", "/")
            .await?
            .expect(200)?
            .text()
            .starts_with("two")
    );
    let told = command
        .run(["rollback", "ward-round", "--to", "2"])
        .await?
        .success()?;
    ensure!(told.contains("answers with version 2; before it was 1"), "{told}");
    ensure!(
        client
            .run("ward-round", "/")
            .await?
            .expect(200)?
            .text()
            .starts_with("two")
    );
    command.run(["rollback", "ward-round"]).await?.success()?;
    ensure!(
        client
            .run("ward-round", "/")
            .await?
            .expect(200)?
            .text()
            .starts_with("one")
    );
    let listed = command.run(["versions", "ward-round"]).await?.success()?;
    ensure!(
        listed.lines().count() == 3 && listed.contains("1 (answers)") && listed.contains("--v2/"),
        "{listed}"
    );
    let sentence = command.run(["rollback", "ward-round"]).await?.failure(1)?;
    ensure!(sentence.contains("no version before 1"), "{sentence}");
    let sentence = command
        .run(["rollback", "ward-round", "--to", "9"])
        .await?
        .failure(1)?;
    ensure!(sentence.contains('9'), "{sentence}");

    // A secret goes in and does not come out.
    let set = ["secrets", "set", "ward-round", "KEY_OF_IT"];
    let told = command
        .clone()
        .input("swordfish-12\n")
        .run(set)
        .await?
        .success()?;
    ensure!(
        told.contains("KEY_OF_IT") && !told.contains("swordfish"),
        "{told}"
    );
    ensure!(client.run("ward-round", "/").await?.expect(200)?.text() == "one swordfish-12");
    let told = command.run(["secrets", "list", "ward-round"]).await?.success()?;
    ensure!(
        told.contains("KEY_OF_IT") && !told.contains("swordfish"),
        "{told}"
    );
    let sentence = command.clone().input("").run(set).await?.failure(1)?;
    ensure!(sentence.contains("standard input"), "{sentence}");
    let sentence = command.clone().input("sword7\n").run(set).await?.failure(1)?;
    ensure!(!sentence.contains("sword7"), "{sentence}");
    command
        .run(["secrets", "remove", "ward-round", "KEY_OF_IT"])
        .await?
        .success()?;
    ensure!(client.run("ward-round", "/").await?.expect(200)?.text() == "one no key");

    // The way home: what the version that answers was sent as, no more and no less; and a component for any other host.
    std::fs::write(folder.join("app.js"), app("one"))?;
    let command = command.folder(work.path());
    command.run(["download", "ward-round"]).await?.success()?;
    let home = work.path().join("ward-round");
    for path in ["app.toml", "app.js", "public/hello.txt"] {
        ensure!(
            std::fs::read(home.join(path))? == std::fs::read(folder.join(path))?,
            "{path}"
        );
    }
    ensure!(!home.join(".env").exists() && !home.join("node_modules").exists());
    command
        .run(["download", "ward-round", "--component"])
        .await?
        .success()?;
    let component = std::fs::read(work.path().join("ward-round.wasm"))?;
    ensure!(component.starts_with(b"\0asm"));
    let sentence = command.run(["download", "ward-round"]).await?.failure(1)?;
    ensure!(sentence.contains("not empty"), "{sentence}");
    Ok(())
}

/// Whatever the app does with it, and however much the program says.
#[tokio::test]
async fn a_secret_is_not_in_the_programs_own_log() -> Journey {
    const SECRET: &str = "swordfish-in-no-log";
    let platform = builder().variable("C4H_LOG", "trace").start()?;
    let (client, command) = (platform.client()?, platform.command());
    let folder = tempfile::tempdir_in(folders())?;
    std::fs::write(
        folder.path().join("app.toml"),
        "name = \"talkative\"\nsecrets = [\"KEY_OF_IT\"]\n",
    )?;
    let source = "export default { async fetch(request, { KEY_OF_IT }) {
        console.log('the key is', KEY_OF_IT);
        await fetch(`https://int.api.service.nhs.uk/hello/world?key=${KEY_OF_IT}`, { headers: { 'x-key': KEY_OF_IT } }).catch(() => {});
        await fetch(`https://example.org/${KEY_OF_IT}`).catch(() => {});
        if (new URL(request.url).pathname === '/fail') throw new Error(`with ${KEY_OF_IT}`);
        return new Response(KEY_OF_IT);
    } };";
    std::fs::write(folder.path().join("app.js"), source)?;
    command.run(["deploy", plain(folder.path())?]).await?.success()?;
    let set = ["secrets", "set", "talkative", "KEY_OF_IT"];
    command
        .clone()
        .input(&format!("{SECRET}\n"))
        .run(set)
        .await?
        .success()?;
    ensure!(client.run("talkative", "/").await?.expect(200)?.text() == SECRET);
    client.run("talkative", "/fail").await?.expect(500)?;
    command
        .run(["secrets", "remove", "talkative", "KEY_OF_IT"])
        .await?
        .success()?;
    let log = platform.log();
    ensure!(
        log.iter().any(|line| line.contains("talkative")),
        "the log says nothing of it"
    );
    for line in log.iter().chain(&platform.printed()) {
        ensure!(!line.contains(SECRET), "{line}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_is_one_sentence() -> Journey {
    let platform = shared()?;
    let work = tempfile::tempdir_in(folders())?;
    let command = platform.command().folder(work.path());
    let write = |path: &str, text: &str| -> anyhow::Result<()> {
        let file = work.path().join(path);
        std::fs::create_dir_all(file.parent().context("a folder")?)?;
        Ok(std::fs::write(file, text)?)
    };
    write("no-manifest/app.js", "")?;
    write("typo/app.toml", "titel = \"BMI\"\n")?;
    write("nothing/app.toml", "")?;
    write("missing/app.toml", "main = \"other.js\"\n")?;
    write("unbuilt/app.toml", "component = \"target/x.wasm\"\n")?;
    write("broken/app.toml", "component = \"x.wasm\"\nbuild = \"exit 3\"\n")?;
    write("app.jsx", "")?;
    for (path, word) in [
        ("no-manifest", "c4h new"),
        ("typo", "did you mean title?"),
        ("nothing", "main = \"app.js\""),
        ("missing", "other.js"),
        ("unbuilt", "build it first"),
        ("broken", "exit code 3"),
        ("app.jsx", "JSX"),
    ] {
        let sentence = command.run(["deploy", path]).await?.failure(1)?;
        ensure!(sentence.contains(word), "{path}: {sentence}");
    }
    Ok(())
}
