//! Sets a workspace back to the seed.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::api::described::ChangeRefused;
use crate::api::extract::InWorkspace;
use crate::app::App;
use crate::error::AppError;

/// Sets the workspace's records back to the seed, and takes away what its apps keep, its faults and its scenario; its clock
/// follows real time again. Apps, versions, secrets, traces and checkpoints stay.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/reset",
    tag = "workspaces",
    params(InWorkspace),
    responses(
        (status = NO_CONTENT, description = "The records are the seed's again"),
        ChangeRefused,
        InWorkspace
    )
)]
pub(crate) async fn reset_workspace(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Result<StatusCode, AppError> {
    app.reset_workspace(&workspace).await?;
    Ok(StatusCode::NO_CONTENT)
}
