//! `GET /` and `GET /w/{workspace}`: the apps of a workspace, the form that deploys one, and the interfaces.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::deploy::form::{DeployField, DeployForm};
use super::explorer;
use super::page::{Frame, render};
use super::timeline::{self, Ending};
use super::words::{self, Moment};
use crate::app::App;
use crate::data::KeptRun;
use crate::error::AppError;
use crate::model::{DeployedApp, Version, Workspace, WorkspaceName};
use crate::web::extract::{Path, Query};

/// How far back a card looks past stylesheets and pictures for a run with something to tell.
const RUNS_LOOKED_AT: usize = 10;

/// The page of a workspace.
#[derive(Debug, Template)]
#[template(path = "workspace.html")]
pub(super) struct WorkspacePage {
    frame: Frame,
    name: String,
    apps: Vec<AppCard>,
    /// How many people there are.
    people: String,
    form: DeployForm,
    /// The largest component that is taken, in words.
    largest_component: String,
    /// Id, title and what each is for.
    interfaces: Vec<(String, String, String)>,
    /// What is otherwise here than on a good day.
    conditions: Vec<String>,
    /// Scheme, host and port of this server.
    origin: String,
}

/// One app in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AppCard {
    name: String,
    title: String,
    version: u32,
    made_with: Option<String>,
    page: String,
    address: String,
    last_run: Option<LastRun>,
}

/// The newest run of an app, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LastRun {
    ending: Ending,
    started: Moment,
    took: String,
    calls: String,
}

/// What a link to the form may fill in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Prefilled {
    #[serde(default)]
    app: String,
}

/// `GET /`: the workspace that every installation starts with.
pub(super) async fn read_home(
    state: State<Arc<App>>,
    prefilled: Query<Prefilled>,
    request: HeaderMap,
) -> Result<Response, AppError> {
    read_workspace(state, Path(WorkspaceName::demo().to_string()), prefilled, request).await
}

/// `GET /w/{workspace}`
pub(super) async fn read_workspace(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Query(Prefilled { app: prefilled }): Query<Prefilled>,
    request: HeaderMap,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&name).await?;
    let form = DeployForm {
        name: prefilled,
        ..DeployForm::default()
    };
    let page = WorkspacePage::load(&app, &workspace, form, super::origin(&request, &app)).await?;
    Ok(render(StatusCode::OK, &page))
}

impl WorkspacePage {
    /// Collects everything the page shows.
    pub(super) async fn load(
        app: &App,
        workspace: &Workspace,
        form: DeployForm,
        origin: String,
    ) -> Result<Self, AppError> {
        let mut apps = Vec::new();
        for deployed in app.apps.list(workspace.id).await? {
            let version = app
                .versions
                .get(workspace.id, &deployed.name, deployed.current)
                .await?;
            let runs = app.traces.list(workspace.id, &deployed.name, RUNS_LOOKED_AT);
            apps.push(card(&workspace.name, &deployed, version.as_ref(), telling(&runs)));
        }
        let interfaces = explorer::all_interfaces(app, workspace).await?;
        Ok(Self {
            frame: Frame {
                heading: "Your apps, with made-up patients".to_owned(),
                section: Some(format!("Workspace {}", workspace.name)),
                workspace: Some(workspace.name.to_string()),
                problem: form.problem.is_some(),
            },
            name: workspace.name.to_string(),
            apps,
            people: words::thousands(app.nhs.population().count().into()),
            form,
            largest_component: words::bytes(app.config.limits.component_bytes),
            interfaces: interfaces
                .iter()
                .map(|interface| {
                    (
                        interface.id.to_string(),
                        interface.title.to_string(),
                        interface.summary.to_string(),
                    )
                })
                .collect(),
            conditions: super::conditions::told(workspace).await,
            origin,
        })
    }
}

/// The newest run that has something to tell, else the newest.
fn telling(runs: &[Arc<KeptRun>]) -> Option<&KeptRun> {
    let telling = runs.iter().find(|run| !timeline::is_quiet(&run.trace));
    telling.or(runs.first()).map(AsRef::as_ref)
}

