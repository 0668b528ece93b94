//! Sets a workspace back to the seed.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::api::extract::InWorkspace;
use crate::app::App;
use crate::error::AppError;

/// Sets the workspace's records back to the seed, and takes away what its apps keep, its faults and its scenario; its clock
/// follows real time again. Apps, versions, secrets, traces and checkpoints stay.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/reset",
    tag = "workspaces",
    params(("workspace" = String, Path, description = "Name of the workspace", example = "demo")),
    responses(
        (status = NO_CONTENT, description = "The records are the seed's again"),
        (status = FORBIDDEN, description = "The request came from a page of another site", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "There is no such workspace", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The storage takes no changes", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn reset_workspace(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Result<StatusCode, AppError> {
    app.reset_workspace(&workspace).await?;
    Ok(StatusCode::NO_CONTENT)
}
