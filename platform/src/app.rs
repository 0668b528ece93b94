//! Everything long-lived, built once and complete: there is no half-built [`App`].

mod addresses;
mod applications;
mod build;
mod called;
mod conditions;
mod fhir;
mod interfaces;
mod packages;
mod workspaces;

pub use build::BuildError;
pub(crate) use called::Called;
pub use interfaces::AddedInterfaces;
pub(crate) use interfaces::NewInterface;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mock_nhs_interfaces::{MockNhs, SmartServer, SmartTenant, Tenant};
use records::{FhirTenant, Records};
use sandbox_runtime::script::Scripts;
use sandbox_runtime::{ComponentSha, Guests, Sandbox};
use store::{BlobId, Clock, Storage};

use crate::access::Access;
use crate::config::Config;
use crate::data::{
    Apps, BlobUses, ConditionsRows, Drafts, Interfaces, Packages, RunEnvironment, RunningApp, Schedules,
    Secrets, Traces, Values, Versions, Workspaces,
};
use crate::deploy::DeployPace;
use crate::error::AppError;
use crate::log::LogSink;
use crate::metrics::Metrics;
use crate::model::{AppName, DeployedApp, Manifest, Version, Workspace, WorkspaceName, parse_preview_name};
use crate::schedule::Scheduler;
use crate::slots::Slots;
use crate::uploads::UploadRoom;
use crate::web::explorer::history::History;

/// The hidden subcommand that compiles a component in a process of its own.
pub const COMPILE_CHILD: &str = "compile-child";

/// Everything that requests are answered with.
#[derive(Debug)]
pub struct App {
    /// What the program was told.
    pub config: Config,
    /// Where the server really listens; differs from the configuration when that asks for any free port.
    pub address: SocketAddr,
    /// Rows and blobs.
    pub storage: Storage,
    /// The time of day; limits never read it.
    pub clock: Arc<dyn Clock>,
    /// The mock interfaces.
    pub nhs: MockNhs,
    /// The records of every workspace.
    pub records: Records,
    /// The FHIR server of every workspace, over its records, behind its login.
    pub smart: SmartServer,
    /// Runs guests.
    pub sandbox: Sandbox,
    /// Components that are ready to run.
    pub guests: Guests,
    /// Makes components of scripts.
    pub scripts: Scripts,
    /// Room for components on their way in.
    pub uploads: UploadRoom,
    /// Runs under way, by app and workspace.
    pub slots: Slots,
    /// The workspaces.
    pub workspaces: Workspaces,
    /// What their people have set.
    pub(crate) conditions: ConditionsRows,
    /// The apps.
    pub apps: Apps,
    /// Their versions.
    pub versions: Versions,
    /// Which blobs the versions need.
    pub blob_uses: BlobUses,
    /// The FHIR packages of this installation.
    pub packages: Packages,
    /// One package is installed or removed at a time, so that the last one's list is the whole one.
    installing: tokio::sync::Mutex<()>,
    /// The interfaces that workspaces added.
    pub interfaces: Interfaces,
    /// Those of them that are in use.
    pub added: AddedInterfaces,
    /// The secrets of the apps.
    pub secrets: Secrets,
    /// How often apps are deployed.
    pub(crate) pace: DeployPace,
    /// When apps are due.
    pub schedules: Schedules,
    /// Runs those that are.
    pub scheduler: Scheduler,
    /// What apps keep.
    pub values: Values,
    /// What people are writing.
    pub drafts: Drafts,
    /// What recent runs did.
    pub traces: Traces,
    /// Who is who, where the server asks; nothing is asked where there is none.
    pub(crate) access: Option<Access>,
    /// What was sent from the explorer.
    pub(crate) explored: History,
    /// What is counted.
    pub metrics: Metrics,
    /// Where log lines go; for its own health.
    pub log: LogSink,
    stopping: AtomicBool,
}

impl App {
    /// The workspace of that name.
    ///
    /// # Errors
    /// [`AppError::UnknownWorkspace`], also for a text that cannot be a name.
    pub async fn workspace(&self, name: &str) -> Result<Arc<Workspace>, AppError> {
        if let Some(workspace) = self.workspaces.cached(name) {
            return Ok(workspace);
        }
        let unknown = || AppError::UnknownWorkspace(name.to_owned());
        let parsed = WorkspaceName::new(name).map_err(|_| unknown())?;
        self.workspaces.find(&parsed).await?.ok_or_else(unknown)
    }

