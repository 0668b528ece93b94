//! Unknown workspaces and apps are 404 on every route that names one, with the same words for all who ask.

use axum::body::Body;
use http::{Method, Request, StatusCode};

use crate::TestResult;
use crate::server::Server;

/// Every route below a workspace: method, path with `{w}` and `{a}`.
const ROUTES: [(&str, &str); 26] = [
    ("GET", "/api/v1/workspaces/{w}"),
    ("GET", "/api/v1/workspaces/{w}/interfaces"),
    ("GET", "/api/v1/workspaces/{w}/apps"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}"),
    ("DELETE", "/api/v1/workspaces/{w}/apps/{a}"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/versions"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/versions/1"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/versions/1/component"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/versions/1/files"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/versions/1/files/app.toml"),
    ("PUT", "/api/v1/workspaces/{w}/apps/{a}/current"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/secrets"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/secrets/KEY"),
    ("PUT", "/api/v1/workspaces/{w}/apps/{a}/secrets/KEY"),
    ("DELETE", "/api/v1/workspaces/{w}/apps/{a}/secrets/KEY"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/logs"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/traces"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/traces/some-run"),
    ("GET", "/w/{w}/apps/{a}"),
    ("GET", "/w/{w}/apps/{a}/"),
    ("POST", "/w/{w}/apps/{a}/some/path"),
    (
        "GET",
        "/w/{w}/nhs/int/personal-demographics/FHIR/R4/Patient/9000000009",
    ),
    ("GET", "/w/{w}"),
    ("GET", "/w/{w}/app/{a}"),
    ("GET", "/w/{w}/app/{a}/runs/some-run"),
    ("POST", "/api/v1/workspaces/{w}/apps/{a}/versions"),
];

/// Names that exist nowhere, and texts that are no names.
const STRANGE: [&str; 9] = [
    "nope",
    "DEMO",
    "..",
    "%2e%2e",
    "de%00mo",
    "a",
    "con",
    "demo%2Fx",
    "%F0%9F%8F%A5",
];

async fn is_not_found(server: &Server, method: &str, path: &str) -> TestResult {
    let request = Request::builder().method(Method::try_from(method)?).uri(path);
    let answer = server.ask(request, Body::empty()).await;
    assert_eq!(
        answer.status,
        StatusCode::NOT_FOUND,
        "{method} {path}: {}",
        answer.text()
    );
    Ok(())
}

#[tokio::test]
async fn unknown_workspaces_are_404_everywhere() -> TestResult {
    let server = Server::start().await?;
    for (method, path) in ROUTES {
        for name in STRANGE {
            let path = path.replace("{w}", name).replace("{a}", "patient-lookup");
            is_not_found(&server, method, &path).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn unknown_apps_are_404_everywhere() -> TestResult {
    let server = Server::start().await?;
    for (method, path) in ROUTES {
        if !path.contains("{a}") || (method == "POST" && path.starts_with("/api/")) {
            continue;
        }
        for name in STRANGE {
            let path = path.replace("{w}", "demo").replace("{a}", name);
            is_not_found(&server, method, &path).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_name_deploys_nothing() -> TestResult {
    let server = Server::start().await?;
    for name in ["DEMO", "con", "a", "x--y", "api", "de%00mo", "%F0%9F%8F%A5"] {
        let answer = server.deploy(name, b"x").await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::UNPROCESSABLE_ENTITY, "bad-name".to_owned()),
            "{name}"
        );
    }
    assert_eq!(
        server.get("/api/v1/workspaces/demo/apps").await.json()["apps"],
        serde_json::json!([])
    );
    Ok(())
}
