//! The applications that may call the workspace's interfaces: API keys, secrets, public keys, callback addresses.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{Request, StatusCode};
use mock_nhs_interfaces::SimulatedError;
use mock_nhs_interfaces::auth::{
    Access, Application, ApplicationsError, CallbackUrl, ClientType, MadeKeys, NewApplication, PublicKeys,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::extract::{InWorkspace, json_body, path_value};
use crate::app::App;
use crate::error::{AppError, Unfit};
use crate::model::Workspace;

/// Longest body, in bytes: a key set of twenty keys, and its commas.
const BODY_BYTES: u64 = 128 * 1024;

/// The applications of a workspace, without their secrets.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ApplicationList {
    pub(crate) applications: Vec<ApplicationDocument>,
}

/// A registered application.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ApplicationDocument {
    /// Its API key, which is also its `client_id` and the `iss` of what it signs.
    pub(crate) api_key: String,
    /// What people call it.
    #[schema(example = "Ward board")]
    pub(crate) title: String,
    /// Which kinds of access it may ask for: `application`, `healthcare-worker`, `patient`.
    pub(crate) access: Vec<String>,
    /// Where users can come back to after they logged in.
    pub(crate) callback_urls: Vec<String>,
    /// How it proves itself to the FHIR server: `public`, `confidential-symmetric`, `confidential-asymmetric`.
    pub(crate) client_type: String,
    /// The public keys that were registered, as a JSON Web Key Set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jwks: Option<String>,
    /// The address inside the sandbox that its public keys are fetched from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jwks_url: Option<String>,
    /// What goes wrong on purpose when it launches with SMART.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) simulated_error: Option<String>,
    /// When it was registered, by the workspace's clock.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) registered_at: OffsetDateTime,
    /// Its secret. In the list of applications it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
    /// The key pair that was just made. The private key is shown this once and kept by nobody here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) made: Option<MadeKeysDocument>,
}

/// A key pair that was just made.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct MadeKeysDocument {
    /// The name of the key, for the header `kid` of what is signed with it.
    pub(crate) kid: String,
    /// The private key in PEM (PKCS #8).
    pub(crate) private_key: String,
}

impl std::fmt::Debug for MadeKeysDocument {
    // The private key stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeKeysDocument")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl From<MadeKeys> for MadeKeysDocument {
    fn from(made: MadeKeys) -> Self {
        Self {
            kid: made.kid,
            private_key: made.private_key,
        }
    }
}

impl ApplicationDocument {
    /// The application with its secret.
    pub(crate) fn whole(application: Application) -> Self {
        let secret = Some(application.secret.clone());
        Self {
            secret,
            ..Self::without_secret(application)
        }
    }

    fn without_secret(application: Application) -> Self {
        let (jwks, jwks_url) = match application.keys {
            PublicKeys::Nowhere => (None, None),
            PublicKeys::Set { jwks } => (Some(jwks), None),
            PublicKeys::Url { url } => (None, Some(url)),
        };
        Self {
            api_key: application.api_key,
            title: application.title,
            access: application
                .access
                .into_iter()
                .map(|access| access.name().to_owned())
                .collect(),
            callback_urls: application.callback_urls.into_iter().map(String::from).collect(),
            client_type: application.client_type.name().to_owned(),
            jwks,
            jwks_url,
            simulated_error: application.simulated_error,
            registered_at: application.registered_at,
            secret: None,
            made: None,
        }
    }
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

/// Public keys to register; exactly one of the first three.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RegisterKeys {
    /// A JSON Web Key Set, as text.
    pub(crate) jwks: Option<String>,
    /// A public key in PEM.
    pub(crate) pem: Option<String>,
    /// An address inside the sandbox that a key set is served from.
    pub(crate) jwks_url: Option<String>,
    /// The name of the key in PEM.
    pub(crate) kid: Option<String>,
}

/// What goes wrong on purpose.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SimulateError {
    /// The name of the error; none ends it.
    #[schema(example = "auth_invalid_scope")]
    pub(crate) error: Option<String>,
}

