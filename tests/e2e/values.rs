//! What apps keep: over `wasi:keyvalue`, over HTTP and by the API it is the same, it stays within its bounds, and nobody
//! else's app sees it.

mod bounds;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::guests::KEYVALUE;
use tests::{Answer, Client};

use crate::{Journey, builder, shared};

/// Runs an app that does these steps.
async fn ask(client: &Client, app: &str, steps: &Value) -> anyhow::Result<Answer> {
    let path = format!("/w/demo/apps/{app}/");
    let request = client.request(Method::POST, &path).body(steps.to_string());
    client.send(request).await?.expect(200)
}

/// What came of the steps.
pub(crate) async fn steps(client: &Client, app: &str, steps: &Value) -> anyhow::Result<Value> {
    ask(client, app, steps).await?.json()
}

/// Does the steps and demands these results.
pub(crate) async fn check(client: &Client, app: &str, asked: &Value, expected: &Value) -> Journey {
    let found = steps(client, app, asked).await?;
    ensure!(found == *expected, "{asked} gave {found}, not {expected}");
    Ok(())
}

fn values(app: &str, rest: &str) -> String {
    format!("/api/v1/workspaces/demo/apps/{app}/values{rest}")
}

#[tokio::test]
async fn every_function_of_keyvalue_does_what_it_says() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("keyvalue", KEYVALUE).await?;
    for (asked, expected) in [
        (
            json!([["get", "a"], ["exists", "a"], ["list"]]),
            json!([null, false, {"keys": [], "cursor": null}]),
        ),
        (
            json!([["set", "a", "one"], ["get", "a"], ["exists", "a"]]),
            json!([null, "one", true]),
        ),
        // Another run, another instance, the same values.
        (
            json!([
                ["set", "a", ""],
                ["get", "a"],
                ["delete", "a"],
                ["delete", "a"],
                ["get", "a"]
            ]),
            json!([null, "", null, null, null]),
        ),
        (
            json!([["increment", "n", 5], ["increment", "n", -7], ["get", "n"]]),
            json!([5, -2, "-2"]),
        ),
        (
            json!([["set", "t", "text"], ["increment", "t", 1]]),
            json!([null, {"error": "The value is no whole number that can be added to; a number is written in decimal digits and fits in 64 bits."}]),
        ),
        (
            json!([
                ["swap", "s", "first"],
                ["get", "s"],
                ["swap", "s", "second"],
                ["get", "s"]
            ]),
            json!(["swapped", "first", "swapped", "second"]),
        ),
        (
            json!([["swap", "s", "mine", "theirs"], ["get", "s"]]),
            json!([{"now": "theirs"}, "theirs"]),
        ),
        (
            json!([
                ["set-many", [["x", "1"], ["y", "2"]]],
                ["get-many", ["y", "z", "x"]]
            ]),
            json!([null, [["y", "2"], ["z", null], ["x", "1"]]]),
        ),
        (
            json!([
                ["delete-many", ["x", "z", "s", "t", "n"]],
                ["list"],
                ["list", "x"]
            ]),
            json!([null, {"keys": ["y"], "cursor": null}, {"keys": ["y"], "cursor": null}]),
        ),
        (
            json!([["open", ""], ["get", "y"], ["open", "other"], ["get", "y"]]),
            json!([null, "2", {"error": "no-such-store"}, "2"]),
        ),
    ] {
        check(&client, "keyvalue", &asked, &expected).await?;
    }
    Ok(())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, told in the order it happens")]
