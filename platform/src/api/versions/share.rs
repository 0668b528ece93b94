//! Links under which others may look at a version, without being able to change anything.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::described::ChangeRefused;
use crate::api::extract::InVersion;
use crate::app::App;
use crate::error::AppError;

/// Where a version can be looked at.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SharedVersion {
    /// The path below this server: whoever has it can run this version and read its files.
    #[schema(example = "/w/demo/shared/patient-lookup/3f2c…")]
    pub(crate) path: String,
}

/// Makes a link that shows a version and lets nobody change it, or answers the one that there is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/share",
    tag = "apps",
    params(InVersion),
    responses(
        (status = OK, description = "The link", body = SharedVersion),
        InVersion,
        ChangeRefused
    )
)]
pub(crate) async fn share_version(
    State(app): State<Arc<App>>,
    InVersion {
        workspace,
        app: deployed,
        version,
    }: InVersion,
) -> Result<Json<SharedVersion>, AppError> {
    let token = app.drafts.share(workspace.id, &deployed.name, version.number);
    let token = token.await?;
    let path = format!("/w/{}/shared/{}/{token}", workspace.name, deployed.name);
    Ok(Json(SharedVersion { path }))
}

/// Ends the link of a version: from then on it shows nothing.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/share",
    tag = "apps",
    params(InVersion),
    responses(
        (status = NO_CONTENT, description = "No link shows the version"),
        InVersion,
        ChangeRefused
    )
)]
pub(crate) async fn unshare_version(
    State(app): State<Arc<App>>,
    InVersion {
        workspace,
        app: deployed,
        version,
    }: InVersion,
) -> Result<StatusCode, AppError> {
    let ended = app.drafts.unshare(workspace.id, &deployed.name, version.number);
    // Ended already, or never there: what was wanted is so.
    let _was_there = ended.await?;
    Ok(StatusCode::NO_CONTENT)
}
