//! App folders from the form to the answer: scripts, public files, versions, secrets, and what is collected.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;
use store::FixedClock;
use time::macros::datetime;

use crate::TestResult;
use crate::server::{Answer, Server};

const VERSIONS: &str = "/api/v1/workspaces/demo/apps/bmi/versions";
const BOUNDARY: &str = "----files";

/// A form with one part a file.
fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (path, bytes) in files {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{path}\"; filename=\"x\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// Deploys to the app bmi.
pub(crate) async fn deploy(server: &Server, query: &str, files: &[(&str, &[u8])]) -> Answer {
    let request = Request::post(format!("{VERSIONS}{query}")).header(
        "content-type",
        format!("multipart/form-data; boundary={BOUNDARY}"),
    );
    server.ask(request, form(files)).await
}

pub(crate) async fn send(server: &Server, method: &str, path: &str, body: &'static str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json");
    server.ask(request, body).await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, told in the order it happens")]
async fn a_folder_with_a_component_answers_with_its_files() -> TestResult {
    let server = Server::start().await?;
    let manifest = b"name = \"bmi\"\ntitle = \"Body mass\"\ncomponent = \"out/bmi.wasm\"";
    let first = [
        ("app.toml", &manifest[..]),
        ("out/bmi.wasm", examples::HELLO),
        ("public/style.css", b"body {}"),
        ("public/docs/index.html", b"<h1>Docs</h1>"),
    ];
    let answer = deploy(&server, "", &first).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let app = server.get("/api/v1/workspaces/demo/apps/bmi").await.json();
    assert_eq!(
        (app["title"].clone(), app["current_version"].clone()),
        (json!("Body mass"), json!(1))
    );

    let file = server.get("/w/demo/apps/bmi/style.css").await;
    assert_eq!((file.status, file.text().as_str()), (StatusCode::OK, "body {}"));
    assert_eq!(file.headers["content-type"], "text/css; charset=utf-8");
    assert!(
        file.headers["content-security-policy"]
            .to_str()?
            .starts_with("sandbox ")
    );
    assert!(!file.headers.contains_key("x-c4h-run"), "no run");
    let known = Request::get("/w/demo/apps/bmi/style.css").header("if-none-match", &file.headers["etag"]);
    assert_eq!(
        server.ask(known, Body::empty()).await.status,
        StatusCode::NOT_MODIFIED
    );
    let head = server
        .ask(Request::head("/w/demo/apps/bmi/style.css"), Body::empty())
        .await;
    assert_eq!(
        (head.headers["content-length"].to_str()?, head.body.len()),
        ("7", 0)
    );
    let moved = server.get("/w/demo/apps/bmi/docs").await;
    assert_eq!(moved.headers["location"], "/w/demo/apps/bmi/docs/");
    assert_eq!(server.get("/w/demo/apps/bmi/docs/").await.text(), "<h1>Docs</h1>");
    for elsewhere in [
        "/w/demo/apps/bmi/STYLE.css",
        "/w/demo/apps/bmi/docs%2f..%2fstyle.css",
        "/w/demo/apps/bmi/",
    ] {
        let answer = server.get(elsewhere).await;
        assert!(
            answer.headers.contains_key("x-c4h-run"),
            "{elsewhere} is the app's"
        );
    }

    let files = server.get(&format!("{VERSIONS}/1/files")).await.json();
    let paths: Vec<_> = files["files"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|file| file["path"].clone())
        .collect();
    assert_eq!(
        json!(paths),
        json!([
            "app.toml",
            "out/bmi.wasm",
            "public/docs/index.html",
            "public/style.css"
        ])
    );
    let text = server.get(&format!("{VERSIONS}/1/files/app.toml")).await;
    assert_eq!(text.body, &manifest[..]);
    assert_eq!(
        text.headers["content-disposition"],
        "attachment; filename=\"app.toml\""
    );
    let component = server.get(&format!("{VERSIONS}/1/component")).await;
    assert_eq!(
        (component.body.as_ref(), &component.headers["content-type"]),
        (examples::HELLO, &"application/wasm".parse()?)
    );
    for unknown in ["/1/files/app.js", "/1/files/..%2fapp.toml", "/2", "/0", "/x"] {
        let answer = server.get(&format!("{VERSIONS}{unknown}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_an_app_is_refused_with_the_place() -> TestResult {
    let server = Server::start().await?;
    for (path, bytes, code, word) in [
        ("app.toml", "titel = \"x\"", "bad-manifest", "did you mean title?"),
        (
            "app.toml",
            "name = \"other\"",
            "bad-manifest",
            "called other here and bmi",
        ),
        (
            "app.toml",
            "uses = [\"psd\"]",
            "bad-manifest",
            "did you mean pds?",
        ),
        (
            "app.toml",
            "[limits]\ncpu_ms = 999999",
            "bad-manifest",
            "at most 5000",
        ),
        ("../app.js", "x", "bad-app-files", "../app.js"),
        ("/etc/passwd", "x", "bad-app-files", "/etc/passwd"),
        ("a\\\\b.js", "x", "bad-app-files", "parted by /"),
        ("con.js", "x", "bad-app-files", "device"),
        ("readme.md", "x", "bad-app-files", "Nothing here can run"),
    ] {
        let component = ("out.wasm", examples::HELLO);
        let files = [(path, bytes.as_bytes()), component];
        let files = if path == "readme.md" {
            &files[..1]
        } else {
            &files[..]
        };
        let answer = deploy(&server, "", files).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, code),
            "{}",
            answer.text()
        );
        assert!(
            answer.json()["detail"]
                .as_str()
                .is_some_and(|detail| detail.contains(word)),
            "{}",
            answer.text()
        );
        if code == "bad-manifest" {
            assert_eq!(answer.json()["file"], "app.toml");
            assert!(answer.json()["line"].is_number(), "{}", answer.text());
        }
    }
    let twice = deploy(&server, "", &[("a.wasm", examples::HELLO), ("A.wasm", b"x")]).await;
    assert_eq!(twice.code(), "bad-app-files");
    let later = deploy(&server, "?activate=false", &[("a.wasm", examples::HELLO)]).await;
    assert_eq!(
        (later.status, later.code().as_str()),
        (StatusCode::CONFLICT, "first-version")
    );
    assert_eq!(
        server.get("/api/v1/workspaces/demo/apps/bmi").await.code(),
        "unknown-app"
    );
    assert!(
        server.app.storage.blobs.list(None, 10).await?.is_empty(),
        "nothing is left"
    );
    Ok(())
}

#[tokio::test]
async fn versions_answer_under_their_own_address_and_the_app_goes_back_in_one_step() -> TestResult {
    let server = Server::start().await?;
    let with_file = |text: &'static str| [("a.wasm", examples::HELLO), ("public/v.txt", text.as_bytes())];
    assert_eq!(
        deploy(&server, "", &with_file("one")).await.status,
        StatusCode::CREATED
    );
    let second = deploy(&server, "?activate=false", &with_file("two")).await;
    assert_eq!(
        second.json()["preview"],
        "http://127.0.0.1:8080/w/demo/apps/bmi--v2/"
    );
    let text = async |path: &str| server.get(path).await.text();
    assert_eq!(text("/w/demo/apps/bmi/v.txt").await, "one");
    assert_eq!(text("/w/demo/apps/bmi--v2/v.txt").await, "two");
    let host = Request::get("/v.txt").header("host", "bmi--v2.demo.apps.localhost:8080");
    assert_eq!(server.ask(host, Body::empty()).await.text(), "two");
    let run = server.get("/w/demo/apps/bmi--v2/").await;
    let run = run.headers["x-c4h-run"].to_str()?;
    let trace = server
        .get(&format!("/api/v1/workspaces/demo/apps/bmi/traces/{run}"))
        .await;
    assert_eq!(trace.json()["version"], 2);

    let current = "/api/v1/workspaces/demo/apps/bmi/current";
    assert_eq!(
        send(&server, "PUT", current, "{\"version\": 2}").await.json()["current_version"],
        2
    );
    assert_eq!(text("/w/demo/apps/bmi/v.txt").await, "two");
    assert_eq!(
        send(&server, "PUT", current, "{\"version\": 1}").await.status,
        StatusCode::OK
    );
    assert_eq!(text("/w/demo/apps/bmi/v.txt").await, "one");
    assert_eq!(
        send(&server, "PUT", current, "{\"version\": 9}").await.code(),
        "unknown-version"
    );
    assert_eq!(
        send(&server, "PUT", current, "{\"number\": 2}").await.code(),
        "bad-body"
    );
    for (path, code) in [
        ("bmi--v9", "unknown-version"),
        ("bmi--v01", "unknown-app"),
        ("other--v1", "unknown-app"),
    ] {
        assert_eq!(
            server.get(&format!("/w/demo/apps/{path}/")).await.code(),
            code,
            "{path}"
        );
    }
    Ok(())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, told in the order it happens")]
async fn a_script_answers_and_its_mistakes_are_named() -> TestResult {
    let server = Server::start().await?;
    let script =
        "export default { fetch(request, env) { return new Response(`${env.GREETING} ${env.API_KEY}`); } };";
    let manifest = "main = \"app.js\"\nsecrets = [\"API_KEY\"]\n[config]\nGREETING = \"Hello\"";
    let files = [("app.toml", manifest.as_bytes()), ("app.js", script.as_bytes())];
    let answer = deploy(&server, "", &files).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.json()["language"], "javascript");

    let secret = "/api/v1/workspaces/demo/apps/bmi/secrets/API_KEY";
    let unset = server.get("/w/demo/apps/bmi/").await;
    assert_eq!(unset.text(), "Hello undefined");
    let run = unset.headers["x-c4h-run"].to_str()?;
    let trace = server
        .get(&format!("/api/v1/workspaces/demo/apps/bmi/traces/{run}"))
        .await;
    assert!(
        trace.text().contains("API_KEY, which has no value"),
        "{}",
        trace.text()
    );
    assert_eq!(send(&server, "GET", secret, "").await.code(), "unknown-secret");
    assert_eq!(
        send(&server, "PUT", secret, "hush-hush-hush").await.status,
        StatusCode::NO_CONTENT
    );
    let set = server.get("/w/demo/apps/bmi/").await;
    assert_eq!(set.text(), "Hello hush-hush-hush");
    let run = set.headers["x-c4h-run"].to_str()?;
    for path in [
        format!("/api/v1/workspaces/demo/apps/bmi/traces/{run}"),
        secret.to_owned(),
        "/api/v1/workspaces/demo/apps/bmi/secrets".to_owned(),
        VERSIONS.to_owned(),
    ] {
        let answer = server.get(&path).await;
        assert!(
            answer.status == StatusCode::OK && !answer.text().contains("hush"),
            "{path}: {}",
            answer.text()
        );
    }
    let other = "/api/v1/workspaces/demo/apps/bmi/secrets/OTHER";
    let undeclared = send(&server, "PUT", other, "hush-hush-hush").await;
    assert_eq!(undeclared.code(), "undeclared-secret");
    assert!(
        undeclared
            .text()
            .contains("secrets = [\\\"API_KEY\\\", \\\"OTHER\\\"]"),
        "{}",
        undeclared.text()
    );
    assert_eq!(send(&server, "PUT", secret, "short").await.code(), "bad-secret");
    assert_eq!(
        send(&server, "PUT", &secret.to_lowercase(), "hush-hush-hush")
            .await
            .code(),
        "bad-secret"
    );
    assert_eq!(
        send(&server, "DELETE", secret, "").await.status,
        StatusCode::NO_CONTENT
    );

    let request = Request::post(VERSIONS).header("content-type", "text/javascript");
    let wrong = server
        .ask(request, "export default {\n  fetch( { return 1 }\n}")
        .await;
    let problem = wrong.json();
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "script-syntax"),
        "{problem}"
    );
    assert_eq!(problem["file"], "app.js");
    assert!(
        problem["line"].is_number() && problem["source_line"].is_string(),
        "{problem}"
    );
    // The component of a script is an ordinary component.
    let component = server.get(&format!("{VERSIONS}/1/component")).await.body;
    let request = Request::post("/api/v1/workspaces/demo/apps/copy/versions")
        .header("content-type", "application/wasm");
    assert_eq!(server.ask(request, component).await.status, StatusCode::CREATED);
    assert_eq!(
        server.get("/w/demo/apps/copy/").await.text(),
        "undefined undefined"
    );
    Ok(())
}

/// W23.
#[tokio::test]
async fn a_thousand_deploys_in_a_row_leave_fifty_versions_and_no_litter() -> TestResult {
    let clock = Arc::new(FixedClock::new(datetime!(2026-11-25 12:00 UTC)));
    let server = Server::start_at(Arc::clone(&clock)).await?;
    let (mut made, mut refused) = (0, 0);
    for number in 0..1_000 {
        let text = format!("version {number}");
        let answer = deploy(
            &server,
            "",
            &[("a.wasm", examples::HELLO), ("public/v.txt", text.as_bytes())],
        )
        .await;
        match answer.status {
            StatusCode::CREATED => made += 1,
            StatusCode::TOO_MANY_REQUESTS => {
                assert_eq!(answer.code(), "limit-deploys");
                let wait: u64 = answer.headers["retry-after"].to_str()?.parse()?;
                assert!((1..=60).contains(&wait));
                refused += 1;
                // Whoever waits as told is served; others are refused again.
                if refused % 10 == 0 {
                    clock.advance(Duration::from_secs(wait));
                }
            }
            other => return Err(format!("{other}: {}", answer.text()).into()),
        }
    }
    assert!(made >= 60 && refused >= 60, "{made} made, {refused} refused");
    let versions = server.get(VERSIONS).await.json();
    assert_eq!(versions["versions"].as_array().map(Vec::len), Some(50));
    // The component, fifty files, fifty lists of the folder's other files, which are all the same.
    assert_eq!(
        server.app.storage.blobs.list(None, 1_000).await?.len(),
        1 + 50 + 1
    );

    clock.advance(Duration::from_secs(3_700));
    assert_eq!(
        deploy(&server, "", &[("a.wasm", examples::HELLO)]).await.status,
        StatusCode::CREATED
    );
    let versions = server.get(VERSIONS).await.json();
    assert_eq!(versions["versions"].as_array().map(Vec::len), Some(20));
    assert_eq!(
        send(&server, "DELETE", "/api/v1/workspaces/demo/apps/bmi", "")
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    assert!(server.app.storage.blobs.list(None, 10).await?.is_empty());
    assert_eq!(
        std::fs::read_dir(server.artefacts())?.count(),
        0,
        "compiled code goes with its component"
    );
    Ok(())
}
