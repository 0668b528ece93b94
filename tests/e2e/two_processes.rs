//! A second program on the same folder: it says so in one sentence, and the first is not disturbed.

use anyhow::{Context as _, ensure};

use crate::{Journey, builder, command, folders};

#[tokio::test]
async fn the_second_program_on_a_folder_refuses() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let first = builder().data_dir(folder.path()).start()?;
    let client = first.client()?;

    let (code, said) = builder().data_dir(folder.path()).spawn()?.ended()?;
    ensure!(code == 1, "exit code {code}: {said}");
    let sentences: Vec<_> = said.lines().filter(|line| line.starts_with("c4h: ")).collect();
    ensure!(sentences.len() == 1, "{said}");
    let name = folder
        .path()
        .file_name()
        .and_then(|name| name.to_str())
        .context("a name")?;
    ensure!(
        sentences[0].contains(name) && sentences[0].contains("in use"),
        "{said}"
    );
    ensure!(sentences[0].contains("--data-dir"), "no way out is told: {said}");

    // Tools that need the folder for themselves refuse as well, and change nothing.
    let data_dir = folder.path().to_str().context("a plain path")?;
    let dump = folder.path().join("never.dump");
    let dump = dump.to_str().context("a plain path")?;
    let refused = command()
        .run(["dump", dump, "--data-dir", data_dir])
        .await?
        .failure(1)?;
    ensure!(refused.contains("in use"), "{refused}");
    ensure!(!std::fs::exists(dump)?, "half a dump was left");
    let refused = command()
        .run(["restore", dump, "--data-dir", data_dir])
        .await?
        .failure(1)?;
    ensure!(
        refused.contains("cannot be read") || refused.contains("in use"),
        "{refused}"
    );

    client.healthy().await?;
    client.deploy("undisturbed", examples::HELLO).await?;
    client.run("undisturbed", "/").await?.expect(200)?;

    // The lock goes with the process, however it ends: nobody has to remove a file.
    first.kill()?;
    let third = builder().data_dir(folder.path()).start()?;
    third.client()?.run("undisturbed", "/").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() -> Journey {
    let first = builder().start()?;
    let folder = tempfile::tempdir_in(folders())?;
    let address = first.address().to_string();
    let data_dir = folder.path().to_str().context("a plain path")?;
    let ended = command()
        .run(["serve", "--listen", &address, "--data-dir", data_dir])
        .await?;
    ensure!(ended.code == 1 && ended.stdout.is_empty(), "{ended:?}");
    let sentence = ended
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("c4h: "))
        .context("a sentence")?;
    ensure!(
        sentence.contains(&first.address().port().to_string()) && sentence.contains("--listen"),
        "{sentence}"
    );
    first.client()?.healthy().await
}
