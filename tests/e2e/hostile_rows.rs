//! The attacks that no other journey makes. The list of all of them is the hostile guest's README.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::bytes_of_wasm as wasm;
use tests::guests::HOSTILE;
use tests::{Client, TestPlatform};
use tokio::task::JoinSet;

use crate::{Journey, builder, shared};

const MIB_IN_KIB: u64 = 1 << 10;
/// What a server that serves may take more than one that does not: buffers, stacks, rows of the trace.
const SERVING_KIB: u64 = 40 * MIB_IN_KIB;
/// The most memory of one run, by `limit-memory`.
const RUN_KIB: u64 = 128 * MIB_IN_KIB;
/// What an attack may do to a neighbour's pace.
const SLOWER: f64 = 3.0;

/// The most memory that the server had meanwhile, above what it had before, in KiB; `None` where the system does not tell.
async fn most_memory(
    platform: &TestPlatform,
    attack: impl AsyncFnOnce() -> Journey,
) -> anyhow::Result<Option<u64>> {
    platform.forget_most_memory();
    let before = platform.memory_kib();
    attack().await?;
    let after = platform.memory_kib();
    Ok(before
        .zip(after)
        .map(|((_, before), (_, most))| most.saturating_sub(before)))
}

/// How long the app of the other workspace takes to answer, nine times of ten.
async fn pace(client: &Client) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..50 {
        let begun = Instant::now();
        client.get("/w/quiet/apps/probe/").await?.expect(200)?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times[45])
}

/// W1. Quiet and attacked take turns, because other journeys share the machine: the best of them counts. A server that lets one workspace
/// slow another down does so in every turn.
#[tokio::test]
async fn the_apps_of_another_workspace_keep_their_pace_while_apps_spin() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    for number in 0..4 {
        client.deploy(&format!("spinner-{number}"), HOSTILE).await?;
    }
    let made = client
        .request(Method::POST, "/api/v1/workspaces")
        .json(&json!({ "name": "quiet" }));
    client.send(made).await?.expect(201)?;
    let deployed = client
        .request(Method::POST, "/api/v1/workspaces/quiet/apps/probe/versions")
        .header("content-type", "application/wasm")
        .body(examples::HELLO);
    client.send(deployed).await?.expect(201)?;
    pace(&client).await?;

    let mut turns = Vec::new();
    for _ in 0..5 {
        let quiet = pace(&client).await?;
        let mut spinning = JoinSet::new();
        for number in 0..64 {
            let client = client.clone();
            let path = ["/spin", "/spin-in-calls"][number % 2];
            spinning.spawn(async move { client.run(&format!("spinner-{}", number % 4), path).await });
        }
        // As many as one workspace may have at once.
        client.until_under_way(32).await?;
        let attacked = pace(&client).await?;
        spinning.shutdown().await;
        client.until_under_way(0).await?;
        let slower = attacked.as_secs_f64() / quiet.as_secs_f64();
        if slower <= SLOWER {
            return client.healthy().await;
        }
        turns.push(format!("{quiet:?} quiet, {attacked:?} attacked"));
    }
    anyhow::bail!("slower than {SLOWER} times in every turn: {}", turns.join("; "))
}

/// W2. What the guests take is theirs up to the limit, and given back when they end.
#[tokio::test]
async fn the_memory_of_guests_is_bounded_and_given_back() -> Journey {
    const AT_ONCE: u64 = 3;
    let platform = builder().start()?;
    let client = platform.client()?;
    client.deploy("memory", HOSTILE).await?;
    let at_rest = platform.memory_kib();
    let attack = async || {
        let mut runs = JoinSet::new();
        for _ in 0..AT_ONCE {
            let client = client.clone();
            runs.spawn(async move {
                client
                    .run("memory", "/grow")
                    .await?
                    .expect_problem(503, "limit-memory")?;
                client.run("memory", "/grow-and-tell").await?.expect(200)?;
                anyhow::Ok(())
            });
        }
        while let Some(run) = runs.join_next().await {
            run??;
        }
        Ok(())
    };
    if let Some(most) = most_memory(&platform, attack).await? {
        ensure!(most < AT_ONCE * RUN_KIB + SERVING_KIB, "{most} KiB more");
    }
    if let (Some((before, _)), Some((now, _))) = (at_rest, platform.memory_kib()) {
        ensure!(
            now < before + SERVING_KIB,
            "{before} KiB before, {now} KiB afterwards"
        );
    }
    Ok(())
}

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

/// W18. The 64 MiB lie in the guest's own memory, and must not lie in the host's as well.
#[tokio::test]
async fn what_is_handed_over_at_once_is_bounded() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    client.deploy("at-once", HOSTILE).await?;
    client.run("at-once", "/ok").await?.expect(200)?;
    for (path, code, guest_kib) in [
        ("/host-call", "limit-host-call", 64 * MIB_IN_KIB),
        ("/random", "limit-random", 0),
    ] {
        let attack = async || {
            for _ in 0..4 {
                client.run("at-once", path).await?.expect_problem(503, code)?;
            }
            Ok(())
        };
        if let Some(most) = most_memory(&platform, attack).await? {
            ensure!(most < guest_kib + SERVING_KIB, "{path}: {most} KiB more");
        }
    }
    Ok(())
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
    let problem = answer.expect_problem(422, "upload-invalid")?;
    ensure!(problem.detail.contains("threads"), "{problem:?}");
    client.deploy("clocks", HOSTILE).await?;
    let seen: Value = client.run("clocks", "/env").await?.expect(200)?.json()?;
    for clock in ["wall_clock_resolution_ns", "monotonic_clock_resolution_ns"] {
        ensure!(seen[clock] == 1_000_000, "{seen}");
    }
    let now = seen["monotonic_clock_ns"].as_u64().context("a time")?;
    ensure!(now.is_multiple_of(1_000_000), "{seen}");
    Ok(())
}

/// W23. Thirty of one app a minute. What becomes of older versions is tested with a clock that can be moved, in `platform/tests`.
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
