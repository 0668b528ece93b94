//! Interfaces made from documents: behind the same door as the built-in ones, with its faults, its logins and its limits.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use mock_nhs_interfaces::fault::{FaultRule, Faults};
use mock_nhs_interfaces::{AddedInterface, Profile, RateLimited};
use openapi_mock::Document;

use crate::client::{Client, TOKEN};

/// One path for everybody, one for those with a token, one for those with a key.
const DOCUMENT: &str = r"
openapi: 3.0.3
info: {title: Made-up wards}
paths:
  /open:
    get: {operationId: open, responses: &responses {'200': {description: Good., content: {application/json: {example: {beds: 4}}}}, '429': {description: Slowly., content: {application/json: {example: {slow: down}}}}}}
  /token:
    get: {operationId: token, security: [token: []], responses: *responses}
  /key:
    get: {operationId: key, security: [key: []], responses: *responses}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: apikey}
";

fn wards() -> AddedInterface {
    let document = Document::read(DOCUMENT.as_bytes()).unwrap();
    AddedInterface::new("wards", "/wards", Arc::new(document))
}

/// The status, the body and the hint.
async fn ask(
    client: &Client,
    profile: Profile,
    path: &str,
    header: Option<(&str, &str)>,
) -> (StatusCode, String, String) {
    let mut request = Request::get(format!("/wards{path}"));
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = client
        .nhs
        .answer_added(&client.tenant, profile, &wards(), request)
        .await;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let hint = parts
        .headers
        .get("x-c4h-hint")
        .map(|hint| hint.to_str().unwrap().to_owned());
    (
        parts.status,
        String::from_utf8(body.to_vec()).unwrap(),
        hint.unwrap_or_default(),
    )
}

#[tokio::test]
async fn the_logins_of_the_document_are_looked_at_in_int_only() {
    let client = Client::new();
    let bearer = format!("Bearer {TOKEN}");
    let bearer: (&str, &str) = ("Authorization", &bearer);
    let key = ("apikey", TOKEN);
    for (path, header, status) in [
        ("/open", None, 200),
        ("/token", None, 401),
        ("/token", Some(key), 401),
        ("/token", Some(bearer), 200),
        ("/key", None, 401),
        ("/key", Some(bearer), 401),
        ("/key", Some(("apikey", "of-nobody")), 401),
        ("/key", Some(key), 200),
    ] {
        let (answered, body, hint) = ask(&client, Profile::Int, path, header).await;
        assert_eq!(answered.as_u16(), status, "{path} {header:?}: {body}");
        assert_eq!(
            hint.contains("Nobody is logged in"),
            status == 401,
            "{path}: {hint}"
        );
        assert_eq!(
            ask(&client, Profile::Sandbox, path, header).await.0,
            StatusCode::OK,
            "{path}"
        );
    }
}

#[tokio::test]
async fn who_asks_too_often_gets_the_documents_own_answer() {
    let mut client = Client::new();
    client.nhs.limit_rates(RateLimited::Applications);
    client.tenant.caller = Some("ward-board".into());
    let mut refused = None;
    // A machine that is busy may take more than a second for six.
    for _ in 0..200 {
        let (status, body, hint) = ask(&client, Profile::Int, "/open", None).await;
        if status != StatusCode::OK {
            refused = Some((status, body, hint));
            break;
        }
    }
    let (status, body, hint) = refused.expect("two hundred requests came through");
    assert_eq!((status.as_u16(), &*body), (429, r#"{"slow":"down"}"#));
    assert!(hint.contains("--rate-limits off"), "{hint}");
    // Other interfaces are counted apart, and nobody in the sandbox.
    client.tenant.caller = Some("other".into());
    assert_eq!(ask(&client, Profile::Int, "/open", None).await.0, StatusCode::OK);
    for _ in 0..20 {
        assert_eq!(
            ask(&client, Profile::Sandbox, "/open", None).await.0,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn faults_speak_as_the_document_does_and_else_as_the_platform_in_front() {
    for (fault, status, words) in [
        ("status-429=spike", 429, r#"{"slow":"down"}"#),
        ("status-503", 503, "503"),
        ("expired-token", 401, "Access Token expired"),
        ("empty", 200, ""),
    ] {
        let mut client = Client::new();
        let rule = FaultRule::always(1, fault.parse().unwrap());
        client.tenant.faults = Arc::new(Faults::new(vec![rule]));
        let (answered, body, _) = ask(&client, Profile::Int, "/open", None).await;
        assert_eq!(answered.as_u16(), status, "{fault}: {body}");
        assert!(body.contains(words), "{fault}: {body}");
    }
}
