//! Set back, copy, keep: each control says what it will do, and where one could lose work it asks first.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::page;
use crate::app::App;
use crate::error::AppError;
use crate::model::{CheckpointName, Workspace, WorkspaceName};
use crate::web::extract::{Form, Path};
use crate::web::page::render;

/// What the forms send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Sent {
    name: String,
    sure: String,
}

/// What was done, said after it is done.
pub(super) fn told(done: &str) -> Option<&'static str> {
    match done {
        "reset" => Some("Everybody is as at the beginning again."),
        "checkpoint" => Some("The checkpoint is kept: you can come back to this state of the records."),
        "restored" => Some("The records are as they were at the checkpoint."),
        "deleted" => Some("The checkpoint is deleted; the records stay as they are."),
        _ => None,
    }
}

fn back(workspace: &Workspace, done: &str) -> Response {
    Redirect::to(&format!("/w/{}/changes?done={done}#done", workspace.name)).into_response()
}

async fn refused(
    app: &App,
    workspace: &Workspace,
    field: &'static str,
    sentence: String,
    typed: String,
) -> Result<Response, AppError> {
    let mut page = page(app, workspace, None).await?;
    page.frame.problem = true;
    page.problem = Some((field, sentence));
    page.typed = typed;
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// `POST /w/{workspace}/changes/reset`
pub(in crate::web) async fn reset(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    if sent.sure != "yes" {
        let sentence = "Tick the box to say that the changes may be lost".to_owned();
        return refused(&app, &workspace, "sure", sentence, String::new()).await;
    }
    app.reset_workspace(&workspace).await?;
    Ok(back(&workspace, "reset"))
}

/// `POST /w/{workspace}/changes/fork`: the copy is the page that follows.
pub(in crate::web) async fn fork(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let name = match WorkspaceName::new(sent.name.trim()) {
        Ok(name) => name,
        Err(error) => return refused(&app, &workspace, "copy", error.to_string(), sent.name).await,
    };
    match app.fork_workspace(&workspace, &name).await {
        Ok(made) => Ok(Redirect::to(&format!("/w/{}", made.name)).into_response()),
        Err(error @ (AppError::WorkspaceExists(_) | AppError::TooManyWorkspaces { .. })) => {
            let sentence = error.public().detail;
            refused(&app, &workspace, "copy", sentence, sent.name).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /w/{workspace}/changes/checkpoints`
pub(in crate::web) async fn make_checkpoint(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let name = match CheckpointName::new(sent.name.trim()) {
        Ok(name) => name,
        Err(error) => return refused(&app, &workspace, "checkpoint", error.to_string(), sent.name).await,
    };
    let known = app.records.checkpoints(workspace.id).await?;
    let is_taken = known.iter().any(|known| known.name == name.as_str());
    if is_taken {
        let sentence = format!(
            "There is a checkpoint {} already: enter another name",
            name.as_str()
        );
        return refused(&app, &workspace, "checkpoint", sentence, sent.name).await;
    }
    let clock = app.clock_of(&workspace);
    match app.records.checkpoint(workspace.id, name.as_str(), &*clock).await {
        Ok(_) => Ok(back(&workspace, "checkpoint")),
        Err(error) => {
            let error = AppError::from(error);
            if error.public().status.is_server_error() {
                return Err(error);
            }
            let sentence = error.public().detail;
            refused(&app, &workspace, "checkpoint", sentence, sent.name).await
        }
    }
}

/// `POST /w/{workspace}/changes/checkpoints/{checkpoint}/restore`
pub(in crate::web) async fn restore_checkpoint(
    State(app): State<Arc<App>>,
    Path((workspace, name)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    app.records.restore(workspace.id, &name).await?;
    Ok(back(&workspace, "restored"))
}

/// `POST /w/{workspace}/changes/checkpoints/{checkpoint}/delete`
pub(in crate::web) async fn delete_checkpoint(
    State(app): State<Arc<App>>,
    Path((workspace, name)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    app.records.delete_checkpoint(workspace.id, &name).await?;
    Ok(back(&workspace, "deleted"))
}
