//! The workbench without a browser: starting an app, its drafts, its form, what others are shown, and what a frame may do.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::TestResult;
use crate::server::{Answer, Server};

const APP: &str = "/api/v1/workspaces/demo/apps/hello";
const PAGE: &str = "/w/demo/build/hello";

async fn form(server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    server.ask(request, body).await
}

async fn json_to(
    server: &Server,
    method: &str,
    path: &str,
    body: &Value,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.ask(request, body.to_string()).await
}

async fn started(start: &str) -> Result<Server, Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let made = form(&server, "/w/demo/build", &[("title", "Hello"), ("start", start)]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    assert_eq!(
        made.headers.get("location").map(http::HeaderValue::as_bytes),
        Some(PAGE.as_bytes())
    );
    Ok(server)
}

#[tokio::test]
async fn everything_to_begin_from_becomes_an_app_that_answers() -> TestResult {
    let server = Server::start().await?;
    let page = server.get("/w/demo/build").await.text();
    let starts: Vec<&str> = page
        .split("name=\"start\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(starts.len() >= 4, "{starts:?}");
    for (number, start) in starts.into_iter().enumerate() {
        let title = format!("App {number}");
        let made = form(&server, "/w/demo/build", &[("title", &title), ("start", start)]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{start}: {}", made.text());
        let answer = server.get(&format!("/w/demo/apps/app-{number}/")).await;
        assert_eq!(answer.status, StatusCode::OK, "{start}: {}", answer.text());
        let bench = server.get(&format!("/w/demo/build/app-{number}")).await;
        assert!(bench.text().contains(&format!(
            "<h1 class=\"nhsuk-heading-m c4h-wb__title\">{title}</h1>"
        )));
    }
    let page = server.get("/w/demo/build").await.text();
    assert!(
        page.contains("href=\"/w/demo/build/app-0\""),
        "it is there to go on with"
    );
    let picture = server.get("/pictures/meet-your-patient.svg").await;
    assert_eq!(picture.headers["content-type"], "image/svg+xml");
    assert_eq!(
        server.get("/pictures/none.svg").await.status,
        StatusCode::NOT_FOUND
    );
    Ok(())
}

#[tokio::test]
async fn a_name_is_made_and_what_cannot_be_one_is_said() -> TestResult {
    let server = started("empty").await?;
    let again = form(
        &server,
        "/w/demo/build",
        &[("title", "Hello"), ("start", "empty")],
    )
    .await;
    assert_eq!(again.headers["location"], "/w/demo/build/hello-2");
    for (title, start, word) in [
        ("a\"b", "empty", "letters, digits, spaces"),
        ("Fine", "none", "Choose what to begin from."),
        ("Fine", "", "Choose what to begin from."),
    ] {
        let answer = form(&server, "/w/demo/build", &[("title", title), ("start", start)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(word) && answer.text().contains("<title>Error: "));
    }
    Ok(())
}

#[tokio::test]
async fn a_draft_is_kept_and_runs() -> TestResult {
    let server = started("empty").await?;
    let draft = format!("{APP}/draft");
    let fresh = server.get(&draft).await.json();
    assert_eq!(
        (fresh["kept"].clone(), fresh["version"].clone()),
        (json!(false), json!(1))
    );
    let paths: Vec<_> = fresh["files"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|file| &file["path"])
        .collect();
    assert_eq!(json!(paths), json!(["app.js", "app.toml", "public/style.css"]));

    let script = "export default { fetch() { return new Response(\"second\") } }";
    let files = json!([{"path": "app.js", "text": script}, {"path": "notes.md", "text": "# Zoë"}]);
    let order = json!({"version": 1, "files": files, "undo": "anything"});
    let first = json_to(&server, "PUT", &draft, &order, &[("if-none-match", "*")]).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let etag = first.json()["etag"].as_str().unwrap_or_default().to_owned();
    let unseen = json_to(&server, "PUT", &draft, &order, &[("if-none-match", "*")]).await;
    assert_eq!(
        (unseen.status, unseen.code().as_str()),
        (StatusCode::PRECONDITION_FAILED, "draft-changed")
    );
    let stale = json_to(&server, "PUT", &draft, &order, &[("if-match", "\"1\"")]).await;
    assert_eq!(stale.code(), "draft-changed");
    let next = json_to(&server, "PUT", &draft, &order, &[("if-match", &etag)]).await;
    assert_eq!(next.status, StatusCode::OK);
    let kept = server.get(&draft).await.json();
    assert_eq!(
        (kept["files"].clone(), kept["undo"].clone()),
        (files, json!("anything"))
    );
    assert_eq!(kept["etag"], next.json()["etag"]);
    assert_ne!(
        server.get("/w/demo/apps/hello/").await.text(),
        "second",
        "nothing runs before it is run"
    );

    let run = server
        .ask(Request::post(format!("{draft}/run")), Body::empty())
        .await;
    assert_eq!(run.status, StatusCode::CREATED, "{}", run.text());
    assert_eq!(run.json()["number"], 2);
    assert_eq!(server.get("/w/demo/apps/hello/").await.text(), "second");

    let broken = json!({"version": 2, "files": [{"path": "app.js", "text": "export default {\n  x y\n}"}]});
    assert_eq!(
        json_to(&server, "PUT", &draft, &broken, &[]).await.status,
        StatusCode::OK
    );
    let run = server
        .ask(Request::post(format!("{draft}/run")), Body::empty())
        .await;
    assert_eq!(
        (run.status, run.json()["file"].clone(), run.json()["line"].clone()),
        (StatusCode::UNPROCESSABLE_ENTITY, json!("app.js"), json!(2))
    );
    assert_eq!(
        server.get("/w/demo/apps/hello/").await.text(),
        "second",
        "the version before goes on"
    );

    let gone = server.ask(Request::delete(&draft), Body::empty()).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get(&draft).await.json()["kept"], false);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_a_draft_is_refused() -> TestResult {
    let server = started("empty").await?;
    let draft = format!("{APP}/draft");
    for (body, code) in [
        (json!({"version": 1}), "bad-body"),
        (json!({"version": 1, "files": [], "more": 1}), "bad-body"),
        (
            json!({"version": 1, "files": [{"path": "../x.js", "text": ""}]}),
            "bad-app-files",
        ),
        (
            json!({"version": 1, "files": [{"path": "x.js", "text": "x".repeat(1_100_000)}]}),
            "limit-draft",
        ),
        (
            json!({"version": 1, "files": [], "undo": "x".repeat(600_000)}),
            "limit-draft",
        ),
        (
            json!({"version": 1, "files": [{"path": "x.js", "text": "x".repeat(5_000_000)}]}),
            "limit-request-body",
        ),
    ] {
        let answer = json_to(&server, "PUT", &draft, &body, &[]).await;
        assert_eq!(answer.code(), code, "{}", answer.text());
    }
    // Two files that some systems take for one are found when it is run.
    let twice =
        json!({"version": 1, "files": [{"path": "app.js", "text": ""}, {"path": "APP.js", "text": ""}]});
    assert_eq!(
        json_to(&server, "PUT", &draft, &twice, &[]).await.status,
        StatusCode::OK
    );
    let run = server
        .ask(Request::post(format!("{draft}/run")), Body::empty())
        .await;
    assert_eq!(run.code(), "bad-app-files");

    let component = Request::post("/api/v1/workspaces/demo/apps/made/versions")
        .header("content-type", "application/wasm");
    assert_eq!(
        server.ask(component, examples::HELLO).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        server.get("/api/v1/workspaces/demo/apps/made/draft").await.code(),
        "nothing-to-edit"
    );
    let page = server.get("/w/demo/build/made").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text().contains("There is nothing to edit here.") && !page.text().contains("id=\"wb-form\"")
    );
    Ok(())
}

#[tokio::test]
async fn a_draft_goes_with_its_app_and_into_a_copy_of_its_workspace() -> TestResult {
    let server = started("empty").await?;
    let order = json!({"version": 1, "files": [{"path": "app.js", "text": "// mine"}]});
    json_to(&server, "PUT", &format!("{APP}/draft"), &order, &[]).await;
    let fork = json_to(
        &server,
        "POST",
        "/api/v1/workspaces/demo/fork",
        &json!({"name": "copy"}),
        &[],
    )
    .await;
    assert_eq!(fork.status, StatusCode::CREATED, "{}", fork.text());
    let copied = server
        .get("/api/v1/workspaces/copy/apps/hello/draft")
        .await
        .json();
    assert_eq!(copied["files"][0]["text"], "// mine");
    assert_eq!(
        server.ask(Request::delete(APP), Body::empty()).await.status,
        StatusCode::NO_CONTENT
    );
    let again = form(
        &server,
        "/w/demo/build",
        &[("title", "Hello"), ("start", "empty")],
    )
    .await;
    assert_eq!(again.headers["location"], PAGE);
    assert_eq!(server.get(&format!("{APP}/draft")).await.json()["kept"], false);
    Ok(())
}

#[tokio::test]
async fn the_form_alone_edits_runs_and_says_what_is_wrong() -> TestResult {
    let server = started("empty").await?;
    let page = server.get(PAGE).await.text();
    assert!(page.contains("This is my first app.") && page.contains("href=\"?file=public%2Fstyle.css\""));
    let style = server
        .get(&format!("{PAGE}?file=public%2Fstyle.css"))
        .await
        .text();
    assert!(style.contains("<input type=\"hidden\" name=\"path\" value=\"public/style.css\">"));

    let script = "export default { fetch() { return new Response('by form') } }\r\n";
    let ran = form(&server, PAGE, &[("path", "app.js"), ("text", script)]).await;
    assert_eq!(ran.status, StatusCode::SEE_OTHER, "{}", ran.text());
    assert_eq!(ran.headers["location"], "/w/demo/build/hello?ran=2&file=app.js");
    assert_eq!(server.get("/w/demo/apps/hello/").await.text(), "by form");
    let page = server.get("/w/demo/build/hello?ran=2&file=app.js").await.text();
    assert!(page.contains("Version 2 is running."));

    let wrong = form(
        &server,
        PAGE,
        &[
            ("path", "app.js"),
            ("text", "export default {\n  fetch() { const x = ; }\n}\n"),
        ],
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = wrong.text();
    assert!(
        text.contains("<title>Error: ") && text.contains("app.js, line "),
        "{text}"
    );
    assert!(text.contains("const x = ;"), "what was written is still there");
    assert_eq!(server.get("/w/demo/apps/hello/").await.text(), "by form");
    for (path, expected) in [
        ("../x", StatusCode::UNPROCESSABLE_ENTITY),
        ("", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(
            form(&server, PAGE, &[("path", path), ("text", "x")]).await.status,
            expected
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_frame_holds_an_app_and_nothing_else() -> TestResult {
    let server = started("empty").await?;
    let page = server.get(PAGE).await;
    let policy = page.headers["content-security-policy"].to_str()?;
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .unwrap_or_default();
    assert!(nonce.len() == 32 && page.text().contains(&format!("data-nonce=\"{nonce}\"")));
    for part in [
        "default-src 'none'",
        "script-src 'self';",
        "frame-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let other = server.get(PAGE).await;
    assert!(
        !other.headers["content-security-policy"].to_str()?.contains(nonce),
        "another one each time"
    );
    let text = page.text();
    let frame = text
        .split("<iframe")
        .nth(1)
        .and_then(|rest| rest.split('>').next())
        .unwrap_or_default();
    assert!(
        frame.contains("sandbox=\"allow-forms allow-scripts allow-popups allow-downloads allow-modals\""),
        "{frame}"
    );
    assert!(!text.contains("<style") && !text.contains(" style=") && !text.contains("<script>"));
    Ok(())
}

#[tokio::test]
async fn a_link_shows_a_version_to_others_until_it_ends() -> TestResult {
    let server = started("empty").await?;
    let share = format!("{APP}/versions/1/share");
    let made = server.ask(Request::post(&share), Body::empty()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let path = made.json()["path"].as_str().unwrap_or_default().to_owned();
    let again = server.ask(Request::post(&share), Body::empty()).await;
    assert_eq!(again.json()["path"], path.as_str(), "one link a version");
    let shown = server.get(&path).await;
    assert_eq!(shown.status, StatusCode::OK);
    let text = shown.text();
    assert!(text.contains("src=\"/w/demo/apps/hello--v1/\"") && text.contains("This is my first app."));
    assert!(
        !text.contains("<form") && !text.contains("<button"),
        "nothing to change"
    );
    for strange in [
        "/w/demo/shared/hello/none",
        "/w/demo/shared/other/none",
        "/w/none/shared/hello/none",
    ] {
        assert_eq!(
            server.get(strange).await.status,
            StatusCode::NOT_FOUND,
            "{strange}"
        );
    }
    let ended = server.ask(Request::delete(&share), Body::empty()).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(server.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        server
            .ask(Request::post(format!("{APP}/versions/9/share")), Body::empty())
            .await
            .code(),
        "unknown-version"
    );
    Ok(())
}

#[tokio::test]
async fn the_folder_is_downloaded_as_one_file() -> TestResult {
    let server = started("empty").await?;
    let archive = server.get(&format!("{APP}/versions/1/archive")).await;
    assert_eq!(archive.headers["content-type"], "application/zip");
    assert_eq!(
        archive.headers["content-disposition"],
        "attachment; filename=\"hello-v1.zip\""
    );
    assert!(archive.body.starts_with(b"PK\x03\x04"));
    for name in ["hello/app.js", "hello/app.toml", "hello/public/style.css"] {
        assert!(
            archive
                .body
                .windows(name.len())
                .any(|part| part == name.as_bytes()),
            "{name}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_a_run_answered_is_shown_again_with_an_origin_of_its_own() -> TestResult {
    let server = started("empty").await?;
    let run = server.get("/w/demo/apps/hello/").await;
    let run = run.headers["x-c4h-run"].to_str()?.to_owned();
    let answer = server.get(&format!("/w/demo/app/hello/runs/{run}/answer")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.headers["content-security-policy"]
            .to_str()?
            .starts_with("sandbox ")
    );
    assert!(
        answer.text().contains("<base href=\"/w/demo/apps/hello/\">")
            && answer.text().contains("This is my first app.")
    );
    assert_eq!(
        server.get("/w/demo/app/hello/runs/none/answer").await.status,
        StatusCode::NOT_FOUND
    );
    Ok(())
}

#[tokio::test]
async fn what_was_chosen_in_the_explorer_becomes_an_app() -> TestResult {
    let server = Server::start().await?;
    let page = server.get("/w/demo/build?use=pds/read_patient").await.text();
    assert!(page.contains("Start with this question"), "{page}");
    let fields = [
        ("title", "Asked"),
        ("start", "explorer"),
        ("use", "pds/read_patient"),
    ];
    let made = form(&server, "/w/demo/build", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    assert_eq!(made.headers["location"], "/w/demo/build/asked");
    let answer = server.get("/w/demo/apps/asked/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.text().contains("The interface answered.") && answer.text().contains("9000000009"),
        "{}",
        answer.text()
    );
    // An operation that is not there is nothing to begin with.
    for nothing in ["pds/nothing", "nothing/read_patient", "pds", ""] {
        let page = server.get(&format!("/w/demo/build?use={nothing}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text().contains("Start with this question"), "{nothing}");
    }
    Ok(())
}
