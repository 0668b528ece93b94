//! Extractors whose rejections are our own problem documents.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use http::uri::Authority;
use http::{Request, header};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::{AppError, Unfit};
use crate::middleware::collect;
use crate::model::{DeployedApp, Version, Workspace};

/// The workspace of the address; 404 when there is none.
#[derive(Debug)]
pub(crate) struct InWorkspace(pub(crate) Arc<Workspace>);

/// Scheme, host and port by which the caller knows the server: addresses in answers begin with it.
#[derive(Debug)]
pub(crate) struct Origin(pub(crate) String);

/// The workspace and the app of the address; 404 when there is no such app.
#[derive(Debug)]
pub(crate) struct InApp {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) app: DeployedApp,
}

/// One named part of the address, as text.
pub(crate) async fn path_value(parts: &mut Parts, name: &str) -> Result<String, AppError> {
    let values = RawPathParams::from_request_parts(parts, &()).await;
    // Percent-encoded bytes that are no text cannot name anything that exists.
    let values = values.map_err(|_| AppError::UnknownAddress)?;
    let value = values
        .iter()
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned());
    value.ok_or_else(|| AppError::Internal(format!("the route has no part {name:?}")))
}

impl FromRequestParts<Arc<App>> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let authority = parts.uri.authority().map(Authority::as_str).or(host);
        Ok(Self(authority.map_or_else(
            || app.base_url(),
            |authority| app.url_at(authority),
        )))
    }
}

impl FromRequestParts<Arc<App>> for InWorkspace {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AppError> {
        let name = path_value(parts, "workspace").await?;
        Ok(Self(app.workspace(&name).await?))
    }
}

impl FromRequestParts<Arc<App>> for InApp {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<App>) -> Result<Self, AppError> {
        let InWorkspace(workspace) = InWorkspace::from_request_parts(parts, state).await?;
        let name = path_value(parts, "app").await?;
        let app = state.deployed_app(&workspace, &name).await?;
        Ok(Self { workspace, app })
    }
}

/// The workspace and the API key of the address; whether an application has it, the handler finds out.
#[derive(Debug)]
pub(crate) struct InApplication {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) api_key: String,
}

impl FromRequestParts<Arc<App>> for InApplication {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AppError> {
        let InWorkspace(workspace) = InWorkspace::from_request_parts(parts, app).await?;
        let api_key = path_value(parts, "application").await?;
        Ok(Self { workspace, api_key })
    }
}

/// The workspace, the app and the version of the address; 404 when there is no such version.
#[derive(Debug)]
pub(crate) struct InVersion {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) app: DeployedApp,
    pub(crate) version: Version,
}

impl FromRequestParts<Arc<App>> for InVersion {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<App>) -> Result<Self, AppError> {
        let InApp { workspace, app } = InApp::from_request_parts(parts, state).await?;
        let text = path_value(parts, "version").await?;
        let found = match text.parse::<u32>() {
            Ok(number) => state.versions.get(workspace.id, &app.name, number).await?,
            Err(_) => None,
        };
        let version = found.ok_or_else(|| AppError::UnknownVersion {
            app: app.name.to_string(),
            version: text,
        })?;
        Ok(Self {
            workspace,
            app,
            version,
        })
    }
}

/// The body of a small request as `B`, which denies unknown fields; `sentence` says what it must be.
pub(crate) async fn json_body<B: DeserializeOwned>(
    request: Request<Body>,
    limit_bytes: u64,
    sentence: &'static str,
) -> Result<B, AppError> {
    let (parts, body) = request.into_parts();
    let found = parts.headers.get(header::CONTENT_TYPE);
    let found = found.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if !found
        .as_deref()
        .is_some_and(|found| found.starts_with("application/json"))
    {
        return Err(AppError::MediaType {
            expected: "application/json",
            found,
        });
    }
    let body = collect(&parts.headers, body, limit_bytes).await?;
    serde_json::from_slice(&body).map_err(|_| Unfit::Body(sentence.to_owned()).into())
}

/// The query of the address as `Q`, which denies unknown fields.
#[derive(Debug)]
pub(crate) struct InQuery<Q>(pub(crate) Q);

impl<Q: DeserializeOwned, S: Sync> FromRequestParts<S> for InQuery<Q> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        let query = axum::extract::Query::<Q>::try_from_uri(&parts.uri);
        query
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|error| {
                let reason =
                    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                AppError::Query(format!("{reason}."))
            })
    }
}
