//! `GET` and `POST /w/{workspace}/build/{app}`: the workbench. The form of the page is enough to edit, run and see an app;
//! the page's script puts editors in its place.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::frame::{Nonce, render_framing};
use crate::app::App;
use crate::data::{Draft, DraftFile, MAX_DRAFT_BYTES, Written};
use crate::draft::{self, Editable};
use crate::error::AppError;
use crate::model::{DeployedApp, FilePath, MANIFEST_FILE, Manifest, USUAL_MAINS, Workspace};
use crate::web::deploy::form::{DeployField, FormProblem};
use crate::web::extract::{Form, Path, Query};
use crate::web::message::{BodyText, Cut, Depth};
use crate::web::page::Frame;
use crate::web::timeline::{RunView, Speaker};
use crate::web::words::{self, Moment};

/// Runs that the page shows without a script.
const RUNS: usize = 3;

/// The workbench of an app.
#[derive(Debug, Template)]
#[template(path = "workbench.html")]
struct WorkbenchPage {
    frame: Frame,
    workspace: String,
    name: String,
    nonce: Nonce,
    /// The address of this page.
    page: String,
    app_page: String,
    /// The path of the running app.
    address: String,
    current: u32,
    /// What has just happened, when the reader comes from the form.
    news: Option<String>,
    problem: Option<FormProblem>,
    /// `None` for a component that was built elsewhere.
    editor: Option<Editor>,
    versions: Vec<VersionLine>,
    runs: Vec<RunView>,
}

/// The form that edits one file.
#[derive(Debug)]
struct Editor {
    files: Vec<FileTab>,
    path: String,
    text: String,
}

/// A file that can be chosen.
#[derive(Debug)]
struct FileTab {
    path: String,
    /// In a query.
    encoded: String,
    chosen: bool,
}

/// A version to go back to.
#[derive(Debug)]
struct VersionLine {
    number: u32,
    made: Moment,
    is_current: bool,
    component: String,
    archive: String,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    file: String,
    #[serde(default)]
    ran: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    path: String,
    #[serde(default)]
    text: String,
}

/// Bytes of the form with the text: it writes a character in up to three.
const FORM_BYTES: usize = 4 * MAX_DRAFT_BYTES;

