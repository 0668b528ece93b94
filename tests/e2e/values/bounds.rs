//! Keys and amounts at the edge of what is kept.

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::guests::KEYVALUE;

use super::{ask, check, steps, values};
use crate::{Journey, builder, shared};

#[tokio::test]
async fn odd_keys_are_kept_or_refused_and_never_meet() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("odd-keys", KEYVALUE).await?;
    let longest = "k".repeat(256);
    let good = [
        " ", "\0", "\u{1}", "a/b", "a%2Fb", "/", "//", "?", "#", "a+b", "ü", "u\u{308}", "🏥", "...", "../x",
        "%", "\u{202e}", &longest,
    ];
    let sets: Vec<_> = good.iter().map(|key| json!(["set", key, key])).collect();
    let gets: Vec<_> = good.iter().map(|key| json!(["get", key])).collect();
    let nothing = vec![Value::Null; good.len()];
    check(&client, "odd-keys", &json!(sets), &json!(nothing)).await?;
    check(&client, "odd-keys", &json!(gets), &json!(good)).await?;
    let list = client.json(&values("odd-keys", "?limit=1000")).await?;
    let mut listed: Vec<_> = list["values"]
        .as_array()
        .context("values")?
        .iter()
        .filter_map(|value| value["key"].as_str())
        .collect();
    let mut kept = good.to_vec();
    kept.sort_unstable();
    ensure!(listed == kept, "{listed:?}");
    listed.dedup();
    ensure!(listed.len() == good.len());

    let long = "é".repeat(150);
    for bad in ["", ".", "..", &long, &"k".repeat(100_000)] {
        let found = steps(&client, "odd-keys", &json!([["set", bad, "v"], ["get", bad]])).await?;
        ensure!(
            found[0]["error"]
                .as_str()
                .is_some_and(|error| error.starts_with("A key ")),
            "{bad:.20}: {found}"
        );
        ensure!(found[1]["error"].is_string(), "{bad:.20}: {found}");
    }
    for encoded in ["%", "%zz", "%ff", "%c0%80", "%2e%2e"] {
        let url = format!("store.c4h.internal/values/{encoded}");
        let found = steps(&client, "odd-keys", &json!([["http", "GET", url]])).await?;
        let refused = found[0]["status"] == 422 || found[0]["error"].is_string();
        ensure!(refused, "{encoded}: {found}");
    }
    let by_api = client.get(&values("odd-keys", "/%ff")).await?;
    by_api.expect_problem(404, "unknown-address")?;
    let dots = client.get(&values("odd-keys", "/%2e%2e%2f")).await?;
    dots.expect_problem(404, "unknown-value")?;
    client.get(&values("odd-keys", "/a%252Fb")).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_flood_stops_at_the_bounds() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    client.deploy("flood", KEYVALUE).await?;
    let fill = |key: &str, bytes: usize| json!([["fill", key, bytes]]);
    check(&client, "flood", &fill("whole", 64 << 10), &json!([null])).await?;
    let large = steps(&client, "flood", &fill("large", (64 << 10) + 1)).await?;
    ensure!(
        large[0]["error"]
            .as_str()
            .is_some_and(|error| error.contains("65536")),
        "{large}"
    );

    // 256 calls of its store in one run, and one sentence for those beyond.
    let many: Vec<_> = (0..300)
        .map(|number| json!(["set", format!("k{number}"), "v"]))
        .collect();
    let answer = ask(&client, "flood", &json!(many)).await?;
    let found: Value = answer.json()?;
    let kept = found
        .as_array()
        .context("results")?
        .iter()
        .filter(|result| result.is_null());
    ensure!(kept.count() == 256, "{found}");
    let trace = client.trace("flood", &answer).await?;
    ensure!(
        trace.to_string().contains("limit-store-calls"),
        "the trace does not name the limit"
    );

    // 4 MiB altogether, in several runs.
    let mut refused = Value::Null;
    for run in 0..3 {
        let fills: Vec<_> = (0..30)
            .map(|number| json!(["fill", format!("f{run}-{number}"), 64 << 10]))
            .collect();
        let found = steps(&client, "flood", &json!(fills)).await?;
        refused = found[29].clone();
    }
    ensure!(
        refused["error"]
            .as_str()
            .is_some_and(|error| error.contains("4194304")),
        "{refused}"
    );
    let used = client.json(&values("flood", "?limit=1")).await?["used"].clone();
    ensure!(
        used["bytes"].as_u64().is_some_and(|bytes| bytes <= 4 << 20),
        "{used}"
    );
    // The neighbour has room.
    client.deploy("neighbour", KEYVALUE).await?;
    check(
        &client,
        "neighbour",
        &json!([["set", "a", "b"], ["list"]]),
        &json!([null, {"keys": ["a"], "cursor": null}]),
    )
    .await?;
    // With the app everything goes, and does not come back with its name.
    let path = "/api/v1/workspaces/demo/apps/flood";
    client
        .send(client.request(Method::DELETE, path))
        .await?
        .expect(204)?;
    client.deploy("flood", KEYVALUE).await?;
    check(
        &client,
        "flood",
        &json!([["list"]]),
        &json!([{"keys": [], "cursor": null}]),
    )
    .await
}
