//! `GET /w/{workspace}/app/{app}`: where an app answers, what its runs did, its versions, its secrets, and what it may do.

mod parts;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

pub(super) use self::parts::Told;
use self::parts::{VersionRow, current, facts, news, row};
use super::message::{BodyText, Cut, Depth};
use super::page::{Frame, render};
use super::timeline::{RunView, Speaker};
use crate::app::App;
use crate::error::AppError;
use crate::model::{AppName, DeployedApp, Workspace, WorkspaceName};
use crate::web::extract::{Path, Query};

/// Runs on one page: what somebody can take in who looks for the request they made a moment ago.
const RUNS: usize = 10;

/// The page of an app.
#[derive(Debug, Template)]
#[template(path = "app.html")]
pub(super) struct AppPage {
    frame: Frame,
    workspace: String,
    name: String,
    /// The address of this page.
    page: String,
    /// What has just happened, when the reader comes from a form.
    news: Option<(&'static str, String)>,
    /// What was wrong with what a form sent.
    problem: Option<SecretProblem>,
    /// Scheme, host and port of this server.
    origin: String,
    /// The path of the running app.
    address: String,
    /// The running app under a host name of its own.
    host_address: String,
    current: String,
    /// What the manifest of the current version says: name and value.
    facts: Vec<(&'static str, String)>,
    config: Vec<(String, String)>,
    secrets: Vec<SecretRow>,
    versions: Vec<VersionRow>,
    runs: Vec<RunView>,
}

/// A secret that the app declares.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SecretRow {
    name: String,
    is_set: bool,
}

/// Why a value was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SecretProblem {
    pub(super) name: String,
    pub(super) sentence: String,
}

impl AppPage {
    fn problem_of(&self, secret: &str) -> Option<&str> {
        let problem = self.problem.as_ref().filter(|problem| problem.name == secret);
        problem.map(|problem| problem.sentence.as_str())
    }
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
    let page = page(
        &app,
        &workspace,
        &deployed,
        &told,
        None,
        super::origin(&request, &app),
    )
    .await?;
    Ok(render(StatusCode::OK, &page))
}

/// The page of an app, with what was wrong with a form of it.
pub(super) async fn page(
    app: &App,
    workspace: &Workspace,
    deployed: &DeployedApp,
    told: &Told,
    problem: Option<SecretProblem>,
    origin: String,
) -> Result<AppPage, AppError> {
    let versions = app.versions.list(workspace.id, &deployed.name).await?;
    let page_address = page_address(&workspace.name, &deployed.name);
    let runs = app.traces.list(workspace.id, &deployed.name, RUNS);
    let set = app.secrets.names(workspace.id, &deployed.name).await?;
    let manifest = versions
        .iter()
        .find(|version| version.number == deployed.current)
        .map(|version| Arc::clone(&version.manifest))
        .unwrap_or_default();
    Ok(AppPage {
        frame: Frame {
            heading: deployed.title.clone(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: problem.is_some(),
        },
        workspace: workspace.name.to_string(),
        name: deployed.name.to_string(),
        page: page_address.clone(),
        news: news(told, &versions, &set),
        problem,
        origin,
        facts: facts(&manifest),
        config: manifest.config.clone().into_iter().collect(),
        secrets: manifest
            .secrets
            .iter()
            .map(|name| SecretRow {
                name: name.to_string(),
                is_set: set.contains(name),
            })
            .collect(),
        address: App::app_path(&workspace.name, &deployed.name),
        host_address: app.host_address(&workspace.name, &deployed.name),
        current: current(deployed.current, &versions),
        versions: versions
            .iter()
            .map(|version| row(version, deployed.current, (&workspace.name, &deployed.name)))
            .collect(),
        runs: runs
            .iter()
            .map(|run| RunView::new(run, &page_address, &app.config.limits.run, Depth::Beginning))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use sandbox_runtime::limits::Limits;
    use store::BlobId;
    use time::macros::datetime;

    use super::*;
    use crate::model::{Manifest, Origin, Version};
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

    fn told(deployed: &str) -> Told {
        Told {
            deployed: deployed.to_owned(),
            ..Told::default()
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
            page: "/w/demo/app/patient-lookup".to_owned(),
            news: news(&told("2"), &versions, &[]),
            problem: None,
            facts: facts(&Manifest::default()),
            config: vec![("GREETING".to_owned(), "<b>hello</b>".to_owned())],
            secrets: vec![SecretRow {
                name: "NOTIFY_KEY".to_owned(),
                is_set: false,
            }],
            origin: "http://127.0.0.1:8080".to_owned(),
            address: "/w/demo/apps/patient-lookup/".to_owned(),
            host_address: "http://patient-lookup.demo.apps.localhost:8080/".to_owned(),
            current: current(2, &versions),
            versions: versions
                .iter()
                .map(|version| {
                    row(
                        version,
                        2,
                        (&WorkspaceName::demo(), &AppName::new("patient-lookup").unwrap()),
                    )
                })
                .collect(),
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
            assert_eq!(
                news(&self::told(told), &[version(2)], &[]).is_some(),
                expected,
                "{told}"
            );
        }
    }
}
