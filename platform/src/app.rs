//! Everything long-lived, built once and complete: there is no half-built [`App`].

mod applications;
mod conditions;
mod fhir;
mod interfaces;
mod packages;
mod workspaces;

pub use interfaces::AddedInterfaces;
pub(crate) use interfaces::NewInterface;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mock_nhs_interfaces::{MockNhs, Population, Profile, SmartServer, SmartTenant, Tenant};
use records::{Base, BaseError, FhirServer, FhirTenant, Records, RecordsConfig};
use sandbox_runtime::script::Scripts;
use sandbox_runtime::{
    ArtefactCache, ArtefactKey, Compiler, CompilerConfig, ComponentSha, Guests, Sandbox, SandboxConfig,
    SandboxError,
};
use store::{BlobId, Clock, Storage, SystemClock};

use crate::access::Access;
use crate::config::{Config, StoreConfig};
use crate::data::{
    Apps, BlobUses, ConditionsRows, Drafts, Interfaces, Packages, RunEnvironment, RunningApp, Schedules,
    Secrets, Traces, Values, Versions, Workspaces,
};
use crate::deploy::DeployPace;
use crate::egress::key_sets::AppKeySets;
use crate::error::AppError;
use crate::hooks::AppHooks;
use crate::log::LogSink;
use crate::metrics::Metrics;
use crate::middleware::Names;
use crate::model::{AppName, DeployedApp, Manifest, Version, Workspace, WorkspaceName, parse_preview_name};
use crate::page_key;
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

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The engine did not start.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The folder of compiled components cannot be used.
    #[error("the folder of compiled components cannot be used: {0}")]
    Artefacts(String),
    /// The made-up people could not be made.
    #[error("the made-up people could not be made: {0}")]
    Seed(#[from] BaseError),
    /// The key of page tokens cannot be used.
    #[error("the key of page tokens cannot be read or written: {0}")]
    PageKey(std::io::Error),
    /// The path of this program is not known, so it cannot start itself to compile.
    #[error("the path of this program is not known: {0}")]
    Program(std::io::Error),
}

impl App {
    /// Builds everything over an open storage.
    ///
    /// # Errors
    /// [`BuildError`] says which part did not come up.
    pub fn build(
        config: Config,
        storage: Storage,
        address: SocketAddr,
        log: LogSink,
    ) -> Result<Arc<Self>, BuildError> {
        Self::build_with_clock(config, storage, address, log, Arc::new(SystemClock))
    }

