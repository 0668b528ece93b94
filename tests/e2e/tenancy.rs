//! Nobody learns anything about a workspace or an app that is not there: 404 on every route, always the same words.

mod routes;

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use tests::{Answer, Client};

use self::routes::{Names, ROUTES};
use crate::{Journey, shared};

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
