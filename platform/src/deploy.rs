//! From what was sent to a version that answers: check, build, compile, keep the bytes, then one commit.
//!
//! Before the first byte is kept, the blobs are needed ([`crate::data::BlobUses`]); after the last, versions that made room are
//! taken away with what nobody needs any more.

mod archive;
mod folder;
mod judge;
mod pace;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::future::{join, join_all};
use sandbox_runtime::script::{Built, Script, ScriptBuildError};
use sandbox_runtime::{
    Artefact, ComponentSha, Guest, GuestError, UploadLimits, check_upload, in_the_background,
};
use store::BlobId;

use crate::app::App;
use crate::data::{DeployError, Deployed, RunningApp};
use crate::error::{AppError, Unfit};
use crate::model::{
    Activate, AppName, DeployedApp, Language, NewVersion, Origin, PublicFile, PublicFiles, Version, Workspace,
};

pub(crate) use archive::unpack;
pub(crate) use folder::Folder;
use folder::{Plan, What};
pub(crate) use pace::{DEPLOYS_PER_MINUTE, DeployPace, TRIES_PER_MINUTE};

/// What somebody sent to be deployed.
#[derive(Debug)]
pub(crate) enum Sent {
    /// A component alone.
    Component(Bytes),
    /// The files of an app.
    Folder(Folder),
}

/// Where and how it is to be deployed.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) workspace: Workspace,
    pub(crate) name: AppName,
    pub(crate) origin: Origin,
    pub(crate) activate: Activate,
}

/// Deploys a component as the next version of an app, which is made on its first deploy. When this returns, the
/// version answers requests and survives a crash.
///
/// # Errors
/// What is wrong with the component, or with us.
pub(crate) async fn deploy(
    app: &Arc<App>,
    workspace: &Workspace,
    name: &AppName,
    component: Bytes,
    origin: Origin,
) -> Result<(DeployedApp, Version), AppError> {
    let order = Order {
        workspace: workspace.clone(),
        name: name.clone(),
        origin,
        activate: Activate::Now,
    };
    deploy_sent(app, order, Sent::Component(component)).await
}

/// Deploys what was sent as the next version of an app.
///
/// It goes on when the caller goes away: a version that is half kept would need blobs that nobody counts.
///
/// # Errors
/// What is wrong with what was sent, or with us.
pub(crate) async fn deploy_sent(
    app: &Arc<App>,
    order: Order,
    sent: Sent,
) -> Result<(DeployedApp, Version), AppError> {
    let pace = (order.workspace.id, order.name.clone());
    let turn = app.pace.begin(pace, app.clock.now());
    let turn = turn.map_err(|too_soon| AppError::TooManyDeploys {
        limit: too_soon.limit,
        retry_after_s: too_soon.retry_after_s,
    })?;
    let task = {
        let (app, order) = (Arc::clone(app), order.clone());
        tokio::spawn(async move {
            let deployed = check_and_keep(&app, &order, sent).await;
            if deployed.is_ok() {
                turn.made();
            }
            deployed
        })
    };
    let deployed = task.await.map_err(|error| AppError::Panic(error.to_string()))?;
    match &deployed {
        Ok((_, version)) => {
            app.metrics.deployed("deployed");
            tracing::info!(
                workspace.name = order.workspace.name.as_str(),
                app.name = order.name.as_str(),
                version = version.number,
                component = %version.component,
                "deployed"
            );
        }
        Err(error) => app.metrics.deployed(error.public().code),
    }
    deployed
}

async fn check_and_keep(app: &App, order: &Order, sent: Sent) -> Result<(DeployedApp, Version), AppError> {
    let (plan, is_folder) = match sent {
        Sent::Component(component) => (Plan::of_component(component), false),
        Sent::Folder(folder) => (folder.plan()?, true),
    };
    let added = app.added_interfaces(&order.workspace).await?;
    let added: Vec<&str> = added.iter().map(|added| &*added.id).collect();
    judge::judge(app, &order.name, &plan, &added)?;
    let Plan {
        manifest,
        what,
        source,
        public,
        ..
    } = plan;
    let Made {
        component,
        build,
        artefact,
    } = make(app, order, what).await?;
    is_within_size(app, &component)?;
    let made_by = if artefact.is_some() {
        // It was compiled where it was made: there is nothing left that could harm a compiler.
        None
    } else {
        check_component(&component).await?
    };
    let mut bodies: Vec<Bytes> = vec![component.clone()];
    bodies.extend(is_folder.then(|| source.clone()));
    bodies.extend(public.iter().map(|(_, bytes)| bytes.clone()));
    let ids = ids_of(&bodies).await?;
    let id = ids.first().copied().unwrap_or_else(|| BlobId::of(&component));
    let hold = app.blob_uses.hold(ids).await;
    // The blobs first, then the rows that name them: a crash in between leaves blobs that the next start collects.
    let (prepared, kept) = join(prepare(app, order, (id, &component), artefact), keep(app, bodies)).await;
    if let Err(error) = prepared.and(kept) {
        drop(hold);
        app.collect_blobs().await;
        return Err(error);
    }
    let new = NewVersion {
        component: id,
        size_bytes: size_of(&component),
        // A script's component is made by our own toolchain, which says nothing to whoever wrote the script.
        made_with: build.words().map(str::to_owned).or(made_by),
        origin: order.origin,
        source: is_folder.then(|| BlobId::of(&source)),
        manifest,
        public: Arc::new(public_files(public)),
        build,
    };
    let deployed = app
        .apps
        .deploy(order.workspace.id, &order.name, &new, order.activate)
        .await;
    let Deployed {
        app: now,
        version,
        collected,
    } = match deployed {
        Ok(deployed) => {
            // The rows need each blob once for each time they name it, which is how often it was put.
            hold.keep();
            deployed
        }
        Err(error) => {
            if matches!(error, DeployError::Data(_)) {
                // The rows may be there all the same: better a blob too many until the next start than one too few.
                hold.keep();
            } else {
                drop(hold);
                app.collect_blobs().await;
            }
            return Err(error.into());
        }
    };
    app.release_versions(&collected).await;
    Ok((now, version))
}

