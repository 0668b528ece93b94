//! Checkpoints: states of a workspace's records to which it can be set back.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use http::StatusCode;
use http::request::Parts;
use records::CheckpointInfo;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::api::described::ChangeRefused;
use crate::api::extract::{InWorkspace, path_value};
use crate::app::App;
use crate::error::AppError;
use crate::model::CheckpointName;

/// The checkpoints of a workspace.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CheckpointList {
    pub(crate) checkpoints: Vec<CheckpointDocument>,
}

/// A checkpoint.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CheckpointDocument {
    /// Its name.
    #[schema(example = "before-lunch")]
    pub(crate) name: String,
    /// When it was made, by the workspace's clock.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) made_at: OffsetDateTime,
    /// How many versions of resources the workspace had made by then.
    pub(crate) versions: u64,
}

impl From<CheckpointInfo> for CheckpointDocument {
    fn from(info: CheckpointInfo) -> Self {
        Self {
            name: info.name,
            made_at: info.made.to_time(),
            versions: info.versions,
        }
    }
}

/// The name at the end of the address.
#[derive(Debug)]
pub(crate) struct InCheckpoint(CheckpointName);

impl FromRequestParts<Arc<App>> for InCheckpoint {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, AppError> {
        let name = path_value(parts, "checkpoint").await?;
        Ok(Self(CheckpointName::new(&name)?))
    }
}

/// Lists the checkpoints of a workspace, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/checkpoints",
    tag = "workspaces",
    params(InWorkspace),
    responses(
        (status = OK, description = "The checkpoints", body = CheckpointList),
        InWorkspace
    )
)]
pub(crate) async fn list_checkpoints(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Result<Json<CheckpointList>, AppError> {
    let checkpoints = app.records.checkpoints(workspace.id).await?;
    Ok(Json(CheckpointList {
        checkpoints: checkpoints.into_iter().map(CheckpointDocument::from).collect(),
    }))
}

/// Keeps the workspace's records as they are now under a name; a checkpoint of that name that was there is replaced.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}",
    tag = "workspaces",
    params(
        InWorkspace,
        ("checkpoint" = String, Path, description = "Name of the checkpoint", example = "before-lunch")
    ),
    responses(
        (status = OK, description = "The checkpoint", body = CheckpointDocument),
        (status = CONFLICT, description = "The workspace has as many checkpoints as it may", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "That cannot be a name", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InWorkspace
    )
)]
pub(crate) async fn put_checkpoint(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    InCheckpoint(name): InCheckpoint,
) -> Result<Json<CheckpointDocument>, AppError> {
    let made = app
        .records
        .checkpoint(workspace.id, name.as_str(), &*app.clock_of(&workspace))
        .await?;
    Ok(Json(made.into()))
}

/// Removes a checkpoint.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}",
    tag = "workspaces",
    params(
        InWorkspace,
        ("checkpoint" = String, Path, description = "Name of the checkpoint", example = "before-lunch")
    ),
    responses(
        (status = NO_CONTENT, description = "The checkpoint is gone"),
        (status = NOT_FOUND, description = "There is no such workspace or checkpoint", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "That cannot be a name", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn delete_checkpoint(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    InCheckpoint(name): InCheckpoint,
) -> Result<StatusCode, AppError> {
    app.records.delete_checkpoint(workspace.id, name.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the workspace's records back to a checkpoint. What was done since is gone; the checkpoints stay.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}/restore",
    tag = "workspaces",
    params(
        InWorkspace,
        ("checkpoint" = String, Path, description = "Name of the checkpoint", example = "before-lunch")
    ),
    responses(
        (status = NO_CONTENT, description = "The records are as they were"),
        (status = NOT_FOUND, description = "There is no such workspace or checkpoint", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "That cannot be a name", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn restore_checkpoint(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    InCheckpoint(name): InCheckpoint,
) -> Result<StatusCode, AppError> {
    app.records.restore(workspace.id, name.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
