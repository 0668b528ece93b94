//! What an app keeps, for whoever builds it: to look at, to prepare, to clear away. The app itself goes through
//! [`crate::egress`].

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderValue, Request, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::described::ChangeRefused;
use super::extract::{InApp, InQuery};
use crate::app::App;
use crate::data::{
    DEFAULT_TYPE, MAX_APP_BYTES, MAX_APP_VALUES, MAX_PAGE, MAX_VALUE_BYTES, Only, Used, ValueHead, ValueKey,
    ValuePage,
};
use crate::error::AppError;
use crate::middleware::{collect, refuse_encoded};

/// Values in one page when nobody says.
const PAGE: usize = 100;
/// Media types that a browser shows as text and never as a page. All others leave as bytes: what an app keeps is its own,
/// and must not become a page of the platform.
const SHOWN_AS_IT_IS: [&str; 2] = ["application/json", "text/plain"];

/// One page of what an app keeps.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ValueList {
    /// In the order of the bytes of their keys.
    pub(crate) values: Vec<ValueDocument>,
    /// What to ask for with `after` when there are more.
    #[schema(example = "ward/7")]
    pub(crate) next: Option<String>,
    /// How much the app keeps altogether.
    pub(crate) used: UsedDocument,
}

/// A value without its bytes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ValueDocument {
    /// Its key: 1 to 256 bytes of UTF-8.
    #[schema(example = "ward/7")]
    pub(crate) key: String,
    /// Its size.
    #[schema(example = 17)]
    pub(crate) size_bytes: u32,
    /// Its media type, as the app said it.
    #[schema(example = "application/json")]
    pub(crate) content_type: String,
    /// The `etag` of this value as it is now.
    #[schema(example = "\"42\"")]
    pub(crate) etag: String,
}

/// How much an app keeps, and may keep.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct UsedDocument {
    /// Values.
    pub(crate) values: u32,
    /// Values at most.
    #[schema(example = 2000)]
    pub(crate) values_limit: u32,
    /// Keys and values together, in bytes.
    pub(crate) bytes: u64,
    /// Bytes at most.
    #[schema(example = 4_194_304)]
    pub(crate) bytes_limit: u64,
}

/// Which values to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueQuery {
    /// What their keys begin with.
    #[serde(default)]
    prefix: String,
    /// The key behind which to begin.
    after: Option<String>,
    /// How many at most: 1 to 1000, 100 when nothing is said.
    limit: Option<usize>,
}

/// The key at the end of the address, still percent-encoded there.
#[derive(Debug)]
pub(crate) struct InKey(ValueKey);

impl<S: Sync> FromRequestParts<S> for InKey {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        // Behind /api/v1/workspaces/{workspace}/apps/{app}/values/ everything is the key, slashes too.
        let encoded = parts.uri.path().splitn(9, '/').nth(8).unwrap_or_default();
        Ok(Self(ValueKey::from_path(encoded)?))
    }
}

fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// Lists what an app keeps.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/values",
    tag = "values",
    params(
        InApp,
        ("prefix" = Option<String>, Query, description = "What the keys begin with", example = "ward/"),
        ("after" = Option<String>, Query, description = "The key behind which to begin"),
        ("limit" = Option<usize>, Query, description = "How many at most: 1 to 1000, 100 when nothing is said")
    ),
    responses(
        (status = OK, description = "The values, by key", body = ValueList),
        (status = UNPROCESSABLE_ENTITY, description = "The query cannot be used", body = crate::error::Problem, content_type = "application/problem+json"),
        InApp
    )
)]
pub(crate) async fn list_values(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    InQuery(ValueQuery { prefix, after, limit }): InQuery<ValueQuery>,
) -> Result<Json<ValueList>, AppError> {
    let limit = limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(AppError::Query(format!("limit is from 1 to {MAX_PAGE}.")));
    }
    let (workspace, name) = (workspace.id, &deployed.name);
    let page = app
        .values
        .list(workspace, name, &prefix, after.as_deref(), limit)
        .await?;
    let ValuePage { values, next } = page;
    let Used { count, bytes } = app.values.used(workspace, name).await?;
    let values = values.into_iter().map(|head| {
        let ValueHead {
            key,
            content_type,
            size_bytes,
            revision,
        } = head;
        ValueDocument {
            key: key.to_string(),
            size_bytes,
            content_type,
            etag: etag(revision),
        }
    });
    Ok(Json(ValueList {
        values: values.collect(),
        next: next.map(|key| key.to_string()),
        used: UsedDocument {
            values: count,
            values_limit: MAX_APP_VALUES,
            bytes,
            bytes_limit: MAX_APP_BYTES,
        },
    }))
}

