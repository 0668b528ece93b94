//! Media types.

use axum::body::Body;
use http::Method;

use super::client::{Client, FORM, JSON};

#[tokio::test]
async fn json_is_what_there_is() {
    let client = Client::new();
    let cases = [
        (
            "/Patient/ann",
            "application/fhir+json",
            200,
            "application/fhir+json; charset=utf-8",
        ),
        (
            "/Patient/ann",
            "application/json",
            200,
            "application/json; charset=utf-8",
        ),
        ("/Patient/ann", "*/*", 200, "application/fhir+json; charset=utf-8"),
        (
            "/Patient/ann",
            "application/fhir+json; fhirVersion=4.3",
            200,
            "application/fhir+json; charset=utf-8",
        ),
        (
            "/Patient/ann",
            "application/fhir+xml, application/fhir+json;q=0.5",
            200,
            "application/fhir+json; charset=utf-8",
        ),
        (
            "/Patient/ann",
            "application/fhir+xml",
            406,
            "application/fhir+json; charset=utf-8",
        ),
        (
            "/Patient/ann",
            "text/turtle",
            406,
            "application/fhir+json; charset=utf-8",
        ),
        (
            "/Patient/ann?_format=json",
            "application/fhir+xml",
            200,
            "application/fhir+json; charset=utf-8",
        ),
        (
            "/Patient/ann?_format=xml",
            "application/fhir+json",
            406,
            "application/fhir+json; charset=utf-8",
        ),
        (
            "/Patient/ann?_format=application%2Ffhir%2Bjson",
            "",
            200,
            "application/fhir+json; charset=utf-8",
        ),
    ];
    for (path, accept, status, kind) in cases {
        let answered = client
            .send(Method::GET, path, &[("accept", accept)], Body::empty())
            .await;
        assert_eq!(
            (answered.status.as_u16(), answered.header("content-type")),
            (status, kind),
            "{path} {accept}"
        );
    }
}

#[tokio::test]
async fn a_body_says_what_it_is() {
    let client = Client::new();
    let body = r#"{"resourceType":"Patient"}"#;
    let cases: [(&[(&str, &str)], u16); 9] = [
        (&[JSON], 201),
        (&[("content-type", "application/json")], 201),
        (
            &[(
                "content-type",
                "application/fhir+json; charset=UTF-8; fhirVersion=4.0",
            )],
            201,
        ),
        (&[], 415),
        (&[("content-type", "application/fhir+xml")], 415),
        (&[("content-type", "text/plain")], 415),
        (&[("content-type", "application/fhir+json; charset=utf-16")], 415),
        (&[FORM], 415),
        (&[JSON, ("content-encoding", "gzip")], 415),
    ];
    for (headers, status) in cases {
        let answered = client.send(Method::POST, "/Patient", headers, body).await;
        assert_eq!(answered.status, status, "{headers:?}: {}", answered.text);
    }
}

#[tokio::test]
async fn a_read_can_ask_for_a_part() {
    let client = Client::new();
    let whole = client.get("/Patient/ann").await.text;
    let part = client.get("/Patient/ann?_elements=birthDate").await.text;
    assert!(
        part.contains("1950-01-01") && !part.contains("Adams") && part.contains("SUBSETTED"),
        "{part}"
    );
    let page = client.get("/Patient?_id=ann&_elements=birthDate").await.text;
    assert!(page.contains(&part), "{page}");
    assert_eq!(client.get("/Patient/ann?_summary=false").await.text, whole);
    assert_eq!(client.get("/Patient/ann?_summary=most").await.status, 400);
}
