//! Conditions: on versions, on times, and in place of ids.

use axum::body::Body;
use http::Method;

use super::client::{Client, JSON};

const WITH_NUMBER: &str =
    r#"{"resourceType":"Patient","identifier":[{"system":"http://example.com","value":"1"}]}"#;

#[tokio::test]
async fn versions_guard_writes() {
    let client = Client::new();
    let body = r#"{"resourceType":"Patient","id":"ann"}"#;
    let cases: [(Method, &str, &str, &str, u16); 12] = [
        (Method::PUT, "/Patient/ann", "if-match", "W/\"2\"", 412),
        (Method::PUT, "/Patient/ann", "if-match", "W/\"1\"", 200),
        (Method::PUT, "/Patient/ann", "if-match", "W/\"1\"", 412),
        (Method::PUT, "/Patient/ann", "if-match", "W/\"7\", W/\"2\"", 200),
        (Method::PUT, "/Patient/ann", "if-match", "*", 200),
        (Method::PUT, "/Patient/ann", "if-match", "rubbish\"", 400),
        (Method::PUT, "/Patient/ann", "if-none-match", "*", 412),
        (Method::DELETE, "/Patient/ann", "if-match", "W/\"1\"", 412),
        (Method::DELETE, "/Patient/ann", "if-match", "W/\"4\"", 204),
        (Method::PUT, "/Patient/ann", "if-match", "*", 412),
        (Method::PUT, "/Patient/ann", "if-none-match", "*", 201),
        (Method::DELETE, "/Patient/none", "if-match", "W/\"1\"", 412),
    ];
    for (method, path, name, value, status) in cases {
        let answered = client
            .send(method.clone(), path, &[JSON, (name, value)], body)
            .await;
        assert_eq!(
            answered.status, status,
            "{method} {name}: {value}: {}",
            answered.text
        );
    }
}

#[tokio::test]
async fn what_the_caller_has_is_not_sent_again() {
    let client = Client::new();
    let cases = [
        ("if-none-match", "W/\"1\"", 304),
        ("if-none-match", "\"1\"", 304),
        ("if-none-match", "W/\"2\"", 200),
        ("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT", 304),
        ("if-modified-since", "Wed, 31 Dec 2025 23:59:59 GMT", 200),
        ("if-modified-since", "yesterday", 200),
    ];
    for (name, value, status) in cases {
        let answered = client
            .send(Method::GET, "/Patient/ann", &[(name, value)], Body::empty())
            .await;
        assert_eq!(answered.status, status, "{name}: {value}");
        assert_eq!(answered.text.is_empty(), status == 304);
        assert_eq!(answered.header("etag"), "W/\"1\"");
    }
}

#[tokio::test]
async fn a_create_can_be_told_not_to_make_a_second() {
    let client = Client::new();
    let create = async |criteria: &str| {
        let headers = [JSON, ("if-none-exist", criteria)];
        client.send(Method::POST, "/Patient", &headers, WITH_NUMBER).await
    };
    let first = create("identifier=http://example.com|1").await;
    assert_eq!(first.status, 201, "{}", first.text);
    let second = create("Patient?identifier=http://example.com|1").await;
    assert_eq!((second.status.as_u16(), second.text), (200, first.text));
    client.post("/Patient", WITH_NUMBER).await;
    let third = create("identifier=http://example.com|1").await;
    assert_eq!(
        (third.status.as_u16(), third.issue().0.as_str()),
        (412, "multiple-matches")
    );
    let asking = create("identifier=http://example.com/what?a|1").await;
    assert_eq!(
        asking.status, 201,
        "a value may hold a question mark: {}",
        asking.text
    );
    for (criteria, status) in [("", 412), ("_count=1", 412), ("identifer=1", 400)] {
        assert_eq!(create(criteria).await.status, status, "{criteria}");
    }
}

#[tokio::test]
async fn an_update_finds_its_resource() {
    let client = Client::new();
    let path = "/Patient?identifier=http://example.com%7C1";
    let created = client.put(path, WITH_NUMBER).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let id = created.tree.text("id").unwrap().to_owned();
    let updated = client.put(path, WITH_NUMBER).await;
    assert_eq!(
        (updated.status.as_u16(), updated.tree.text("id")),
        (200, Some(id.as_str()))
    );
    let with_id =
        |id: &str| WITH_NUMBER.replace("\"identifier\"", &format!("\"id\":\"{id}\",\"identifier\""));
    assert_eq!(client.put(path, &with_id("other")).await.status, 400);
    assert_eq!(client.put(path, &with_id(&id)).await.status, 200);
    let elsewhere = "/Patient?identifier=http://example.com%7C2";
    assert_eq!(client.put(elsewhere, &with_id("ann")).await.status, 409);
    assert_eq!(client.put(elsewhere, &with_id("dora")).await.status, 201);
    assert_eq!(client.get("/Patient/dora").await.status, 200);
    assert_eq!(client.put(path, WITH_NUMBER).await.status, 412, "two match now");
    assert_eq!(
        client.put("/Patient", WITH_NUMBER).await.status,
        412,
        "no conditions"
    );
}

#[tokio::test]
async fn a_delete_takes_all_that_match_and_never_everything() {
    let client = Client::new();
    assert_eq!(client.delete("/Patient?family=Nobody").await.status, 204);
    assert_eq!(client.delete("/Patient").await.status, 412);
    assert_eq!(client.delete("/Patient?family=Adams").await.status, 204);
    assert_eq!(client.get("/Patient/ann").await.status, 410);
    assert_eq!(client.get("/Patient/bob").await.status, 200);
    for id in ["one", "two"] {
        client
            .put(
                &format!("/Patient/{id}"),
                &format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#),
            )
            .await;
    }
    assert_eq!(client.delete("/Patient?_id=one,two").await.status, 204);
    for id in ["one", "two"] {
        assert_eq!(client.get(&format!("/Patient/{id}")).await.status, 410);
    }
}

#[tokio::test]
async fn a_delete_of_more_than_a_thousand_deletes_nothing() {
    let client = Client::new();
    let entries: Vec<String> = (0..1_001)
        .map(|number| {
            format!(
                r#"{{"resource":{{"resourceType":"Basic","id":"b{number}","code":{{"text":"x"}}}},"request":{{"method":"PUT","url":"Basic/b{number}"}}}}"#
            )
        })
        .collect();
    let bundle = format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[{}]}}"#,
        entries.join(",")
    );
    assert_eq!(client.post("/", &bundle).await.status, 200);
    let refused = client.delete("/Basic?_lastUpdated=gt2000").await;
    assert_eq!(refused.status, 412, "{}", refused.text);
    assert_eq!(refused.issue().0, "multiple-matches");
    client.delete("/Basic/b0").await;
    assert_eq!(client.delete("/Basic?_lastUpdated=gt2000").await.status, 204);
    assert_eq!(client.get("/Basic?_summary=count").await.total(), Some("0"));
}
