//! An app that keeps more than one page of keys lists them all.

use anyhow::{Context as _, ensure};
use serde_json::json;
use tests::guests::KEYVALUE;

use crate::values::{check, steps};
use crate::{Journey, shared};

#[tokio::test]
async fn a_list_goes_on_where_its_cursor_points() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("long-list", KEYVALUE).await?;
    let key = |number: usize| format!("k{number:04}");
    for begin in (0..1_250).step_by(250) {
        let pairs: Vec<_> = (begin..begin + 250)
            .map(|number| [key(number), "v".to_owned()])
            .collect();
        check(
            &client,
            "long-list",
            &json!([["set-many", pairs]]),
            &json!([null]),
        )
        .await?;
    }
    let keys: Vec<_> = (0..1_250).map(key).collect();
    let first = steps(&client, "long-list", &json!([["list"]])).await?;
    ensure!(first[0]["keys"] == json!(keys[..1_000]), "{first}");
    let cursor = first[0]["cursor"].as_str().context("a cursor")?;
    let rest = json!([{"keys": keys[1_000..], "cursor": null}]);
    check(&client, "long-list", &json!([["list", cursor]]), &rest).await
}
