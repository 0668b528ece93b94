//! The version that answers an app's requests: pointing the app at another one.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::Request;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::apps::AppDocument;
use crate::api::described::{BodyRefused, ChangeRefused};
use crate::api::extract::{InApp, InVersion, json_body};
use crate::app::App;
use crate::data::DeployError;
use crate::error::AppError;

/// Far more than `{"version": 4294967295}`.
const BODY_BYTES: u64 = 1024;

/// Which version is to answer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CurrentVersion {
    /// Its number.
    #[schema(example = 3)]
    pub(crate) version: u32,
}

/// Points an app at another of its versions, which answers from the next request on.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/current",
    tag = "apps",
    params(InApp),
    request_body = CurrentVersion,
    responses(
        (status = OK, description = "The app as it is now", body = AppDocument),
        (status = CONFLICT, description = "Deploys of the same app kept coming first", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The body does not say which version", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        BodyRefused,
        InVersion
    )
)]
pub(crate) async fn update_current(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    request: Request<Body>,
) -> Result<Json<AppDocument>, AppError> {
    let wanted: CurrentVersion = json_body(
        request,
        BODY_BYTES,
        "The body must say which version is to answer, and nothing else: {\"version\": 3}.",
    )
    .await?;
    let pointed = app
        .apps
        .point_at(workspace.id, &deployed.name, wanted.version)
        .await;
    let pointed = pointed.map_err(|error| match error {
        DeployError::UnknownVersion(version) => AppError::UnknownVersion {
            app: deployed.name.to_string(),
            version: version.to_string(),
        },
        other @ (DeployError::Contended { .. } | DeployError::FirstMustAnswer | DeployError::Data(_)) => {
            other.into()
        }
    })?;
    let now = pointed.ok_or_else(|| AppError::UnknownApp {
        workspace: workspace.name.to_string(),
        app: deployed.name.to_string(),
    })?;
    tracing::info!(
        workspace.name = workspace.name.as_str(),
        app.name = now.name.as_str(),
        version = now.current,
        "points at"
    );
    Ok(Json(AppDocument::of(&app, &workspace, now)))
}