    /// The same, with this time of day.
    ///
    /// # Errors
    /// As [`App::build`].
    pub fn build_with_clock(
        config: Config,
        storage: Storage,
        address: SocketAddr,
        log: LogSink,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, BuildError> {
        let sandbox = Sandbox::new(SandboxConfig {
            concurrent_runs: Slots::places(&config.limits),
            ..SandboxConfig::default()
        })?;
        let program = match &config.compile_program {
            Some(program) => program.clone(),
            None => std::env::current_exe().map_err(BuildError::Program)?,
        };
        let compiling = CompilerConfig::new(program, vec![COMPILE_CHILD.into()]);
        let scripts = Scripts::new(compiling.clone());
        let compiler = Compiler::new(compiling);
        let dir = &config.data.dir;
        // The key lies beside the folder and not in it, so that the folder can be shared or deleted without it.
        let artefacts = ArtefactKey::open(&dir.join("artefact.key"))
            .and_then(|key| ArtefactCache::open(dir.join("artefacts"), key, &sandbox))
            .map_err(|error| BuildError::Artefacts(error.to_string()))?;
        let traces = match config.store {
            StoreConfig::Sled => Traces::on_disk(dir.join("traces"), config.traces.budgets),
            StoreConfig::Memory => Traces::in_memory(config.traces.budgets),
        };
        let people = Arc::new(population::Population::generate(population::Config {
            seed: config.population.seed,
            people: config.population.people,
        }));
        let records = records(&people, &storage)?;
        let page_key = page_key::open(&dir.join("page.key")).map_err(BuildError::PageKey)?;
        let guests = Guests::new(sandbox.clone(), compiler, artefacts);
        let nhs = MockNhs::new(
            Arc::new(Population::of(people)),
            records.clone(),
            Arc::clone(&storage.store),
        );
        nhs.limit_rates(config.rate_limits.limited);
        let fhir = FhirServer::new(records.clone(), &page_key);
        let password = config.access.trainer_password.as_ref();
        let app = Arc::new(Self {
            access: password.map(|password| Access::new(&page_key, password)),
            smart: SmartServer::new(&nhs, fhir),
            nhs,
            records,
            workspaces: Workspaces::new(Arc::clone(&storage.store), Arc::clone(&clock)),
            conditions: ConditionsRows::new(Arc::clone(&storage.store)),
            apps: Apps::new(Arc::clone(&storage.store), Arc::clone(&clock)),
            versions: Versions::new(Arc::clone(&storage.store)),
            blob_uses: BlobUses::default(),
            packages: Packages::new(Arc::clone(&storage.store)),
            installing: tokio::sync::Mutex::default(),
            interfaces: Interfaces::new(Arc::clone(&storage.store)),
            added: AddedInterfaces::default(),
            secrets: Secrets::new(Arc::clone(&storage.store)),
            pace: DeployPace::default(),
            schedules: Schedules::new(Arc::clone(&storage.store)),
            scheduler: Scheduler::default(),
            values: Values::new(Arc::clone(&storage.store)),
            drafts: Drafts::new(Arc::clone(&storage.store)),
            traces,
            explored: History::default(),
            uploads: UploadRoom::default(),
            slots: Slots::new(&config.limits),
            stopping: AtomicBool::new(false),
            config,
            address,
            storage,
            clock,
            sandbox,
            guests,
            scripts,
            metrics: Metrics::default(),
            log,
        });
        app.records.notify(Arc::new(AppHooks::of(&app)));
        app.nhs.serve_key_sets_from(Arc::new(AppKeySets::new(&app)));
        Ok(app)
    }

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

    /// Where people reach the server, without a slash at the end: `http://127.0.0.1:8080`.
    #[must_use]
    pub fn base_url(&self) -> String {
        if let Some(public) = &self.config.listen.public_url {
            return public.as_str().to_owned();
        }
        // At all addresses: this one is there wherever the server runs.
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// Scheme, host and port by which a caller knows the server, whose request was for this authority.
    #[must_use]
    pub fn url_at(&self, authority: &str) -> String {
        let public = self.config.listen.public_url.as_ref();
        match public.filter(|public| public.authority().eq_ignore_ascii_case(authority)) {
            Some(public) => public.as_str().to_owned(),
            None => format!("http://{authority}"),
        }
    }

    /// What the server may be called.
    pub(crate) fn names(&self) -> Names<'_> {
        Names {
            listening: self.address.ip(),
            public: self.config.listen.public_url.as_ref(),
        }
    }

    /// Where the FHIR server of a workspace answers, without a slash at the end: `http://127.0.0.1:8080/w/demo/fhir`.
    #[must_use]
    pub fn fhir_base(&self, workspace: &Workspace) -> String {
        format!("{}/w/{}/fhir", self.base_url(), workspace.name)
    }

    /// Where the interfaces of a workspace answer in this profile, without a slash at the end:
    /// `http://127.0.0.1:8080/w/demo/nhs/int`.
    #[must_use]
    pub fn nhs_base(&self, workspace: &Workspace, profile: Profile) -> String {
        format!("{}/w/{}/nhs/{profile}", self.base_url(), workspace.name)
    }

    /// The path of a running app: `/w/demo/apps/patient-lookup/`.
    #[must_use]
    pub fn app_path(workspace: &WorkspaceName, app: &(impl std::fmt::Display + ?Sized)) -> String {
        format!("/w/{workspace}/apps/{app}/")
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

/// The records of every workspace, over these people.
fn records(people: &population::Population, storage: &Storage) -> Result<Records, BuildError> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let base = Arc::new(Base::of_population(people, threads)?);
    let warmed = Arc::clone(&base);
    // Ends by itself within seconds; nobody waits for it.
    std::thread::spawn(move || warmed.warm());
    Ok(Records::new(
        base,
        Arc::clone(&storage.store),
        RecordsConfig::default(),
    ))
}

/// An app that is not there, and a text that cannot be the name of one, are told apart by nobody.
fn unknown_app(workspace: &Workspace, name: &str) -> AppError {
    AppError::UnknownApp {
        workspace: workspace.name.to_string(),
        app: name.to_owned(),
    }
}
