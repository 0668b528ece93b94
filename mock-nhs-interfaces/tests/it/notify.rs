//! NHS Notify: what is sent is kept, arrives after a while, and is refused when it is wrong.

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request};
use mock_nhs_interfaces::Profile;
use serde_json::{Value, json};
use store::FixedClock;
use time::macros::datetime;

use crate::client::{Client, Seen, TOKEN};

/// A client whose clock the test moves.
fn client() -> (Client, Arc<FixedClock>) {
    let mut client = Client::new();
    let clock = Arc::new(FixedClock::new(datetime!(2026-11-26 12:00 UTC)));
    client.tenant.clock = Arc::<FixedClock>::clone(&clock);
    (client, clock)
}

async fn send(client: &Client, profile: Profile, method: Method, path: &str, body: &Value) -> Seen {
    let request = Request::builder()
        .method(method)
        .uri(format!("/comms{path}"))
        .header("Authorization", format!("Bearer {TOKEN}"))
        .header("Content-Type", "application/vnd.api+json")
        .body(Body::from(if body.is_null() {
            String::new()
        } else {
            body.to_string()
        }))
        .unwrap();
    client.send(profile, request).await
}

fn message(plan: &str, reference: &str, nhs_number: &str) -> Value {
    json!({ "data": { "type": "Message", "attributes": {
        "routingPlanId": plan,
        "messageReference": reference,
        "recipient": { "nhsNumber": nhs_number },
        "personalisation": { "body": "Please call the surgery." },
    } } })
}

const ALL_CHANNELS: &str = "b838b13c-f98c-4def-93f0-515d4e4f4ee1";
const SMS_ONLY: &str = "936e9d45-15de-4a95-bb36-ae163c33ae53";

#[tokio::test]
async fn a_message_is_kept_arrives_and_is_not_sent_twice() {
    let (client, clock) = client();
    let body = message(ALL_CHANNELS, "r-1", "9736363120");
    let sent = send(&client, Profile::Int, Method::POST, "/v1/messages", &body).await;
    assert_eq!(sent.status, 201);
    let id = sent.json()["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        sent.header("location").unwrap(),
        sent.json()["data"]["links"]["self"]
    );
    let path = format!("/v1/messages/{id}");
    for (seconds, expected) in [(0, "pending_enrichment"), (3, "sending"), (10, "delivered")] {
        clock.set(datetime!(2026-11-26 12:00 UTC) + time::Duration::seconds(seconds));
        let seen = send(&client, Profile::Int, Method::GET, &path, &Value::Null).await;
        assert_eq!(seen.status, 200);
        assert_eq!(seen.json()["data"]["attributes"]["messageStatus"], expected);
    }
    let seen = send(&client, Profile::Int, Method::GET, &path, &Value::Null)
        .await
        .json();
    let channels = seen["data"]["attributes"]["channels"].as_array().unwrap();
    assert_eq!(channels.last().unwrap()["channelStatus"], "delivered", "{seen}");
    let again = send(&client, Profile::Int, Method::POST, "/v1/messages", &body).await;
    assert_eq!(again.status, 422);
    assert_eq!(again.json()["errors"][0]["code"], "CM_DUPLICATE_REQUEST");
}

#[tokio::test]
async fn a_message_that_reaches_nobody_says_why() {
    let (client, clock) = client();
    for (number, plan, expected) in [
        (
            "9990548609",
            ALL_CHANNELS,
            "Failed reason: Patient does not exist in PDS",
        ),
        ("9736363120", SMS_ONLY, "Failed reason: Contact detail is missing"),
    ] {
        let body = message(plan, &format!("{number}{plan}"), number);
        let sent = send(&client, Profile::Int, Method::POST, "/v1/messages", &body).await;
        let id = sent.json()["data"]["id"].as_str().unwrap().to_owned();
        clock.advance(std::time::Duration::from_secs(20));
        let seen = send(
            &client,
            Profile::Int,
            Method::GET,
            &format!("/v1/messages/{id}"),
            &Value::Null,
        )
        .await;
        let attributes = &seen.json()["data"]["attributes"];
        assert_eq!(attributes["messageStatus"], "failed");
        assert_eq!(attributes["messageStatusDescription"], expected);
    }
}

