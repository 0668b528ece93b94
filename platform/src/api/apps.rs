//! The apps of a workspace.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::described::ChangeRefused;
use super::extract::{InApp, InWorkspace};
use crate::app::App;
use crate::error::AppError;
use crate::model::{AppName, DeployedApp, Workspace};

/// The apps of a workspace.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct AppList {
    pub(crate) apps: Vec<AppDocument>,
}

/// An app.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct AppDocument {
    /// Its name in its address.
    #[schema(example = "patient-lookup")]
    pub(crate) name: String,
    /// What people read.
    #[schema(example = "Patient lookup")]
    pub(crate) title: String,
    /// The number of the version that answers.
    #[schema(example = 1)]
    pub(crate) current_version: u32,
    /// When the first version was deployed.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: OffsetDateTime,
    /// When the current version was deployed.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: OffsetDateTime,
    /// Where it answers.
    pub(crate) addresses: AppAddresses,
}

/// Where an app answers, and where its runs are shown.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct AppAddresses {
    /// Under a path of this server.
    #[schema(example = "http://127.0.0.1:8080/w/demo/apps/patient-lookup/")]
    pub(crate) path: String,
    /// Under a host name of its own.
    #[schema(example = "http://patient-lookup.demo.apps.localhost:8080/")]
    pub(crate) host: String,
    /// The page with its versions and runs.
    #[schema(example = "http://127.0.0.1:8080/w/demo/app/patient-lookup")]
    pub(crate) page: String,
}

impl AppAddresses {
    pub(super) fn of(app: &App, workspace: &Workspace, deployed: &DeployedApp) -> Self {
        let base = app.base_url();
        let (workspace, name) = (&workspace.name, &deployed.name);
        Self {
            path: format!("{base}{}", App::app_path(workspace, name)),
            host: app.host_address(workspace, name),
            page: format!("{base}/w/{workspace}/app/{name}"),
        }
    }
}

impl AppDocument {
    pub(super) fn of(app: &App, workspace: &Workspace, deployed: DeployedApp) -> Self {
        let addresses = AppAddresses::of(app, workspace, &deployed);
        // Taken apart by name, so that a new field does not compile until somebody decides about it.
        let DeployedApp {
            name,
            title,
            current,
            latest: _,
            created_at,
            updated_at,
        } = deployed;
        Self {
            name: name.to_string(),
            title,
            current_version: current,
            created_at,
            updated_at,
            addresses,
        }
    }
}

/// Lists the apps of a workspace.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps",
    tag = "apps",
    params(InWorkspace),
    responses(
        (status = OK, description = "The apps, by name", body = AppList),
        InWorkspace
    )
)]
pub(crate) async fn list_apps(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Result<Json<AppList>, AppError> {
    let apps = app.apps.list(workspace.id).await?;
    let apps = apps
        .into_iter()
        .map(|deployed| AppDocument::of(&app, &workspace, deployed))
        .collect();
    Ok(Json(AppList { apps }))
}

/// Reads an app.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}",
    tag = "apps",
    params(InApp),
    responses(
        (status = OK, description = "The app", body = AppDocument),
        InApp
    )
)]
pub(crate) async fn read_app(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
) -> Json<AppDocument> {
    Json(AppDocument::of(&app, &workspace, deployed))
}

/// Deletes an app with its versions, traces and values.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/apps/{app}",
    tag = "apps",
    params(InApp),
    responses(
        (status = NO_CONTENT, description = "The app is gone"),
        ChangeRefused,
        InApp
    )
)]
pub(crate) async fn delete_app(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
) -> Result<StatusCode, AppError> {
    // It goes on when the caller goes away: half an app is nothing that anybody asked for.
    let ending = tokio::spawn(end(app, workspace, deployed.name));
    ending
        .await
        .map_err(|error| AppError::Panic(error.to_string()))??;
    Ok(StatusCode::NO_CONTENT)
}

async fn end(app: Arc<App>, workspace: Arc<Workspace>, name: AppName) -> Result<(), AppError> {
    let gone = app.apps.delete(workspace.id, &name).await?;
    app.traces.forget(workspace.id, &name);
    if let Some(versions) = gone {
        app.release_versions(&versions).await;
        tracing::info!(
            workspace.name = workspace.name.as_str(),
            app.name = name.as_str(),
            "deleted"
        );
    }
    Ok(())
}
