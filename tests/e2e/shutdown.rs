//! Asked to end, the program finishes what it has begun. Signals are how Unix asks; there is no such journey elsewhere.
#![cfg(unix)]

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tests::bytes_of_wasm::distinct;
use tests::guests::HOSTILE;
use tests::{TestPlatform, raw, until};

use crate::{Journey, builder, folders};

#[tokio::test]
async fn running_work_is_finished_first() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let platform = builder()
        .data_dir(folder.path())
        .limit("wall_ms", 10_000)
        .start()?;
    let client = platform.client()?;
    client.deploy("sleeper", HOSTILE).await?;

    let mut running = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let client = client.clone();
        running.spawn(async move { client.run("sleeper", "/sleep").await });
    }
    client.until_under_way(6).await?;
    let asked = Instant::now();
    platform.terminate()?;

    // Whoever spreads requests over several programs learns at once that this one is going.
    let address = platform.address();
    until(
        "the program says that it is going",
        Duration::from_secs(10),
        async || {
            let answer = raw::get(address, "/readyz", &["host: localhost"]).await?;
            Ok((raw::status(&answer)? == 503 && answer.contains("stopping")).then_some(()))
        },
    )
    .await?;

    let mut finished = 0;
    while let Some(answer) = running.join_next().await {
        // Complete answers: the run's own limit, not a broken connection.
        answer??.expect_problem(504, "limit-wall")?;
        finished += 1;
    }
    ensure!(finished == 6);
    let (status, log) = platform.wait_end()?;
    ensure!(status.code() == Some(0), "{status}: {}", log.join("\n"));
    ensure!(
        asked.elapsed() < Duration::from_secs(60),
        "it took {:?} to end",
        asked.elapsed()
    );

    let again = builder().data_dir(folder.path()).start()?;
    again.client()?.run("sleeper", "/ok").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_deploy_under_way_is_acknowledged_and_kept() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let platform = builder().data_dir(folder.path()).start()?;
    let client = platform.client()?;
    let mut deploys = tokio::task::JoinSet::new();
    for number in 0..3 {
        let (client, component) = (client.clone(), distinct(HOSTILE, &format!("late {number}")));
        deploys.spawn(async move { client.deploy(&format!("late-{number}"), component).await });
    }
    // They are under way when the first of them has come to its end.
    deploys.join_next().await.context("a deploy")???;
    platform.terminate()?;
    let mut acknowledged = 1;
    while let Some(deployed) = deploys.join_next().await {
        deployed??;
        acknowledged += 1;
    }
    ensure!(acknowledged == 3);
    let (status, log) = platform.wait_end()?;
    ensure!(status.code() == Some(0), "{status}: {}", log.join("\n"));
    let again = builder().data_dir(folder.path()).start()?;
    let client = again.client()?;
    for number in 0..3 {
        client.run(&format!("late-{number}"), "/ok").await?.expect(200)?;
    }
    Ok(())
}

#[tokio::test]
async fn an_idle_program_ends_at_once() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    // A connection that is kept and says nothing.
    client.healthy().await?;
    let asked = Instant::now();
    platform.stop()?;
    ensure!(
        asked.elapsed() < Duration::from_secs(20),
        "it took {:?} to end",
        asked.elapsed()
    );
    Ok(())
}

#[tokio::test]
async fn a_second_signal_ends_it_now() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let platform = builder().data_dir(folder.path()).start()?;
    let client = platform.client()?;
    client.deploy("sleeper", HOSTILE).await?;
    let running = tokio::spawn({
        let client = client.clone();
        async move { client.run("sleeper", "/sleep").await }
    });
    client.until_under_way(1).await?;
    platform.terminate()?;
    until("the first signal has come", Duration::from_secs(60), async || {
        Ok(platform
            .log()
            .iter()
            .any(|line| line.contains("stopping"))
            .then_some(()))
    })
    .await?;
    let asked = Instant::now();
    platform.terminate()?;
    let log = ended(platform)?;
    ensure!(
        asked.elapsed() < Duration::from_secs(20),
        "it took {:?} to end: {log:?}",
        asked.elapsed()
    );
    // The run was cut off: its caller has a broken connection and no answer.
    ensure!(running.await?.is_err());
    let again = builder().data_dir(folder.path()).start()?;
    again.client()?.run("sleeper", "/ok").await?.expect(200)?;
    Ok(())
}

fn ended(platform: TestPlatform) -> anyhow::Result<Vec<String>> {
    let (_status, log) = platform.wait_end()?;
    Ok(log)
}