/// Makes the component ready to run.
async fn prepare(
    app: &App,
    order: &Order,
    (id, component): (BlobId, &Bytes),
    artefact: Option<Artefact>,
) -> Result<(), AppError> {
    match artefact {
        Some(artefact) => drop(app.guests.adopt(artefact).await?),
        None => drop(ready(app, &order.workspace, id, || async { Ok(component.clone()) }).await?),
    }
    Ok(())
}

/// Keeps what the rows are going to name. Each waits for the disk, and so all of them at once.
async fn keep(app: &App, bodies: Vec<Bytes>) -> Result<(), AppError> {
    let puts = bodies.into_iter().map(|bytes| app.storage.blobs.put(bytes));
    for put in join_all(puts).await {
        put?;
    }
    Ok(())
}

/// A component, and its machine code where that was made with it.
struct Made {
    component: Bytes,
    build: Language,
    artefact: Option<Artefact>,
}

async fn make(app: &App, order: &Order, what: What) -> Result<Made, AppError> {
    let (main, files, language) = match what {
        What::Component(component) => {
            return Ok(Made {
                component,
                build: Language::Component,
                artefact: None,
            });
        }
        What::Script {
            main,
            files,
            language,
        } => (main, files, language),
    };
    let script = Script {
        files,
        main: main.into(),
        tests: false,
    };
    let since = Instant::now();
    let built = app.scripts.group(order.workspace.id.get()).build(script).await;
    app.metrics.compiled(since.elapsed(), built.is_ok());
    let Built { component, artefact } = built.map_err(|error| match error {
        ScriptBuildError::Script(error) => AppError::from(Unfit::Script(Box::new(error))),
        ScriptBuildError::Compile(error) => GuestError::from(error).into(),
    })?;
    Ok(Made {
        component,
        build: language,
        artefact: Some(artefact),
    })
}

fn public_files(files: Vec<(Box<str>, Bytes)>) -> PublicFiles {
    let named = files.into_iter().map(|(path, bytes)| {
        let file = PublicFile {
            blob: BlobId::of(&bytes),
            size_bytes: size_of(&bytes),
        };
        (path, file)
    });
    named.collect()
}

fn size_of(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn is_within_size(app: &App, component: &Bytes) -> Result<(), AppError> {
    let limit_bytes = app.config.limits.component_bytes;
    if size_of(component) > limit_bytes {
        return Err(AppError::BodyTooLarge { limit_bytes });
    }
    Ok(())
}

/// The toolchain that it says has made it.
async fn check_component(component: &Bytes) -> Result<Option<String>, AppError> {
    let limits = UploadLimits {
        component_bytes: size_of(component),
        ..UploadLimits::DEFAULT
    };
    let bytes = component.clone();
    // Reading 32 MiB of sections is work for a thread that nobody waits on.
    let checked = in_the_background(move || check_upload(&bytes, &limits));
    let inspection = checked
        .await
        .map_err(|error| AppError::Panic(error.to_string()))??;
    Ok(inspection.made_with)
}

/// The names of these bodies, which take a millisecond for each MiB or two.
async fn ids_of(bodies: &[Bytes]) -> Result<Vec<BlobId>, AppError> {
    let bodies = bodies.to_vec();
    let ids = tokio::task::spawn_blocking(move || bodies.iter().map(|bytes| BlobId::of(bytes)).collect());
    ids.await.map_err(|error| AppError::Panic(error.to_string()))
}

/// The guest of the version that a request goes to.
///
/// # Errors
/// [`AppError::UnknownApp`] or [`AppError::UnknownVersion`] when it was taken away since it was found.
pub(crate) async fn guest_of(
    app: &App,
    workspace: &Workspace,
    running: &RunningApp,
) -> Result<Guest, AppError> {
    let (name, version) = (&running.app.name, &running.version);
    let (blobs, component) = (&app.storage.blobs, version.component);
    let made = ready(app, workspace, component, || async {
        match blobs.get(&component).await {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(format!("the component {component} is not among the blobs")),
            Err(error) => Err(error.to_string()),
        }
    });
    let error = match made.await {
        Ok(guest) => return Ok(guest),
        Err(error) => error,
    };
    if app
        .versions
        .get(workspace.id, name, version.number)
        .await?
        .is_some()
    {
        return Err(error);
    }
    app.deployed_app(workspace, name.as_str()).await?;
    Err(AppError::UnknownVersion {
        app: name.to_string(),
        version: version.number.to_string(),
    })
}

/// The component under this name, ready to run: from memory, from its compiled form, or compiled from what `source`
/// reads, when it is the workspace's turn.
async fn ready<S, F>(
    app: &App,
    workspace: &Workspace,
    component: BlobId,
    source: S,
) -> Result<Guest, AppError>
where
    S: FnOnce() -> F,
    F: Future<Output = Result<Bytes, String>>,
{
    let mut compiling_since = None;
    let guest = app
        .guests
        .group(workspace.id.get())
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
