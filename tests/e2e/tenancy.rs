//! Nobody learns anything about a workspace or an app that is not there: 404 on every route, always the same words.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use tests::{Answer, Client};

use crate::{Journey, shared};

/// What an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Nothing that belongs to anybody.
    Nothing,
    /// A workspace.
    Workspace,
    /// A workspace, and an app that this request would make.
    NewApp,
    /// A workspace and an app.
    App,
}

/// Every route: those of the OpenAPI document, and those for people and for apps.
const ROUTES: [(&str, &str, Names); 84] = [
    ("GET", "/api/v1/workspaces", Names::Nothing),
    ("GET", "/healthz", Names::Nothing),
    ("GET", "/readyz", Names::Nothing),
    ("GET", "/metrics", Names::Nothing),
    ("GET", "/api/v1/workspaces/{workspace}", Names::Workspace),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/interfaces",
        Names::Workspace,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/interfaces",
        Names::Workspace,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/interfaces/{interface}",
        Names::Workspace,
    ),
    ("GET", "/api/v1/workspaces/{workspace}/apps", Names::Workspace),
    ("GET", "/api/v1/workspaces/{workspace}/apps/{app}", Names::App),
    ("DELETE", "/api/v1/workspaces/{workspace}/apps/{app}", Names::App),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions",
        Names::NewApp,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/logs",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/traces",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/values",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/values",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
        Names::App,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/secrets",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
        Names::App,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/traces/live",
        Names::App,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}/replay",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/component",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/files",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/files/{path}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/archive",
        Names::App,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/share",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/share",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/draft",
        Names::App,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/apps/{app}/draft",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/draft",
        Names::App,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/apps/{app}/draft/run",
        Names::App,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/apps/{app}/current",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/runs/{run}",
        Names::Workspace,
    ),
    ("GET", "/api/v1/packages", Names::Nothing),
    ("POST", "/api/v1/packages", Names::Nothing),
    ("DELETE", "/api/v1/packages/{package}", Names::Nothing),
    ("POST", "/api/v1/workspaces", Names::Nothing),
    ("POST", "/api/v1/workspaces/{workspace}/fork", Names::Workspace),
    ("POST", "/api/v1/workspaces/{workspace}/reset", Names::Workspace),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/checkpoints",
        Names::Workspace,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}",
        Names::Workspace,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}",
        Names::Workspace,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}/restore",
        Names::Workspace,
    ),
    ("GET", "/api/v1/workspaces/{workspace}/changes", Names::Workspace),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/applications",
        Names::Workspace,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/applications",
        Names::Workspace,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/applications/{application}",
        Names::Workspace,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/applications/{application}",
        Names::Workspace,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/applications/{application}/keys",
        Names::Workspace,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/applications/{application}/keys",
        Names::Workspace,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/applications/{application}/simulated-error",
        Names::Workspace,
    ),
    ("GET", "/api/v1/scenarios", Names::Nothing),
    ("GET", "/api/v1/scenarios/{scenario}", Names::Nothing),
    ("GET", "/api/v1/workspaces/{workspace}/clock", Names::Workspace),
    ("PUT", "/api/v1/workspaces/{workspace}/clock", Names::Workspace),
    ("DELETE", "/api/v1/workspaces/{workspace}/clock", Names::Workspace),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/clock/advance",
        Names::Workspace,
    ),
    ("GET", "/api/v1/workspaces/{workspace}/faults", Names::Workspace),
    ("POST", "/api/v1/workspaces/{workspace}/faults", Names::Workspace),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/faults",
        Names::Workspace,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/faults/{fault}",
        Names::Workspace,
    ),
    ("GET", "/api/v1/workspaces/{workspace}/scenario", Names::Workspace),
    ("PUT", "/api/v1/workspaces/{workspace}/scenario", Names::Workspace),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/scenario",
        Names::Workspace,
    ),
    // Not of the API.
    ("GET", "/w/{workspace}/fhir", Names::Workspace),
    ("GET", "/w/{workspace}/fhir/metadata", Names::Workspace),
    ("POST", "/w/{workspace}/fhir/Patient", Names::Workspace),
    ("GET", "/w/{workspace}", Names::Workspace),
    ("POST", "/w/{workspace}/deploy", Names::Workspace),
    (
        "GET",
        "/w/{workspace}/nhs/int/hello-world/hello/world",
        Names::Workspace,
    ),
    (
        "POST",
        "/w/{workspace}/nhs/sandbox/hello-world/hello/world",
        Names::Workspace,
    ),
    ("GET", "/w/{workspace}/app/{app}", Names::App),
    ("GET", "/w/{workspace}/app/{app}/runs/{run}", Names::App),
    ("GET", "/w/{workspace}/apps/{app}", Names::App),
    ("GET", "/w/{workspace}/apps/{app}/", Names::App),
    ("POST", "/w/{workspace}/apps/{app}/some/path?query=1", Names::App),
    ("OPTIONS", "/w/{workspace}/apps/{app}/", Names::App),
];