/// `GET /w/{workspace}/build/{app}`
pub(super) async fn read_workbench(
    State(app): State<Arc<App>>,
    Path((workspace, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let editable = match draft::load(&app, &workspace, &deployed).await {
        Ok(editable) => Some(editable),
        Err(AppError::NothingToEdit(_)) => None,
        Err(error) => return Err(error),
    };
    let editor = editable.map(|Editable { draft, .. }| editor(&draft, &asked.file));
    let mut page = page(&app, &workspace, &deployed, editor).await?;
    page.news = ran(&asked.ran, &page.versions);
    Ok(render_framing(StatusCode::OK, &page, &page.nonce))
}

/// Says that a version runs, if there is one: anybody can write an address.
fn ran(number: &str, versions: &[VersionLine]) -> Option<String> {
    let number: u32 = number.parse().ok()?;
    versions
        .iter()
        .any(|version| version.number == number && version.is_current)
        .then(|| format!("Version {number} is running."))
}

/// `POST /w/{workspace}/build/{app}`: keeps the file, makes a version of the whole, and shows it.
pub(super) async fn run_text(
    State(app): State<Arc<App>>,
    Path((workspace, name)): Path<(String, String)>,
    Form(sent): Form<Sent, FORM_BYTES>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let Editable { mut draft, .. } = draft::load(&app, &workspace, &deployed).await?;
    let outcome = keep_and_run(&app, &workspace, &deployed, &mut draft, &sent).await;
    let error = match outcome {
        Ok(version) => {
            let page = super::address(&workspace.name, &deployed.name);
            let file: String = form_urlencoded::byte_serialize(sent.path.as_bytes()).collect();
            return Ok(Redirect::to(&format!("{page}?ran={version}&file={file}")).into_response());
        }
        Err(error) => error,
    };
    let status = error.public().status;
    if !status.is_client_error() {
        return Err(error);
    }
    let mut page = page(&app, &workspace, &deployed, Some(editor(&draft, &sent.path))).await?;
    page.frame.problem = true;
    page.problem = Some(FormProblem::of(&error, DeployField::Script));
    Ok(render_framing(status, &page, &page.nonce))
}

/// The number of the version that was made.
async fn keep_and_run(
    app: &Arc<App>,
    workspace: &Workspace,
    deployed: &DeployedApp,
    draft: &mut Draft,
    sent: &Sent,
) -> Result<u32, AppError> {
    let path = FilePath::new(&sent.path).map_err(crate::error::Unfit::from)?;
    // Browsers send the ends of lines as CR and LF.
    let text = sent.text.replace("\r\n", "\n");
    match draft.files.iter_mut().find(|file| file.path == path) {
        Some(file) => file.text = text,
        None => draft.files.push(DraftFile { path, text }),
    }
    // What the editor had to undo does not fit a text that it did not see.
    draft.undo = None;
    app.drafts
        .put(workspace.id, &deployed.name, draft, Written::Anyhow)
        .await?;
    let (_, version) = draft::run(app, workspace, deployed, draft).await?;
    Ok(version.number)
}

/// The form with the file that was asked for, or with the one that answers requests.
fn editor(draft: &Draft, asked: &str) -> Editor {
    let chosen = draft
        .files
        .iter()
        .find(|file| file.path.as_str() == asked)
        .or_else(|| main_file(draft));
    let path = chosen.map(|file| file.path.to_string()).unwrap_or_default();
    let mut files: Vec<FileTab> = draft
        .files
        .iter()
        .map(|file| FileTab {
            path: file.path.to_string(),
            encoded: form_urlencoded::byte_serialize(file.path.as_str().as_bytes()).collect(),
            chosen: file.path.as_str() == path,
        })
        .collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Editor {
        files,
        text: chosen.map(|file| file.text.clone()).unwrap_or_default(),
        path,
    }
}

/// The script that answers requests.
fn main_file(draft: &Draft) -> Option<&DraftFile> {
    let named = |name: &str| draft.files.iter().find(|file| file.path.as_str() == name);
    let manifest = named(MANIFEST_FILE).and_then(|file| Manifest::parse(&file.text).ok());
    let said = manifest.and_then(|manifest| match manifest.entry {
        Some(crate::model::Entry::Main(path)) => Some(path.to_string()),
        Some(crate::model::Entry::Component(_)) | None => None,
    });
    said.as_deref()
        .and_then(named)
        .or_else(|| USUAL_MAINS.iter().find_map(|main| named(main)))
        .or(draft.files.first())
}

async fn page(
    app: &App,
    workspace: &Workspace,
    deployed: &DeployedApp,
    editor: Option<Editor>,
) -> Result<WorkbenchPage, AppError> {
    // Read again: it may have got a version since.
    let deployed = app.deployed_app(workspace, deployed.name.as_str()).await?;
    let versions = app.versions.list(workspace.id, &deployed.name).await?;
    let app_page = crate::web::app::page_address(&workspace.name, &deployed.name);
    let runs = app.traces.list(workspace.id, &deployed.name, RUNS);
    let lines = versions.iter().map(|version| {
        let api = format!(
            "/api/v1/workspaces/{}/apps/{}/versions/{}",
            workspace.name, deployed.name, version.number
        );
        VersionLine {
            number: version.number,
            made: words::moment(version.deployed_at),
            is_current: version.number == deployed.current,
            component: format!("{api}/component"),
            archive: format!("{api}/archive"),
        }
    });
    Ok(WorkbenchPage {
        frame: Frame {
            heading: deployed.title.clone(),
            section: Some(format!("Build, workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        name: deployed.name.to_string(),
        nonce: Nonce::new(),
        page: super::address(&workspace.name, &deployed.name),
        address: App::app_path(&workspace.name, &deployed.name),
        current: deployed.current,
        news: None,
        problem: None,
        editor,
        versions: lines.collect(),
        runs: runs
            .iter()
            .map(|run| RunView::new(run, &app_page, &app.config.limits.run, Depth::Beginning))
            .collect(),
        app_page,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(files: &[(&str, &str)]) -> Draft {
        Draft {
            version: 1,
            files: files
                .iter()
                .map(|(path, text)| DraftFile {
                    path: FilePath::new(path).unwrap(),
                    text: (*text).to_owned(),
                })
                .collect(),
            undo: None,
        }
    }

    #[test]
    fn the_script_that_answers_is_shown_first() {
        for (files, expected) in [
            (
                &[("a.js", ""), ("app.toml", "main = \"b.js\""), ("b.js", "")][..],
                "b.js",
            ),
            (
                &[("a.js", ""), ("app.toml", "main = 7"), ("app.js", "")],
                "app.js",
            ),
            (&[("a.js", ""), ("b.js", "")], "a.js"),
            (&[], ""),
        ] {
            assert_eq!(editor(&draft(files), "nothing").path, expected);
        }
        let both = draft(&[("a.js", "one"), ("app.js", "two")]);
        assert_eq!(editor(&both, "a.js").text, "one");
    }
}
