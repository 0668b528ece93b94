//! The faults of a workspace: which there are, adding one and taking them away.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{Request, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::described::{BodyRefused, ChangeRefused};
use crate::api::extract::{InWorkspace, json_body, path_value};
use crate::app::App;
use crate::error::AppError;
use crate::model::{KeptFault, Workspace, WrittenFault};

/// Far more than a fault takes.
const BODY_BYTES: u64 = 4 * 1024;

/// The faults of a workspace.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FaultList {
    /// In the order in which they are looked at: of several that a request meets, delays add up and the first of the others
    /// happens.
    pub(crate) faults: Vec<FaultDocument>,
}

/// A fault of a workspace.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FaultDocument {
    /// Its number in the workspace.
    pub(crate) id: u32,
    /// What happens, and to which requests.
    pub(crate) rule: WrittenFault,
    /// The requests that it is about, in plain words.
    pub(crate) when: String,
    /// How many such requests there have been since it was added, or since the server was started.
    pub(crate) requests: u32,
    /// Whether the scenario brought it, and takes it away again.
    pub(crate) from_scenario: bool,
}

impl FaultDocument {
    fn of(workspace: &Workspace, fault: &KeptFault) -> Self {
        Self {
            id: fault.id,
            rule: fault.written.clone(),
            when: fault.written.when(),
            requests: workspace.conditions.faults.count(fault.id),
            from_scenario: fault.is_of_scenario,
        }
    }

    /// All of a workspace.
    pub(crate) async fn all(workspace: &Workspace) -> Vec<Self> {
        let state = workspace.conditions.lock().await;
        state
            .faults
            .iter()
            .map(|fault| Self::of(workspace, fault))
            .collect()
    }
}

/// The number at the end of the address, as text: what is no number names no fault.
#[derive(Debug)]
pub(crate) struct InFault(String);

impl FromRequestParts<Arc<App>> for InFault {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, AppError> {
        path_value(parts, "fault").await.map(Self)
    }
}

/// Lists the faults of a workspace.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/faults",
    tag = "conditions",
    params(InWorkspace),
    responses(
        (status = OK, description = "The faults", body = FaultList),
        InWorkspace
    )
)]
pub(crate) async fn list_faults(InWorkspace(workspace): InWorkspace) -> Json<FaultList> {
    let faults = FaultDocument::all(&workspace).await;
    Json(FaultList { faults })
}

/// Adds a fault: from now on the interfaces of the workspace answer the requests that it is about as it says.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/faults",
    tag = "conditions",
    params(InWorkspace),
    request_body = WrittenFault,
    responses(
        (status = CREATED, description = "The fault; its address is in the header Location", body = FaultDocument),
        (status = CONFLICT, description = "The workspace has as many faults as it may", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The body is no fault", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        BodyRefused,
        InWorkspace
    )
)]
pub(crate) async fn add_fault(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let written: WrittenFault = json_body(
        request,
        BODY_BYTES,
        "The body must be a fault, such as {\"fault\": \"status-503\", \"interface\": \"pds\", \"nth\": 2}; its members are fault, interface, operation, patient, nth, times, probability and seed.",
    )
    .await?;
    let id = app.add_fault(&workspace, written.clone()).await?;
    let location = format!("/api/v1/workspaces/{}/faults/{id}", workspace.name);
    let kept = KeptFault {
        id,
        is_of_scenario: false,
        written,
    };
    let document = Json(FaultDocument::of(&workspace, &kept));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], document).into_response())
}

/// Takes a fault away.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/faults/{fault}",
    tag = "conditions",
    params(
        InWorkspace,
        ("fault" = String, Path, description = "Number of the fault", example = "1")
    ),
    responses(
        (status = NO_CONTENT, description = "The fault is gone"),
        (status = NOT_FOUND, description = "There is no such workspace or fault", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn delete_fault(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    InFault(fault): InFault,
) -> Result<StatusCode, AppError> {
    app.remove_fault(&workspace, &fault).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes all faults away, also those of a scenario.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/faults",
    tag = "conditions",
    params(InWorkspace),
    responses(
        (status = NO_CONTENT, description = "The faults are gone"),
        ChangeRefused,
        InWorkspace
    )
)]
pub(crate) async fn clear_faults(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Result<StatusCode, AppError> {
    app.clear_faults(&workspace).await?;
    Ok(StatusCode::NO_CONTENT)
}
