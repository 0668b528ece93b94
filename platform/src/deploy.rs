//! From uploaded bytes to a version that answers: check, compile, keep the bytes, then one commit.

use std::time::Instant;

use bytes::Bytes;
use sandbox_runtime::{ComponentSha, Guest, UploadLimits, check_upload};
use store::BlobId;

use crate::app::App;
use crate::error::AppError;
use crate::model::{AppName, DeployedApp, NewVersion, Origin, Version, Workspace};

/// Deploys a component as the next version of an app, which is made on its first deploy. When this returns, the
/// version answers requests and survives a crash.
///
/// # Errors
/// What is wrong with the component, or with us.
pub(crate) async fn deploy(
    app: &App,
    workspace: &Workspace,
    name: &AppName,
    component: Bytes,
    origin: Origin,
) -> Result<(DeployedApp, Version), AppError> {
    let deployed = check_and_keep(app, workspace, name, component, origin).await;
    match &deployed {
        Ok((_, version)) => {
            app.metrics.deployed("deployed");
            tracing::info!(
                workspace.name = workspace.name.as_str(),
                app.name = name.as_str(),
                version = version.number,
                component = %version.component,
                "deployed"
            );
        }
        Err(error) => app.metrics.deployed(error.public().code),
    }
    deployed
}

async fn check_and_keep(
    app: &App,
    workspace: &Workspace,
    name: &AppName,
    component: Bytes,
    origin: Origin,
) -> Result<(DeployedApp, Version), AppError> {
    let size_bytes = u64::try_from(component.len()).unwrap_or(u64::MAX);
    let limit_bytes = app.config.limits.component_bytes;
    if size_bytes > limit_bytes {
        return Err(AppError::BodyTooLarge { limit_bytes });
    }
    let limits = UploadLimits {
        component_bytes: limit_bytes,
        ..UploadLimits::DEFAULT
    };
    let bytes = component.clone();
    // Reading 32 MiB of sections is work for a thread that nobody waits on.
    let checked = tokio::task::spawn_blocking(move || {
        check_upload(&bytes, &limits).map(|inspection| (BlobId::of(&bytes), inspection.made_with))
    });
    let (id, made_with) = checked
        .await
        .map_err(|error| AppError::Panic(error.to_string()))??;
    ready(app, id, async || Ok(component.clone())).await?;
    // The blob first, then the rows that name it: a crash in between leaves a blob that the next start collects.
    let kept = app.storage.blobs.put(component).await?;
    if kept != id {
        return Err(AppError::Internal(format!(
            "the blob of component {id} was kept as {kept}"
        )));
    }
    let new = NewVersion {
        made_with,
        ..NewVersion::of_component(id, size_bytes, origin)
    };
    Ok(app.apps.deploy(workspace.id, name, &new).await?)
}

/// The component under this name, ready to run: from memory, from its compiled form, or compiled from what `source`
/// reads.
pub(crate) async fn ready<S>(app: &App, component: BlobId, source: S) -> Result<Guest, AppError>
where
    S: AsyncFnOnce() -> Result<Bytes, String>,
{
    let mut compiling_since = None;
    let guest = app
        .guests
        .get(&ComponentSha::from(*component.digest()), || {
            compiling_since = Some(Instant::now());
            source()
        })
        .await;
    if let Some(since) = compiling_since {
        app.metrics.compiled(since.elapsed(), guest.is_ok());
    }
    Ok(guest?)
}
