//! Who may do what where the server asks who callers are.

use http::{Request, StatusCode};
use serde_json::Value;

use crate::TestResult;
use crate::server::{Answer, Server};

const PASSWORD: &str = "correct-horse";

impl Answer {
    /// `name=value` of every cookie that it sets.
    fn cookies(&self) -> Vec<String> {
        let set = self.headers.get_all("set-cookie").iter();
        set.filter_map(|line| Some(line.to_str().ok()?.split(';').next()?.to_owned()))
            .collect()
    }

    fn location(&self) -> &str {
        self.headers
            .get("location")
            .and_then(|location| location.to_str().ok())
            .unwrap_or_default()
    }
}

impl Server {
    async fn with(&self, path: &str, header: &'static str, value: &str) -> Answer {
        self.ask(Request::get(path).header(header, value), "").await
    }

    async fn post_form(&self, path: &str, cookie: &str, form: &'static str) -> Answer {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "http://127.0.0.1:8080")
            .header("cookie", cookie);
        self.ask(request, form).await
    }

    /// The cookie of the logged-in trainer.
    async fn trainer(&self) -> String {
        let answer = self.post_form("/trainer", "", "password=correct-horse").await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, "/workspaces")
        );
        answer.cookies().pop().unwrap_or_default()
    }

    /// The path of the link that the trainer sees for this workspace.
    async fn link(&self, workspace: &str) -> String {
        let page = self
            .with("/workspaces", "cookie", &self.trainer().await)
            .await
            .text();
        let link = format!("/enter/{workspace}/");
        let key = page.split(&link).nth(1).and_then(|rest| rest.split('<').next());
        format!("{link}{}", key.unwrap_or_default())
    }
}

#[tokio::test]
async fn every_route_of_the_api_asks() -> TestResult {
    let server = Server::start_guarded(PASSWORD).await?;
    let link = server.link("demo").await;
    let key = link.rsplit('/').next().unwrap();
    let description = server.get("/api/v1/openapi.json").await.json();
    let mut asked = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let Ok(method) = http::Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            let path = path.replace("{workspace}", "other");
            let ask = |token: Option<&str>| {
                let mut request = Request::builder().method(method.clone()).uri(&path);
                if let Some(token) = token {
                    request = request.header("authorization", format!("Bearer {token}"));
                }
                server.ask(request, "")
            };
            if ["/api/v1/openapi.json", "/healthz", "/readyz"].contains(&path.as_str()) {
                assert_eq!(ask(None).await.status, StatusCode::OK);
                continue;
            }
            let nobody = ask(None).await;
            assert_eq!(
                (
                    nobody.status,
                    nobody.code().as_str(),
                    &nobody.headers["www-authenticate"]
                ),
                (
                    StatusCode::UNAUTHORIZED,
                    "login-needed",
                    &http::HeaderValue::from_static("Bearer")
                ),
                "{method} {path}"
            );
            let other = ask(Some(key)).await;
            let expected: &[&str] = if path.ends_with("/fork") || !path.contains("/other") {
                &["trainer-only"]
            } else {
                &["unknown-workspace"]
            };
            let for_all = path.starts_with("/api/v1/scenarios")
                || (path == "/api/v1/packages" && method == http::Method::GET);
            assert!(
                for_all || expected.contains(&other.code().as_str()),
                "{method} {path}: {}",
                other.text()
            );
            asked += 1;
        }
    }
    assert!(asked > 40, "{asked}");
    Ok(())
}

