//! Read, vread, create, update, delete.

use axum::body::Body;
use http::Method;

use super::client::{BASE_URL, Client, JSON};

const PATIENT: &str = r#"{"resourceType":"Patient","id":"carl","name":[{"family":"Clark"}]}"#;

#[tokio::test]
async fn a_resource_lives_and_dies() {
    let client = Client::new();
    let created = client.put("/Patient/carl", PATIENT).await;
    assert_eq!(created.status, 201);
    assert_eq!(
        created.header("location"),
        format!("{BASE_URL}/Patient/carl/_history/1")
    );
    assert_eq!(created.header("etag"), "W/\"1\"");
    assert_eq!(created.header("last-modified"), "Mon, 01 Jun 2026 12:00:00 GMT");

    let updated = client.put("/Patient/carl", PATIENT).await;
    assert_eq!(
        (updated.status.as_u16(), updated.header("etag")),
        (200, "W/\"2\"")
    );
    let read = client.get("/Patient/carl").await;
    assert_eq!((read.status.as_u16(), read.header("etag")), (200, "W/\"2\""));
    assert_eq!(
        read.header("content-location"),
        format!("{BASE_URL}/Patient/carl/_history/2")
    );

    let deleted = client.delete("/Patient/carl").await;
    assert_eq!(
        (deleted.status.as_u16(), deleted.header("etag")),
        (204, "W/\"3\"")
    );
    let gone = client.get("/Patient/carl").await;
    assert_eq!((gone.status.as_u16(), gone.issue().0.as_str()), (410, "deleted"));
    assert_eq!(client.delete("/Patient/carl").await.status, 204);
    for (version, status) in [
        ("1", 200),
        ("2", 200),
        ("3", 410),
        ("4", 404),
        ("01", 404),
        ("x", 404),
    ] {
        let path = format!("/Patient/carl/_history/{version}");
        assert_eq!(client.get(&path).await.status, status, "{path}");
    }
    let again = client.put("/Patient/carl", PATIENT).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (201, "W/\"4\""));
}

#[tokio::test]
async fn a_create_gets_an_id_of_the_servers() {
    let client = Client::new();
    let created = client.post("/Patient", PATIENT).await;
    assert_eq!(created.status, 201);
    let id = created.tree.text("id").unwrap();
    assert_ne!(id, "carl");
    assert_eq!(
        created.header("location"),
        format!("{BASE_URL}/Patient/{id}/_history/1")
    );
    assert_eq!(client.get(&format!("/Patient/{id}")).await.text, created.text);
}

