//! The folder of a version as one ZIP file, which every desktop opens.

mod zip;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::ComponentFile;
use super::files::download;
use crate::api::extract::InVersion;
use crate::app::App;
use crate::draft;
use crate::error::AppError;

/// Downloads the app folder of a version as a ZIP file: `c4h deploy` takes it as it is unpacked.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/archive",
    tag = "apps",
    params(InVersion),
    responses(
        (status = OK, description = "The folder; empty for a component that was sent alone", body = ComponentFile, content_type = "application/zip"),
        InVersion
    )
)]
pub(crate) async fn download_archive(
    State(app): State<Arc<App>>,
    InVersion {
        app: deployed,
        version,
        ..
    }: InVersion,
) -> Result<Response, AppError> {
    let files = draft::files_of(&app, &version).await?;
    let name = deployed.name.clone();
    // Up to 32 MiB are copied and summed: work for a thread that nobody waits on.
    let packed = tokio::task::spawn_blocking(move || zip::pack(&name, &files));
    let packed = packed
        .await
        .map_err(|error| AppError::Panic(error.to_string()))?
        .ok_or_else(|| AppError::Internal("the folder does not fit into a ZIP file".to_owned()))?;
    let file_name = format!("{}-v{}.zip", deployed.name, version.number);
    Ok(download(packed, "application/zip", &file_name))
}
