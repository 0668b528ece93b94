//! GP Connect as an app meets it: whole journeys through the interfaces, looked at in the records too.

mod appointments;
mod consent;
mod contract;
mod record;
mod sandbox;

use axum::body::Body;
use http::Request;
use mock_nhs_interfaces::Profile;
use records::ResourceType;
use serde_json::Value;

use crate::client::{Client, REQUEST_ID, Seen, TOKEN};

/// A request with a body, as whoever holds the workspace's token.
async fn send(client: &Client, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Seen {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("X-Request-ID", REQUEST_ID)
        .header("Authorization", format!("Bearer {TOKEN}"))
        .header("Content-Type", "application/fhir+json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_string())).unwrap();
    client.send(Profile::Int, request).await
}

/// What the workspace's records hold now.
async fn stored(client: &Client, kind: &str, id: &str) -> Value {
    let view = client.records.view(client.tenant.workspace).await.unwrap();
    let record = view.read(ResourceType::parse(kind).unwrap(), id).unwrap();
    serde_json::from_slice(&record.text).unwrap()
}