#[tokio::test]
async fn what_was_accepted_comes_back_byte_for_byte() {
    let client = Client::new();
    let body = "{ \"resourceType\":\"Observation\",\n \"id\" : \"x\", \"status\":\"final\", \"code\":{\"text\":\"\\u00e9 \\/ &lt;\"},\"valueQuantity\":{\"value\":1.10e0} , \"extension\":[{\"url\":\"http://example.com/own\",\"valueDecimal\":0.10}]}";
    let created = client.put("/Observation/x", body).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let expected = body.replace(
        "\"id\" : \"x\"",
        "\"id\" : \"x\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-06-01T12:00:00.500Z\"}",
    );
    assert_eq!(client.get("/Observation/x").await.text, expected);
    let pretty = client.get("/Observation/x?_pretty=true").await.text;
    assert!(
        pretty.contains("1.10e0") && pretty.lines().count() > 10,
        "{pretty}"
    );
    let page = client.get("/Observation?_id=x").await.text;
    assert!(page.contains(&expected), "{page}");
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    let client = Client::new();
    let cases: [(Method, &str, &str, u16, &str); 21] = [
        (Method::GET, "/Patient/none", "", 404, "not-found"),
        (Method::GET, "/Patent/ann", "", 404, "not-supported"),
        (Method::GET, "/Patient/ann/b/c/d/e", "", 404, "not-found"),
        (Method::GET, "/Patient/a_b", "", 404, "not-found"),
        (Method::PUT, "/Patient/a_b", PATIENT, 400, "value"),
        (Method::PUT, "/Patient/other", PATIENT, 400, "value"),
        (
            Method::PUT,
            "/Patient/carl",
            r#"{"resourceType":"Patient"}"#,
            400,
            "value",
        ),
        (Method::PUT, "/Observation/carl", PATIENT, 400, "invalid"),
        (Method::POST, "/Observation", PATIENT, 400, "invalid"),
        (Method::POST, "/Patient", "", 400, "structure"),
        (Method::POST, "/Patient", "[]", 400, "structure"),
        (
            Method::POST,
            "/Patient",
            r#"{"resourceType":"Patient","nam":1}"#,
            400,
            "structure",
        ),
        (
            Method::POST,
            "/Patient",
            r#"{"resourceType":"Patient","gender":"m"}"#,
            400,
            "code-invalid",
        ),
        (Method::POST, "/Patient/ann", PATIENT, 405, "not-supported"),
        (Method::DELETE, "/metadata", "", 405, "not-supported"),
        (Method::DELETE, "/", "", 405, "not-supported"),
        (Method::PATCH, "/Patient/ann/_history/1", "", 405, "not-supported"),
        (Method::GET, "/Patient/_search", "", 405, "not-supported"),
        (Method::TRACE, "/Patient/ann", "", 405, "not-supported"),
        (Method::GET, "/Patient/ann/$frobnicate", "", 404, "not-supported"),
        (
            Method::GET,
            "/Organization/ann/Observation",
            "",
            501,
            "not-supported",
        ),
    ];
    for (method, path, body, status, code) in cases {
        let answered = client.send(method.clone(), path, &[JSON], body.to_owned()).await;
        let found = (answered.status.as_u16(), answered.issue().0);
        assert_eq!(
            found,
            (status, code.to_owned()),
            "{method} {path} {body}: {}",
            answered.text
        );
    }
    let slip = client.get("/Patent/ann").await.issue().2;
    assert!(slip.contains("Patient"), "{slip}");
    let place = client
        .post("/Patient", r#"{"resourceType":"Patient","name":[{"given":"x"}]}"#)
        .await
        .issue()
        .1;
    assert_eq!(place, "Patient.name[0].given");
}

#[tokio::test]
async fn head_is_get_without_the_body_and_options_names_the_methods() {
    let client = Client::new();
    let got = client.get("/Patient/ann").await;
    let head = client
        .send(Method::HEAD, "/Patient/ann", &[], Body::empty())
        .await;
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-length"), got.text.len().to_string());
    assert_eq!(head.header("etag"), got.header("etag"));
    let options = client
        .send(Method::OPTIONS, "/Patient/ann", &[], Body::empty())
        .await;
    assert_eq!(options.status, 204);
    assert_eq!(options.header("allow"), "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
}

#[tokio::test]
async fn the_caller_chooses_what_a_write_answers() {
    let client = Client::new();
    for (preference, kind) in [
        ("return=minimal", None),
        ("return=representation", Some("Patient")),
        ("return=OperationOutcome", Some("OperationOutcome")),
        ("respond-async, return = minimal", None),
        ("return=everything", Some("Patient")),
    ] {
        let headers = [JSON, ("prefer", preference)];
        let answered = client.send(Method::PUT, "/Patient/carl", &headers, PATIENT).await;
        assert_eq!(answered.tree.text("resourceType"), kind, "{preference}");
        assert!(!answered.header("etag").is_empty(), "{preference}");
    }
}

#[tokio::test]
async fn a_quota_is_an_answer() {
    let mut config = records::RecordsConfig::default();
    config.quota.versions = 1;
    let client = Client::over(
        super::client::base(),
        std::sync::Arc::new(store::MemoryStore::new()),
        config,
    );
    assert_eq!(client.put("/Patient/carl", PATIENT).await.status, 201);
    let full = client.put("/Patient/carl", PATIENT).await;
    assert_eq!((full.status.as_u16(), full.issue().0.as_str()), (507, "no-store"));
    assert_eq!(client.get("/Patient/carl").await.status, 200);
}
