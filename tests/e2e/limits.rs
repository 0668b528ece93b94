//! Each limit, by a guest that breaks it: named in the answer and in the trace, while everybody else is served.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::Value;
use tests::guests::HOSTILE;
use tests::{Answer, Client, until};

use crate::{Journey, builder, shared};

/// Limits that end a run: path, status, code of the answer, and whether the trace names it as a limit.
const ENDING: [(&str, u16, &str, bool); 16] = [
    ("/spin", 503, "limit-cpu", true),
    ("/spin-in-calls", 503, "limit-cpu", true),
    ("/sleep", 504, "limit-wall", true),
    ("/slow-body", 504, "limit-wall", true),
    ("/grow", 503, "limit-memory", true),
    ("/recurse", 503, "limit-stack", true),
    ("/handles", 503, "limit-handles", true),
    ("/random", 503, "limit-random", true),
    ("/big-response", 502, "limit-response-body", true),
    ("/no-answer", 502, "app-no-response", false),
    ("/panic", 500, "app-trap", false),
    ("/panic-in-body", 500, "app-trap", false),
    ("/short-body", 502, "app-incomplete-response", false),
    ("/many-headers", 502, "limit-headers", true),
    ("/big-header", 502, "limit-headers", true),
    ("/nothing-of-the-kind", 404, "", false),
];

/// Codes of the limits that the trace names.
fn limits_of(trace: &Value) -> Vec<&str> {
    let hits = trace["trace"]["limits_hit"].as_array();
    hits.into_iter()
        .flatten()
        .filter_map(|hit| hit["code"].as_str())
        .collect()
}

/// Runs the guest. A long run goes on at the lowest priority: on a machine that is busy with other journeys, ten seconds can
/// pass before it has had its one second of processor time, and then it has to have another chance.
async fn run_to_its_limit(client: &Client, app: &str, path: &str, code: &str) -> anyhow::Result<Answer> {
    let mut answer = client.run(app, path).await?;
    for _ in 0..3 {
        if code != "limit-cpu" || answer.status != 504 {
            break;
        }
        answer = client.run(app, path).await?;
    }
    Ok(answer)
}

async fn check_ending(client: &Client, path: &str, status: u16, code: &str, is_limit: bool) -> Journey {
    let answer = run_to_its_limit(client, "limits", path, code).await?;
    if code.is_empty() {
        answer.expect(status)?;
        return Ok(());
    }
    let problem = answer.expect_problem(status, code)?;
    let trace = client.trace("limits", &answer).await?;
    let outcome = &trace["trace"]["outcome"];
    ensure!(
        outcome["code"] == code && outcome["sentence"] == problem.detail.as_str(),
        "{path}: {outcome}"
    );
    ensure!(
        trace["trace"]["response"].is_null() || !is_limit || code.contains("wall"),
        "{path}: {trace}"
    );
    if is_limit {
        ensure!(limits_of(&trace).contains(&code), "{path}: {trace}");
        let hit = &trace["trace"]["limits_hit"][0];
        ensure!(
            hit["limit"].as_u64().is_some_and(|limit| limit > 0),
            "{path}: {hit}"
        );
        ensure!(
            hit["unit"].is_string() && hit["sentence"].is_string(),
            "{path}: {hit}"
        );
    }
    client.run("limits", "/ok").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_run_that_breaks_a_limit_is_ended_and_told_which() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("limits", HOSTILE).await?;
    let mut slow = tokio::task::JoinSet::new();
    for (path, status, code, is_limit) in ENDING {
        let client = client.clone();
        let check = async move { check_ending(&client, path, status, code, is_limit).await };
        // The wall limit is ten seconds of waiting: others need not wait with it.
        if code == "limit-wall" {
            slow.spawn(check);
        } else {
            check.await?;
        }
    }
    while let Some(checked) = slow.join_next().await {
        checked??;
    }
    client.healthy().await
}

