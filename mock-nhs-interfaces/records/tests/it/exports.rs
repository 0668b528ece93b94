//! `$export`: begun, asked for, fetched, deleted.

use std::sync::Arc;

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use records::FhirTenant;
use store::WorkspaceId;

use super::client::{BASE_URL, Client};

const LATER: &[(&str, &str)] = &[("prefer", "respond-async")];

/// What is neither a resource nor an `OperationOutcome`: status, media type and text.
async fn raw(client: &Client, method: Method, url: &str, accept: &str) -> (u16, String, String) {
    let tenant = FhirTenant {
        workspace: client.workspace,
        clock: Arc::clone(&client.clock) as Arc<dyn store::Clock>,
        base_url: BASE_URL.to_owned(),
        chain: 0,
    };
    let path = url.strip_prefix(BASE_URL).unwrap_or(url);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("accept", accept);
    let response = client
        .server
        .answer(&tenant, request.body(Body::empty()).unwrap())
        .await;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let kind = parts
        .headers
        .get("content-type")
        .map_or("", |kind| kind.to_str().unwrap());
    (
        parts.status.as_u16(),
        kind.to_owned(),
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

/// Begins an export; answers where to ask for it.
async fn begin(client: &Client, path: &str) -> String {
    let begun = client.send(Method::GET, path, LATER, Body::empty()).await;
    assert_eq!(begun.status, 202, "{path}: {}", begun.text);
    begun.header("content-location").to_owned()
}

/// The manifest of an export, and `Type/id` of every line of its files, which must be of the type that is stated.
async fn fetch(client: &Client, status: &str) -> (Json, String) {
    let (code, kind, text) = raw(client, Method::GET, status, "application/json").await;
    assert_eq!((code, kind.as_str()), (200, "application/json"), "{text}");
    let manifest = Json::parse(text.as_bytes()).unwrap();
    let mut found = Vec::new();
    for file in manifest.get("output").unwrap().items() {
        let (code, kind, lines) = raw(
            client,
            Method::GET,
            file.text("url").unwrap(),
            "application/fhir+ndjson",
        )
        .await;
        assert_eq!((code, kind.as_str()), (200, "application/fhir+ndjson"));
        assert_eq!(
            file.get("count").unwrap().as_number(),
            Some(lines.lines().count().to_string().as_str())
        );
        for line in lines.lines() {
            let resource = Json::parse(line.as_bytes()).unwrap();
            assert_eq!(resource.text("resourceType"), file.text("type"));
            found.push(format!(
                "{}/{}",
                file.text("type").unwrap(),
                resource.text("id").unwrap()
            ));
        }
    }
    found.sort();
    (manifest, found.join(" "))
}

#[tokio::test]
async fn an_export_is_begun_asked_for_fetched_and_deleted() {
    let client = Client::new();
    let pretty = "{\n \"resourceType\" : \"Organization\",\n \"id\" : \"surgery\", \"name\":\"S\"\n}";
    assert_eq!(client.put("/Organization/surgery", pretty).await.status, 201);
    let status = begin(&client, "/$export").await;
    // Everything is as it was when it was asked for.
    assert!(client.delete("/Patient/bob").await.status.is_success());
    let (manifest, found) = fetch(&client, &status).await;
    assert_eq!(
        found,
        "Observation/pulse Organization/surgery Patient/ann Patient/bob"
    );
    assert_eq!(
        manifest.text("request"),
        Some(format!("{BASE_URL}/$export").as_str())
    );
    assert_eq!(manifest.text("transactionTime"), Some("2026-06-01T12:00:00.500Z"));

    assert_eq!(raw(&client, Method::DELETE, &status, "*/*").await.0, 202);
    assert_eq!(
        client.get(status.strip_prefix(BASE_URL).unwrap()).await.status,
        404
    );
    let file = manifest
        .get("output")
        .unwrap()
        .items()
        .next()
        .unwrap()
        .text("url")
        .unwrap();
    assert_eq!(client.get(file.strip_prefix(BASE_URL).unwrap()).await.status, 404);
}

#[tokio::test]
async fn an_export_holds_what_was_asked_for() {
    let client = Client::new();
    let group = r#"{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/ann"}},{"entity":{"reference":"Patient/never"}}]}"#;
    assert_eq!(client.put("/Group/g", group).await.status, 201);
    assert_eq!(
        client
            .put(
                "/Organization/o",
                r#"{"resourceType":"Organization","id":"o","name":"O"}"#
            )
            .await
            .status,
        201
    );
    let check = |path: &'static str, expected: &'static str| {
        let client = &client;
        async move {
            assert_eq!(
                fetch(client, &begin(client, path).await).await.1,
                expected,
                "{path}"
            )
        }
    };
    check(
        "/Patient/$export",
        "Group/g Observation/pulse Patient/ann Patient/bob",
    )
    .await;
    check("/Group/g/$export", "Group/g Observation/pulse Patient/ann").await;
    check(
        "/$export?_type=Organization,Observation",
        "Observation/pulse Organization/o",
    )
    .await;
    check(
        "/$export?_since=2026-03-01T00:00:00Z&_outputFormat=ndjson",
        "Group/g Organization/o",
    )
    .await;
}

#[tokio::test]
async fn exports_are_refused_forgotten_and_nobody_elses() {
    let mut client = Client::new();
    assert_eq!(client.get("/$export").await.status, 400);
    for path in [
        "/$export?_outputFormat=csv",
        "/$export?_since=soon",
        "/$export?_typeFilter=x",
    ] {
        assert_eq!(
            client.send(Method::GET, path, LATER, Body::empty()).await.status,
            400,
            "{path}"
        );
    }
    assert_eq!(
        client
            .send(Method::GET, "/Group/never/$export", LATER, Body::empty())
            .await
            .status,
        404
    );
    assert_eq!(client.get("/$export-status?_id=x").await.status, 404);
    assert_eq!(client.delete("/$export").await.status, 405);
    assert_eq!(client.delete("/$export-file?_id=x").await.status, 405);

    let first = begin(&client, "/$export").await;
    for _ in 0..3 {
        begin(&client, "/$export").await;
    }
    fetch(&client, &first).await;
    let last = begin(&client, "/$export").await;
    assert_eq!(
        client.get(first.strip_prefix(BASE_URL).unwrap()).await.status,
        404,
        "the oldest goes first"
    );
    client.workspace = WorkspaceId::new(8);
    assert_eq!(client.get(last.strip_prefix(BASE_URL).unwrap()).await.status, 404);
    assert_eq!(
        client.delete(last.strip_prefix(BASE_URL).unwrap()).await.status,
        404
    );
}
