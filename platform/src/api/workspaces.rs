//! Workspaces: what a program needs to know to use one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use mock_nhs_interfaces::Profile;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::extract::InWorkspace;
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;

/// The workspaces of this server.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct WorkspaceList {
    pub(crate) workspaces: Vec<WorkspaceSummary>,
}

/// A workspace in a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct WorkspaceSummary {
    /// Its name in every address.
    #[schema(example = "demo")]
    pub(crate) name: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: OffsetDateTime,
}

/// A workspace.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct WorkspaceDocument {
    /// Its name in every address.
    #[schema(example = "demo")]
    pub(crate) name: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: OffsetDateTime,
    /// The bearer token that the workspace's own `int` interfaces take. It opens nothing else.
    pub(crate) access_token: String,
    /// Where the interfaces answer, for programs outside the sandbox.
    pub(crate) interfaces: InterfaceAddresses,
}

/// Where the interfaces of a workspace answer. NHS England's own paths go behind these.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct InterfaceAddresses {
    /// As the NHS's public sandbox does.
    #[schema(example = "http://127.0.0.1:8080/w/demo/nhs/sandbox")]
    pub(crate) sandbox: String,
    /// As the NHS's integration environment does.
    #[schema(example = "http://127.0.0.1:8080/w/demo/nhs/int")]
    pub(crate) int: String,
}

impl InterfaceAddresses {
    pub(super) fn of(app: &App, workspace: &Workspace) -> Self {
        let address =
            |profile: Profile| format!("{}/w/{}/nhs/{}", app.base_url(), workspace.name, profile.name());
        Self {
            sandbox: address(Profile::Sandbox),
            int: address(Profile::Int),
        }
    }
}

/// Lists the workspaces.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces",
    tag = "workspaces",
    responses((status = OK, description = "The workspaces, by name", body = WorkspaceList))
)]
pub(crate) async fn list_workspaces(State(app): State<Arc<App>>) -> Result<Json<WorkspaceList>, AppError> {
    let workspaces = app.workspaces.list().await?;
    let summary = |workspace: &Arc<Workspace>| WorkspaceSummary {
        name: workspace.name.to_string(),
        created_at: workspace.created_at,
    };
    Ok(Json(WorkspaceList {
        workspaces: workspaces.iter().map(summary).collect(),
    }))
}

/// Reads a workspace, with its access token and the addresses of its interfaces.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}",
    tag = "workspaces",
    params(("workspace" = String, Path, description = "Name of the workspace", example = "demo")),
    responses(
        (status = OK, description = "The workspace", body = WorkspaceDocument),
        (status = NOT_FOUND, description = "There is no such workspace", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_workspace(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Json<WorkspaceDocument> {
    Json(WorkspaceDocument {
        name: workspace.name.to_string(),
        created_at: workspace.created_at,
        access_token: workspace.access_token.to_string(),
        interfaces: InterfaceAddresses::of(&app, &workspace),
    })
}
