//! The public keys of an application: made here, or registered by whoever holds the private half.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApplicationDocument, BODY_BYTES, MadeKeysDocument};
use crate::api::described::ChangeRefused;
use crate::api::extract::{InApplication, json_body};
use crate::app::App;
use crate::error::{AppError, Unfit};

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

/// Makes a key pair for an application and registers its public half, beside those that are there.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/applications/{application}/keys",
    tag = "applications",
    params(InApplication),
    responses(
        (status = CREATED, description = "The key pair; the private key is shown this once", body = MadeKeysDocument),
        (status = UNPROCESSABLE_ENTITY, description = "The application has as many keys as it may", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InApplication
    )
)]
pub(crate) async fn make_keys(
    State(app): State<Arc<App>>,
    within: InApplication,
) -> Result<Response, AppError> {
    let (_, made) = app
        .nhs
        .applications()
        .make_keys(within.workspace.id, &within.api_key)
        .await?;
    Ok((StatusCode::CREATED, Json(MadeKeysDocument::from(made))).into_response())
}

/// Registers public keys of an application: a key set or a key in PEM beside those that are there, or an address in their
/// place.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/applications/{application}/keys",
    tag = "applications",
    params(InApplication),
    request_body(content = RegisterKeys, content_type = "application/json"),
    responses(
        (status = OK, description = "The application", body = ApplicationDocument),
        (status = UNPROCESSABLE_ENTITY, description = "The keys cannot be used", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InApplication
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
