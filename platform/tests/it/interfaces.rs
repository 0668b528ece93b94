//! Interfaces that are added from OpenAPI documents: through the API, into a copy, and out again.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::TestResult;
use crate::server::{Answer, Server};

/// The document with something of everything, of the package that reads them.
const DOCUMENT: &str = include_str!("../../../mock-nhs-interfaces/openapi-mock/tests/it/everything.yaml");
const LETTER: &str = "nhs/sandbox/letters/v1/letters?person=9000000017";

async fn add(server: &Server, query: &str, document: &str) -> Answer {
    let request = Request::post(format!("/api/v1/workspaces/demo/interfaces{query}"));
    server.ask(request, Body::from(document.to_owned())).await
}

async fn remove(server: &Server, id: &str) -> Answer {
    let request = Request::delete(format!("/api/v1/workspaces/demo/interfaces/{id}"));
    server.ask(request, Body::empty()).await
}

#[tokio::test]
async fn an_added_interface_answers_is_listed_and_is_removed() -> TestResult {
    let server = Server::start().await?;
    assert_eq!(
        server.get(&format!("/w/demo/{LETTER}")).await.status,
        StatusCode::NOT_FOUND
    );
    let added = add(&server, "", DOCUMENT).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    let added = added.json();
    assert_eq!(
        (&added["id"], &added["path_prefix"]),
        (&json!("letters-v1"), &json!("/letters/v1"))
    );
    let problem = added["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|problem| problem["line"] == 125);
    assert_eq!(
        problem.map(|problem| &problem["severity"]),
        Some(&json!("broken")),
        "{added}"
    );

    let letters = server.get(&format!("/w/demo/{LETTER}")).await;
    assert_eq!(letters.json()[0]["text"], "Again", "{}", letters.text());
    assert_eq!(letters.headers["content-security-policy"], "sandbox");
    let missing = server.get("/w/demo/nhs/sandbox/letters/v1/letters").await;
    assert_eq!(missing.status, StatusCode::BAD_REQUEST);
    assert!(
        missing.headers["x-c4h-hint"]
            .to_str()?
            .contains("person is missing")
    );
    let wrong = server.get("/w/demo/nhs/sandbox/letters/v1/nothing").await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);

    let list = server.get("/api/v1/workspaces/demo/interfaces").await.json();
    let listed = list["interfaces"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["id"] == "letters-v1");
    assert_eq!(listed.map(|one| &one["origin"]), Some(&json!("added")));
    assert!(server.get("/w/demo").await.text().contains("Made-up letters"));

    let fork = Request::post("/api/v1/workspaces/demo/fork").header("content-type", "application/json");
    let fork = server.ask(fork, Body::from(r#"{"name":"copy"}"#)).await;
    assert_eq!(fork.status, StatusCode::CREATED, "{}", fork.text());
    assert_eq!(remove(&server, "letters-v1").await.status, StatusCode::NO_CONTENT);
    assert_eq!(remove(&server, "letters-v1").await.code(), "unknown-interface");
    assert_eq!(
        server.get(&format!("/w/demo/{LETTER}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        server.get(&format!("/w/copy/{LETTER}")).await.status,
        StatusCode::OK
    );
    Ok(())
}

#[tokio::test]
async fn somebody_has_to_be_logged_in_where_the_document_says_so_in_int_only() -> TestResult {
    let server = Server::start().await?;
    add(&server, "", DOCUMENT).await;
    let path = "letters/v1/letters/latest";
    assert_eq!(
        server.get(&format!("/w/demo/nhs/sandbox/{path}")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        server.get(&format!("/w/demo/nhs/int/{path}")).await.status,
        StatusCode::UNAUTHORIZED
    );
    let known = server.get("/api/v1/workspaces/demo").await.json();
    let token = known["access_token"].as_str().unwrap_or_default();
    for (value, status) in [(token, StatusCode::OK), ("nobody", StatusCode::UNAUTHORIZED)] {
        let request = Request::get(format!("/w/demo/nhs/int/{path}"))
            .header("authorization", format!("Bearer {value}"));
        assert_eq!(server.ask(request, Body::empty()).await.status, status);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_taken_or_cannot_be_is_refused_in_words() -> TestResult {
    let server = Server::start().await?;
    add(&server, "", DOCUMENT).await;
    for (query, code, words) in [
        (
            "?prefix=/personal-demographics/FHIR/R4",
            "interface-exists",
            "would reach the interface pds",
        ),
        (
            "?name=pds",
            "interface-exists",
            "an interface pds in the program itself",
        ),
        (
            "?name=others&prefix=/letters/v1/below",
            "interface-exists",
            "would reach the interface letters-v1",
        ),
        ("?name=Not+one", "bad-interface", "its name must be"),
        (
            "?prefix=no-slash",
            "bad-interface",
            "its path must begin with a slash",
        ),
        (
            "?prefix=/a/../b",
            "bad-interface",
            "its path must begin with a slash",
        ),
        ("?colour=red", "bad-query", ""),
    ] {
        let refused = add(&server, query, DOCUMENT).await;
        assert_eq!(refused.code(), code, "{query}: {}", refused.text());
        assert!(refused.text().contains(words), "{query}: {}", refused.text());
    }
    let none = add(&server, "", "openapi: 2.0.0").await;
    assert_eq!(
        (none.status, none.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad-interface".to_owned())
    );
    // The same name again replaces, also with another path.
    let moved = add(&server, "?prefix=/elsewhere", DOCUMENT).await;
    assert_eq!(moved.status, StatusCode::CREATED, "{}", moved.text());
    assert_eq!(
        server.get(&format!("/w/demo/{LETTER}")).await.status,
        StatusCode::NOT_FOUND
    );
    let found = server
        .get("/w/demo/nhs/sandbox/elsewhere/letters?person=9000000017")
        .await;
    assert_eq!(found.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn a_workspace_adds_no_more_than_it_may() -> TestResult {
    let server = Server::start().await?;
    let mut last: Option<Value> = None;
    for number in 0..=20 {
        let added = add(
            &server,
            &format!("?name=letters-{number}&prefix=/letters/{number}"),
            DOCUMENT,
        )
        .await;
        last = Some(added.json());
        if number < 20 {
            assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
        }
    }
    assert_eq!(
        last.map(|last| last["code"].clone()),
        Some(json!("limit-interfaces"))
    );
    Ok(())
}
