//! The API from an empty workspace to the trace of a run.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, StatusCode};
use platform::config::LimitsConfig;
use platform::data::Apps;
use platform::model::{Activate, AppName, NewVersion, Origin};
use serde_json::json;
use store::{BlobId, SystemClock};

use crate::TestResult;
use crate::server::Server;

#[tokio::test]
async fn a_workspace_says_what_a_program_needs() -> TestResult {
    let server = Server::start().await?;
    let list = server.get("/api/v1/workspaces").await;
    assert_eq!(list.json()["workspaces"][0]["name"], "demo");
    let demo = server.get("/api/v1/workspaces/demo").await.json();
    assert_eq!(demo["interfaces"]["int"], "http://127.0.0.1:8080/w/demo/nhs/int");
    assert!(
        demo["access_token"]
            .as_str()
            .is_some_and(|token| token.len() == 64)
    );
    let interfaces = server.get("/api/v1/workspaces/demo/interfaces").await.json();
    let ids: Vec<_> = interfaces["interfaces"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|i| i["id"].clone())
        .collect();
    assert!(ids.contains(&json!("pds")), "{ids:?}");
    Ok(())
}

#[tokio::test]
async fn the_server_says_how_it_is() -> TestResult {
    let server = Server::start().await?;
    assert_eq!(server.get("/healthz").await.text(), "ok\n");
    let ready = server.get("/readyz").await;
    assert_eq!(
        (ready.status, ready.json()["ready"].clone()),
        (StatusCode::OK, json!(true))
    );
    let metrics = server.get("/metrics").await.text();
    assert!(
        metrics.contains("c4h_store_writable 1\n")
            && metrics.contains("c4h_http_requests_total{status=\"2xx\"}")
    );
    Ok(())
}

#[tokio::test]
async fn deploy_run_look_delete() -> TestResult {
    let server = Server::start().await?;
    let deployed = server.deploy("lookup", examples::PATIENT_LOOKUP).await;
    assert_eq!(deployed.status, StatusCode::CREATED, "{}", deployed.text());
    let document = deployed.json();
    assert_eq!(
        (&document["app"], &document["number"]),
        (&json!("lookup"), &json!(1))
    );
    assert_eq!(
        document["sha256"],
        BlobId::of(examples::PATIENT_LOOKUP).to_string()
    );
    assert_eq!(document["address"], "http://127.0.0.1:8080/w/demo/apps/lookup/");

    let redirect = server.get("/w/demo/apps/lookup?nhs=1").await;
    assert_eq!(redirect.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(redirect.headers["location"], "/w/demo/apps/lookup/?nhs=1");

    let page = server.get("/w/demo/apps/lookup/").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert!(
        page.headers["content-security-policy"]
            .to_str()?
            .starts_with("sandbox ")
    );
    let run = page.headers["x-c4h-run"].to_str()?.to_owned();
    let traces = server
        .get("/api/v1/workspaces/demo/apps/lookup/traces")
        .await
        .json();
    assert_eq!(
        (&traces["runs"][0]["run"], &traces["runs"][0]["version"]),
        (&json!(run), &json!(1))
    );
    let trace = server
        .get(&format!("/api/v1/workspaces/demo/apps/lookup/traces/{run}"))
        .await
        .json();
    assert_eq!(trace["trace"]["outcome"]["code"], "answered");
    assert_eq!(
        server
            .get("/api/v1/workspaces/demo/apps/lookup/logs")
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        server
            .get("/api/v1/workspaces/demo/apps/lookup/logs?limit=0")
            .await
            .code(),
        "bad-query"
    );
    assert_eq!(
        server
            .get("/api/v1/workspaces/demo/apps/lookup/traces?limt=1")
            .await
            .code(),
        "bad-query"
    );
    Ok(())
}

#[tokio::test]
async fn versions_are_listed_and_go_with_their_app() -> TestResult {
    let server = Server::start().await?;
    for number in 1..=2 {
        // The same bytes again are a version of their own.
        assert_eq!(
            server.deploy("lookup", examples::PATIENT_LOOKUP).await.json()["number"],
            number
        );
    }
    assert_eq!(server.get("/w/demo/apps/lookup/").await.status, StatusCode::OK);
    let versions = server
        .get("/api/v1/workspaces/demo/apps/lookup/versions")
        .await
        .json();
    assert_eq!(versions["versions"].as_array().map(Vec::len), Some(2));
    let gone = server
        .ask(
            Request::delete("/api/v1/workspaces/demo/apps/lookup"),
            Body::empty(),
        )
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get("/w/demo/apps/lookup/").await.code(), "unknown-app");
    assert!(
        server
            .app
            .traces
            .list(server.demo.id, &AppName::new("lookup")?, 1)
            .is_empty()
    );
    Ok(())
}

#[tokio::test]
async fn what_is_no_component_is_refused_with_the_sandboxes_code() -> TestResult {
    let server = Server::start().await?;
    for (bytes, code) in [
        (&b""[..], "upload-empty"),
        (b"(component)", "upload-wat"),
        (b"\0asm\x01\0\0\0", "upload-core-module"),
    ] {
        let answer = server.deploy("lookup", bytes).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, code)
        );
    }
    assert_eq!(
        server.get("/api/v1/workspaces/demo/apps/lookup").await.code(),
        "unknown-app"
    );
    Ok(())
}

#[tokio::test]
async fn racing_deploys_get_a_number_each() -> TestResult {
    let server = Server::start().await?;
    let apps = Apps::new(Arc::clone(&server.app.storage.store), Arc::new(SystemClock));
    let name = AppName::new("raced")?;
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (apps, name, workspace) = (apps.clone(), name.clone(), server.demo.id);
        let new = NewVersion::of_component(BlobId::of(b"x"), 1, Origin::Deployed);
        racing.spawn(async move {
            apps.deploy(workspace, &name, &new, Activate::Now)
                .await
                .map(|deployed| deployed.version.number)
        });
    }
    let mut numbers = Vec::new();
    for number in racing.join_all().await {
        numbers.push(number?);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=50).collect::<Vec<u32>>());
    Ok(())
}

#[tokio::test]
async fn one_run_too_many_is_told_so() -> TestResult {
    let limits = LimitsConfig {
        runs_per_workspace: 0,
        ..LimitsConfig::default()
    };
    let server = Server::start_with(limits).await?;
    assert_eq!(
        server.deploy("lookup", examples::PATIENT_LOOKUP).await.status,
        StatusCode::CREATED
    );
    let answer = server.get("/w/demo/apps/lookup/").await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::TOO_MANY_REQUESTS, "limit-concurrency".to_owned())
    );
    assert_eq!(answer.headers["retry-after"], "1");
    Ok(())
}
