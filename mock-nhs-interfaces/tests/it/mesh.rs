//! MESH: files of several chunks move from one mailbox to another, and tokens are checked.

use std::sync::Arc;

use axum::body::Body;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Request, StatusCode};
use mock_nhs_interfaces::Profile;
use sha2::Sha256;
use store::FixedClock;
use time::macros::datetime;

use crate::client::{Client, Seen, TOKEN};

const V2: &str = "application/vnd.mesh.v2+json";

async fn ask(client: &Client, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Seen {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/messageexchange{path}"))
        .header("Authorization", format!("Bearer {TOKEN}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client
        .send(Profile::Int, request.body(Body::from(body)).unwrap())
        .await
}

async fn inbox(client: &Client, mailbox: &str) -> Vec<String> {
    let seen = ask(client, Method::GET, &format!("/{mailbox}/inbox"), &[], Vec::new()).await;
    let messages = seen.json()["messages"].as_array().unwrap().clone();
    messages
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_file_of_three_chunks_moves_once_it_is_whole() {
    let client = Client::new();
    let chunks: [Vec<u8>; 3] = [vec![0; 1000], (0..=255).collect(), b"the end".to_vec()];
    let headers = [
        ("mex-to", "x26abc2"),
        ("mex-workflowid", "ANY_WORKFLOW"),
        ("mex-chunk-range", "1:3"),
        ("mex-filename", "scan.bin"),
        ("mex-localid", "scan/1|2"),
        ("accept", V2),
    ];
    let sent = ask(
        &client,
        Method::POST,
        "/X26ABC1/outbox",
        &headers,
        chunks[0].clone(),
    )
    .await;
    assert_eq!(sent.status, StatusCode::ACCEPTED);
    let id = sent.json()["message_id"].as_str().unwrap().to_owned();
    for place in [1, 2] {
        assert!(
            inbox(&client, "X26ABC2").await.is_empty(),
            "before chunk {}",
            place + 1
        );
        let path = format!("/X26ABC1/outbox/{id}/{}", place + 1);
        let range = format!("{}:3", place + 1);
        let seen = ask(
            &client,
            Method::POST,
            &path,
            &[("mex-chunk-range", &range)],
            chunks[place].clone(),
        )
        .await;
        assert_eq!(seen.status, StatusCode::ACCEPTED);
    }
    assert_eq!(inbox(&client, "X26ABC2").await, [id.as_str()]);
    for (place, chunk) in chunks.iter().enumerate() {
        let path = format!("/X26ABC2/inbox/{id}/{}", place + 1);
        let seen = ask(&client, Method::GET, &path, &[], Vec::new()).await;
        let expected = if place == 2 {
            StatusCode::OK
        } else {
            StatusCode::PARTIAL_CONTENT
        };
        assert_eq!(seen.status, expected);
        assert_eq!(seen.body, chunk.as_slice());
        assert_eq!(
            seen.header("mex-chunk-range"),
            Some(format!("{}:3", place + 1).as_str())
        );
        assert_eq!(seen.header("mex-filename"), Some("scan.bin"));
    }
    let path = "/X26ABC1/outbox/tracking/scan%2F1%7C2";
    let tracked = ask(&client, Method::GET, path, &[], Vec::new()).await.json();
    assert_eq!(
        (&tracked["status"], &tracked["fileSize"]),
        (&"Accepted".into(), &1263.into())
    );
    for _ in 0..2 {
        let path = format!("/X26ABC2/inbox/{id}/status/acknowledged");
        assert_eq!(
            ask(&client, Method::PUT, &path, &[], Vec::new()).await.status,
            StatusCode::OK
        );
    }
    assert!(inbox(&client, "X26ABC2").await.is_empty());
    let path = format!("/X26ABC1/outbox/tracking?messageID={id}");
    let tracked = ask(&client, Method::GET, &path, &[("accept", V2)], Vec::new())
        .await
        .json();
    assert_eq!(tracked["status"], "acknowledged");
}

#[tokio::test]
async fn two_messages_under_one_local_id_are_told_apart_by_nobody() {
    let client = Client::new();
    let headers = [
        ("mex-to", "X26ABC2"),
        ("mex-workflowid", "W"),
        ("mex-localid", "twice"),
    ];
    for _ in 0..2 {
        ask(&client, Method::POST, "/X26ABC1/outbox", &headers, b"a".to_vec()).await;
    }
    let seen = ask(
        &client,
        Method::GET,
        "/X26ABC1/outbox/tracking/twice",
        &[],
        Vec::new(),
    )
    .await;
    assert_eq!(seen.status, StatusCode::MULTIPLE_CHOICES);
    let seen = ask(
        &client,
        Method::GET,
        "/X26ABC3/outbox/tracking/twice",
        &[],
        Vec::new(),
    )
    .await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_chunk_that_is_too_large_is_refused() {
    let client = Client::new();
    let headers = [("mex-to", "X26ABC2"), ("mex-workflowid", "W")];
    let seen = ask(
        &client,
        Method::POST,
        "/X26ABC1/outbox",
        &headers,
        vec![0; 1_400_001],
    )
    .await;
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
    let path = "/X26ABC1/outbox/48414C464D455353414745C4C4C4C4C4/2";
    let seen = ask(
        &client,
        Method::POST,
        path,
        &[("mex-chunk-range", "2:2")],
        vec![0; 1_400_001],
    )
    .await;
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(inbox(&client, "X26ABC2").await.is_empty());
}

#[tokio::test]
async fn an_inbox_is_paged() {
    let client = Client::new();
    let headers = [("mex-to", "X26ABC3"), ("mex-workflowid", "W")];
    for _ in 0..12 {
        ask(&client, Method::POST, "/X26ABC1/outbox", &headers, b"a".to_vec()).await;
    }
    let first = ask(
        &client,
        Method::GET,
        "/X26ABC3/inbox?max_results=10",
        &[("accept", V2)],
        Vec::new(),
    )
    .await;
    let first = first.json();
    assert_eq!(first["messages"].as_array().unwrap().len(), 10);
    assert_eq!(first["approx_inbox_count"], 12);
    let next = first["links"]["next"]
        .as_str()
        .unwrap()
        .strip_prefix("/messageexchange")
        .unwrap();
    let second = ask(&client, Method::GET, next, &[("accept", V2)], Vec::new())
        .await
        .json();
    assert_eq!(second["messages"].as_array().unwrap().len(), 2);
    assert!(second["links"].get("next").is_none());
}

#[tokio::test]
async fn a_mailbox_token_is_checked_used_once_and_in_time() {
    let mut client = Client::new();
    let clock = Arc::new(FixedClock::new(datetime!(2026-01-15 12:00 UTC)));
    client.tenant.clock = Arc::<FixedClock>::clone(&clock);
    let token = |nonce: &str, password: &str| {
        let text = format!("X26ABC1:{nonce}:0:{password}:202601151200");
        let mut hmac = Hmac::<Sha256>::new_from_slice(b"TestKey").unwrap();
        hmac.update(text.as_bytes());
        let hex: String = hmac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("NHSMESH X26ABC1:{nonce}:0:202601151200:{hex}")
    };
    let look = async |profile: Profile, token: &str| {
        let request = Request::get("/messageexchange/X26ABC1/inbox")
            .header("Authorization", token)
            .body(Body::empty())
            .unwrap();
        let seen = client.send(profile, request).await;
        (
            seen.status.as_u16(),
            seen.json()["errorDescription"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let good = token("one", "password");
    assert_eq!(look(Profile::Int, &good).await.0, 200);
    assert_eq!(
        look(Profile::Int, &good).await,
        (403, "Error Duplicated Authentication Token".to_owned())
    );
    assert_eq!(look(Profile::Sandbox, &good).await.0, 200);
    let wrong = look(Profile::Int, &token("two", "guess")).await;
    assert_eq!(wrong, (403, "Invalid Authentication Token".to_owned()));
    clock.set(datetime!(2026-01-15 15:00 UTC));
    assert_eq!(look(Profile::Int, &token("three", "password")).await.0, 403);
    assert_eq!(look(Profile::Sandbox, &token("three", "password")).await.0, 200);
}

#[tokio::test]
async fn what_is_packed_is_unpacked_for_who_cannot() {
    use std::io::Write as _;
    let client = Client::new();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(b"packed words").unwrap();
    let packed = packer.finish().unwrap();
    let headers = [
        ("mex-to", "X26ABC2"),
        ("mex-workflowid", "W"),
        ("content-encoding", "gzip"),
    ];
    let sent = ask(&client, Method::POST, "/X26ABC1/outbox", &headers, packed.clone())
        .await
        .json();
    let path = format!("/X26ABC2/inbox/{}", sent["messageID"].as_str().unwrap());
    let seen = ask(
        &client,
        Method::GET,
        &path,
        &[("accept-encoding", "gzip")],
        Vec::new(),
    )
    .await;
    assert_eq!(
        (seen.header("content-encoding"), &seen.body[..]),
        (Some("gzip"), &packed[..])
    );
    let seen = ask(&client, Method::GET, &path, &[], Vec::new()).await;
    assert_eq!(
        (seen.header("content-encoding"), &seen.body[..]),
        (None, &b"packed words"[..])
    );
}
