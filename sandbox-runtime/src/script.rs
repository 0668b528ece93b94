//! Turns scripts into components: JavaScript or TypeScript in, a `wasi:http` component and its machine code out.
//!
//! The runner (`js-runner`) is a component with QuickJS inside. A script is evaluated in it once, when it is deployed, and what its memory
//! holds then becomes the script's component: [Wizer](https://docs.rs/wasmtime-wizer) takes that snapshot. So a request pays neither for starting an engine nor for
//! reading the script, and an error at the top level of a file shows when it is deployed. The component needs nothing of this program; it
//! runs on any host of `wasi:http`.
//!
//! ```text
//! Scripts ── check sizes and names ── line (groups take turns) ── worker (child process, lives long) ── component + machine code
//!                                                                      └── strip types ── instantiate ── init ── snapshot ── machine code
//! ```
//!
//! # What is promised
//!
//! - The script is evaluated in a WebAssembly sandbox inside a child process that has limits of its own and no way out: there is no request yet,
//!   so there are no calls, no timers and no randomness at the top level.
//! - Whatever a script does there (loops, recursion, memory), it ends in a [`ScriptError`] and disturbs no other script; a worker that dies or
//!   hangs is replaced.
//! - The machine code is, byte for byte, what the same compiler with the same settings makes of any component; it is made from an earlier
//!   script's where only the memory differs.
//!
//! # What is not
//!
//! - What the top level draws from `Math.random` or reads from the clock is the same in every run: it is part of the snapshot.
//! - The compiler in the worker has seen other scripts before. A flaw in it that a script could reach through QuickJS's fixed code would reach
//!   the scripts after it; uploaded components, which choose their code, therefore get a fresh child each.

mod check;
mod error;
mod job;
mod missing_export;
mod typescript;
pub(crate) mod wire;
pub(crate) mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Mutex;

pub use self::check::takes;
pub use self::error::{ScriptBuildError, ScriptError};
use crate::artefact::{Artefact, ComponentSha};
use crate::compile::{CompileError, CompilerConfig};
use crate::line::{Group, Line};

/// The largest file of a script, in bytes. A bundle of fhirpath.js with its model of R4 has 1.2 MiB.
pub const FILE_BYTES: usize = 2 * 1024 * 1024;

/// All files of a script together, in bytes.
pub const SCRIPT_BYTES: usize = 4 * 1024 * 1024;

/// Files of a script.
pub const FILES: usize = 200;

/// Address space of the worker, in bytes: two engines, the warm cache, and the largest script.
const WORKER_MEMORY_BYTES: u64 = 3 * 1024 * 1024 * 1024;

/// What a script may take of the worker, on the clock: only a machine that does not let the worker run comes so far. Processor time is
/// what is limited; where that is not known, the worker's own clock ends it long before.
const JOB_WALL: Duration = Duration::from_secs(600);

/// What the worker may take to get ready, on the clock: it compiles the runner twice. Measured: 4 s in a release build, 20 s in a debug build on a busy machine.
const START_WALL: Duration = Duration::from_secs(600);

/// The files of an app that is written as a script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// By path in the app's folder, with `/` between the parts.
    pub files: BTreeMap<String, Bytes>,
    /// The file that exports the handler.
    pub main: String,
    /// Whether the module `c4h:test` may be imported.
    pub tests: bool,
}

impl Script {
    /// A script of one file.
    #[must_use]
    pub fn single(name: &str, source: impl Into<Bytes>) -> Self {
        Self {
            files: BTreeMap::from([(name.to_owned(), source.into())]),
            main: name.to_owned(),
            tests: false,
        }
    }
}

/// What a script became.
#[derive(Debug, Clone)]
pub struct Built {
    /// A plain `wasi:http` component.
    pub component: Bytes,
    /// Its machine code for this machine.
    pub artefact: Artefact,
}

/// Builds scripts, one at a time, in a worker that stays. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scripts {
    inner: Arc<Inner>,
    group: Group,
}

#[derive(Debug)]
struct Inner {
    config: CompilerConfig,
    line: Arc<Line>,
    // Who has the turn, and who gets the worker ready.
    worker: Mutex<Option<job::Worker>>,
    started: AtomicUsize,
}

