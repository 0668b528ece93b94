//! The building of everything long-lived, in one step.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use mock_nhs_interfaces::{MockNhs, Population, SmartServer};
use records::{Base, BaseError, FhirServer, Records, RecordsConfig};
use sandbox_runtime::processors::processors;
use sandbox_runtime::script::Scripts;
use sandbox_runtime::{
    ArtefactCache, ArtefactKey, Compiler, CompilerConfig, Guests, Sandbox, SandboxConfig, SandboxError,
};
use store::{Clock, Storage, SystemClock};

use super::{AddedInterfaces, App, COMPILE_CHILD};
use crate::access::Access;
use crate::config::{Config, StoreConfig};
use crate::data::{
    Apps, BlobUses, ConditionsRows, Drafts, Interfaces, Packages, Schedules, Secrets, Traces, Values,
    Versions, Workspaces,
};
use crate::deploy::DeployPace;
use crate::egress::key_sets::AppKeySets;
use crate::hooks::AppHooks;
use crate::log::LogSink;
use crate::metrics::Metrics;
use crate::page_key;
use crate::schedule::Scheduler;
use crate::slots::Slots;
use crate::uploads::UploadRoom;
use crate::web::explorer::history::History;

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
}

/// The records of every workspace, over these people.
fn records(people: &population::Population, storage: &Storage) -> Result<Records, BuildError> {
    let threads = processors();
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
