//! The versions of an app: deploying one, listing them, reading one.

mod archive;
mod body;
mod current;
mod files;
mod share;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::{Request, StatusCode, header};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::apps::AppAddresses;
use super::described::ChangeRefused;
use super::extract::{InApp, InQuery, InVersion, InWorkspace, path_value};
use crate::app::App;
use crate::deploy::{Order, deploy_sent};
use crate::error::AppError;
use crate::model::{
    Activate, AppName, DeployedApp, Entry, Manifest, Origin, Version, Workspace, preview_name,
};

pub(crate) use archive::{__path_download_archive, download_archive};
pub(crate) use current::{__path_update_current, update_current};
pub(crate) use files::{
    __path_download_component, __path_download_file, __path_list_files, download_component, download_file,
    list_files,
};
pub(crate) use share::{__path_share_version, __path_unshare_version, share_version, unshare_version};

/// The bytes of a component.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only describes a body, which is read as bytes")]
pub(crate) struct ComponentFile(Vec<u8>);

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
    /// The language of a script; of a component, the toolchain that it names as its maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) made_with: Option<String>,
    /// `shipped` with the program, or `deployed` by somebody.
    #[schema(example = "deployed")]
    pub(crate) origin: String,
    /// What it was built from here: `component`, `javascript` or `typescript`.
    #[serde(default)]
    #[schema(example = "component")]
    pub(crate) language: String,
    /// Where it answers, whether or not it is the current one.
    #[serde(default)]
    #[schema(example = "http://127.0.0.1:8080/w/demo/apps/patient-lookup--v1/")]
    pub(crate) preview: String,
    /// What its `app.toml` says.
    #[serde(default)]
    pub(crate) manifest: ManifestDocument,
}

/// What an `app.toml` says; what it leaves out is missing.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct ManifestDocument {
    /// What people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// The script or component that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "app.js")]
    pub(crate) entry: Option<String>,
    /// The interfaces and apps that it may call; all where this is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uses: Option<Vec<String>>,
    /// Who logs in: `managed` or `own`.
    #[serde(default)]
    #[schema(example = "managed")]
    pub(crate) login: String,
    /// Names of its secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) secrets: Vec<String>,
    /// Its configuration.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) config: BTreeMap<String, String>,
    /// How often it runs without anybody asking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "15m")]
    pub(crate) every: Option<String>,
    /// Limits that differ from the server's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) limits: BTreeMap<String, u64>,
}

impl From<&Manifest> for ManifestDocument {
    fn from(manifest: &Manifest) -> Self {
        // Taken apart by name, so that a new field does not compile until somebody decides about it.
        let Manifest {
            name: _,
            title,
            description,
            owner,
            entry,
            build: _,
            uses,
            login,
            secrets,
            config,
            schedule,
            limits,
        } = manifest.clone();
        Self {
            title,
            description,
            owner,
            entry: entry.map(|entry| match entry {
                Entry::Main(path) | Entry::Component(path) => path.to_string(),
            }),
            uses: uses.map(|uses| uses.iter().map(ToString::to_string).collect()),
            login: login.into(),
            secrets: secrets.iter().map(ToString::to_string).collect(),
            config,
            every: schedule.map(|schedule| schedule.every.to_string()),
            limits: limits
                .iter()
                .map(|(name, value)| (name.name().to_owned(), value))
                .collect(),
        }
    }
}

/// The query of a deploy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeployQuery {
    activate: Option<bool>,
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

impl VersionDocument {
    pub(crate) fn of(app: &App, workspace: &Workspace, deployed: &DeployedApp, version: Version) -> Self {
        // Taken apart by name, so that a new field does not compile until somebody decides about it.
        let Version {
            number,
            component,
            size_bytes,
            deployed_at,
            made_with,
            origin,
            source: _,
            manifest,
            public: _,
            build,
        } = version;
        let origin = match origin {
            Origin::Shipped => "shipped",
            Origin::Deployed => "deployed",
        };
        let preview = preview_name(&deployed.name, number);
        Self {
            number,
            sha256: component.to_string(),
            size_bytes,
            deployed_at,
            made_with,
            origin: origin.to_owned(),
            language: build.name().to_owned(),
            preview: format!("{}/w/{}/apps/{preview}/", app.base_url(), workspace.name),
            manifest: ManifestDocument::from(&*manifest),
        }
    }
}

/// Deploys a component, a script or the files of an app folder as the app's next version, which answers at once. The first
/// deploy makes the app.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions",
    tag = "apps",
    params(
        InWorkspace,
        ("app" = String, Path, description = "Name of the app: 2 to 39 characters of a-z, 0-9 and hyphens", example = "patient-lookup"),
        ("activate" = Option<bool>, Query, description = "`false`: the version only answers under its preview address until the app is pointed at it")
    ),
    request_body(
        content(
            (ComponentFile = "application/wasm"),
            (String = "text/javascript"),
            (String = "application/typescript"),
            (String = "multipart/form-data")
        ),
        description = "A WASI 0.2 component that exports wasi:http/incoming-handler; or one script; or the files of an app folder, one part a file, each named by its path"
    ),
    responses(
        (status = CREATED, description = "The version answers", body = DeployedVersion),
        (status = BAD_REQUEST, description = "The body broke off", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = REQUEST_TIMEOUT, description = "The body stopped coming", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Other deploys of the same app kept coming first, or its first version was not to answer", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "The files are too large", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The body is something else than a component, a script or files", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "What was sent cannot be used; the code and the sentence say why, and where in which file", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "The app was deployed too often within a minute, or too much of the workspace waits for the compiler", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InWorkspace
    )
)]
pub(crate) async fn deploy_version(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    InQuery(query): InQuery<DeployQuery>,
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
    let request = Request::from_parts(parts, body);
    let limit_bytes = app.config.limits.component_bytes;
    let _room = app.uploads.enter(request.headers(), limit_bytes).await;
    let sent = body::read(request, limit_bytes).await?;
    let order = Order {
        workspace: Workspace::clone(&workspace),
        name,
        origin: Origin::Deployed,
        activate: if query.activate.unwrap_or(true) {
            Activate::Now
        } else {
            Activate::Later
        },
    };
    let (deployed, version) = deploy_sent(&app, order, sent).await?;
    let addresses = AppAddresses::of(&app, &workspace, &deployed);
    let location = format!("/api/v1/workspaces/{}/apps/{}", workspace.name, deployed.name);
    let document = DeployedVersion {
        app: deployed.name.to_string(),
        version: VersionDocument::of(&app, &workspace, &deployed, version),
        address: addresses.path.clone(),
        addresses,
    };
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(document),
    ))
}

/// Lists the versions of an app, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions",
    tag = "apps",
    params(InApp),
    responses(
        (status = OK, description = "The versions, newest first", body = VersionList),
        InApp
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
        versions: versions
            .into_iter()
            .map(|version| VersionDocument::of(&app, &workspace, &deployed, version))
            .collect(),
    }))
}

/// Reads one version of an app.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}",
    tag = "apps",
    params(InVersion),
    responses(
        (status = OK, description = "The version", body = VersionDocument),
        InVersion
    )
)]
pub(crate) async fn read_version(
    State(app): State<Arc<App>>,
    InVersion {
        workspace,
        app: deployed,
        version,
    }: InVersion,
) -> Json<VersionDocument> {
    Json(VersionDocument::of(&app, &workspace, &deployed, version))
}
