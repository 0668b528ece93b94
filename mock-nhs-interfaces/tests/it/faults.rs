//! Every kind of fault, on answers of real interfaces.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::fault::{Breakage, FaultApplied, FaultRule, Faults};
use serde_json::{Value, json};

use crate::client::{Client, REQUEST_ID, TOKEN};

const JANE: &str = "/personal-demographics/FHIR/R4/Patient/9000000009";

fn client_with(fault: &str) -> Client {
    let mut client = Client::new();
    let rule = FaultRule::always(1, fault.parse().unwrap());
    client.tenant.faults = Arc::new(Faults::new(vec![rule]));
    client
}

fn get(address: &str) -> Request<Body> {
    Request::get(address)
        .header("X-Request-ID", REQUEST_ID)
        .header("Authorization", format!("Bearer {TOKEN}"))
        .body(Body::empty())
        .unwrap()
}

/// Without the checks that every good answer passes.
async fn bad(client: &Client, request: Request<Body>) -> (Response<()>, Bytes) {
    let response = client.nhs.answer(&client.tenant, Profile::Int, request).await;
    let (parts, body) = response.into_parts();
    (
        Response::from_parts(parts, ()),
        body.collect().await.unwrap().to_bytes(),
    )
}

#[tokio::test]
async fn an_interface_fails_in_its_own_words() {
    let limits = " Please see: https://digital.nhs.uk/developer/guides-and-documentation/reference-guide#rate-limits for more details.";
    for (fault, status, media_type, issue, code, diagnostics) in [
        ("status-404", 404, "application/fhir+json", "not-found", "RESOURCE_NOT_FOUND", None),
        ("status-404=INVALIDATED_RESOURCE", 404, "application/fhir+json", "not-found", "INVALIDATED_RESOURCE", None),
        ("status-500", 500, "application/json", "unknown", "UNKNOWN_ERROR", None),
        ("status-408", 408, "application/json", "timeout", "UNABLE_TO_CALL_SERVICE", Some("For a SyncAsync wrapped request, the downstream domain processing has not completed within the configured timeout period.".to_owned())),
        ("expired-token", 401, "application/json", "forbidden", "ACCESS_DENIED", Some("Access Token expired".to_owned())),
        ("status-429", 429, "application/json", "value", "TOO_MANY_REQUESTS", Some(format!("Your application, app, has exceeded its quota of 300 requests every 1 minute(s) and is being rate limited.{limits}"))),
        ("status-429=spike", 429, "application/json", "value", "TOO_MANY_REQUESTS", Some(format!("Your application, app, has created a spike in traffic and is being rate limited. Please reduce the frequency of your requests.{limits}"))),
        ("status-429=proxy", 429, "application/json", "value", "TOO_MANY_REQUESTS", Some(format!("This API is currently receiving a high volume of requests and is being rate limited.{limits}"))),
    ] {
        let seen = client_with(fault).send(Profile::Int, get(JANE)).await;
        assert_eq!(seen.status.as_u16(), status, "{fault}");
        assert_eq!(seen.header("content-type"), Some(media_type), "{fault}");
        assert_eq!(seen.header("retry-after"), None, "{fault}");
        assert_eq!(seen.json()["issue"][0]["code"], issue, "{fault}");
        assert_eq!(seen.outcome_code().as_deref(), Some(code), "{fault}");
        assert_eq!(seen.json()["issue"][0]["diagnostics"].as_str(), diagnostics.as_deref(), "{fault}");
        assert_eq!(seen.answered.unwrap().operation, "read_patient", "{fault}");
    }
    let seen = client_with("status-503").send(Profile::Int, get(JANE)).await;
    assert_eq!(
        (seen.status.as_u16(), seen.header("retry-after")),
        (503, Some("5"))
    );
    // What speaks no FHIR has the gateway's shape.
    for (fault, status, code) in [
        ("status-429=spike", 429, "policies.ratelimit.SpikeArrestViolation"),
        ("status-429", 429, "policies.ratelimit.QuotaViolation"),
        ("expired-token", 401, "keymanagement.service.access_token_expired"),
        (
            "status-503",
            503,
            "messaging.adaptors.http.flow.ServiceUnavailable",
        ),
    ] {
        let seen = client_with(fault)
            .send(Profile::Sandbox, get("/hello-world/hello/world"))
            .await;
        assert_eq!(seen.status.as_u16(), status, "{fault}");
        assert_eq!(seen.json()["fault"]["detail"]["errorcode"], code, "{fault}");
    }
}

