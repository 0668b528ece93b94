//! Subscriptions: what is told, to whom, how often, and when it ends.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fhir::json::Json;
use records::{Doing, FhirTenant, Hooks, MAX_CHAIN, Notification};
use store::WorkspaceId;
use time::macros::datetime;

use crate::client::{BASE_URL, Client, JSON};

/// Takes notifications for `hook:` addresses, and answers as it is told to.
#[derive(Debug)]
struct Listener {
    clock: Arc<store::FixedClock>,
    told: Mutex<Vec<Notification>>,
    /// What the next ones are answered with; `None`: well.
    failures: Mutex<VecDeque<Option<String>>>,
}

impl Listener {
    fn over(client: &Client) -> Arc<Self> {
        let listener = Arc::new(Self {
            clock: Arc::clone(&client.clock),
            told: Mutex::default(),
            failures: Mutex::default(),
        });
        client
            .server
            .records()
            .notify(Arc::clone(&listener) as Arc<dyn Hooks>);
        listener
    }

    fn fail(&self, times: usize) {
        let failures = (0..times).map(|number| Some(format!("no {number}")));
        self.failures.lock().unwrap().extend(failures);
    }

    /// Method, what is behind the endpoint and the body's length of each, in order, once there are so many.
    async fn told(&self, many: usize) -> Vec<String> {
        until(|| self.told.lock().unwrap().len() >= many).await;
        let told = self.told.lock().unwrap();
        let shown = |one: &Notification| format!("{} {}{}", one.method, one.endpoint, one.below);
        told.iter().map(shown).collect()
    }
}

impl Hooks for Listener {
    fn check(&self, _: WorkspaceId, endpoint: &str) -> Result<(), String> {
        if endpoint.starts_with("hook:") {
            Ok(())
        } else {
            Err(format!("{endpoint} is refused; hook:name is allowed"))
        }
    }

    fn find<'a>(&'a self, _: WorkspaceId, endpoint: &'a str) -> Doing<'a, Result<(), String>> {
        Box::pin(async move {
            if endpoint == "hook:nobody" {
                Err("nobody is there".to_owned())
            } else {
                Ok(())
            }
        })
    }

    fn send(&self, _: WorkspaceId, notification: Notification) -> Doing<'_, Result<(), String>> {
        Box::pin(async move {
            if let Some(Some(failure)) = self.failures.lock().unwrap().pop_front() {
                return Err(failure);
            }
            self.told.lock().unwrap().push(notification);
            Ok(())
        })
    }

    fn tenant(&self, workspace: WorkspaceId) -> Doing<'_, Option<FhirTenant>> {
        Box::pin(async move {
            Some(FhirTenant {
                workspace,
                clock: Arc::clone(&self.clock) as Arc<dyn store::Clock>,
                base_url: BASE_URL.to_owned(),
                chain: 0,
            })
        })
    }
}

async fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("waited for nothing");
}

