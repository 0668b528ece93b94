//! The attacks that no other journey makes, and the list of all of them: each row of the hostile guest's README names its test.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tests::bytes_of_wasm as wasm;
use tests::guests::HOSTILE;

use crate::hostile_uploads::stayed_small;
use crate::{Journey, builder, shared};

/// W3. A core module whose start asks for ten million elements, inside a component that would answer.
#[tokio::test]
async fn a_table_without_end_is_refused() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let grows = wasm::module(
        "(table $t 1 funcref)
         (func $start
           (if (i32.eq (table.grow $t (ref.null func) (i32.const 10000000)) (i32.const -1)) (then unreachable)))
         (start $start)",
    )?;
    client
        .deploy("table", wasm::with_module(examples::HELLO, &grows)?)
        .await?;
    let answer = client.run("table", "/").await?;
    answer.expect_problem(503, "limit-table")?;
    let trace = client.trace("table", &answer).await?;
    let hit = &trace["trace"]["limits_hit"][0];
    ensure!(hit["code"] == "limit-table" && hit["limit"] == 100_000, "{hit}");
    client.healthy().await
}

/// W16. The app asks itself, which no manifest has to allow; the platform counts, whatever the app says.
#[tokio::test]
async fn apps_that_ask_each_other_in_a_circle_are_ended() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("circle", HOSTILE).await?;
    client.run("circle", "/circle?circle").await?.expect(508)?;
    let traces = client.json("/api/v1/workspaces/demo/apps/circle/traces").await?;
    let runs = traces["runs"].as_array().context("traces")?.len();
    ensure!(runs == 5, "the app ran {runs} times");
    client.run("circle", "/ok").await?.expect(200)?;
    client.healthy().await
}

/// W18.
#[tokio::test]
async fn what_is_handed_over_at_once_is_bounded() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    client.deploy("at-once", HOSTILE).await?;
    let at_rest = platform.memory_kib();
    for (path, code) in [("/host-call", "limit-host-call"), ("/random", "limit-random")] {
        for _ in 0..4 {
            client.run("at-once", path).await?.expect_problem(503, code)?;
        }
    }
    stayed_small(&platform, at_rest)
}

/// W21.
#[tokio::test]
async fn traps_at_the_seams_are_the_apps_own() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("seams", HOSTILE).await?;
    for path in ["/trap-in-realloc", "/trap-in-free", "/panic-in-body"] {
        let answer = client.run("seams", path).await?;
        answer.expect_problem(500, "app-trap")?;
        let trace = client.trace("seams", &answer).await?;
        let frames = trace["trace"]["backtrace"].as_array().context("a backtrace")?;
        ensure!(!frames.is_empty(), "{path}: {trace}");
        client.run("seams", "/ok").await?.expect(200)?;
    }
    client.healthy().await
}

/// W22.
#[tokio::test]
async fn there_are_no_threads_and_no_fine_clocks() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let shared_memory = wasm::module("(memory 1 2 shared)")?;
    let answer = client
        .upload("threads", wasm::with_module(examples::HELLO, &shared_memory)?)
        .await?;
    let problem = answer.problem()?;
    ensure!(answer.status == 422, "{problem:?}");
    client.deploy("clocks", HOSTILE).await?;
    let seen: Value = client.run("clocks", "/env").await?.expect(200)?.json()?;
    for clock in ["wall_clock_resolution_ns", "monotonic_clock_resolution_ns"] {
        ensure!(seen[clock] == 1_000_000, "{seen}");
    }
    let now = seen["monotonic_clock_ns"].as_u64().context("a time")?;
    ensure!(now.is_multiple_of(1_000_000), "{seen}");
    Ok(())
}

/// W23. Thirty of one app a minute; what is older than the newest twenty goes, so that the disk stays small.
#[tokio::test]
async fn deploys_in_a_row_are_slowed_down() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let mut deployed = 0;
    let refused = loop {
        let answer = client.upload("in-a-row", examples::HELLO).await?;
        if answer.status != 201 {
            break answer;
        }
        deployed += 1;
        ensure!(deployed <= 100, "nobody stops it");
    };
    refused.expect_problem(429, "limit-deploys")?;
    let wait: u32 = refused
        .header("retry-after")
        .context("when to try again")?
        .parse()?;
    ensure!((1..=60).contains(&wait), "{wait} s");
    ensure!(deployed >= 30, "only {deployed} were taken");
    // Others deploy meanwhile, and the app itself answers.
    client.deploy("in-another-row", examples::HELLO).await?;
    client.run("in-a-row", "/").await?.expect(200)?;
    Ok(())
}

/// A row of the list names a file and a test in it; both are there.
#[test]
fn every_row_of_the_list_is_a_test() -> Journey {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows: Vec<_> = include_str!("../guests/hostile/README.md")
        .lines()
        .filter(|line| line.starts_with("| W"))
        .collect();
    for (number, row) in rows.iter().enumerate() {
        ensure!(
            row.starts_with(&format!("| W{} |", number + 1)),
            "out of order: {row}"
        );
        let cell = row.rsplit('|').nth(1).context("a last cell")?;
        let mut names = cell.split('`').skip(1).step_by(2);
        let (file, test) = (
            names.next().context(cell.to_owned())?,
            names.next().context(cell.to_owned())?,
        );
        let path = match file.strip_prefix("it/") {
            Some(rest) => here.join("../sandbox-runtime/tests/it").join(rest),
            None => here.join(file),
        };
        let source = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        ensure!(
            source.contains(&format!("fn {test}(")),
            "{file} has no test {test}"
        );
    }
    ensure!(rows.len() >= 23, "{} rows", rows.len());
    Ok(())
}