async fn keyvalue_http_and_the_api_show_the_same_values() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("three-ways", KEYVALUE).await?;
    let put = client
        .request(Method::PUT, &values("three-ways", "/ward%2F7"))
        .header("content-type", "application/json")
        .body("{\"beds\":12}");
    client.send(put).await?.expect(204)?;
    let found = steps(
        &client,
        "three-ways",
        &json!([
            ["get", "ward/7"],
            ["http", "GET", "store.c4h.internal/values/ward%2F7"],
            ["http", "PUT", "store.c4h.internal/values/%E2%82%AC", {"content-type": "text/html"}, "<b>"],
            ["http", "GET", "store.c4h.internal/values?prefix=ward%2F"],
            ["http", "GET", "store.c4h.internal/values?limit=1"],
            ["http", "HEAD", "store.c4h.internal/values/ward%2F7"],
            ["http", "POST", "store.c4h.internal/values/n?add=2"],
        ]),
    )
    .await?;
    ensure!(found[0] == "{\"beds\":12}", "{found}");
    ensure!(found[1]["body"] == "{\"beds\":12}", "{found}");
    ensure!(
        found[1]["headers"]["content-type"] == "application/json",
        "{found}"
    );
    ensure!(
        found[2]["status"] == 204 && found[2]["headers"]["etag"].is_string(),
        "{found}"
    );
    ensure!(
        found[3]["body"] == "{\"keys\":[\"ward/7\"],\"next\":null}",
        "{found}"
    );
    ensure!(
        found[4]["body"] == "{\"keys\":[\"ward/7\"],\"next\":\"ward/7\"}",
        "{found}"
    );
    ensure!(found[5]["status"] == 200 && found[5]["body"] == "", "{found}");
    ensure!(found[6]["body"] == "2", "{found}");

    let list = client.json(&values("three-ways", "?limit=2&after=n")).await?;
    ensure!(
        list["values"][0]["key"] == "ward/7" && list["values"][0]["size_bytes"] == 11,
        "{list}"
    );
    ensure!(
        list["values"][1]["key"] == "€" && list["next"].is_null(),
        "{list}"
    );
    ensure!(
        list["used"]
            == json!({"values": 3, "values_limit": 2_000, "bytes": 11 + 6 + 3 + 3 + 1 + 1, "bytes_limit": 4 << 20}),
        "{list}"
    );
    // What an app keeps never becomes a page of the platform.
    let page = client
        .get(&values("three-ways", "/%E2%82%AC"))
        .await?
        .expect(200)?;
    ensure!(
        page.header("content-type") == Some("application/octet-stream"),
        "{page:?}"
    );
    ensure!(
        page.header("content-disposition") == Some("attachment"),
        "{page:?}"
    );
    ensure!(
        page.header("x-content-type-options") == Some("nosniff"),
        "{page:?}"
    );
    ensure!(page.body == "<b>");
    let kept = client
        .get(&values("three-ways", "/ward%2F7"))
        .await?
        .expect(200)?;
    ensure!(
        kept.header("content-type") == Some("application/json"),
        "{kept:?}"
    );

    let delete = |rest: &str| client.send(client.request(Method::DELETE, &values("three-ways", rest)));
    delete("/n").await?.expect(204)?;
    delete("/n").await?.expect_problem(404, "unknown-value")?;
    delete("").await?.expect(204)?;
    check(
        &client,
        "three-ways",
        &json!([["list"]]),
        &json!([{"keys": [], "cursor": null}]),
    )
    .await
}

#[tokio::test]
async fn conditions_keep_writers_from_losing_each_others_work() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("conditions", KEYVALUE).await?;
    let url = "store.c4h.internal/values/k";
    let put = |condition: Value| json!([["http", "PUT", url, condition, "v"]]);
    let first = steps(&client, "conditions", &put(json!({"if-none-match": "*"}))).await?;
    let tag = first[0]["headers"]["etag"].as_str().context("an etag")?;
    let again = steps(&client, "conditions", &put(json!({"if-none-match": "*"}))).await?;
    ensure!(again[0]["status"] == 412, "{again}");
    ensure!(
        again[0]["body"]
            .as_str()
            .is_some_and(|body| body.contains("value-changed")),
        "{again}"
    );
    let mine = steps(&client, "conditions", &put(json!({"if-match": tag}))).await?;
    ensure!(mine[0]["status"] == 204, "{mine}");
    let stale = steps(&client, "conditions", &put(json!({"if-match": tag}))).await?;
    ensure!(stale[0]["status"] == 412, "{stale}");
    // Sixteen at once: every one of them counts.
    let mut counting = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let client = client.clone();
        counting.spawn(async move {
            let three = json!([
                ["increment", "n", 1],
                ["increment", "n", 1],
                ["increment", "n", 1]
            ]);
            steps(&client, "conditions", &three).await
        });
    }
    while let Some(counted) = counting.join_next().await {
        counted??;
    }
    check(&client, "conditions", &json!([["get", "n"]]), &json!(["48"])).await
}

#[tokio::test]
async fn versions_share_values_and_a_restart_keeps_them() -> Journey {
    let folder = tempfile::tempdir()?;
    let platform = builder().data_dir(folder.path()).start()?;
    let client = platform.client()?;
    client.deploy("kept", KEYVALUE).await?;
    check(&client, "kept", &json!([["set", "a", "one"]]), &json!([null])).await?;
    client.deploy("kept", KEYVALUE).await?;
    check(&client, "kept", &json!([["get", "a"]]), &json!(["one"])).await?;
    platform.kill()?;
    let platform = builder().data_dir(folder.path()).start()?;
    check(
        &platform.client()?,
        "kept",
        &json!([["get", "a"]]),
        &json!(["one"]),
    )
    .await
}

#[tokio::test]
async fn the_trace_shows_calls_of_the_store_as_what_they_are() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("traced-values", KEYVALUE).await?;
    let answer = ask(
        &client,
        "traced-values",
        &json!([["set", "a", "one"], ["get", "a"]]),
    )
    .await?;
    let trace = client.trace("traced-values", &answer).await?;
    let calls = trace["trace"]["calls"].as_array().context("calls")?;
    ensure!(calls.len() == 2, "{calls:?}");
    ensure!(
        calls[0]["method"] == "PUT" && calls[0]["url"] == "https://store.c4h.internal/values/a",
        "{calls:?}"
    );
    ensure!(calls[0]["title"] == "Keep a value", "{calls:?}");
    ensure!(
        calls[1]["interface"] == "store" && calls[1]["status"] == 200,
        "{calls:?}"
    );
    Ok(())
}
