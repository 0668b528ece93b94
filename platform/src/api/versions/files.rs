//! What a version was made of and what it became: its files, one by one, and its component.
//!
//! Everything leaves as a download that no browser opens: a stranger wrote it, and this is the platform's own origin.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use store::BlobId;
use utoipa::ToSchema;

use super::ComponentFile;
use crate::api::extract::{InVersion, path_value};
use crate::app::App;
use crate::deploy::unpack;
use crate::error::AppError;
use crate::model::{Entry, FilePath, Version};

/// The files of a version.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FileList {
    /// The files, by path; none for a component that was sent alone.
    pub(crate) files: Vec<FileDocument>,
}

/// A file of an app folder.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FileDocument {
    /// Its path in the app folder.
    #[schema(example = "app.js")]
    pub(crate) path: String,
    /// Its size, in bytes.
    pub(crate) size_bytes: u64,
}

/// Downloads the component of a version: what was deployed, or what was made from its script. It runs on any host of
/// `wasi:http`.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/component",
    tag = "apps",
    params(InVersion),
    responses(
        (status = OK, description = "The component, as a file", body = ComponentFile, content_type = "application/wasm"),
        InVersion
    )
)]
pub(crate) async fn download_component(
    State(app): State<Arc<App>>,
    InVersion {
        app: deployed,
        version,
        ..
    }: InVersion,
) -> Result<Response, AppError> {
    let bytes = blob(&app, &version.component).await?;
    let file_name = format!("{}-v{}.wasm", deployed.name, version.number);
    Ok(download(bytes, "application/wasm", &file_name))
}

/// Lists the files of a version as they were sent.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/files",
    tag = "apps",
    params(InVersion),
    responses(
        (status = OK, description = "The files", body = FileList),
        InVersion
    )
)]
pub(crate) async fn list_files(
    State(app): State<Arc<App>>,
    InVersion { version, .. }: InVersion,
) -> Result<Json<FileList>, AppError> {
    let mut files: Vec<FileDocument> = source(&app, &version)
        .await?
        .into_iter()
        .map(|(path, bytes)| FileDocument {
            path: path.to_string(),
            size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        })
        .collect();
    files.extend(version.public.iter().map(|(path, file)| FileDocument {
        path: format!("public/{path}"),
        size_bytes: file.size_bytes,
    }));
    if let Some(path) = component_path(&version) {
        files.push(FileDocument {
            path: path.to_string(),
            size_bytes: version.size_bytes,
        });
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(Json(FileList { files }))
}

/// Downloads one file of a version as it was sent.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/files/{path}",
    tag = "apps",
    params(
        InVersion,
        ("path" = String, Path, description = "Path in the app folder, with its slashes", example = "app.toml")
    ),
    responses(
        (status = OK, description = "The file", body = ComponentFile, content_type = "application/octet-stream"),
        (status = NOT_FOUND, description = "There is no such workspace, app, version or file", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn download_file(
    State(app): State<Arc<App>>,
    InVersion { version, .. }: InVersion,
    InFile(wanted): InFile,
) -> Result<Response, AppError> {
    let file_name = wanted.rsplit('/').next().unwrap_or_default();
    let public = wanted
        .strip_prefix("public/")
        .and_then(|path| version.public.get(path));
    let bytes = if let Some(file) = public {
        blob(&app, &file.blob).await?
    } else if component_path(&version).is_some_and(|path| path.as_str() == wanted) {
        blob(&app, &version.component).await?
    } else {
        let mut files = source(&app, &version).await?.into_iter();
        let found = files.find(|(path, _)| path.as_str() == wanted);
        found.ok_or_else(|| AppError::UnknownFile(wanted.clone()))?.1
    };
    Ok(download(bytes, "application/octet-stream", file_name))
}

/// The last part of the address: a path with slashes.
#[derive(Debug)]
pub(crate) struct InFile(String);

impl axum::extract::FromRequestParts<Arc<App>> for InFile {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, AppError> {
        Ok(Self(path_value(parts, "path").await?))
    }
}

/// Where the component lay in the folder; `None` when it was made here or came alone.
fn component_path(version: &Version) -> Option<&FilePath> {
    version.source?;
    match &version.manifest.entry {
        Some(Entry::Component(path)) => Some(path),
        Some(Entry::Main(_)) | None => None,
    }
}

async fn source(app: &App, version: &Version) -> Result<Vec<(FilePath, Bytes)>, AppError> {
    let Some(id) = version.source else {
        return Ok(Vec::new());
    };
    let packed = blob(app, &id).await?;
    unpack(&packed).ok_or_else(|| AppError::Internal(format!("the files {id} cannot be read")))
}

async fn blob(app: &App, id: &BlobId) -> Result<Bytes, AppError> {
    let bytes = app.storage.blobs.get(id).await?;
    bytes.ok_or_else(|| AppError::Internal(format!("the blob {id} is not there")))
}

/// Names of files hold nothing that needs quoting: see [`FilePath`].
pub(super) fn download(bytes: Bytes, media_type: &'static str, file_name: &str) -> Response {
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{file_name}\""));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(
        header::CONTENT_DISPOSITION,
        disposition.unwrap_or(HeaderValue::from_static("attachment")),
    );
    response
}
