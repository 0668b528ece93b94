//! `GET /w/{workspace}/changes`: what this workspace made of the seed, and controls that set back, copy and keep it.

mod controls;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use records::{ChangeKind, Changed, ResourceType};
use serde::Deserialize;
use serde_json::Value;

pub(super) use controls::{delete_checkpoint, fork, make_checkpoint, reset, restore_checkpoint};

use super::explorer::difference::{Row as Difference, of_records};
use super::page::{Frame, render};
use super::summary::{kinds, say};
use super::words::{self, Moment};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::extract::{Path, Query};

/// Changes on one page.
const PAGE: usize = 50;

/// The page.
#[derive(Debug, Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    frame: Frame,
    workspace: String,
    total: u64,
    rows: Vec<Row>,
    next: Option<u64>,
    checkpoints: Vec<(String, Moment, u64)>,
    conditions: Vec<String>,
    /// Whether only the trainer makes workspaces here.
    is_guarded: bool,
    /// What was done just now.
    done: Option<String>,
    /// The field that is wrong, and what to do about it.
    problem: Option<(&'static str, String)>,
    /// What was typed.
    typed: String,
}

impl ChangesPage {
    fn sentence_at(&self, field: &str) -> Option<&str> {
        let here = self.problem.as_ref().filter(|(at, _)| *at == field);
        here.map(|(_, sentence)| sentence.as_str())
    }
}

/// One record that is another than the seed's.
#[derive(Debug)]
struct Row {
    address: String,
    kind: String,
    title: String,
    what: &'static str,
    tone: &'static str,
    versions: usize,
    when: Moment,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    before: Option<u64>,
    done: String,
}

fn row(workspace: &Workspace, changed: &Changed) -> Row {
    let record = &changed.record;
    let (what, tone) = match changed.kind {
        ChangeKind::Created => ("New", "nhsuk-tag--green"),
        ChangeKind::Changed => ("Changed", "nhsuk-tag--blue"),
        ChangeKind::Deleted => ("Deleted", "nhsuk-tag--red"),
    };
    let name = kinds::name(record.kind.name());
    let title = serde_json::from_slice::<Value>(&record.text)
        .ok()
        .map(|json| kinds::title(&json));
    Row {
        address: format!(
            "/w/{}/changes/{}/{}",
            workspace.name,
            record.kind.name(),
            record.id
        ),
        kind: name.to_owned(),
        title: words::shorten(
            &words::visible(
                &title
                    .filter(|title| title != name)
                    .or_else(|| changed.display.clone())
                    .unwrap_or_else(|| record.id.to_string()),
            ),
            120,
        ),
        what,
        tone,
        versions: changed.versions,
        when: words::moment(record.last_updated.to_time()),
    }
}

/// `GET /w/{workspace}/changes`
pub(super) async fn read_changes(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let mut page = page(&app, &workspace, asked.before).await?;
    page.done = controls::told(&asked.done).map(str::to_owned);
    Ok(render(StatusCode::OK, &page))
}

async fn page(app: &App, workspace: &Workspace, before: Option<u64>) -> Result<ChangesPage, AppError> {
    let found = app.changes(workspace, before, PAGE).await?;
    let checkpoints = app.records.checkpoints(workspace.id).await?;
    Ok(ChangesPage {
        frame: Frame {
            heading: "What this workspace changed".to_owned(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        total: found.total,
        rows: found
            .changes
            .iter()
            .map(|changed| row(workspace, changed))
            .collect(),
        next: found.next,
        checkpoints: checkpoints
            .into_iter()
            .map(|info| (info.name, words::moment(info.made.to_time()), info.versions))
            .collect(),
        conditions: super::conditions::told(workspace).await,
        is_guarded: app.access.is_some(),
        done: None,
        problem: None,
        typed: String::new(),
    })
}

/// One record: what it was in the seed, and what it is now.
#[derive(Debug, Template)]
#[template(path = "changes_record.html")]
struct RecordPage {
    frame: Frame,
    workspace: String,
    kind: String,
    title: String,
    sentence: &'static str,
    rows: Vec<Difference>,
    left_out: usize,
    /// The person whose record it is.
    person: Option<String>,
    history: String,
}

/// `GET /w/{workspace}/changes/{kind}/{id}`
pub(super) async fn read_change(
    State(app): State<Arc<App>>,
    Path((workspace, kind, id)): Path<(String, String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let view = app.records.view(workspace.id).await?;
    let kind = ResourceType::parse(&kind).ok_or(AppError::UnknownAddress)?;
    let latest = view.latest(kind, &id).ok_or(AppError::UnknownAddress)?;
    let json = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or_default();
    let base = view.base();
    let seed = base.find(kind, &id).and_then(|doc| base.record(doc));
    let before = seed.as_ref().map(|record| json(&record.text)).unwrap_or_default();
    let now = view
        .read(kind, &id)
        .map(|record| json(&record.text))
        .unwrap_or_default();
    let mut found = of_records(&without_meta(before.clone()), &without_meta(now.clone()));
    found.rows.retain(|row| row.before != row.after);
    let sentence = match (before.is_null(), now.is_null()) {
        (true, false) => "This record is new: the seed does not have it.",
        (false, true) => "This record is in the seed, and was deleted here.",
        (true, true) => "This record was made here, and deleted again.",
        (false, false) if found.rows.is_empty() => "This record says what the seed says.",
        (false, false) => "This record is in the seed, and was changed here.",
    };
    let shown = if now.is_null() { &before } else { &now };
    let page = RecordPage {
        frame: Frame {
            heading: "What changed in a record".to_owned(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        kind: kinds::name(kind.name()).to_owned(),
        title: words::shorten(&words::visible(&kinds::title(shown)), 200),
        sentence,
        rows: found.rows,
        left_out: found.left_out,
        person: person(shown),
        history: format!(
            "/w/{}/interfaces/fhir/history-instance?f0={}&f1={}#form",
            workspace.name,
            kind.name(),
            latest.id
        ),
    };
    Ok(render(StatusCode::OK, &page))
}

/// Versions and times are another with every change, and say nothing about it.
fn without_meta(mut record: Value) -> Value {
    if let Some(meta) = record.get_mut("meta").and_then(Value::as_object_mut) {
        meta.remove("versionId");
        meta.remove("lastUpdated");
    }
    record
}

/// Whose record it is.
fn person(record: &Value) -> Option<String> {
    if record["resourceType"] == "Patient" {
        return say::text(&record["id"]);
    }
    let reference = [&record["subject"], &record["patient"]]
        .into_iter()
        .find_map(|reference| reference["reference"].as_str())?;
    let (_, id) = reference.rsplit_once("Patient/")?;
    (!id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)))
    .then(|| id.to_owned())
}
