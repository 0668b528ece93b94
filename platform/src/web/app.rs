//! `GET /w/{workspace}/app/{app}`: where an app answers, what its runs did, and its versions.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::message::{BodyText, Cut, Depth};
use super::page::{Frame, render};
use super::timeline::{RunView, Speaker};
use super::words::{self, Moment};
use crate::app::App;
use crate::error::AppError;
use crate::model::{AppName, Origin, Version, WorkspaceName};

/// Runs on one page: what somebody can take in who looks for the request they made a moment ago.
const RUNS: usize = 10;

/// The page of an app.
#[derive(Debug, Template)]
#[template(path = "app.html")]
struct AppPage {
    frame: Frame,
    workspace: String,
    name: String,
    /// What has just happened, when the reader comes from a deploy.
    news: Option<String>,
    /// Scheme, host and port of this server.
    origin: String,
    /// The path of the running app.
    address: String,
    /// The running app under a host name of its own.
    host_address: String,
    current: String,
    versions: Vec<VersionRow>,
    runs: Vec<RunView>,
}

/// One version in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct VersionRow {
    number: u32,
    is_current: bool,
    shipped: bool,
    deployed: Moment,
    made_with: String,
    size: String,
    /// The beginning of its SHA-256.
    component: String,
}

/// What a redirect to this page may tell it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    deployed: String,
}

/// The address of an app's page.
pub(super) fn page_address(workspace: &WorkspaceName, app: &AppName) -> String {
    format!("/w/{workspace}/app/{app}")
}

/// `GET /w/{workspace}/app/{app}`
pub(super) async fn read_app(
    State(app): State<Arc<App>>,
    Path((workspace, name)): Path<(String, String)>,
    Query(told): Query<Told>,
    request: HeaderMap,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let versions = app.versions.list(workspace.id, &deployed.name).await?;
    let page_address = page_address(&workspace.name, &deployed.name);
    let runs = app.traces.list(workspace.id, &deployed.name, RUNS);
    let page = AppPage {
        frame: Frame {
            heading: deployed.title.clone(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        name: deployed.name.to_string(),
        news: news(&told.deployed, &versions),
        origin: super::origin(&request, &app),
        address: App::app_path(&workspace.name, &deployed.name),
        host_address: format!(
            "http://{}.{}.apps.localhost:{}/",
            deployed.name,
            workspace.name,
            app.address.port()
        ),
        current: current(deployed.current, &versions),
        versions: versions
            .iter()
            .map(|version| row(version, deployed.current))
            .collect(),
        runs: runs
            .iter()
            .map(|run| RunView::new(run, &page_address, &app.config.limits.run, Depth::Beginning))
            .collect(),
    };
    Ok(render(StatusCode::OK, &page))
}

/// Says that a version is there, if it is: the number comes from the address, and anybody can write an address.
fn news(deployed: &str, versions: &[Version]) -> Option<String> {
    let number: u32 = deployed.parse().ok()?;
    let version = versions.iter().find(|version| version.number == number)?;
    Some(format!(
        "Version {} is deployed and answers requests.",
        version.number
    ))
}

fn current(number: u32, versions: &[Version]) -> String {
    let made_with = versions
        .iter()
        .find(|version| version.number == number)
        .and_then(|version| version.made_with.as_ref())
        .map(|made_with| format!(", made with {made_with}"));
    format!("{number}{}", made_with.unwrap_or_default())
}

fn row(version: &Version, current: u32) -> VersionRow {
    VersionRow {
        number: version.number,
        is_current: version.number == current,
        shipped: version.origin == Origin::Shipped,
        deployed: words::moment(version.deployed_at),
        made_with: version
            .made_with
            .clone()
            .unwrap_or_else(|| "Not stated".to_owned()),
        size: words::bytes(version.size_bytes),
        component: version.component.to_string().chars().take(12).collect::<String>() + "…",
    }
}

#[cfg(test)]
mod tests {
    use sandbox_runtime::limits::Limits;
    use store::BlobId;
    use time::macros::datetime;

    use super::*;
    use crate::web::timeline::tests::hostile_run;

    fn version(number: u32) -> Version {
        Version {
            number,
            component: BlobId::of(b"component"),
            size_bytes: 350_000,
            deployed_at: datetime!(2026-08-06 16:30 UTC),
            made_with: Some("<script>Rust</script>".to_owned()),
            origin: Origin::Deployed,
            source: None,
            manifest: Arc::default(),
            public: Arc::default(),
            build: crate::model::Language::Component,
        }
    }

    fn page(runs: Vec<RunView>) -> String {
        let versions = [version(2), version(1)];
        let page = AppPage {
            frame: Frame {
                heading: "Patient lookup".to_owned(),
                section: Some("Workspace demo".to_owned()),
                workspace: Some("demo".to_owned()),
                problem: false,
            },
            workspace: "demo".to_owned(),
            name: "patient-lookup".to_owned(),
            news: news("2", &versions),
            origin: "http://127.0.0.1:8080".to_owned(),
            address: "/w/demo/apps/patient-lookup/".to_owned(),
            host_address: "http://patient-lookup.demo.apps.localhost:8080/".to_owned(),
            current: current(2, &versions),
            versions: versions.iter().map(|version| row(version, 2)).collect(),
            runs,
        };
        page.render().unwrap()
    }

    #[test]
    fn nothing_that_a_stranger_wrote_becomes_part_of_the_page() {
        let run = RunView::new(
            &hostile_run(),
            "/w/demo/app/patient-lookup",
            &Limits::DEFAULT,
            Depth::Beginning,
        );
        let html = page(vec![run]);
        // The one script of the page is our own file.
        assert_eq!(html.matches("<script").count(), 1);
        assert!(!html.contains("<img src=x") && !html.contains(" style="));
        assert!(
            html.contains("&#60;script&#62;alert(&#39;name&#39;)"),
            "a patient's name"
        );
        assert!(
            html.contains("&#60;script&#62;alert(&#39;log&#39;)"),
            "a log line"
        );
        assert!(html.contains("&#60;script&#62;Rust"), "a toolchain's name");
    }

    #[test]
    fn a_trace_tells_what_was_called_and_what_was_refused() {
        let run = RunView::new(
            &hostile_run(),
            "/w/demo/app/patient-lookup",
            &Limits::DEFAULT,
            Depth::Beginning,
        );
        let html = page(vec![run]);
        for words in [
            "Read a patient",
            "14 ms",
            "200 OK",
            "The workspace&#39;s access token was attached.",
            "<strong>Refused.</strong> evil.example is not an interface",
            "<strong>Stopped (limit-cpu).</strong> The app used more than 1,000 ms.",
            "Limit reached (limit-log). Print less.",
            "data-newest=\"0199-run\"",
        ] {
            assert!(html.contains(words), "{words}");
        }
    }

    #[test]
    fn without_runs_the_page_says_what_to_do() {
        let html = page(Vec::new());
        assert!(html.contains("No runs yet.") && html.contains("then come back"));
        assert!(html.contains("Version 2 is deployed and answers requests."));
    }

    #[test]
    fn news_are_about_versions_that_are_there() {
        for (told, expected) in [("2", true), ("3", false), ("", false), ("<b>", false)] {
            assert_eq!(news(told, &[version(2)]).is_some(), expected, "{told}");
        }
    }
}