#[tokio::test]
async fn every_interface_can_fail_in_every_way() {
    for interface in Client::new().nhs.interfaces() {
        for fault in [
            "status-400",
            "status-403",
            "status-409",
            "status-412",
            "status-500",
            "status-504",
            "status-418",
            "status-429=proxy",
            "expired-token",
        ] {
            let client = client_with(fault);
            let operation = &interface.operations[0];
            let address = format!(
                "{}{}",
                interface.path_prefix, operation.examples[0].path_and_query
            );
            let mut request = get(&address);
            *request.method_mut() = operation.method.clone();
            let (head, body) = bad(&client, request).await;
            let status = head.status().as_u16();
            assert!((400..600).contains(&status), "{} {fault}: {status}", interface.id);
            let _: Value = serde_json::from_slice(&body).unwrap();
            let applied = head.extensions().get::<FaultApplied>().unwrap();
            assert!(
                fault == "status-429=proxy" || applied.name == fault,
                "{}",
                applied.name
            );
        }
    }
}

#[tokio::test]
async fn bodies_are_spoiled() {
    let whole = Client::new().get(JANE).await.body;
    let (head, body) = bad(&client_with("malformed-json"), get(JANE)).await;
    assert_eq!(head.status(), 200);
    assert!(serde_json::from_slice::<Value>(&body).is_err());
    let (head, body) = bad(&client_with("empty"), get(JANE)).await;
    assert_eq!((head.status().as_u16(), body.len()), (200, 0));
    // The connection is broken by whoever carries the answer.
    for (fault, breakage) in [
        ("truncated", Breakage::Truncated),
        ("drip=40", Breakage::Drip(Duration::from_millis(40))),
    ] {
        let (head, body) = bad(&client_with(fault), get(JANE)).await;
        assert_eq!(head.extensions().get(), Some(&breakage), "{fault}");
        assert_eq!(body, whole, "{fault}");
    }
    let (head, _) = bad(&client_with("refused"), get(JANE)).await;
    assert_eq!(head.extensions().get(), Some(&Breakage::Refused));
}

#[tokio::test]
async fn answers_come_late_or_never() {
    let started = Instant::now();
    let seen = client_with("slow=60").send(Profile::Int, get(JANE)).await;
    assert_eq!(seen.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(60));
    let started = Instant::now();
    let (head, _) = bad(&client_with("timeout=70"), get(JANE)).await;
    assert_eq!(head.extensions().get(), Some(&Breakage::NoAnswer));
    assert!(started.elapsed() >= Duration::from_millis(70));
}

#[tokio::test]
async fn the_answer_is_about_somebody_else() {
    let seen = client_with("wrong-person").send(Profile::Int, get(JANE)).await;
    assert_eq!(seen.json()["id"], "9000000017");
    let seen = client_with("wrong-person=9000000025")
        .send(Profile::Int, get(JANE))
        .await;
    assert_eq!(seen.json()["id"], "9000000025");
    let mistaken = JANE.replace("9000000009", "9000000017");
    let seen = client_with("wrong-person")
        .send(Profile::Int, get(&mistaken))
        .await;
    assert_eq!(seen.json()["id"], "9000000009");
}

#[tokio::test]
async fn a_header_asks_for_one_request_only() {
    let client = Client::new();
    let asking = |fault: &str| {
        let mut request = get(JANE);
        request
            .headers_mut()
            .insert("X-C4H-Fault", fault.parse().unwrap());
        request
    };
    assert_eq!(client.send(Profile::Int, asking("status-503")).await.status, 503);
    assert_eq!(client.send(Profile::Int, get(JANE)).await.status, 200);
    let seen = client.send(Profile::Int, asking("sttus-503")).await;
    assert_eq!(seen.status, 400);
    assert_eq!(
        seen.json()["fault"]["detail"]["errorcode"],
        json!("c4h.unknown-fault")
    );
    assert!(
        seen.json()["fault"]["faultstring"]
            .as_str()
            .unwrap()
            .contains("malformed-json")
    );
}

#[tokio::test]
async fn a_change_in_between_is_a_real_one() {
    use mock_nhs_interfaces::fault::save_again;
    let client = Client::new();
    let version = || async {
        let view = client.records.view(client.tenant.workspace).await.unwrap();
        let kind = records::ResourceType::parse("Patient").unwrap();
        view.read(kind, "9000000009").unwrap().version
    };
    let before = version().await;
    let clock = &*client.tenant.clock;
    let saved = save_again(&client.records, client.tenant.workspace, clock, JANE, b"").await;
    assert!(saved.unwrap());
    assert_eq!(version().await, before + 1);
    let nobody = JANE.replace("9000000009", "9000000108");
    let saved = save_again(&client.records, client.tenant.workspace, clock, &nobody, b"").await;
    assert!(!saved.unwrap());
}