#[tokio::test]
async fn a_batch_is_kept_whole_or_not_at_all() {
    let (client, _) = client();
    let batch = |reference: &str, numbers: &[&str]| {
        let messages = numbers.iter().enumerate().map(|(place, number)| {
            json!({ "messageReference": format!("{reference}-{place}"), "recipient": { "nhsNumber": number } })
        });
        json!({ "data": { "type": "MessageBatch", "attributes": {
            "routingPlanId": ALL_CHANNELS,
            "messageBatchReference": reference,
            "messages": messages.collect::<Value>(),
        } } })
    };
    let path = "/v1/message-batches";
    let wrong = batch("b-1", &["9736363120", "1234567890"]);
    assert_eq!(
        send(&client, Profile::Int, Method::POST, path, &wrong)
            .await
            .status,
        400
    );
    let right = batch("b-1", &["9736363120", "9000000009"]);
    let sent = send(&client, Profile::Int, Method::POST, path, &right).await;
    assert_eq!(sent.status, 201, "{}", sent.json());
    assert_eq!(
        sent.json()["data"]["attributes"]["messages"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let again = send(&client, Profile::Int, Method::POST, path, &right).await;
    assert_eq!(again.status, 422);
    assert_eq!(
        again.json()["errors"][0]["source"]["pointer"],
        "/data/attributes/messageBatchReference"
    );
}

#[tokio::test]
async fn errors_can_be_asked_for_on_the_sandbox_host_only() {
    let (client, _) = client();
    let ask = async |profile: Profile, wish: &str| {
        let request = Request::get("/comms/v1/messages/2WL3qFTEFM0qMY8xjRbt1LIKCzM")
            .header("Authorization", format!("Bearer {TOKEN}"))
            .header("Prefer", wish)
            .body(Body::empty())
            .unwrap();
        client.send(profile, request).await
    };
    for (wish, status, code) in [
        ("code=401", 401, "CM_DENIED"),
        ("code=403", 403, "CM_FORBIDDEN"),
        ("code=403.1", 403, "CM_SERVICE_BAN"),
        ("code=408", 408, "CM_TIMEOUT"),
        ("code=425", 425, "CM_RETRY_TOO_EARLY"),
        ("code=429", 429, "CM_QUOTA"),
        ("code=500", 500, "CM_INTERNAL_SERVER_ERROR"),
        ("code=503", 503, "CM_SERVICE_UNAVAILABLE"),
        ("code=504", 504, "CM_TIMEOUT"),
    ] {
        let seen = ask(Profile::Sandbox, wish).await;
        assert_eq!(seen.status, status, "{wish}");
        assert_eq!(seen.json()["errors"][0]["code"], code, "{wish}");
        assert_eq!(ask(Profile::Int, wish).await.status, 200, "{wish}");
    }
    assert_eq!(
        ask(Profile::Sandbox, "code=429").await.header("retry-after"),
        Some("5")
    );
}

#[tokio::test]
async fn media_types_are_checked() {
    let (client, _) = client();
    let ask = async |name: &str, value: &str| {
        let request = Request::post("/comms/v1/messages")
            .header("Authorization", format!("Bearer {TOKEN}"))
            .header(name, value)
            .body(Body::from("{}"))
            .unwrap();
        client.send(Profile::Int, request).await.status.as_u16()
    };
    assert_eq!(ask("Accept", "text/html").await, 406);
    assert_eq!(ask("Content-Type", "text/plain").await, 415);
    assert_eq!(ask("Content-Type", "application/json").await, 400);
}