#[tokio::test]
async fn the_numbers_of_the_limits_are_those_of_the_documents() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("limit-numbers", HOSTILE).await?;
    let documented = [
        ("/spin", "limit-cpu", 1_000, "ms"),
        ("/grow", "limit-memory", 128 << 20, "bytes"),
        ("/recurse", "limit-stack", 5 << 20, "bytes"),
        ("/big-response", "limit-response-body", 8 << 20, "bytes"),
        ("/log-flood", "limit-log", 64 << 10, "bytes"),
        ("/many-calls", "limit-calls", 32, "calls"),
    ];
    for (path, code, limit, unit) in documented {
        let answer = run_to_its_limit(&client, "limit-numbers", path, code).await?;
        let trace = client.trace("limit-numbers", &answer).await?;
        let hits = trace["trace"]["limits_hit"].as_array().context("limits")?;
        let hit = hits
            .iter()
            .find(|hit| hit["code"] == code)
            .with_context(|| format!("{path}: {hits:?}"))?;
        ensure!(hit["limit"] == limit && hit["unit"] == unit, "{path}: {hit}");
    }
    Ok(())
}

#[tokio::test]
async fn a_failed_run_says_where_in_the_code() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("trapped", HOSTILE).await?;
    let answer = client.run("trapped", "/panic").await?;
    answer.expect_problem(500, "app-trap")?;
    let trace = client.trace("trapped", &answer).await?;
    let text = trace.to_string();
    ensure!(
        text.contains("this guest panics on purpose"),
        "the panic's message is not in the log: {text}"
    );
    let frames = trace["trace"]["backtrace"].as_array().context("a backtrace")?;
    ensure!(
        !frames.is_empty() && frames.iter().all(|frame| frame["function"].is_string()),
        "{text}"
    );
    // The same error as a page, for whoever has a browser: no less, and nothing of ours.
    let page = client
        .request(Method::GET, "/w/demo/apps/trapped/panic")
        .header("accept", "text/html");
    let page = client.send(page).await?.expect(500)?;
    ensure!(
        page.header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html")),
        "{page:?}"
    );
    Ok(())
}

#[tokio::test]
async fn limits_after_which_a_run_goes_on_are_told_too() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("goes-on", HOSTILE).await?;

    let answer = client.run("goes-on", "/grow-and-tell").await?.expect(200)?;
    let got: u64 = answer
        .text()
        .trim_end_matches(" MiB\n")
        .parse()
        .with_context(|| answer.text())?;
    ensure!((100..128).contains(&got), "the guest got {got} MiB of 128");
    ensure!(limits_of(&client.trace("goes-on", &answer).await?).contains(&"limit-memory"));

    let answer = client.run("goes-on", "/log-flood").await?.expect(200)?;
    let trace = client.trace("goes-on", &answer).await?;
    let lines = trace["trace"]["log"].as_array().context("a log")?;
    let kept: usize = lines
        .iter()
        .filter_map(|line| line["text"].as_str())
        .map(str::len)
        .sum();
    ensure!(
        (32 << 10..=66 << 10).contains(&kept),
        "{kept} bytes of log were kept"
    );
    ensure!(limits_of(&trace).contains(&"limit-log"));
    ensure!(
        lines.last().is_some_and(|line| line["stream"] == "platform"),
        "the log does not say that it is cut"
    );

    let answer = client.run("goes-on", "/many-calls").await?.expect(200)?;
    ensure!(
        answer.text().starts_with("answered 32, first error"),
        "{}",
        answer.text()
    );
    ensure!(!answer.text().ends_with("none\n"), "{}", answer.text());
    let trace = client.trace("goes-on", &answer).await?;
    ensure!(limits_of(&trace).contains(&"limit-calls"));
    let answered = trace["trace"]["calls"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|call| call["status"] == 200);
    ensure!(answered.count() == 32, "{trace}");

    let answer = client.run("goes-on", "/parallel-calls").await?.expect(200)?;
    ensure!(
        answer.text() == "answered 10, first error: none\n",
        "{}",
        answer.text()
    );

    let answer = client.run("goes-on", "/big-call").await?.expect(200)?;
    ensure!(
        limits_of(&client.trace("goes-on", &answer).await?).contains(&"limit-call-body"),
        "{}",
        answer.text()
    );

    let answer = client.run("goes-on", "/header-injection").await?.expect(200)?;
    ensure!(
        answer.text().contains("InvalidSyntax") && answer.header("set-cookie").is_none(),
        "{}",
        answer.text()
    );
    Ok(())
}