/// The API key at the end of the address.
#[derive(Debug)]
pub(crate) struct InApplication {
    workspace: Arc<Workspace>,
    api_key: String,
}

impl FromRequestParts<Arc<App>> for InApplication {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AppError> {
        let InWorkspace(workspace) = InWorkspace::from_request_parts(parts, app).await?;
        let api_key = path_value(parts, "application").await?;
        Ok(Self { workspace, api_key })
    }
}

/// Lists the applications of the workspace, without their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/applications",
    tag = "applications",
    params(("workspace" = String, Path, description = "Name of the workspace", example = "demo")),
    responses(
        (status = OK, description = "The applications, by title", body = ApplicationList),
        (status = NOT_FOUND, description = "There is no such workspace", body = crate::error::Problem, content_type = "application/problem+json")
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
    params(("workspace" = String, Path, description = "Name of the workspace", example = "demo")),
    request_body(content = RegisterApplication, content_type = "application/json"),
    responses(
        (status = CREATED, description = "The application with its secret", body = ApplicationDocument),
        (status = FORBIDDEN, description = "The request came from a page of another site", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "There is no such workspace", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = CONFLICT, description = "The workspace has as many applications as it may", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The application cannot be registered like this", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The storage takes no changes", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn register_application(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let sentence = "The body is a JSON object with title, and where wanted access, callback_urls, client_type and make_keys.";
    let asked: RegisterApplication = json_body(request, BODY_BYTES, sentence).await?;
    let document = register(&app, &workspace, asked).await?;
    Ok((StatusCode::CREATED, Json(document)).into_response())
}

/// Registers an application, whoever asks.
///
/// # Errors
/// What is wrong with it, or that the store cannot answer.
pub(crate) async fn register(
    app: &App,
    workspace: &Workspace,
    asked: RegisterApplication,
) -> Result<ApplicationDocument, AppError> {
    let access = match asked.access {
        None => Access::ALL.to_vec(),
        Some(names) => names.iter().map(|name| access(name)).collect::<Result<_, _>>()?,
    };
    let callback_urls = asked
        .callback_urls
        .iter()
        .map(|url| CallbackUrl::new(url.trim()))
        .collect::<Result<_, _>>()
        .map_err(ApplicationsError::from)?;
    let client_type = match &asked.client_type {
        None => ClientType::default(),
        Some(name) => ClientType::from_name(name).ok_or(ApplicationsError::ClientType)?,
    };
    let new = NewApplication {
        title: asked.title,
        access,
        callback_urls,
        client_type,
    };
    let register = app.nhs.applications();
    let application = register
        .register(workspace.id, new, app.clock_of(workspace).now())
        .await?;
    tracing::info!(
        workspace.name = workspace.name.as_str(),
        application.title = application.title,
        "registered an application"
    );
    if !asked.make_keys {
        return Ok(ApplicationDocument::whole(application));
    }
    let made = register.make_keys(workspace.id, &application.api_key).await?;
    let application = found(app, workspace, &application.api_key).await?;
    Ok(ApplicationDocument {
        made: Some(made.into()),
        ..ApplicationDocument::whole(application)
    })
}

fn access(name: &str) -> Result<Access, ApplicationsError> {
    Access::from_name(name).ok_or(ApplicationsError::Access)
}

async fn found(app: &App, workspace: &Workspace, api_key: &str) -> Result<Application, AppError> {
    let found = app.nhs.applications().find(workspace.id, api_key).await?;
    Ok(found.ok_or(ApplicationsError::Unknown)?)
}

/// Reads an application, with its secret.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/applications/{application}",
    tag = "applications",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("application" = String, Path, description = "The application's API key")
    ),
    responses(
        (status = OK, description = "The application", body = ApplicationDocument),
        (status = NOT_FOUND, description = "There is no such workspace or application", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_application(
    State(app): State<Arc<App>>,
    within: InApplication,
) -> Result<Json<ApplicationDocument>, AppError> {
    let application = found(&app, &within.workspace, &within.api_key).await?;
    Ok(Json(ApplicationDocument::whole(application)))
}

/// Takes an application off the register. Tokens that it was given live on until they end.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/applications/{application}",
    tag = "applications",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("application" = String, Path, description = "The application's API key")
    ),
    responses(
        (status = NO_CONTENT, description = "It is gone"),
        (status = FORBIDDEN, description = "The request came from a page of another site", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "There is no such workspace or application", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The storage takes no changes", body = crate::error::Problem, content_type = "application/problem+json")
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

/// Makes a key pair for an application and registers its public half, beside those that are there.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/applications/{application}/keys",
    tag = "applications",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("application" = String, Path, description = "The application's API key")
    ),
    responses(
        (status = CREATED, description = "The key pair; the private key is shown this once", body = MadeKeysDocument),
        (status = FORBIDDEN, description = "The request came from a page of another site", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "There is no such workspace or application", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The application has as many keys as it may", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The storage takes no changes", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make_keys(
    State(app): State<Arc<App>>,
    within: InApplication,
) -> Result<Response, AppError> {
    let made = app
        .nhs
        .applications()
        .make_keys(within.workspace.id, &within.api_key)
        .await?;
    Ok((StatusCode::CREATED, Json(MadeKeysDocument::from(made))).into_response())
}

/// Makes something go wrong on purpose when the application launches with SMART, until it is ended.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/applications/{application}/simulated-error",
    tag = "applications",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("application" = String, Path, description = "The application's API key")
    ),
    request_body(content = SimulateError, content_type = "application/json"),
    responses(
        (status = OK, description = "The application", body = ApplicationDocument),
        (status = FORBIDDEN, description = "The request came from a page of another site", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "There is no such workspace or application", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "There is no such error", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The storage takes no changes", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn simulate_error(
    State(app): State<Arc<App>>,
    within: InApplication,
    request: Request<Body>,
) -> Result<Json<ApplicationDocument>, AppError> {
    let sentence = "The body is a JSON object with error, the name of an error or null.";
    let asked: SimulateError = json_body(request, BODY_BYTES, sentence).await?;
    if let Some(name) = &asked.error
        && SimulatedError::from_name(name).is_none()
    {
        let names = SimulatedError::ALL.map(SimulatedError::name).join(", ");
        return Err(Unfit::Body(format!("The errors that can be simulated are {names}.")).into());
    }
    let change = |application: &mut Application| {
        application.simulated_error.clone_from(&asked.error);
        Ok(())
    };
    let register = app.nhs.applications();
    let application = register
        .change(within.workspace.id, &within.api_key, change)
        .await?;
    Ok(Json(ApplicationDocument::whole(application)))
}

/// Registers public keys of an application: a key set or a key in PEM beside those that are there, or an address in their
/// place.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/applications/{application}/keys",
    tag = "applications",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("application" = String, Path, description = "The application's API key")
    ),
    request_body(content = RegisterKeys, content_type = "application/json"),
    responses(
        (status = OK, description = "The application", body = ApplicationDocument),
        (status = FORBIDDEN, description = "The request came from a page of another site", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "There is no such workspace or application", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The keys cannot be used", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The storage takes no changes", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn register_keys(
    State(app): State<Arc<App>>,
    within: InApplication,
    request: Request<Body>,
) -> Result<Json<ApplicationDocument>, AppError> {
    const SENTENCE: &str =
        "The body is a JSON object with one of jwks, pem and jwks_url, and with pem a kid.";
    let asked: RegisterKeys = json_body(request, BODY_BYTES, SENTENCE).await?;
    let register = app.nhs.applications();
    let (workspace, api_key) = (within.workspace.id, &within.api_key);
    let application = match (asked.jwks.or(asked.pem), asked.jwks_url) {
        (Some(text), None) => {
            register
                .add_keys(workspace, api_key, &text, asked.kid.as_deref())
                .await?
        }
        (None, Some(url)) => register.set_keys_url(workspace, api_key, &url).await?,
        (Some(_), Some(_)) | (None, None) => {
            return Err(Unfit::Body(SENTENCE.to_owned()).into());
        }
    };
    Ok(Json(ApplicationDocument::whole(application)))
}