/// A subscription's status and error, once it has this status.
async fn status(client: &Client, id: &str, wanted: &str) -> Option<String> {
    for _ in 0..2_000 {
        let answered = client.get(&format!("/Subscription/{id}")).await;
        if answered.tree.text("status") == Some(wanted) {
            return answered.tree.text("error").map(str::to_owned);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{id} never was {wanted}");
}

fn subscription(id: &str, criteria: &str, channel: &str) -> String {
    format!(
        r#"{{"resourceType":"Subscription","id":"{id}","status":"requested","reason":"to know","criteria":"{criteria}","channel":{{"type":"rest-hook",{channel}}}}}"#
    )
}

async fn subscribe(client: &Client, id: &str, criteria: &str, channel: &str) {
    let text = subscription(id, criteria, channel);
    let answered = client.put(&format!("/Subscription/{id}"), &text).await;
    assert_eq!(answered.status, 201, "{}", answered.text);
}

#[tokio::test]
async fn creates_and_updates_that_meet_the_criteria_are_told() {
    let client = Client::new();
    let listener = Listener::over(&client);
    subscribe(
        &client,
        "smiths",
        "Patient?family=smith",
        r#""endpoint":"hook:a""#,
    )
    .await;
    assert_eq!(status(&client, "smiths", "active").await, None);
    let smith = r#"{"resourceType":"Patient","id":"s","name":[{"family":"Smith"}]}"#;
    client.put("/Patient/s", smith).await;
    client
        .put(
            "/Patient/j",
            r#"{"resourceType":"Patient","id":"j","name":[{"family":"Jones"}]}"#,
        )
        .await;
    client.put("/Patient/s", smith).await;
    client.delete("/Patient/s").await;
    // Of all that, two: Jones is another, and deletes are not told.
    client.put("/Patient/s", smith).await;
    assert_eq!(listener.told(3).await, ["POST hook:a"; 3]);
    assert!(
        listener
            .told
            .lock()
            .unwrap()
            .iter()
            .all(|told| told.body.is_empty() && told.chain == 0)
    );
}

#[tokio::test]
async fn the_resource_comes_with_it_when_there_is_a_payload() {
    let client = Client::new();
    let listener = Listener::over(&client);
    let channel =
        r#""endpoint":"hook:a","payload":"application/fhir+json","header":["Authorization: Bearer x"]"#;
    subscribe(&client, "all", "Patient", channel).await;
    let bundle = r#"{"resourceType":"Bundle","type":"transaction","entry":[
        {"resource":{"resourceType":"Patient","id":"one"},"request":{"method":"PUT","url":"Patient/one"}},
        {"resource":{"resourceType":"Patient","id":"two"},"request":{"method":"PUT","url":"Patient/two"}}]}"#;
    assert_eq!(client.post("/", bundle).await.status, 200);
    let mut told = listener.told(2).await;
    told.sort();
    assert_eq!(told, ["PUT hook:a/Patient/one", "PUT hook:a/Patient/two"]);
    let told = listener.told.lock().unwrap().clone();
    for one in told {
        let tree = Json::parse(&one.body).unwrap();
        assert_eq!(tree.at(&["meta", "versionId"]).and_then(Json::as_str), Some("1"));
        assert_eq!(one.headers.len(), 2, "{:?}", one.headers);
        assert_eq!(one.subscription.as_str(), "all");
    }
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_with_what_can() {
    let client = Client::new();
    let check = async |criteria: &str, channel: &str, place: &str, words: &str| {
        let answered = client
            .send(
                http::Method::POST,
                "/Subscription",
                &[JSON],
                subscription("x", criteria, channel),
            )
            .await;
        assert_eq!(answered.status, 422, "{criteria} {channel}: {}", answered.text);
        let (code, expression, diagnostics) = answered.issue();
        assert_eq!((code.as_str(), expression.as_str()), ("business-rule", place));
        assert!(diagnostics.contains(words), "{diagnostics}");
    };
    // Nobody sends anything yet.
    check(
        "Patient",
        r#""endpoint":"hook:a""#,
        "Subscription.channel",
        "no notifications",
    )
    .await;
    let listener = Listener::over(&client);
    check(
        "Patient",
        r#""endpoint":"https://example.com""#,
        "Subscription.channel.endpoint",
        "hook:name",
    )
    .await;
    check(
        "Patient?famly=x",
        r#""endpoint":"hook:a""#,
        "Subscription.criteria",
        "famly",
    )
    .await;
    check(
        "Pateint",
        r#""endpoint":"hook:a""#,
        "Subscription.criteria",
        "Pateint",
    )
    .await;
    check(
        "Patient",
        r#""endpoint":"hook:a","payload":"text/html""#,
        "Subscription.channel.payload",
        "fhir+json",
    )
    .await;
    // In a transaction nothing is kept of the rest.
    let bundle = format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[
        {{"resource":{{"resourceType":"Patient","id":"one"}},"request":{{"method":"PUT","url":"Patient/one"}}}},
        {{"resource":{},"request":{{"method":"POST","url":"Subscription"}}}}]}}"#,
        subscription("x", "Patient", r#""endpoint":"https://example.com""#)
    );
    assert_eq!(client.post("/", &bundle).await.status, 422);
    assert_eq!(client.get("/Patient/one").await.status, 404);
    // What is off is only kept.
    let off = subscription("x", "Patient", r#""endpoint":"https://example.com""#).replace("requested", "off");
    assert_eq!(client.post("/Subscription", &off).await.status, 201);
    assert!(listener.told.lock().unwrap().is_empty());
}

