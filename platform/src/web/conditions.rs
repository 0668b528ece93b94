//! `GET /w/{workspace}/conditions`: the clock, the faults and the scenario of a workspace, and the forms that change them.

mod forms;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use mock_nhs_interfaces::fault::{FaultKind, FaultName};
use store::Clock as _;

pub(super) use forms::{add_fault, apply_scenario, change_clock, clear_faults, clear_scenario, remove_fault};

use super::page::{Frame, render};
use super::words::{self, Moment};
use crate::api::scenarios::read_shipped;
use crate::api::workspaces::faults::FaultDocument;
use crate::app::App;
use crate::error::AppError;
use crate::model::{AppliedScenario, ClockSetting, SHIPPED, Workspace};
use crate::web::extract::Path;

/// The page.
#[derive(Debug, Template)]
#[template(path = "conditions.html")]
pub(super) struct ConditionsPage {
    frame: Frame,
    /// The page's own address.
    address: String,
    workspace_page: String,
    now: Moment,
    /// How the clock goes, in one sentence.
    clock_told: &'static str,
    is_real_time: bool,
    scenario: Option<AppliedScenario>,
    choices: Vec<Choice>,
    faults: Vec<FaultDocument>,
    kinds: &'static [FaultName],
    interfaces: Vec<Choice>,
    form: Filled,
    problem: Option<FormProblem>,
}

/// One of several things to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    value: String,
    title: String,
}

/// What was filled in, when a form was sent back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filled {
    date: String,
    time: String,
    stopped: bool,
    by: String,
    kind: String,
    value: String,
    interface: String,
    patient: String,
    nth: String,
    toml: String,
}

/// Why a form was sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormProblem {
    /// The id of the field.
    field: &'static str,
    sentence: String,
}

impl ConditionsPage {
    fn sentence_at(&self, field: &str) -> Option<&str> {
        let here = self.problem.as_ref().filter(|problem| problem.field == field);
        here.map(|problem| problem.sentence.as_str())
    }

    /// Collects everything the page shows.
    async fn load(
        app: &App,
        workspace: &Workspace,
        form: Filled,
        problem: Option<FormProblem>,
    ) -> Result<Self, AppError> {
        let mut choices = Vec::new();
        for shipped in SHIPPED {
            choices.push(Choice {
                value: shipped.name.to_owned(),
                title: read_shipped(app, shipped)?.title,
            });
        }
        let interface = |id: &str, title: &str| Choice {
            value: id.to_owned(),
            title: title.to_owned(),
        };
        let interfaces = app.nhs.interfaces().iter();
        let interfaces = interfaces
            .map(|known| interface(known.id, known.title))
            .chain([interface(crate::egress::fhir::ID, crate::egress::fhir::TITLE)]);
        let scenario = workspace.conditions.lock().await.scenario.clone();
        let clock = workspace.conditions.clock.setting();
        Ok(Self {
            frame: Frame {
                heading: "What goes wrong, and when".to_owned(),
                section: Some(format!("Workspace {}", workspace.name)),
                workspace: Some(workspace.name.to_string()),
                problem: problem.is_some(),
            },
            address: address(workspace),
            workspace_page: format!("/w/{}", workspace.name),
            now: words::moment(workspace.conditions.clock.now()),
            clock_told: match clock {
                ClockSetting::Real => "That is real time.",
                ClockSetting::Moved { .. } => "The clock has been moved, and goes on from there.",
                ClockSetting::Stopped { .. } => "The clock stands still.",
            },
            is_real_time: clock == ClockSetting::Real,
            scenario,
            choices,
            faults: FaultDocument::all(workspace).await,
            kinds: FaultKind::NAMES,
            interfaces: interfaces.collect(),
            form,
            problem,
        })
    }
}

/// Where the page is.
fn address(workspace: &Workspace) -> String {
    format!("/w/{}/conditions", workspace.name)
}

/// `GET /w/{workspace}/conditions`
pub(super) async fn read_conditions(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&name).await?;
    let page = ConditionsPage::load(&app, &workspace, Filled::default(), None).await?;
    Ok(render(StatusCode::OK, &page))
}

/// What the workspace's page says of its conditions, in one sentence each; nothing where all is as always.
pub(super) async fn told(workspace: &Workspace) -> Vec<String> {
    let mut told = Vec::new();
    let (scenario, faults) = {
        let state = workspace.conditions.lock().await;
        (state.scenario.clone(), state.faults.len())
    };
    if let Some(scenario) = scenario {
        told.push(format!(
            "The scenario \u{201c}{}\u{201d} is being shown.",
            scenario.title
        ));
    }
    let now = words::moment(workspace.conditions.clock.now()).words;
    match workspace.conditions.clock.setting() {
        ClockSetting::Real => {}
        ClockSetting::Moved { .. } => told.push(format!("The clock has been moved: here it is {now}.")),
        ClockSetting::Stopped { .. } => told.push(format!("The clock stands still: here it is {now}.")),
    }
    if faults > 0 {
        let faults = words::count(u64::try_from(faults).unwrap_or(u64::MAX), "fault");
        told.push(format!("Interfaces answer badly on purpose: {faults}."));
    }
    told
}
