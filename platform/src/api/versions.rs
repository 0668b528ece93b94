//! The versions of an app: deploying one, listing them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Request, StatusCode, header};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::apps::AppAddresses;
use super::extract::{InApp, InWorkspace, path_value};
use crate::app::App;
use crate::deploy::deploy;
use crate::error::AppError;
use crate::middleware::{collect, refuse_encoded};
use crate::model::{AppName, Origin, Version};

/// What a component is sent as.
const COMPONENT_TYPE: &str = "application/wasm";

/// The bytes of a component.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only describes a body, which is read as bytes")]
struct ComponentFile(Vec<u8>);

/// The versions of an app.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct VersionList {
    pub(crate) versions: Vec<VersionDocument>,
}

/// A version.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct VersionDocument {
    /// Counts from 1 within its app.
    #[schema(example = 1)]
    pub(crate) number: u32,
    /// SHA-256 of the component, in hexadecimal digits.
    pub(crate) sha256: String,
    /// Size of the component, in bytes.
    pub(crate) size_bytes: u64,
    /// When it was deployed.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) deployed_at: OffsetDateTime,
    /// The toolchain that the component names as its maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) made_with: Option<String>,
    /// `shipped` with the program, or `deployed` by somebody.
    #[schema(example = "deployed")]
    pub(crate) origin: String,
}

/// A version that was just deployed, and where it answers.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DeployedVersion {
    /// The app's name.
    #[schema(example = "patient-lookup")]
    pub(crate) app: String,
    #[serde(flatten)]
    pub(crate) version: VersionDocument,
    /// Where it answers, under a path of this server.
    #[schema(example = "http://127.0.0.1:8080/w/demo/apps/patient-lookup/")]
    pub(crate) address: String,
    /// Everywhere it answers, and where its runs are shown.
    pub(crate) addresses: AppAddresses,
}

impl From<Version> for VersionDocument {
    fn from(version: Version) -> Self {
        // Taken apart by name, so that a new field does not compile until somebody decides about it.
        let Version {
            number,
            component,
            size_bytes,
            deployed_at,
            made_with,
            origin,
            source: _,
            manifest: _,
            public: _,
            build: _,
        } = version;
        let origin = match origin {
            Origin::Shipped => "shipped",
            Origin::Deployed => "deployed",
        };
        Self {
            number,
            sha256: component.to_string(),
            size_bytes,
            deployed_at,
            made_with,
            origin: origin.to_owned(),
        }
    }
}

/// Deploys a component as the app's next version, which answers at once. The first deploy makes the app.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions",
    tag = "apps",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("app" = String, Path, description = "Name of the app: 2 to 39 characters of a-z, 0-9 and hyphens", example = "patient-lookup")
    ),
    request_body(content = ComponentFile, content_type = "application/wasm", description = "A WASI 0.2 component that exports wasi:http/incoming-handler"),
    responses(
        (status = CREATED, description = "The version answers", body = DeployedVersion),
        (status = BAD_REQUEST, description = "The body broke off", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = FORBIDDEN, description = "The request came from a page of another site", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "There is no such workspace", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = REQUEST_TIMEOUT, description = "The body stopped coming", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Other deploys of the same app kept coming first", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "The component is too large", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The body is something else than a plain component", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The name or the component cannot be used; the code and the sentence say why", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The storage takes no changes", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn deploy_version(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    request: Request<Body>,
) -> Result<
    (
        StatusCode,
        [(header::HeaderName, String); 1],
        Json<DeployedVersion>,
    ),
    AppError,
> {
    let (mut parts, body) = request.into_parts();
    let name = AppName::new(&path_value(&mut parts, "app").await?)?;
    check_type(&parts.headers)?;
    refuse_encoded(&parts.headers)?;
    let limit_bytes = app.config.limits.component_bytes;
    let _room = app.uploads.enter(&parts.headers, limit_bytes).await;
    let component = collect(&parts.headers, body, limit_bytes).await?;
    let (deployed, version) = deploy(&app, &workspace, &name, component, Origin::Deployed).await?;
    let addresses = AppAddresses::of(&app, &workspace, &deployed);
    let location = format!("/api/v1/workspaces/{}/apps/{}", workspace.name, deployed.name);
    let document = DeployedVersion {
        app: deployed.name.to_string(),
        version: version.into(),
        address: addresses.path.clone(),
        addresses,
    };
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(document),
    ))
}

fn check_type(headers: &HeaderMap) -> Result<(), AppError> {
    let found = headers
        .get(header::CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let essence = found
        .as_deref()
        .map(|found| found.split(';').next().unwrap_or_default().trim());
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case(COMPONENT_TYPE)) {
        return Ok(());
    }
    Err(AppError::MediaType {
        expected: COMPONENT_TYPE,
        found,
    })
}

/// Lists the versions of an app, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions",
    tag = "apps",
    params(
        ("workspace" = String, Path, description = "Name of the workspace", example = "demo"),
        ("app" = String, Path, description = "Name of the app", example = "patient-lookup")
    ),
    responses(
        (status = OK, description = "The versions, newest first", body = VersionList),
        (status = NOT_FOUND, description = "There is no such workspace or app", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list_versions(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
) -> Result<Json<VersionList>, AppError> {
    let versions = app.versions.list(workspace.id, &deployed.name).await?;
    Ok(Json(VersionList {
        versions: versions.into_iter().map(VersionDocument::from).collect(),
    }))
}
