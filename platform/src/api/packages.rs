//! FHIR packages: profiles and codes that are installed for all workspaces.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::described::ChangeRefused;
use super::extract::path_value;
use crate::app::App;
use crate::data::InstalledPackage;
use crate::error::AppError;
use crate::middleware::{collect, refuse_encoded};

/// Longest file of a package, in bytes: forty times that of UK Core.
const FILE_BYTES: u64 = 24 << 20;

/// The installed packages.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PackageList {
    pub(crate) packages: Vec<PackageDocument>,
}

/// An installed package.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PackageDocument {
    /// Its name.
    #[schema(example = "fhir.r4.ukcore.stu2")]
    pub(crate) name: String,
    /// Its version.
    #[schema(example = "2.0.2")]
    pub(crate) version: String,
    /// The SHA-256 of its file, in hexadecimal digits.
    pub(crate) sha256: String,
}

impl From<InstalledPackage> for PackageDocument {
    fn from(package: InstalledPackage) -> Self {
        Self {
            name: package.name,
            version: package.version,
            sha256: package.file.to_string(),
        }
    }
}

/// A package's file: the body is a gzipped tar.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only describes a body, which is read as bytes")]
pub(crate) struct PackageFile(Vec<u8>);

/// Name and version at the end of the address: `fhir.r4.ukcore.stu2@2.0.2`.
#[derive(Debug)]
pub(crate) struct InPackage {
    name: String,
    version: String,
}

impl axum::extract::FromRequestParts<Arc<App>> for InPackage {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, AppError> {
        let text = path_value(parts, "package").await?;
        let (name, version) = text
            .split_once('@')
            .ok_or_else(|| AppError::UnknownPackage(text.clone()))?;
        Ok(Self {
            name: name.to_owned(),
            version: version.to_owned(),
        })
    }
}

/// Lists the installed packages.
#[utoipa::path(
    get,
    path = "/api/v1/packages",
    tag = "packages",
    responses((status = OK, description = "The packages, by name and version", body = PackageList))
)]
pub(crate) async fn list_packages(State(app): State<Arc<App>>) -> Result<Json<PackageList>, AppError> {
    let packages = app.packages.list().await?;
    Ok(Json(PackageList {
        packages: packages.into_iter().map(PackageDocument::from).collect(),
    }))
}

/// Installs a package of profiles and codes for all workspaces; one of the same name and version is replaced.
#[utoipa::path(
    post,
    path = "/api/v1/packages",
    tag = "packages",
    request_body(content = PackageFile, content_type = "application/gzip", description = "The package's .tgz file, 24 MiB at most"),
    responses(
        (status = CREATED, description = "The package", body = PackageDocument),
        (status = CONFLICT, description = "As many packages are installed as may be", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "The file is too large", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The file is sent with a content encoding", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The file is no FHIR package", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn install_package(
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let (parts, body) = request.into_parts();
    refuse_encoded(&parts.headers)?;
    let file = collect(&parts.headers, body, FILE_BYTES).await?;
    let installed = app.install_package(file).await?;
    Ok((StatusCode::CREATED, Json(PackageDocument::from(installed))).into_response())
}

/// Removes a package.
#[utoipa::path(
    delete,
    path = "/api/v1/packages/{package}",
    tag = "packages",
    params(("package" = String, Path, description = "Name and version of the package", example = "fhir.r4.ukcore.stu2@2.0.2")),
    responses(
        (status = NO_CONTENT, description = "The package is gone"),
        (status = NOT_FOUND, description = "There is no such package", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn remove_package(
    State(app): State<Arc<App>>,
    InPackage { name, version }: InPackage,
) -> Result<StatusCode, AppError> {
    app.remove_package(&name, &version).await?;
    Ok(StatusCode::NO_CONTENT)
}