#[tokio::test]
async fn where_nobody_answers_the_subscription_says_so() {
    let client = Client::new();
    let _listener = Listener::over(&client);
    subscribe(&client, "lost", "Patient", r#""endpoint":"hook:nobody""#).await;
    assert_eq!(
        status(&client, "lost", "error").await.as_deref(),
        Some("nobody is there")
    );
}

#[tokio::test]
async fn what_fails_is_tried_again_and_then_given_up() {
    let client = Client::new();
    let listener = Listener::over(&client);
    subscribe(&client, "all", "Patient", r#""endpoint":"hook:a""#).await;
    listener.fail(1);
    client.post("/Patient", r#"{"resourceType":"Patient"}"#).await;
    assert_eq!(listener.told(1).await.len(), 1);
    listener.fail(4);
    client.post("/Patient", r#"{"resourceType":"Patient"}"#).await;
    let error = status(&client, "all", "error").await.unwrap();
    assert!(error.contains("4 times: no 3"), "{error}");
    // Nothing more is sent until somebody asks again.
    client.post("/Patient", r#"{"resourceType":"Patient"}"#).await;
    subscribe_again(&client, "all").await;
    client.post("/Patient", r#"{"resourceType":"Patient"}"#).await;
    assert_eq!(listener.told(2).await.len(), 2);
}

async fn subscribe_again(client: &Client, id: &str) {
    let text = subscription(id, "Patient", r#""endpoint":"hook:a""#);
    let answered = client.put(&format!("/Subscription/{id}"), &text).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    assert_eq!(status(client, id, "active").await, None);
}

#[tokio::test]
async fn the_end_is_obeyed() {
    let client = Client::new();
    let listener = Listener::over(&client);
    let text = subscription("short", "Patient", r#""endpoint":"hook:a""#);
    let text = text.replace(r#""reason""#, r#""end":"2026-06-01T13:00:00Z","reason""#);
    client.put("/Subscription/short", &text).await;
    status(&client, "short", "active").await;
    client.post("/Patient", r#"{"resourceType":"Patient"}"#).await;
    assert_eq!(listener.told(1).await.len(), 1);
    client.clock.set(datetime!(2026-06-01 13:00:00 UTC));
    client.post("/Patient", r#"{"resourceType":"Patient"}"#).await;
    assert_eq!(status(&client, "short", "off").await, None);
    assert_eq!(listener.told.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_circle_is_stopped() {
    let client = Client::new();
    let listener = Listener::over(&client);
    subscribe(&client, "round", "Patient", r#""endpoint":"hook:a""#).await;
    // Whoever is told changes the same again, as an app would.
    client.post("/Patient", r#"{"resourceType":"Patient"}"#).await;
    for round in 1..=MAX_CHAIN {
        assert_eq!(listener.told(usize::from(round)).await.len(), usize::from(round));
        let text = r#"{"resourceType":"Patient"}"#;
        assert_eq!(client.send_in_chain(round, "/Patient", text).await, 201);
    }
    let error = status(&client, "round", "error").await.unwrap();
    assert!(error.contains("led to each other"), "{error}");
    assert_eq!(listener.told.lock().unwrap().len(), usize::from(MAX_CHAIN));
}