impl Scripts {
    /// Starts nothing yet; see [`warm`](Self::warm). Of the settings, the program and its arguments count, the processor time of scripts, and
    /// how many may wait.
    #[must_use]
    pub fn new(config: CompilerConfig) -> Self {
        let inner = Inner {
            line: Line::new(config.bounds()),
            config,
            worker: Mutex::default(),
            started: AtomicUsize::new(0),
        };
        Self {
            inner: Arc::new(inner),
            group: 0,
        }
    }

    /// The same worker for one group of scripts, such as those of one workspace: groups take turns, however many scripts each has.
    #[must_use]
    pub fn group(&self, group: u64) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            group,
        }
    }

    /// Gets the worker ready, so that the first script is as quick as the others. Call it in the background when the program starts.
    ///
    /// # Errors
    ///
    /// When the worker does not start.
    pub async fn warm(&self) -> Result<(), CompileError> {
        let mut place = self.inner.worker.lock().await;
        if place.is_none() {
            *place = Some(self.inner.start().await?);
        }
        Ok(())
    }

    /// How often a worker was started: more than once means that one died or was killed.
    #[must_use]
    pub fn workers_started(&self) -> usize {
        self.inner.started.load(Ordering::Relaxed)
    }

    /// Turns a script into a component. Dropping the future takes the script out of the line; one that is being worked on is finished.
    ///
    /// # Errors
    ///
    /// [`ScriptBuildError::Script`] is for the script's author, with file, line and column where there are any.
    pub async fn build(&self, script: Script) -> Result<Built, ScriptBuildError> {
        let order = check::check(&script)?;
        let turn = self
            .inner
            .line
            .turn(self.group)
            .await
            .map_err(CompileError::full)?;
        let inner = Arc::clone(&self.inner);
        // A task of its own: a caller who goes away must not leave the worker half way through an answer.
        let work = tokio::spawn(async move {
            let answer = inner.work(order).await;
            drop(turn);
            answer
        });
        let (answer, script) = (work.await, script);
        match answer.map_err(CompileError::host)?? {
            wire::Answer::Built {
                component,
                settings,
                code,
            } => {
                let artefact = Artefact::compiled(ComponentSha::of(&component), settings, code);
                Ok(Built { component, artefact })
            }
            wire::Answer::Problem(problem) => Err(error::of_problem(problem, &script).into()),
            wire::Answer::Invalid(message) => Err(CompileError::Invalid { message }.into()),
        }
    }
}

impl Inner {
    async fn start(&self) -> Result<job::Worker, CompileError> {
        self.started.fetch_add(1, Ordering::Relaxed);
        let allowance = wire::Allowance {
            memory_bytes: WORKER_MEMORY_BYTES,
            cpu_ms: u64::try_from(self.config.script_cpu.as_millis()).unwrap_or(u64::MAX),
        };
        tokio::time::timeout(START_WALL, job::Worker::start(&self.config, allowance))
            .await
            .map_err(|_late| CompileError::starved(START_WALL))?
    }

    async fn work(&self, order: wire::Order) -> Result<wire::Answer, ScriptBuildError> {
        let mut place = self.worker.lock().await;
        let mut worker = match place.take() {
            Some(worker) => worker,
            None => self.start().await?,
        };
        match tokio::time::timeout(JOB_WALL, worker.work(order)).await {
            Ok(Ok(answer)) => {
                if !worker.is_worn() {
                    *place = Some(worker);
                }
                Ok(answer)
            }
            // The worker is dropped and so killed; the next script starts another.
            Ok(Err(job::Lost::OverCpu)) => {
                tracing::warn!("a script took too much of its worker, which is replaced");
                let seconds = self.config.script_cpu.as_secs();
                Err(ScriptError::limit(&format!(
                    "Turning the script into an app took more than {seconds} s of processor time; make it smaller."
                ))
                .into())
            }
            Ok(Err(job::Lost::Died(detail))) => {
                tracing::warn!(detail, "the worker for scripts died and is replaced");
                Err(ScriptError::limit("The script overwhelmed what turns it into an app; look for code that is nested very deeply or is very large.").into())
            }
            Err(_late) => {
                tracing::warn!("the worker for scripts took too long and is replaced");
                Err(CompileError::starved(JOB_WALL).into())
            }
        }
    }
}
