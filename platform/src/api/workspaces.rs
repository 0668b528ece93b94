//! Workspaces: what a program needs to know to use one, making and forking them, and setting their records back.

pub(crate) mod changes;
pub(crate) mod checkpoints;
pub(crate) mod clock;
pub(crate) mod faults;
pub(crate) mod fork;
pub(crate) mod reset;
pub(crate) mod scenario;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{Request, StatusCode, header};
use mock_nhs_interfaces::Profile;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::described::{BodyRefused, ChangeRefused};
use super::extract::{InWorkspace, Origin, json_body};
use crate::app::App;
use crate::error::AppError;
use crate::model::{Workspace, WorkspaceName};

/// Far more than a name takes.
const BODY_BYTES: u64 = 1024;

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
    /// What opens the workspace in a browser, where the server asks who callers are. The last part is the key that programs send as
    /// a bearer token. A secret of the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "http://192.168.1.4:8080/enter/demo/0f1e2d3c4b5a69788796a5b4c3d2e1")]
    pub(crate) link: Option<String>,
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
    /// What opens the workspace in a browser, where the server asks who callers are. The last part is the key that programs send as
    /// a bearer token. A secret of the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "http://192.168.1.4:8080/enter/demo/0f1e2d3c4b5a69788796a5b4c3d2e1")]
    pub(crate) link: Option<String>,
}

impl WorkspaceDocument {
    fn of(app: &App, workspace: &Workspace, origin: &str) -> Self {
        Self {
            name: workspace.name.to_string(),
            created_at: workspace.created_at,
            access_token: workspace.access_token.to_string(),
            interfaces: InterfaceAddresses::of(workspace, origin),
            link: link(app, workspace, origin),
        }
    }
}

/// A workspace to be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWorkspace {
    /// Its name in every address: 2 to 39 small letters, digits and single hyphens.
    #[schema(example = "ward-7")]
    pub(crate) name: String,
}

impl NewWorkspace {
    /// The name in a request's body.
    async fn read(request: Request<Body>) -> Result<WorkspaceName, AppError> {
        let wanted: Self = json_body(
            request,
            BODY_BYTES,
            "The body must have the name of the new workspace, and nothing else: {\"name\": \"ward-7\"}.",
        )
        .await?;
        Ok(WorkspaceName::new(&wanted.name)?)
    }
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
    /// The workspace's own FHIR R4 server.
    #[schema(example = "http://127.0.0.1:8080/w/demo/fhir")]
    pub(crate) fhir: String,
}

impl InterfaceAddresses {
    pub(super) fn of(workspace: &Workspace, origin: &str) -> Self {
        let address = |profile: Profile| format!("{origin}/w/{}/nhs/{}", workspace.name, profile.name());
        Self {
            sandbox: address(Profile::Sandbox),
            int: address(Profile::Int),
            fhir: format!("{origin}/w/{}/fhir", workspace.name),
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
pub(crate) async fn list_workspaces(
    State(app): State<Arc<App>>,
    Origin(origin): Origin,
) -> Result<Json<WorkspaceList>, AppError> {
    let workspaces = app.workspaces.list().await?;
    let summary = |workspace: &Arc<Workspace>| WorkspaceSummary {
        name: workspace.name.to_string(),
        created_at: workspace.created_at,
        link: link(&app, workspace, &origin),
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
    params(InWorkspace),
    responses(
        (status = OK, description = "The workspace", body = WorkspaceDocument),
        InWorkspace
    )
)]
pub(crate) async fn read_workspace(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    Origin(origin): Origin,
) -> Json<WorkspaceDocument> {
    Json(WorkspaceDocument::of(&app, &workspace, &origin))
}

/// Makes a workspace: the seed's people, and no apps.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces",
    tag = "workspaces",
    request_body = NewWorkspace,
    responses(
        (status = CREATED, description = "The workspace; its address is in the header Location", body = WorkspaceDocument),
        (status = CONFLICT, description = "The name is taken", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The body has no usable name", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = INSUFFICIENT_STORAGE, description = "There are as many workspaces as may be", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        BodyRefused
    )
)]
pub(crate) async fn create_workspace(
    State(app): State<Arc<App>>,
    Origin(origin): Origin,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let name = NewWorkspace::read(request).await?;
    let made = app.create_workspace(&name).await?;
    Ok(created(&app, &made, &origin))
}

/// What opens the workspace, where the server asks. Only for callers whose workspace it is.
fn link(app: &App, workspace: &Workspace, origin: &str) -> Option<String> {
    let access = app.access.as_ref()?;
    Some(format!("{origin}{}", access.link(workspace.name.as_str())))
}

/// 201 with the new workspace and where it is.
fn created(app: &App, workspace: &Workspace, origin: &str) -> Response {
    let location = format!("/api/v1/workspaces/{}", workspace.name);
    let document = Json(WorkspaceDocument::of(app, workspace, origin));
    (StatusCode::CREATED, [(header::LOCATION, location)], document).into_response()
}
