//! A workspace like another one: the same records, apps and what they keep, from then on apart.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;

use super::{NewWorkspace, WorkspaceDocument, created};
use crate::api::described::{BodyRefused, ChangeRefused};
use crate::api::extract::{InWorkspace, Origin};
use crate::app::App;
use crate::error::AppError;

/// Makes a workspace that is now as this one is: its records, its apps with what they keep, their versions and secrets.
/// Traces and checkpoints stay behind.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/fork",
    tag = "workspaces",
    params(InWorkspace),
    request_body = NewWorkspace,
    responses(
        (status = CREATED, description = "The new workspace; its address is in the header Location", body = WorkspaceDocument),
        (status = CONFLICT, description = "The name is taken", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The body has no usable name", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = INSUFFICIENT_STORAGE, description = "There are as many workspaces as may be", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        BodyRefused,
        InWorkspace
    )
)]
pub(crate) async fn fork_workspace(
    State(app): State<Arc<App>>,
    InWorkspace(original): InWorkspace,
    Origin(origin): Origin,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let name = NewWorkspace::read(request).await?;
    let made = app.fork_workspace(&original, &name).await?;
    Ok(created(&app, &made, &origin))
}
