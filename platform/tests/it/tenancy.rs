//! Unknown workspaces and apps are 404 on every route that names one, with the same words for all who ask.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use platform::model::WorkspaceName;

use crate::TestResult;
use crate::server::Server;

/// Every route below a workspace: method, path with `{w}` and `{a}`.
const ROUTES: [(&str, &str); 58] = [
    ("GET", "/api/v1/workspaces/{w}"),
    ("GET", "/api/v1/workspaces/{w}/interfaces"),
    ("POST", "/api/v1/workspaces/{w}/interfaces"),
    ("DELETE", "/api/v1/workspaces/{w}/interfaces/letters-v1"),
    ("GET", "/api/v1/workspaces/{w}/clock"),
    ("DELETE", "/api/v1/workspaces/{w}/clock"),
    ("GET", "/api/v1/workspaces/{w}/faults"),
    ("DELETE", "/api/v1/workspaces/{w}/faults"),
    ("DELETE", "/api/v1/workspaces/{w}/faults/1"),
    ("DELETE", "/api/v1/workspaces/{w}/scenario"),
    ("GET", "/w/{w}/conditions"),
    ("GET", "/w/{w}/interfaces"),
    ("GET", "/w/{w}/interfaces/pds"),
    ("GET", "/w/{w}/interfaces/pds/read_patient"),
    ("GET", "/w/{w}/interfaces/pds/read_patient/sent/1"),
    ("GET", "/w/{w}/people"),
    ("GET", "/w/{w}/people/9000000009"),
    ("GET", "/w/{w}/people/9000000009/change/Patient/9000000009"),
    ("GET", "/w/{w}/changes"),
    ("GET", "/w/{w}/changes/Patient/9000000009"),
    ("POST", "/w/{w}/changes/checkpoints/none/restore"),
    ("GET", "/w/{w}/messages"),
    ("POST", "/w/{w}/changes/checkpoints/none/delete"),
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
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/versions/1/archive"),
    ("POST", "/api/v1/workspaces/{w}/apps/{a}/versions/1/share"),
    ("DELETE", "/api/v1/workspaces/{w}/apps/{a}/versions/1/share"),
    ("GET", "/api/v1/workspaces/{w}/apps/{a}/draft"),
    ("PUT", "/api/v1/workspaces/{w}/apps/{a}/draft"),
    ("DELETE", "/api/v1/workspaces/{w}/apps/{a}/draft"),
    ("POST", "/api/v1/workspaces/{w}/apps/{a}/draft/run"),
    ("GET", "/w/{w}/build"),
    ("GET", "/w/{w}/build/{a}"),
    ("GET", "/w/{w}/shared/{a}/token"),
    ("GET", "/w/{w}/app/{a}/runs/some-run/answer"),
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

/// Runs that began at low priority, as operators see them.
async fn begun_slowly(server: &Server) -> String {
    let metrics = server.get("/metrics").await.text();
    let line = metrics
        .lines()
        .find(|line| line.starts_with("c4h_runs_begun_slowly_total "));
    line.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn who_has_had_its_share_gives_way_to_neighbours() -> TestResult {
    const NONE: &str = "c4h_runs_begun_slowly_total 0";
    const SPIN: &[u8] = b"export default () => { for (;;); };";
    let server = Server::start().await?;
    let quiet = WorkspaceName::new("quiet")?;
    server.app.workspaces.ensure(&quiet).await?;
    for (app, kind, source) in [
        ("demo/apps/spin", "text/javascript", SPIN),
        ("demo/apps/hello", "application/wasm", examples::HELLO),
        ("quiet/apps/hello", "application/wasm", examples::HELLO),
    ] {
        let deploy = Request::post(format!("/api/v1/workspaces/{app}/versions")).header("content-type", kind);
        assert_eq!(server.ask(deploy, source).await.status, StatusCode::CREATED);
    }
    let hello = async |workspace: &str| {
        let answer = server.get(&format!("/w/{workspace}/apps/hello/")).await;
        assert_eq!(answer.text(), "Hello from your app\n");
    };
    // A second each: overdrawn for ten seconds to come.
    for _ in 0..2 {
        // A machine that is busy elsewhere may come to the end of the run's time first.
        let code = server.get("/w/demo/apps/spin/").await.code();
        assert!(["limit-cpu", "limit-wall"].contains(&code.as_str()), "{code}");
    }
    hello("demo").await;
    assert_eq!(begun_slowly(&server).await, NONE, "nobody else is about");
    hello("quiet").await;
    assert_eq!(begun_slowly(&server).await, NONE, "the neighbour owes nothing");
    hello("demo").await;
    let slowly = begun_slowly(&server).await;
    assert_eq!(slowly, "c4h_runs_begun_slowly_total 1");
    hello("quiet").await;
    assert_eq!(begun_slowly(&server).await, slowly);
    Ok(())
}
