//! The process is killed, again and again, while people deploy: what was acknowledged is there afterwards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tests::bytes_of_wasm::distinct;
use tests::guests::HOSTILE;
use tests::{Client, until};

use crate::{Journey, builder, folders};

const ROUNDS: usize = 8;
const DEPLOYERS: usize = 4;

/// Acknowledged versions: app → number → SHA-256 of its component.
type Acknowledged = Arc<Mutex<BTreeMap<String, BTreeMap<u64, String>>>>;

/// Deploys one component after the other until the server is gone.
async fn deploy_on(client: Client, round: usize, deployer: usize, acknowledged: Acknowledged) {
    for number in 0.. {
        // Every other deploy goes to an app that all share.
        let app = if number % 2 == 0 {
            format!("own-{deployer}")
        } else {
            "everybodys".to_owned()
        };
        let component = distinct(examples::HELLO, &format!("{round} {deployer} {number}"));
        // No answer: whether it was kept is unknown, and both are right.
        let Ok(version) = client.deploy(&app, component).await else {
            return;
        };
        let (Some(number), Some(sha)) = (version["number"].as_u64(), version["sha256"].as_str()) else {
            return;
        };
        let mut acknowledged = acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        acknowledged
            .entry(app)
            .or_default()
            .insert(number, sha.to_owned());
    }
}

fn count(acknowledged: &Acknowledged) -> usize {
    acknowledged
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .values()
        .map(BTreeMap::len)
        .sum()
}

/// Everything that was acknowledged is there, whole, and answers.
async fn check(client: &Client, acknowledged: &Acknowledged) -> Journey {
    let acknowledged = acknowledged
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    for (app, kept) in acknowledged {
        let versions = client
            .json(&format!("/api/v1/workspaces/demo/apps/{app}/versions"))
            .await?;
        let there: BTreeMap<u64, &str> = versions["versions"]
            .as_array()
            .context("versions")?
            .iter()
            .filter_map(|version| Some((version["number"].as_u64()?, version["sha256"].as_str()?)))
            .collect();
        for (number, sha) in &kept {
            ensure!(
                there.get(number) == Some(&sha.as_str()),
                "{app} has lost version {number}: {versions}"
            );
        }
        // Numbers without a gap: no half of a deploy is left over.
        let last = there.keys().copied().max().context("a version")?;
        ensure!(there.len() == usize::try_from(last)?, "{app}: {versions}");
        let document = client
            .json(&format!("/api/v1/workspaces/demo/apps/{app}"))
            .await?;
        ensure!(document["current_version"] == last, "{document} {versions}");
        ensure!(
            client.run(&app, "/").await?.expect(200)?.text() == "Hello from your app\n",
            "{app}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_after_every_kill() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let acknowledged = Acknowledged::default();
    for round in 0..ROUNDS {
        let platform = builder().data_dir(folder.path()).start()?;
        let client = platform.client()?;
        check(&client, &acknowledged).await?;
        let before = count(&acknowledged);

        let mut deployers = tokio::task::JoinSet::new();
        for deployer in 0..DEPLOYERS {
            deployers.spawn(deploy_on(
                client.clone(),
                round,
                deployer,
                Arc::clone(&acknowledged),
            ));
        }
        // Killed at another moment in every round: after so many acknowledged deploys, with others under way.
        let wanted = before + 1 + round * 5 % 7;
        until("deploys are acknowledged", Duration::from_secs(60), async || {
            Ok((count(&acknowledged) >= wanted).then_some(()))
        })
        .await?;
        platform.kill()?;
        while deployers.join_next().await.is_some() {}
    }
    let platform = builder().data_dir(folder.path()).start()?;
    check(&platform.client()?, &acknowledged).await?;
    ensure!(
        count(&acknowledged) >= ROUNDS,
        "too little was deployed to prove anything"
    );
    Ok(())
}

/// Files below a folder, with their contents.
fn files_in(folder: &Path) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_in(&path)?);
        } else {
            files.insert(path.clone(), std::fs::read(&path)?);
        }
    }
    Ok(files)
}

/// The compiled components: everything large in the folder that holds them.
fn artefacts(data: &Path) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = files_in(&data.join("artefacts"))?;
    files.retain(|_, bytes| bytes.len() > 10_000);
    ensure!(!files.is_empty(), "no compiled components in {}", data.display());
    Ok(files)
}

#[tokio::test]
async fn machine_code_that_was_changed_on_disk_is_never_run() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let platform = builder().data_dir(folder.path()).start()?;
    let client = platform.client()?;
    let hello = client.deploy("hello", examples::HELLO).await?["sha256"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let hostile = client.deploy("hostile", HOSTILE).await?["sha256"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    platform.kill()?;

    // One bit, in the middle, of each: nothing of it is loaded, everything is compiled again.
    let changed: BTreeMap<_, _> = artefacts(folder.path())?
        .into_iter()
        .map(|(path, mut bytes)| {
            let middle = bytes.len() / 2;
            if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 1;
            }
            (path, bytes)
        })
        .collect();
    for (path, bytes) in &changed {
        std::fs::write(path, bytes)?;
    }
    runs_both(folder.path()).await?;
    for (path, bytes) in artefacts(folder.path())? {
        ensure!(
            changed.get(&path) != Some(&bytes),
            "{} was left as it was changed",
            path.display()
        );
    }

    // Sound machine code of ours, but of another component.
    let files = artefacts(folder.path())?;
    let of = |sha: &str| {
        let named = files
            .iter()
            .find(|(path, _)| path.to_string_lossy().contains(sha));
        named.with_context(|| format!("no artefact is named after {sha}: {:?}", files.keys()))
    };
    let ((_, machine_code), (place, _)) = (of(&hello)?, of(&hostile)?);
    std::fs::write(place, machine_code)?;
    runs_both(folder.path()).await?;

    // Nothing at all, and something else altogether.
    for (path, bytes) in [
        (of(&hello)?.0, Vec::new()),
        (of(&hostile)?.0, b"\x7fELF".repeat(10_000)),
    ] {
        std::fs::write(path, bytes)?;
    }
    runs_both(folder.path()).await
}

async fn runs_both(data: &Path) -> Journey {
    let platform = builder().data_dir(data).start()?;
    let client = platform.client()?;
    ensure!(client.run("hello", "/").await?.expect(200)?.text() == "Hello from your app\n");
    ensure!(client.run("hostile", "/ok").await?.expect(200)?.text() == "ok\n");
    let jane = client
        .run("patient-lookup", "/?nhs=9000000009")
        .await?
        .expect(200)?;
    ensure!(jane.text().contains("SMITH, Jane"), "{}", jane.text());
    platform.kill()
}