/// Reads a value.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
    tag = "values",
    params(
        InApp,
        ("key" = String, Path, description = "Key of the value, percent-encoded", example = "ward%2F7")
    ),
    responses(
        (status = OK, description = "The value's bytes, with their etag; types other than JSON and plain text come as plain bytes", content_type = "application/octet-stream"),
        (status = NOT_FOUND, description = "There is no such workspace, app or value", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The text cannot be a key", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_value(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    InKey(key): InKey,
) -> Result<Response, AppError> {
    let value = app.values.get(workspace.id, &deployed.name, &key).await?;
    let value = value.ok_or_else(|| AppError::UnknownValue(key.to_string()))?;
    let essence = value.content_type.split(';').next().unwrap_or_default().trim();
    let shown = SHOWN_AS_IT_IS
        .iter()
        .any(|shown| essence.eq_ignore_ascii_case(shown))
        .then(|| HeaderValue::try_from(&value.content_type).ok())
        .flatten();
    let content_type = shown.unwrap_or(HeaderValue::from_static(DEFAULT_TYPE));
    let mut response = Body::from(value.bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(etag) = HeaderValue::try_from(etag(value.revision)) {
        headers.insert(header::ETAG, etag);
    }
    Ok(response)
}

/// Puts a value.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
    tag = "values",
    params(
        InApp,
        ("key" = String, Path, description = "Key of the value, percent-encoded", example = "ward%2F7")
    ),
    request_body(content_type = "application/octet-stream", description = "The value's bytes, of any type, up to 64 KiB"),
    responses(
        (status = NO_CONTENT, description = "The app keeps the value"),
        (status = BAD_REQUEST, description = "The body broke off", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = REQUEST_TIMEOUT, description = "The body stopped coming", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "The value is too large", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The body is compressed", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The text cannot be a key, or the media type cannot be kept", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = INSUFFICIENT_STORAGE, description = "The app keeps as much as it may", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InApp
    )
)]
pub(crate) async fn put_value(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    InKey(key): InKey,
    request: Request<Body>,
) -> Result<StatusCode, AppError> {
    let (parts, body) = request.into_parts();
    refuse_encoded(&parts.headers)?;
    let limit_bytes = u64::try_from(MAX_VALUE_BYTES).unwrap_or(u64::MAX);
    let bytes = collect(&parts.headers, body, limit_bytes).await?;
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    // What is no ASCII is refused with the other types that cannot be kept.
    let content_type = content_type.map_or(DEFAULT_TYPE, |value| value.to_str().unwrap_or("\u{fffd}"));
    let value = (content_type, &bytes);
    app.values
        .put(workspace.id, &deployed.name, &key, value, Only::Always)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a value.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
    tag = "values",
    params(
        InApp,
        ("key" = String, Path, description = "Key of the value, percent-encoded", example = "ward%2F7")
    ),
    responses(
        (status = NO_CONTENT, description = "The value is gone"),
        (status = NOT_FOUND, description = "There is no such workspace, app or value", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The text cannot be a key", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn delete_value(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    InKey(key): InKey,
) -> Result<StatusCode, AppError> {
    let deleted = app
        .values
        .delete(workspace.id, &deployed.name, &key, Only::Always);
    if deleted.await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(AppError::UnknownValue(key.to_string()))
    }
}

/// Deletes everything an app keeps.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/values",
    tag = "values",
    params(InApp),
    responses(
        (status = NO_CONTENT, description = "The app keeps nothing"),
        ChangeRefused,
        InApp
    )
)]
pub(crate) async fn clear_values(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
) -> Result<StatusCode, AppError> {
    app.values.clear(workspace.id, &deployed.name).await?;
    Ok(StatusCode::NO_CONTENT)
}
