//! What happens around every route: hosts, origins, sizes, ids, skins.

use axum::body::Body;
use http::{Method, Request, StatusCode};

use crate::TestResult;
use crate::server::Server;

#[tokio::test]
async fn only_our_hosts_are_answered() -> TestResult {
    let server = Server::start().await?;
    for (host, status) in [
        ("127.0.0.1:8080", 200),
        ("localhost:8080", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("rebind.localhost", 421),
    ] {
        let answer = server
            .ask(Request::get("/healthz").header("host", host), Body::empty())
            .await;
        assert_eq!(answer.status.as_u16(), status, "{host}");
    }
    let two = Request::get("/healthz")
        .header("host", "localhost")
        .header("host", "localhost");
    assert_eq!(
        server.ask(two, Body::empty()).await.status,
        StatusCode::BAD_REQUEST
    );
    let smuggled = Request::post("/")
        .header("content-length", "4")
        .header("transfer-encoding", "chunked");
    let smuggled = server.ask(smuggled, Body::empty()).await;
    assert_eq!(
        (smuggled.status, &smuggled.headers["connection"]),
        (StatusCode::BAD_REQUEST, &"close".parse()?)
    );
    let absolute = Request::get("http://evil.example/healthz").header("host", "localhost");
    assert_eq!(
        server.ask(absolute, Body::empty()).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
    Ok(())
}

#[tokio::test]
async fn host_names_stand_for_paths() -> TestResult {
    let server = Server::start().await?;
    for (host, path, status, code) in [
        ("nope.demo.apps.localhost:8080", "/", 404, "unknown-app"),
        ("nope.nope.apps.localhost", "/x", 404, "unknown-workspace"),
        ("live.demo.nhs.localhost", "/x", 404, "unknown-profile"),
        ("int.nope.nhs.localhost", "/x", 404, "unknown-workspace"),
    ] {
        let answer = server
            .ask(Request::get(path).header("host", host), Body::empty())
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{host}"
        );
    }
    let path = "/personal-demographics/FHIR/R4/Patient/9000000009";
    let by_host = Request::get(path).header("host", "int.demo.nhs.localhost");
    let by_host = server
        .ask(by_host.header("x-request-id", ID), Body::empty())
        .await;
    let by_path = Request::get(format!("/w/demo/nhs/int{path}"));
    let by_path = server
        .ask(by_path.header("x-request-id", ID), Body::empty())
        .await;
    assert_eq!(by_host.status, by_path.status);
    assert_eq!(by_host.body, by_path.body);
    Ok(())
}

const ID: &str = "60E0B220-8136-4CA5-AE46-1D97EF59D068";

#[tokio::test]
async fn a_page_from_elsewhere_changes_nothing() -> TestResult {
    let server = Server::start().await?;
    for (method, path) in [
        (Method::POST, "/api/v1/workspaces/demo/apps/large/versions"),
        (Method::DELETE, "/api/v1/workspaces/demo/apps/large"),
        (Method::POST, "/w/demo/deploy"),
    ] {
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let request = Request::builder()
                .method(method.clone())
                .uri(path)
                .header(name, value);
            let answer = server.ask(request, Body::empty()).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::FORBIDDEN, "foreign-origin".to_owned()),
                "{path}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn sizes_have_limits() -> TestResult {
    let server = Server::start().await?;
    let long = format!("/healthz?{}", "x".repeat(17 << 10));
    assert_eq!(server.get(&long).await.status, StatusCode::URI_TOO_LONG);
    let path = "/api/v1/workspaces/demo/apps/large/versions";
    let wasm = || Request::post(path).header("content-type", "application/wasm");
    let announced = server
        .ask(wasm().header("content-length", "99999999999"), Body::empty())
        .await;
    assert_eq!(announced.status, StatusCode::PAYLOAD_TOO_LARGE);
    let gzip = server.ask(wasm().header("content-encoding", "gzip"), "x").await;
    assert_eq!(
        (gzip.status, gzip.code()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoded-body".to_owned())
    );
    let html = server
        .ask(Request::post(path).header("content-type", "text/html"), "x")
        .await;
    assert_eq!(
        (html.status, html.code()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type".to_owned())
    );
    Ok(())
}

#[tokio::test]
async fn people_get_pages_and_programs_get_documents() -> TestResult {
    let server = Server::start().await?;
    let browser =
        |path: &str| Request::get(path).header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    for path in ["/nowhere", "/w/nope", "/w/demo/apps/nope/"] {
        let page = server.ask(browser(path), Body::empty()).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8", "{path}");
    }
    for path in ["/api/v1/nowhere", "/api/v1/workspaces/nope"] {
        let document = server.ask(browser(path), Body::empty()).await;
        assert_eq!(
            document.headers["content-type"], "application/problem+json",
            "{path}"
        );
    }
    let answer = server
        .ask(Request::put("/api/v1/workspaces"), Body::empty())
        .await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed".to_owned())
    );
    assert!(answer.headers["allow"].to_str()?.contains("GET"));
    Ok(())
}

#[tokio::test]
async fn request_ids_are_taken_over_when_they_are_sane() -> TestResult {
    let server = Server::start().await?;
    let own = server
        .ask(
            Request::get("/healthz").header("x-request-id", "my-id.1"),
            Body::empty(),
        )
        .await;
    assert_eq!(own.headers["x-request-id"], "my-id.1");
    let none = server.get("/healthz").await;
    assert!(!none.headers["x-request-id"].is_empty());
    Ok(())
}

#[tokio::test]
async fn forms_and_addresses_that_cannot_be_read_are_told_as_everything_else_is() -> TestResult {
    const FORM: &str = "application/x-www-form-urlencoded";
    let server = Server::start().await?;
    let long = format!("words={}", "x".repeat(300 * 1024));
    for (path, kind, body, status, code) in [
        (
            "/w/demo/changes/reset",
            "text/plain",
            "sure=yes",
            415,
            "media-type",
        ),
        (
            "/w/demo/changes/reset",
            FORM,
            "sure=yes&sure=no",
            400,
            "bad-request",
        ),
        (
            "/w/demo/changes/checkpoints",
            FORM,
            &long,
            413,
            "limit-request-body",
        ),
        (
            "/w/demo/build/patient-lookup",
            FORM,
            "path=a&path=b",
            400,
            "bad-request",
        ),
        ("/w/demo/launch", "application/json", "{}", 415, "media-type"),
    ] {
        for accept in ["text/html", "application/json"] {
            let request = Request::post(path)
                .header("content-type", kind)
                .header("accept", accept);
            let answer = server.ask(request, Body::from(body.to_owned())).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {kind}: {answer:?}");
            let told = answer.headers["content-type"].to_str()?;
            if accept == "text/html" {
                assert_eq!(told, "text/html; charset=utf-8", "{path}");
            } else {
                assert_eq!(answer.code(), code, "{path}");
            }
        }
    }
    let query = server.get("/w/demo/people?q=a&q=b").await;
    assert_eq!((query.status.as_u16(), query.code().as_str()), (422, "bad-query"));
    Ok(())
}