#[tokio::test]
async fn a_request_with_too_much_in_it_never_reaches_the_app() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("too-much", HOSTILE).await?;
    let send = async |size: usize| -> anyhow::Result<Answer> {
        let request = client
            .request(Method::POST, "/w/demo/apps/too-much/body")
            .body(vec![b'x'; size]);
        client.send(request).await
    };
    let full = send(1 << 20).await?.expect(200)?;
    ensure!(full.text() == "1048576 bytes, complete\n", "{}", full.text());
    send((1 << 20) + 1)
        .await?
        .expect_problem(413, "limit-request-body")?;
    client
        .run("too-much", &format!("/ok?{}", "x".repeat(20_000)))
        .await?
        .expect_problem(414, "limit-uri")?;
    Ok(())
}

#[tokio::test]
async fn a_guest_sees_nothing_of_the_machine() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("curious", HOSTILE).await?;
    let files = client.run("curious", "/files").await?.expect(200)?.text();
    ensure!(
        files.lines().count() == 7 && !files.contains("reached"),
        "{files}"
    );
    let seen: Value = client.run("curious", "/env").await?.expect(200)?.json()?;
    for nothing in ["variables", "arguments", "folders"] {
        ensure!(seen[nothing].as_array().is_some_and(Vec::is_empty), "{seen}");
    }
    Ok(())
}

#[tokio::test]
async fn places_for_runs_are_counted_by_app_and_by_workspace() -> Journey {
    let platform = builder().limit("wall_ms", 30_000).start()?;
    let client = platform.client()?;
    for number in 0..5 {
        client.deploy(&format!("sleeper-{number}"), HOSTILE).await?;
    }
    client.deploy("awake", HOSTILE).await?;
    // So many run, and the others are refused while they do.
    let fit = async |fit: usize, requests: Vec<String>| -> Journey {
        let refused = requests.len() - fit;
        let mut runs = tokio::task::JoinSet::new();
        for app in requests {
            let client = client.clone();
            runs.spawn(async move { client.run(&app, "/sleep").await });
        }
        for _ in 0..refused {
            let answer = runs.join_next().await.context("as many as are sent")???;
            answer.expect_problem(429, "limit-concurrency")?;
        }
        client.until_under_way(fit).await?;
        runs.shutdown().await;
        client.until_under_way(0).await
    };
    fit(8, vec!["sleeper-0".to_owned(); 12])
        .await
        .context("8 runs of one app")?;
    let all = (0..40).map(|number| format!("sleeper-{}", number % 5)).collect();
    fit(32, all).await.context("32 runs of one workspace")?;
    client.run("awake", "/ok").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn neighbours_of_spinning_apps_are_answered() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    client.deploy("spinner", HOSTILE).await?;
    client.deploy("neighbour", examples::HELLO).await?;
    client.run("neighbour", "/").await?.expect(200)?;

    let mut spinning = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let client = client.clone();
        spinning.spawn(async move { client.run("spinner", "/spin").await });
    }
    until("apps spin", Duration::from_secs(20), async || {
        let metrics = client.get("/metrics").await?.text();
        Ok(metrics
            .lines()
            .any(|line| line == "c4h_runs_under_way 8")
            .then_some(()))
    })
    .await?;

    let mut answered = 0_u32;
    loop {
        let answer = client.run("neighbour", "/").await?.expect(200)?;
        ensure!(answer.text() == "Hello from your app\n");
        answered += 1;
        let mut ended = 0;
        while let Some(spun) = spinning.try_join_next() {
            let spun = spun??;
            ensure!(matches!(spun.status, 503 | 504 | 429), "{spun:?}");
            ended += 1;
        }
        if spinning.is_empty() {
            break;
        }
        // Those that found no place come back at once, those that run have a second of processor time each.
        ensure!(ended <= 64);
    }
    ensure!(answered >= 10, "only {answered} answers while others spun");
    client.healthy().await
}
