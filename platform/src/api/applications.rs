//! The applications that may call the workspace's interfaces: listing, registering, reading and removing them.

mod document;
pub(crate) mod keys;
pub(crate) mod simulated_error;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{Request, StatusCode};
use mock_nhs_interfaces::auth::{Access, ApplicationsError, CallbackUrl, ClientType, NewApplication};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use document::{ApplicationDocument, MadeKeysDocument};

use super::described::ChangeRefused;
use super::extract::{InApplication, InWorkspace, json_body};
use crate::app::App;
use crate::error::AppError;

/// Longest body, in bytes: a key set of twenty keys, and its commas.
const BODY_BYTES: u64 = 128 * 1024;

/// The applications of a workspace, without their secrets.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ApplicationList {
    pub(crate) applications: Vec<ApplicationDocument>,
}

/// What an application is registered with.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RegisterApplication {
    /// What people call it.
    #[schema(example = "Ward board")]
    pub(crate) title: String,
    /// Which kinds of access it may ask for; all of them when the list is missing.
    pub(crate) access: Option<Vec<String>>,
    /// Where users can come back to after they logged in.
    pub(crate) callback_urls: Vec<String>,
    /// How it proves itself to the FHIR server; with its secret when nothing is said.
    pub(crate) client_type: Option<String>,
    /// Whether a key pair is made for it in the same step.
    pub(crate) make_keys: bool,
}

impl TryFrom<RegisterApplication> for NewApplication {
    type Error = ApplicationsError;

    fn try_from(asked: RegisterApplication) -> Result<Self, ApplicationsError> {
        let access = |name: &String| Access::from_name(name).ok_or(ApplicationsError::Access);
        Ok(Self {
            title: asked.title,
            access: match asked.access {
                None => Access::ALL.to_vec(),
                Some(names) => names.iter().map(access).collect::<Result<_, _>>()?,
            },
            callback_urls: asked
                .callback_urls
                .iter()
                .map(|url| CallbackUrl::new(url.trim()))
                .collect::<Result<_, _>>()?,
            client_type: match asked.client_type {
                None => ClientType::default(),
                Some(name) => ClientType::from_name(&name).ok_or(ApplicationsError::ClientType)?,
            },
        })
    }
}

/// Lists the applications of the workspace, without their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/applications",
    tag = "applications",
    params(InWorkspace),
    responses(
        (status = OK, description = "The applications, by title", body = ApplicationList),
        InWorkspace
    )
)]
pub(crate) async fn list_applications(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Result<Json<ApplicationList>, AppError> {
    let applications = app.nhs.applications().list(workspace.id).await?;
    Ok(Json(ApplicationList {
        applications: applications
            .into_iter()
            .map(ApplicationDocument::without_secret)
            .collect(),
    }))
}

/// Registers an application: it gets an API key and a secret, and a key pair if it wants one.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/applications",
    tag = "applications",
    params(InWorkspace),
    request_body(content = RegisterApplication, content_type = "application/json"),
    responses(
        (status = CREATED, description = "The application with its secret", body = ApplicationDocument),
        (status = CONFLICT, description = "The workspace has as many applications as it may", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The application cannot be registered like this", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InWorkspace
    )
)]
pub(crate) async fn register_application(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let sentence = "The body is a JSON object with title, and where wanted access, callback_urls, client_type and make_keys.";
    let asked: RegisterApplication = json_body(request, BODY_BYTES, sentence).await?;
    let with_keys = asked.make_keys;
    let new = NewApplication::try_from(asked)?;
    let document = if with_keys {
        let (application, made) = app.register_application_with_keys(&workspace, new).await?;
        ApplicationDocument {
            made: Some(made.into()),
            ..ApplicationDocument::whole(application)
        }
    } else {
        ApplicationDocument::whole(app.register_application(&workspace, new).await?)
    };
    Ok((StatusCode::CREATED, Json(document)).into_response())
}

/// Reads an application, with its secret.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/applications/{application}",
    tag = "applications",
    params(InApplication),
    responses(
        (status = OK, description = "The application", body = ApplicationDocument),
        InApplication
    )
)]
pub(crate) async fn read_application(
    State(app): State<Arc<App>>,
    within: InApplication,
) -> Result<Json<ApplicationDocument>, AppError> {
    let found = app
        .nhs
        .applications()
        .find(within.workspace.id, &within.api_key)
        .await?;
    let application = found.ok_or(ApplicationsError::Unknown)?;
    Ok(Json(ApplicationDocument::whole(application)))
}

/// Takes an application off the register. Tokens that it was given live on until they end.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/applications/{application}",
    tag = "applications",
    params(InApplication),
    responses(
        (status = NO_CONTENT, description = "It is gone"),
        ChangeRefused,
        InApplication
    )
)]
pub(crate) async fn remove_application(
    State(app): State<Arc<App>>,
    within: InApplication,
) -> Result<StatusCode, AppError> {
    let removed = app
        .nhs
        .applications()
        .remove(within.workspace.id, &within.api_key)
        .await?;
    if removed {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApplicationsError::Unknown.into())
    }
}