async fn ask(
    client: &Client,
    method: &str,
    route: &str,
    workspace: &str,
    app: &str,
) -> anyhow::Result<Answer> {
    let path = route
        .replace("{workspace}", workspace)
        .replace("{app}", app)
        .replace("{run}", "0123456789abcdef")
        .replace("{secret}", "KEY_OF_IT")
        .replace("{version}", "1")
        .replace("{checkpoint}", "before-lunch")
        .replace("{path}", "app.js");
    let mut request = client
        .request(method.parse()?, &path)
        .header("accept", "application/json");
    if path.ends_with("/versions") && method == "POST" {
        request = request
            .header("content-type", "application/wasm")
            .body(examples::HELLO);
    }
    client.send(request).await
}

/// The words of an answer, without what differs from request to request.
fn words(answer: &Answer) -> anyhow::Result<(String, String)> {
    let problem = answer.problem()?;
    Ok((problem.code, problem.detail))
}

#[tokio::test]
async fn what_is_not_there_is_not_found_on_every_route() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    for (method, route, names) in ROUTES {
        let at = format!("{method} {route}");
        if names != Names::Nothing {
            // An app that exists elsewhere and one that exists nowhere: the answer does not tell them apart.
            let real = ask(&client, method, route, "elsewhere", "patient-lookup")
                .await
                .context(at.clone())?;
            real.expect_problem(404, "unknown-workspace")
                .context(at.clone())?;
            let unreal = ask(&client, method, route, "elsewhere", "nowhere")
                .await
                .context(at.clone())?;
            ensure!(words(&real)? == words(&unreal)?, "{at}: {real:?} {unreal:?}");
            // A name that cannot be one is as unknown as any other.
            for name in ["UPPER", "a", "a%00b", "demo%2f..%2fdemo", "demo%20", "d%C3%A9mo"] {
                let answer = ask(&client, method, route, name, "patient-lookup")
                    .await
                    .context(at.clone())?;
                ensure!(
                    answer.status == 404,
                    "{at} with workspace {name}: {}",
                    answer.status
                );
            }
        }
        if names == Names::App {
            for name in ["nowhere", "UPPER", "patient-lookup%00", "a%2fb"] {
                let answer = ask(&client, method, route, "demo", name)
                    .await
                    .context(at.clone())?;
                ensure!(answer.status == 404, "{at} with app {name}: {}", answer.status);
                ensure!(
                    matches!(words(&answer)?.0.as_str(), "unknown-app" | "unknown-address"),
                    "{at}: {answer:?}"
                );
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_route_is_missing_from_the_table() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let document = client.json("/api/v1/openapi.json").await?;
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().context("paths")? {
        for (method, operation) in operations.as_object().context("operations")? {
            if operation["responses"].is_object() {
                documented.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    ensure!(documented.len() >= 14, "{documented:?}");
    let is_api = |path: &str| !path.starts_with("/w/");
    let tested: BTreeSet<_> = ROUTES
        .iter()
        .filter(|(_, path, _)| is_api(path))
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    ensure!(
        documented == tested,
        "{:?}",
        documented.symmetric_difference(&tested).collect::<Vec<_>>()
    );
    // An address that names a workspace is in the table as one that does.
    for (_, route, names) in ROUTES {
        ensure!(
            route.contains("{workspace}") == (names != Names::Nothing),
            "{route}"
        );
        ensure!(
            route.contains("{app}") == matches!(names, Names::App | Names::NewApp),
            "{route}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_app_does_not_reach_the_runs_of_another() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("left", examples::HELLO).await?;
    client.deploy("right", examples::HELLO).await?;
    let run = client.run("left", "/").await?.expect(200)?.run()?.to_owned();
    client
        .get(&format!("/api/v1/workspaces/demo/apps/left/traces/{run}"))
        .await?
        .expect(200)?;
    client
        .get(&format!("/w/demo/app/left/runs/{run}"))
        .await?
        .expect(200)?;

    client
        .get(&format!("/api/v1/workspaces/demo/apps/right/traces/{run}"))
        .await?
        .expect_problem(404, "unknown-run")?;
    client
        .get(&format!("/w/demo/app/right/runs/{run}"))
        .await?
        .expect(404)?;
    let runs = client.json("/api/v1/workspaces/demo/apps/right/traces").await?;
    ensure!(runs["runs"].as_array().is_some_and(Vec::is_empty), "{runs}");
    let page = client.get("/w/demo/app/right").await?.expect(200)?.text();
    ensure!(
        !page.contains(&run),
        "the page of one app shows the run of another"
    );
    Ok(())
}

#[tokio::test]
async fn the_token_of_a_workspace_is_not_on_its_lists() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let token = client.json("/api/v1/workspaces/demo").await?["access_token"].clone();
    let token = token.as_str().context("a token")?.to_owned();
    for path in [
        "/api/v1/workspaces",
        "/api/v1/workspaces/demo/apps",
        "/api/v1/workspaces/demo/interfaces",
        "/metrics",
        "/api/v1/openapi.json",
    ] {
        ensure!(
            !client.get(path).await?.text().contains(&token),
            "{path} holds the token"
        );
    }
    // Another workspace's interfaces do not take it, whatever they are called.
    let request = client
        .request(
            Method::GET,
            "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient/9000000009",
        )
        .header("authorization", format!("Bearer {token}x"));
    ensure!(client.send(request).await?.status == 401);
    Ok(())
}