#[tokio::test]
async fn a_link_opens_its_workspace_and_no_other() -> TestResult {
    let server = Server::start_guarded(PASSWORD).await?;
    let trainer = server.trainer().await;
    let made = server
        .post_form("/workspaces", &trainer, "name=ward&count=2")
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    let link = server.link("ward-01").await;

    for path in [
        "/w/ward-01",
        "/w/nowhere",
        "/w/ward-01/conditions",
        "/workspaces",
        "/metrics",
    ] {
        assert_eq!(server.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let entered = server.get(&link).await;
    assert_eq!(
        (entered.status, entered.location()),
        (StatusCode::SEE_OTHER, "/w/ward-01")
    );
    let whole = entered.headers["set-cookie"].to_str()?;
    assert!(
        whole.contains("; HttpOnly; SameSite=Lax") && !whole.contains("Secure"),
        "{whole}"
    );
    let cookie = entered.cookies().pop().unwrap();
    for (path, expected) in [
        ("/w/ward-01", StatusCode::OK),
        ("/w/ward-01/conditions", StatusCode::OK),
        ("/w/ward-02", StatusCode::NOT_FOUND),
        ("/w/nowhere", StatusCode::NOT_FOUND),
        ("/w/ward-%301", StatusCode::NOT_FOUND),
        ("/workspaces", StatusCode::FORBIDDEN),
        ("/metrics", StatusCode::FORBIDDEN),
        ("/api/v1/workspaces/ward-01/apps", StatusCode::OK),
        ("/api/v1/workspaces/ward-02/apps", StatusCode::NOT_FOUND),
        ("/api/v1/workspaces", StatusCode::FORBIDDEN),
        ("/api/v1/scenarios", StatusCode::OK),
        ("/w/ward-01/fhir/Patient?_count=1", StatusCode::OK),
        ("/w/ward-02/fhir/Patient?_count=1", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(
            server.with(path, "cookie", &cookie).await.status,
            expected,
            "{path}"
        );
    }
    assert_eq!(server.with("/", "cookie", &cookie).await.location(), "/w/ward-01");
    let token = format!("Bearer {}", link.rsplit('/').next().unwrap());
    let api = "/api/v1/workspaces/ward-01";
    assert_eq!(
        server.with(api, "authorization", &token).await.status,
        StatusCode::OK
    );
    assert_eq!(
        server
            .with("/api/v1/workspaces", "authorization", "Bearer correct-horse")
            .await
            .status,
        StatusCode::OK
    );

    // Left: the browser is told to forget.
    let left = server.post_form("/leave", &cookie, "").await;
    assert!(
        left.cookies().contains(&"c4h-workspace-ward-01=".to_owned()),
        "{left:?}"
    );
    Ok(())
}

#[tokio::test]
async fn what_has_a_login_of_its_own_or_needs_none_is_open() -> TestResult {
    let server = Server::start_guarded(PASSWORD).await?;
    let own = format!("Bearer {}", server.demo.access_token);
    for (path, expected) in [
        ("/", StatusCode::OK),
        ("/healthz", StatusCode::OK),
        ("/readyz", StatusCode::OK),
        ("/w/demo/nhs/sandbox/hello-world/hello/world", StatusCode::OK),
        (
            "/w/demo/nhs/int/hello-world/hello/application",
            StatusCode::UNAUTHORIZED,
        ),
        ("/w/demo/fhir/metadata", StatusCode::OK),
        ("/w/demo/fhir/.well-known/smart-configuration", StatusCode::OK),
        ("/w/demo/apps/nothing/", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(server.get(path).await.status, expected, "{path}");
    }
    let refused = server.get("/w/demo/fhir/Patient").await;
    assert_eq!(
        (refused.status, &refused.json()["resourceType"]),
        (StatusCode::UNAUTHORIZED, &Value::from("OperationOutcome"))
    );
    let path = "/w/demo/fhir/Patient?_count=1";
    let known = server.with(path, "authorization", &own).await;
    assert_eq!(known.status, StatusCode::OK);
    let forged = server
        .with("/w/demo/fhir/Patient", "authorization", "Bearer smart-0")
        .await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
    Ok(())
}

#[tokio::test]
async fn links_and_passwords_that_open_nothing_are_explained() -> TestResult {
    let server = Server::start_guarded(PASSWORD).await?;
    let link = server.link("demo").await;
    let key = link.rsplit('/').next().unwrap().to_owned();
    for path in [
        "/enter/demo/00".to_owned(),
        format!("/enter/other/{key}"),
        format!("/enter/%2e%2e/{key}"),
    ] {
        let page = server.get(&path).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.cookies().is_empty() && page.text().contains("Enter the whole link"));
    }
    // A link that a mail program broke.
    let broken: &'static str = format!("link=http%3A%2F%2Fc4h%2Fenter%2Fdemo%2F%0D%0A+{key}%2F").leak();
    let entered = server.post_form("/enter", "", broken).await;
    assert_eq!(entered.location(), "/w/demo");

    let wrong = server.post_form("/trainer", "", "password=wrong-horse").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("The password is not right") && wrong.text().contains("<title>Error: "));
    let mut refused = None;
    for _ in 0..20 {
        let answer = server.post_form("/trainer", "", "password=wrong-horse").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("somebody who guesses is stopped");
    assert!(refused.headers["retry-after"].to_str()?.parse::<u64>()? > 1);
    // Who is in stays in, and links are no passwords.
    let entered = server.get(&link).await;
    assert_eq!(entered.location(), "/w/demo");
    Ok(())
}

#[tokio::test]
async fn on_loopback_nothing_is_asked() -> TestResult {
    let server = Server::start().await?;
    let page = server.get("/workspaces").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("http://127.0.0.1:8080/w/demo"));
    assert_eq!(server.get("/enter/demo/old-key").await.location(), "/w/demo");
    let taken = server.post_form("/workspaces", "", "name=demo&count=1").await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.text().contains("There is a workspace"));
    let many = server.post_form("/workspaces", "", "name=ward&count=61").await;
    assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
    Ok(())
}
