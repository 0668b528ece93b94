//! What must be there before the first request: the workspace `demo`, the example apps, and no blob that nobody names.

use std::sync::Arc;

use bytes::Bytes;
use sandbox_runtime::ComponentSha;
use store::BlobId;

use crate::app::App;
use crate::deploy::deploy;
use crate::error::AppError;
use crate::model::{AppName, Origin, Version, Workspace, WorkspaceName};

/// The examples that every installation starts with, by name.
const SHIPPED: [(&str, &[u8]); 1] = [("patient-lookup", examples::PATIENT_LOOKUP)];
/// Blobs looked at in one go.
const BLOB_PAGE: usize = 1_000;

/// Makes everything that a first request expects.
pub(crate) async fn prepare(app: &Arc<App>) -> Result<(), AppError> {
    let demo = app.workspaces.ensure(&WorkspaceName::demo()).await?;
    collect_blobs(app).await?;
    app.use_packages().await?;
    for (name, component) in SHIPPED {
        match ship(app, &demo, name, component).await {
            // A machine that cannot compile is told so by every deploy and by the doctor; the interfaces still work.
            Err(error @ (AppError::Upload(_) | AppError::Guest(_))) => {
                let reason = error.private().unwrap_or_else(|| error.public().detail);
                tracing::error!(
                    app.name = name,
                    reason,
                    "an example app could not be deployed; see c4h doctor"
                );
            }
            other => other?,
        }
    }
    Ok(())
}

/// Deploys an example that is not there yet, or whose bytes have changed since an older program shipped it. An app
/// that somebody deployed under the same name is theirs and stays.
async fn ship(
    app: &Arc<App>,
    demo: &Workspace,
    name: &str,
    component: &'static [u8],
) -> Result<(), AppError> {
    let name = AppName::new(name)?;
    if let Some(deployed) = app.apps.get(demo.id, &name).await? {
        let current = app.versions.get(demo.id, &name, deployed.current).await?;
        let stays =
            current.is_some_and(|v| v.origin == Origin::Deployed || v.component == BlobId::of(component));
        if stays {
            return Ok(());
        }
    }
    deploy(app, demo, &name, Bytes::from_static(component), Origin::Shipped)
        .await
        .map(|_| ())
}

/// Counts what every version needs, and deletes blobs that none does: of deploys and deletions that a crash cut off. Safe
/// only here, before anybody deploys.
async fn collect_blobs(app: &App) -> Result<(), AppError> {
    for workspace in app.workspaces.list().await? {
        let versions = app.versions.list_all(workspace.id).await?;
        app.blob_uses.add(versions.iter().flat_map(Version::blobs));
        let added = app.interfaces.list(workspace.id).await?;
        app.blob_uses.add(added.iter().map(|row| row.document));
    }
    let packages = app.packages.list().await?;
    app.blob_uses
        .add(packages.into_iter().map(|package| package.file));
    let mut last = None;
    loop {
        let page = app.storage.blobs.list(last.as_ref(), BLOB_PAGE).await?;
        for id in page.iter().filter(|id| !app.blob_uses.is_needed(id)) {
            app.storage.blobs.delete(id).await?;
            app.guests.forget(&ComponentSha::from(*id.digest())).await.ok();
            tracing::info!(blob = %id, "a blob that no version needs was collected");
        }
        match page.last() {
            Some(id) if page.len() == BLOB_PAGE => last = Some(*id),
            Some(_) | None => return Ok(()),
        }
    }
}