    /// The app of that name in the workspace.
    ///
    /// # Errors
    /// [`AppError::UnknownApp`], also for a text that cannot be a name.
    pub async fn deployed_app(&self, workspace: &Workspace, name: &str) -> Result<DeployedApp, AppError> {
        let unknown = || unknown_app(workspace, name);
        let parsed = AppName::new(name).map_err(|_| unknown())?;
        self.apps.get(workspace.id, &parsed).await?.ok_or_else(unknown)
    }

    /// The app of that name in the workspace, with the version that answers its requests; of a name such as `bmi--v3`, that
    /// version.
    ///
    /// # Errors
    /// [`AppError::UnknownApp`], also for a text that cannot be a name, and [`AppError::UnknownVersion`].
    pub async fn running_app(&self, workspace: &Workspace, name: &str) -> Result<Arc<RunningApp>, AppError> {
        let unknown = || unknown_app(workspace, name);
        if let Some((name, number)) = parse_preview_name(name) {
            self.deployed_app(workspace, name.as_str()).await?;
            let found = self.apps.at_version(workspace.id, &name, number).await?;
            return found.map(Arc::new).ok_or_else(|| AppError::UnknownVersion {
                app: name.to_string(),
                version: number.to_string(),
            });
        }
        let parsed = AppName::new(name).map_err(|_| unknown())?;
        self.apps
            .running(workspace.id, &parsed)
            .await?
            .ok_or_else(unknown)
    }

    /// What a run of a version with this manifest gets as environment variables.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn environment_of(
        &self,
        workspace: &Workspace,
        app: &AppName,
        manifest: &Manifest,
    ) -> Result<RunEnvironment, AppError> {
        Ok(self.secrets.environment(workspace.id, app, manifest).await?)
    }

    /// Ends what these versions needed, because their rows are gone, and deletes what nobody needs any more.
    pub(crate) async fn release_versions(&self, gone: &[Version]) {
        self.blob_uses.release(gone.iter().flat_map(Version::blobs));
        self.collect_blobs().await;
    }

    /// Deletes blobs that nobody needs since the last time, with the compiled code of those that are components. What fails is
    /// logged, and done again by the next start.
    pub(crate) async fn collect_blobs(&self) {
        let delete = |id: BlobId| async move {
            if let Err(error) = self.storage.blobs.delete(&id).await {
                tracing::warn!(blob = %id, %error, "a blob that nobody needs could not be deleted");
            }
            if let Err(error) = self.guests.forget(&ComponentSha::from(*id.digest())).await {
                tracing::warn!(component = %id, %error, "compiled code that nobody needs could not be deleted");
            }
        };
        self.blob_uses.collect(delete).await;
    }

    /// The clock of this workspace: what its interfaces, records and schedules take the time from.
    #[must_use]
    pub fn clock_of(&self, workspace: &Workspace) -> Arc<dyn Clock> {
        Arc::clone(&workspace.conditions.clock) as Arc<dyn Clock>
    }

    /// What the mock interfaces need to know of a workspace; `base_url` is where the caller reaches them, `caller` the app
    /// that asks.
    #[must_use]
    pub fn tenant(&self, workspace: &Workspace, base_url: Arc<str>, caller: Option<&AppName>) -> Tenant {
        Tenant {
            workspace: workspace.id,
            clock: self.clock_of(workspace),
            access_token: Arc::clone(&workspace.access_token),
            base_url,
            faults: Arc::clone(&workspace.conditions.faults),
            caller: caller.map(|app| app.as_str().into()),
        }
    }

    /// What the workspace's FHIR server needs to know of it; `base_url` is where the caller reaches it, `chain` how many
    /// notifications of Subscriptions led to the call.
    pub(crate) fn fhir_tenant(&self, workspace: &Workspace, base_url: String, chain: u8) -> FhirTenant {
        FhirTenant {
            workspace: workspace.id,
            clock: self.clock_of(workspace),
            base_url,
            chain,
        }
    }

    /// What the login of the FHIR server needs to know of a workspace.
    pub(crate) fn smart_tenant(
        &self,
        workspace: &Workspace,
        fhir_url: String,
        browser_url: String,
    ) -> SmartTenant {
        SmartTenant {
            workspace: workspace.id,
            clock: self.clock_of(workspace),
            access_token: Arc::clone(&workspace.access_token),
            fhir_url,
            browser_url,
            chain: 0,
        }
    }

    /// Whether the server is about to end.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// From now on `/readyz` says no.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.scheduler.ring();
        // Who watches would otherwise keep the program from ending in order.
        self.traces.end_watching();
    }
}

/// An app that is not there, and a text that cannot be the name of one, are told apart by nobody.
fn unknown_app(workspace: &Workspace, name: &str) -> AppError {
    AppError::UnknownApp {
        workspace: workspace.name.to_string(),
        app: name.to_owned(),
    }
}
