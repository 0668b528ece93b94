//! Histories of a resource, a type and everything.

use fhir::json::Json;
use time::macros::datetime;

use super::client::{Answered, BASE_URL, Client};

/// Method, place and version of every entry.
fn entries(answered: &Answered) -> Vec<String> {
    let entries = answered.tree.get("entry").into_iter().flat_map(Json::items);
    entries
        .map(|entry| {
            let method = entry.at(&["request", "method"]).unwrap().as_str().unwrap();
            let status = entry.at(&["response", "status"]).unwrap().as_str().unwrap();
            let tag = entry.at(&["response", "etag"]).unwrap().as_str().unwrap();
            let place = entry.text("fullUrl").unwrap().strip_prefix(BASE_URL).unwrap();
            assert_eq!(entry.get("resource").is_none(), method == "DELETE");
            format!(
                "{method} {place} {status} {}",
                tag.trim_matches(|c| "W/\"".contains(c))
            )
        })
        .collect()
}

async fn client() -> Client {
    let client = Client::new();
    client.clock.set(datetime!(2026-06-01 12:00 UTC));
    client
        .put("/Patient/ann", r#"{"resourceType":"Patient","id":"ann"}"#)
        .await;
    client.clock.set(datetime!(2026-06-02 12:00 UTC));
    client.delete("/Patient/ann").await;
    client.clock.set(datetime!(2026-06-03 12:00 UTC));
    client
        .put("/Patient/ann", r#"{"resourceType":"Patient","id":"ann"}"#)
        .await;
    client
        .put(
            "/Group/g",
            r#"{"resourceType":"Group","id":"g","type":"person","actual":true}"#,
        )
        .await;
    client
}

#[tokio::test]
async fn the_newest_comes_first_and_the_seed_last() {
    let client = client().await;
    let ann = [
        "PUT /Patient/ann 201 4",
        "DELETE /Patient/ann 204 3",
        "PUT /Patient/ann 200 2",
        "POST /Patient/ann 201 1",
    ];
    let one = client.get("/Patient/ann/_history").await;
    assert_eq!(
        (entries(&one), one.total()),
        (ann.map(str::to_owned).to_vec(), Some("4"))
    );
    let kind = client.get("/Patient/_history").await;
    assert_eq!(kind.total(), Some("5"));
    assert_eq!(
        entries(&kind),
        [
            ann[0],
            ann[1],
            ann[2],
            "POST /Patient/bob 201 1",
            "POST /Patient/ann 201 1"
        ]
    );
    let all = client.get("/_history").await;
    assert_eq!(all.total(), Some("7"));
    assert_eq!(
        entries(&all).first().map(String::as_str),
        Some("PUT /Group/g 201 1")
    );
    assert_eq!(client.get("/Patient/none/_history").await.status, 404);
    assert_eq!(client.get("/Encounter/_history").await.total(), Some("0"));
}

#[tokio::test]
async fn pages_show_every_version_once_while_others_are_added() {
    let client = client().await;
    let whole = entries(&client.get("/_history").await);
    let mut seen = Vec::new();
    let mut next = Some(format!("{BASE_URL}/_history?_count=2"));
    while let Some(url) = next {
        let page = client.get(url.strip_prefix(BASE_URL).unwrap()).await;
        seen.extend(entries(&page));
        next = page.link("next");
        client
            .put(
                "/Group/g",
                r#"{"resourceType":"Group","id":"g","type":"person","actual":true}"#,
            )
            .await;
    }
    assert_eq!(seen, whole);
}

#[tokio::test]
async fn a_time_can_be_asked_for() {
    let client = client().await;
    let cases: [(&str, &[&str]); 7] = [
        (
            "_since=2026-06-02T12:00:00Z",
            &["PUT /Patient/ann 201 4", "DELETE /Patient/ann 204 3"],
        ),
        (
            "_since=2026-06-02T13:00:00%2B01:00",
            &["PUT /Patient/ann 201 4", "DELETE /Patient/ann 204 3"],
        ),
        ("_since=2030-01-01T00:00:00Z", &[]),
        (
            "_at=2026-06-02",
            &["DELETE /Patient/ann 204 3", "PUT /Patient/ann 200 2"],
        ),
        ("_at=2026-06-01T13:00:00Z", &["PUT /Patient/ann 200 2"]),
        ("_at=2025", &[]),
        ("_count=0", &[]),
    ];
    for (query, expected) in cases {
        let answered = client.get(&format!("/Patient/ann/_history?{query}")).await;
        assert_eq!(entries(&answered), expected, "{query}");
        assert_eq!(answered.link("next"), None, "{query}");
    }
    for query in [
        "_since=yesterday",
        "_count=many",
        "_from=x",
        "_at=2026-13",
        "_sort=date",
    ] {
        let refused = client.get(&format!("/Patient/ann/_history?{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
    }
}