fn card(
    workspace: &WorkspaceName,
    app: &DeployedApp,
    version: Option<&Version>,
    newest: Option<&KeptRun>,
) -> AppCard {
    AppCard {
        name: app.name.to_string(),
        title: app.title.clone(),
        version: app.current,
        made_with: version.and_then(|version| version.made_with.clone()),
        page: super::app::page_address(workspace, &app.name),
        address: App::app_path(workspace, &app.name),
        last_run: newest.map(|run| LastRun {
            ending: timeline::ending(&run.trace),
            started: words::moment(run.trace.started_at),
            took: words::duration(run.trace.wall_us),
            calls: words::count(u64::try_from(run.trace.calls.len()).unwrap_or(u64::MAX), "call"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::model::AppName;
    use crate::web::deploy::form::{FormProblem, SourceLine};
    use crate::web::timeline::tests::hostile_run;

    fn page(apps: Vec<AppCard>, form: DeployForm) -> String {
        let page = WorkspacePage {
            frame: Frame {
                heading: "Your apps".to_owned(),
                section: None,
                workspace: Some("demo".to_owned()),
                problem: form.problem.is_some(),
            },
            name: "demo".to_owned(),
            apps,
            people: "1,000".to_owned(),
            form,
            largest_component: "32 MiB".to_owned(),
            interfaces: Vec::new(),
            conditions: Vec::new(),
            origin: "http://127.0.0.1:8080".to_owned(),
        };
        page.render().unwrap()
    }

    fn lookup(newest: Option<&KeptRun>) -> AppCard {
        let now = datetime!(2026-08-06 16:30 UTC);
        let app = DeployedApp {
            name: AppName::new("patient-lookup").unwrap(),
            title: "Patient <b>lookup</b>".to_owned(),
            current: 3,
            latest: 3,
            created_at: now,
            updated_at: now,
        };
        card(&WorkspaceName::new("demo").unwrap(), &app, None, newest)
    }

    #[test]
    fn a_card_leads_to_the_app_and_its_traces() {
        let html = page(vec![lookup(Some(&hostile_run()))], DeployForm::default());
        assert!(
            html.contains("href=\"/w/demo/apps/patient-lookup/\"")
                && html.contains("href=\"/w/demo/app/patient-lookup#runs\"")
        );
        assert!(html.contains("Patient &#60;b&#62;lookup"), "the title is escaped");
        assert!(html.contains("Stopped: processor time") && html.contains("6 August 2026 at 5:30pm"));
    }

    #[test]
    fn a_problem_is_said_in_title_summary_and_at_its_field_and_what_was_typed_is_kept() {
        let problem = FormProblem {
            field: DeployField::Script,
            sentence: "app.js line 2, column 5: this is \"wrong\".".to_owned(),
            line: Some(Box::new(SourceLine {
                place: "app.js, line 2".to_owned(),
                before: "let ".to_owned(),
                marked: "<".to_owned(),
                after: "b>".to_owned(),
            })),
        };
        let html = page(
            Vec::new(),
            DeployForm {
                name: "\"><script>".to_owned(),
                script: "\n</textarea><script>".to_owned(),
                problem: Some(problem),
            },
        );
        assert!(html.contains("<title>Error: Your apps"));
        assert!(html.contains("<a href=\"#script\">app.js line 2, column 5: this is &#34;wrong&#34;.</a>"));
        assert!(html.contains("let <mark>&#60;</mark>b&#62;</code>"));
        assert!(html.contains("id=\"script-error\"") && !html.contains("id=\"files-error\""));
        assert!(html.contains("value=\"&#34;&#62;&#60;script&#62;\""));
        // Browsers take the first line end after the tag away.
        assert!(html.contains(">\n\n&#60;/textarea&#62;&#60;script&#62;</textarea>"));
        assert_eq!(html.matches("<script").count(), 1);
    }

    #[test]
    fn empty_places_say_what_to_do() {
        assert!(page(Vec::new(), DeployForm::default()).contains("No apps yet."));
        assert!(
            page(vec![lookup(None)], DeployForm::default())
                .contains("No runs yet. Open the app, then come back.")
        );
    }
}
