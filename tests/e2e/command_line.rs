//! Every subcommand: what it prints when it works, and the one sentence when it does not.

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tests::bytes_of_wasm;
use tests::guests::HOSTILE;

use crate::{Journey, command, folders, shared};

#[tokio::test]
async fn apps_are_listed() -> Journey {
    let platform = shared()?;
    platform.client()?.deploy("listed-app", examples::HELLO).await?;
    let command = platform.command();
    let table = command.run(["apps"]).await?.success()?;
    let row = table
        .lines()
        .find(|line| line.starts_with("listed-app "))
        .with_context(|| table.clone())?;
    ensure!(
        row.contains(" 1 ") && row.ends_with("/w/demo/apps/listed-app/"),
        "{row}"
    );
    let json: Value = serde_json::from_str(&command.run(["apps", "--json"]).await?.success()?)?;
    ensure!(
        json["apps"]
            .as_array()
            .is_some_and(|apps| apps.iter().any(|app| app["name"] == "listed-app")),
        "{json}"
    );
    Ok(())
}

#[tokio::test]
async fn logs_and_traces_are_shown_and_tell_terminals_nothing() -> Journey {
    let platform = shared()?;
    let (client, command) = (platform.client()?, platform.command());
    client.deploy("talker", examples::PATIENT_LOOKUP).await?;
    let none = command.run(["logs", "talker"]).await?.success()?;
    ensure!(none.contains("Nothing was printed"), "{none}");
    let none = command.run(["traces", "talker"]).await?.success()?;
    ensure!(none.contains("No runs"), "{none}");

    let answer = client.run("talker", "/?nhs=9000000009").await?.expect(200)?;
    let run = answer.run()?;
    let logs = command.run(["logs", "talker"]).await?.success()?;
    ensure!(logs.contains("It answered 200") && logs.contains(run), "{logs}");
    let one = command.run(["logs", "talker", "--limit", "1"]).await?.success()?;
    ensure!(one.lines().count() == 1, "{one}");
    let json: Value = serde_json::from_str(&command.run(["logs", "talker", "--json"]).await?.success()?)?;
    ensure!(json["lines"][0]["run"] == run, "{json}");

    let list = command.run(["traces", "talker"]).await?.success()?;
    ensure!(
        list.lines().count() == 2 && list.contains(run) && list.contains("answered"),
        "{list}"
    );
    for which in [run, "last"] {
        let timeline = command.run(["traces", "talker", which]).await?.success()?;
        for words in [
            "Read a patient",
            "/Patient/9000000009",
            "200",
            "It answered 200",
            "answered 200",
        ] {
            ensure!(timeline.contains(words), "no {words:?} in {timeline}");
        }
    }
    let json: Value = serde_json::from_str(
        &command
            .run(["traces", "talker", "last", "--json"])
            .await?
            .success()?,
    )?;
    ensure!(
        json["run"] == run && json["trace"]["calls"][0]["title"] == "Read a patient",
        "{json}"
    );

    // A stranger's text: the address of a request can hold what a terminal would act on.
    client
        .run("talker", "/%1b%5b2J?nhs=%1b%5b31mred%0d%0aforged%20line")
        .await?
        .expect(404)?;
    client
        .run("talker", "/?nhs=%1b%5d0;title%07")
        .await?
        .expect(200)?;
    for arguments in [
        &["logs", "talker"][..],
        &["traces", "talker"],
        &["traces", "talker", "last"],
    ] {
        let told = command.run(arguments).await?.success()?;
        ensure!(
            !told.contains(['\u{1b}', '\u{7}', '\r', '\u{9b}']),
            "{arguments:?}: {told:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn escapes_in_a_guests_log_are_made_harmless() -> Journey {
    let platform = shared()?;
    let (client, command) = (platform.client()?, platform.command());
    client.deploy("escaping", HOSTILE).await?;
    // The hostile guest's panic message is in the log as it is; that it reaches the terminal shows that text does.
    client
        .run("escaping", "/panic")
        .await?
        .expect_problem(500, "app-trap")?;
    let logs = command.run(["logs", "escaping"]).await?.success()?;
    ensure!(
        logs.contains("this guest panics on purpose") && !logs.contains('\u{1b}'),
        "{logs:?}"
    );
    let timeline = command.run(["traces", "escaping", "last"]).await?.success()?;
    ensure!(timeline.contains("failed (app-trap)"), "{timeline}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_deployed_is_one_sentence() -> Journey {
    let platform = shared()?;
    let command = platform.command();
    let folder = tempfile::tempdir_in(folders())?;
    let file = |name: &str, bytes: &[u8]| -> anyhow::Result<String> {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(path.to_str().context("a plain path")?.to_owned())
    };
    let core = file("core.wasm", &bytes_of_wasm::core_module()?)?;
    let good = file("good.wasm", examples::HELLO)?;
    let nameless = file("\u{75c5}\u{9662}.wasm", examples::HELLO)?;
    let nowhere = folder
        .path()
        .join("nowhere.wasm")
        .to_str()
        .context("a plain path")?
        .to_owned();
    let itself = folder.path().to_str().context("a plain path")?.to_owned();
    for (arguments, word) in [
        (vec!["deploy", &core, "--app", "cli-refused"], "wasm32-wasip2"),
        (vec!["deploy", &nowhere, "--app", "cli-refused"], "cannot be read"),
        (vec!["deploy", &itself, "--app", "cli-refused"], "c4h new"),
        (vec!["deploy", &good, "--app", "Bad Name"], "is not a name"),
        (vec!["deploy", &good, "--app", "api"], "kept for the platform"),
        (vec!["deploy", &nameless], "--app"),
        (vec!["logs", "no-such-app"], "c4h deploy"),
        (vec!["traces", "no-such-app"], "c4h apps"),
        (
            vec!["traces", "patient-lookup", "0123456789abcdef"],
            "no trace of run",
        ),
        (
            vec!["traces", "patient-lookup", "../../../etc"],
            "letters and digits",
        ),
        (vec!["apps", "--workspace", "nowhere"], "nowhere"),
    ] {
        let sentence = command
            .run(&arguments)
            .await?
            .failure(1)
            .with_context(|| format!("{arguments:?}"))?;
        ensure!(sentence.contains(word), "{arguments:?}: {sentence}");
    }
    let apps = platform.client()?.json("/api/v1/workspaces/demo/apps").await?;
    ensure!(!apps.to_string().contains("cli-refused"), "{apps}");
    Ok(())
}

#[tokio::test]
async fn without_a_server_the_way_to_one_is_told() -> Journey {
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let url = format!("http://{free}");
    for arguments in [&["apps"][..], &["logs", "x1"], &["traces", "x1"]] {
        let arguments = arguments.iter().copied().chain(["--url", &url]);
        let sentence = command().run(arguments).await?.failure(1)?;
        ensure!(
            sentence.contains(&url) && sentence.contains("c4h serve"),
            "{sentence}"
        );
    }
    let sentence = command()
        .run(["apps", "--url", "https://127.0.0.1:1"])
        .await?
        .failure(2)?;
    ensure!(sentence.contains("http"), "{sentence}");
    let sentence = command()
        .variable("C4H_URL", "nonsense")
        .run(["apps"])
        .await?
        .failure(2)?;
    ensure!(sentence.contains("C4H_URL"), "{sentence}");
    Ok(())
}

#[tokio::test]
async fn misuse_is_answered_with_usage() -> Journey {
    for arguments in [
        &["deploy"][..],
        &["logs"],
        &["traces"],
        &["dump"],
        &["restore"],
        &["no-such-command"],
        &["apps", "--no-such-flag"],
        &["logs", "x1", "--limit", "0"],
        &["traces", "x1", "--limit", "many"],
    ] {
        let ended = command().run(arguments).await?;
        ensure!(
            ended.code == 2 && ended.stdout.is_empty(),
            "{arguments:?}: {ended:?}"
        );
        ensure!(ended.stderr.contains("--help"), "{arguments:?}: {}", ended.stderr);
    }
    let help = command().run(["--help"]).await?.success()?;
    for name in [
        "serve", "deploy", "apps", "logs", "traces", "doctor", "dump", "restore",
    ] {
        ensure!(help.contains(name), "{help}");
        let own = command().run([name, "--help"]).await?.success()?;
        ensure!(own.contains("Usage: "), "{own}");
    }
    ensure!(
        !help.contains("compile-child"),
        "an inner command is in the help: {help}"
    );
    let version = command().run(["--version"]).await?.success()?;
    ensure!(version.starts_with("c4h 0."), "{version}");
    Ok(())
}

#[tokio::test]
async fn the_doctor_examines_the_machine() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let (free, not_there) = (
        std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?,
        folder.path().join("new"),
    );
    let address = free.to_string();
    let data_dir = not_there.to_str().context("a plain path")?;
    let told = command()
        .run(["doctor", "--listen", &address, "--data-dir", data_dir])
        .await?
        .success()?;
    ensure!(told.lines().count() >= 4 && !told.contains("FAIL"), "{told}");
    for what in ["data folder", "disk", "port"] {
        ensure!(told.contains(what), "{told}");
    }
    ensure!(!not_there.exists(), "the doctor made the folder it looked for");
    let json = command()
        .run(["doctor", "--json", "--listen", &address, "--data-dir", data_dir])
        .await?
        .success()?;
    let json: Value = serde_json::from_str(&json)?;
    ensure!(
        json.as_array()
            .is_some_and(|findings| findings.iter().all(|finding| finding["sentence"].is_string())),
        "{json}"
    );

    // A file where the folder should be.
    let file = folder.path().join("file");
    std::fs::write(&file, "x")?;
    let ended = command()
        .run([
            "doctor",
            "--listen",
            &address,
            "--data-dir",
            file.to_str().context("a path")?,
        ])
        .await?;
    ensure!(ended.code == 1 && ended.stdout.contains("FAIL"), "{ended:?}");

    // Beside a running server.
    let platform = shared()?;
    let (running, data) = (
        platform.address().to_string(),
        platform.data_dir().to_str().context("a path")?.to_owned(),
    );
    let ended = command()
        .run(["doctor", "--listen", &running, "--data-dir", &data])
        .await?;
    ensure!(ended.code == 0 && ended.stdout.contains("running"), "{ended:?}");
    platform.client()?.healthy().await
}
