//! The secrets of an app: which have a value, setting and deleting one. No answer ever holds a value.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::request::Parts;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::described::ChangeRefused;
use super::extract::{InApp, path_value};
use crate::app::App;
use crate::data::MAX_SECRET_BYTES;
use crate::error::{AppError, Unfit};
use crate::middleware::{collect, refuse_encoded};
use crate::model::{SecretName, Version};

/// Shortest value, in bytes: what is shorter cannot be told from ordinary text, so it could not be kept out of traces.
const LEAST_BYTES: usize = 8;

/// The secrets of an app, without their values.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SecretList {
    pub(crate) secrets: Vec<SecretDocument>,
}

/// A secret, without its value.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SecretDocument {
    /// Its name, which is that of the environment variable.
    #[schema(example = "NOTIFY_KEY")]
    pub(crate) name: String,
    /// Whether the current version declares it, and so gets it.
    pub(crate) declared: bool,
    /// Whether it has a value.
    pub(crate) set: bool,
}

/// The value of a secret: the body is the value.
#[derive(Debug, ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "only describes a body, which is read as text")]
pub(crate) struct SecretValue(String);

/// The name at the end of the address.
#[derive(Debug)]
pub(crate) struct InSecret(SecretName);

impl axum::extract::FromRequestParts<Arc<App>> for InSecret {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, AppError> {
        let name = path_value(parts, "secret").await?;
        Ok(Self(SecretName::new(&name).map_err(Unfit::from)?))
    }
}

/// Lists the secrets of an app: those that its current version declares, and those that have a value.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/secrets",
    tag = "apps",
    params(InApp),
    responses(
        (status = OK, description = "The secrets, by name, without their values", body = SecretList),
        InApp
    )
)]
pub(crate) async fn list_secrets(
    State(app): State<Arc<App>>,
    in_app: InApp,
) -> Result<Json<SecretList>, AppError> {
    let names = app.secrets.names(in_app.workspace.id, &in_app.app.name).await?;
    let declared = current(&app, &in_app).await?;
    let declared = declared
        .map(|version| version.manifest.secrets.clone())
        .unwrap_or_default();
    let mut all: Vec<&SecretName> = names.iter().chain(&declared).collect();
    all.sort();
    all.dedup();
    let secrets = all.into_iter().map(|name| SecretDocument {
        name: name.to_string(),
        declared: declared.contains(name),
        set: names.contains(name),
    });
    Ok(Json(SecretList {
        secrets: secrets.collect(),
    }))
}

/// Gives a secret its value, which the next run gets as an environment variable. It is never shown again.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
    tag = "apps",
    params(
        InApp,
        ("secret" = String, Path, description = "Name of the secret, declared in app.toml", example = "NOTIFY_KEY")
    ),
    request_body(content = SecretValue, content_type = "text/plain", description = "The value: 8 bytes to 16 KiB of text"),
    responses(
        (status = NO_CONTENT, description = "The secret has its value"),
        (status = PAYLOAD_TOO_LARGE, description = "The value is too long", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The value is compressed", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The name or the value cannot be used, or app.toml does not declare the secret", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InApp
    )
)]
pub(crate) async fn put_secret(
    State(app): State<Arc<App>>,
    in_app: InApp,
    InSecret(name): InSecret,
    request: Request<Body>,
) -> Result<StatusCode, AppError> {
    let (parts, body) = request.into_parts();
    refuse_encoded(&parts.headers)?;
    let limit_bytes = u64::try_from(MAX_SECRET_BYTES).unwrap_or(u64::MAX);
    let body = collect(&parts.headers, body, limit_bytes).await?;
    let value = std::str::from_utf8(&body)
        .ok()
        .filter(|value| !value.contains('\0'));
    let value = value.ok_or_else(|| {
        let sentence =
            "The value of a secret is text in UTF-8 without zero characters; write binary keys in base64.";
        Unfit::SecretValue(sentence.to_owned())
    })?;
    set(&app, &in_app, &name, value).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a secret its value, whoever asks.
///
/// # Errors
/// [`AppError::Unfit`] when the value cannot be one, or the app does not declare the secret.
pub(crate) async fn set(app: &App, in_app: &InApp, name: &SecretName, value: &str) -> Result<(), AppError> {
    if value.trim().len() < LEAST_BYTES {
        return Err(Unfit::SecretValue(format!(
            "The value of a secret has at least {LEAST_BYTES} characters: a shorter one cannot be kept out of traces without hiding other text."
        ))
        .into());
    }
    if let Some(version) = current(app, in_app).await?
        && !version.manifest.secrets.contains(name)
    {
        let declared = version.manifest.secrets.iter().chain([name]);
        let list: Vec<String> = declared.map(|name| format!("\"{name}\"")).collect();
        return Err(Unfit::UndeclaredSecret {
            name: name.to_string(),
            line: format!("secrets = [{}].", list.join(", ")),
        }
        .into());
    }
    let there = app
        .secrets
        .set(in_app.workspace.id, &in_app.app.name, name, value)
        .await?;
    if !there {
        return Err(AppError::UnknownApp {
            workspace: in_app.workspace.name.to_string(),
            app: in_app.app.name.to_string(),
        });
    }
    Ok(())
}

/// Says whether a secret has a value.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
    tag = "apps",
    params(
        InApp,
        ("secret" = String, Path, description = "Name of the secret", example = "NOTIFY_KEY")
    ),
    responses(
        (status = OK, description = "It has a value, which is not shown", body = SecretDocument),
        (status = NOT_FOUND, description = "There is no such workspace or app, or the secret has no value", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "That is not the name of a secret", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_secret(
    State(app): State<Arc<App>>,
    in_app: InApp,
    InSecret(name): InSecret,
) -> Result<Json<SecretDocument>, AppError> {
    let names = app.secrets.names(in_app.workspace.id, &in_app.app.name).await?;
    if !names.contains(&name) {
        return Err(AppError::UnknownSecret(name.to_string()));
    }
    let version = current(&app, &in_app).await?;
    Ok(Json(SecretDocument {
        declared: version.is_some_and(|version| version.manifest.secrets.contains(&name)),
        name: name.to_string(),
        set: true,
    }))
}

/// Takes a secret's value away.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
    tag = "apps",
    params(
        InApp,
        ("secret" = String, Path, description = "Name of the secret", example = "NOTIFY_KEY")
    ),
    responses(
        (status = NO_CONTENT, description = "The secret has no value any more"),
        (status = NOT_FOUND, description = "There is no such workspace or app, or the secret has no value", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "That is not the name of a secret", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn delete_secret(
    State(app): State<Arc<App>>,
    in_app: InApp,
    InSecret(name): InSecret,
) -> Result<StatusCode, AppError> {
    let existed = app
        .secrets
        .delete(in_app.workspace.id, &in_app.app.name, &name)
        .await?;
    if existed {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(AppError::UnknownSecret(name.to_string()))
    }
}

async fn current(app: &App, in_app: &InApp) -> Result<Option<Version>, AppError> {
    let InApp {
        workspace,
        app: deployed,
    } = in_app;
    Ok(app
        .versions
        .get(workspace.id, &deployed.name, deployed.current)
        .await?)
}
