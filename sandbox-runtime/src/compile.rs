//! Turns components into machine code, in a child process with limits of its own.
//!
//! A few kilobytes of WebAssembly can keep a compiler busy for minutes (500 nested loops with 500 locals: 8 KB, more than 30 s) or make
//! it ask for 26 GB (50,000 `if`s with 5,000 locals: 547 KB), and a failed allocation ends the whole process. So each job is a child
//! that limits itself before it reads what strangers sent; it can fail in any way without harm to the program.
//!
//! ```text
//! Compiler ── one job at a time, others wait in a short line
//!    └── child (killed when the job's future is dropped)
//!          stdin  ← limits, component
//!          stdout → machine code, or why not
//!          stderr → the last words of a child that died
//! ```

mod child;
mod failure;
mod job;
mod limits;
mod wire;

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

pub use self::child::compile_child;
pub use self::failure::{CompileError, CompileLimit};
use crate::artefact::{Artefact, ComponentSha};

const MIB: u64 = 1024 * 1024;

/// How to start the child, and what it may use.
#[derive(Debug, Clone)]
pub struct CompilerConfig {
    /// The program to start; it must call [`compile_child`]. Normally this very program.
    pub program: PathBuf,
    /// Its arguments, such as the hidden subcommand.
    pub arguments: Vec<OsString>,
    /// Address space of the child, in bytes. Unix only.
    pub memory_bytes: u64,
    /// Processor time of the child, in seconds. Unix only.
    pub cpu_seconds: u64,
    /// Time on the clock. Elsewhere than on Unix this is the only limit.
    pub wall: Duration,
    /// Threads of the child.
    pub threads: usize,
    /// Jobs that may wait. More are refused as busy.
    pub waiting: usize,
}

impl CompilerConfig {
    /// The default limits for a program.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments,
            // An 18 MB Python component needs 0.9 GiB of address space (measured, two threads).
            memory_bytes: 2048 * MIB,
            // The same component needs 8 s in an optimised build (measured, two cores).
            cpu_seconds: 30,
            // Two threads on a machine that is busy with other things.
            wall: Duration::from_secs(60),
            // More threads make large components faster, and a class of thirty slower.
            threads: 2,
            // A class of thirty presses the button at once.
            waiting: 64,
        }
    }
}

/// How many failures are remembered. A component that failed once fails at once the next time.
const FAILURES_KEPT: usize = 256;

/// Compiles components, one at a time. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Compiler {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: CompilerConfig,
    turn: Semaphore,
    waiting: AtomicUsize,
    failures: Mutex<Failures>,
}

impl Compiler {
    /// Nothing is started before the first job.
    #[must_use]
    pub fn new(config: CompilerConfig) -> Self {
        let inner = Inner {
            config,
            turn: Semaphore::new(1),
            waiting: AtomicUsize::new(0),
            failures: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Compiles a component that has passed [`check_upload`](crate::inspect::check_upload). Dropping the future kills the child.
    ///
    /// # Errors
    ///
    /// See [`CompileError`]; its words are for the person who uploaded the component.
    pub async fn compile(&self, wasm: Bytes) -> Result<Artefact, CompileError> {
        let component = ComponentSha::of(&wasm);
        let inner = &self.inner;
        if let Some(failure) = inner.known_failure(&component) {
            return Err(failure);
        }
        let place = Waiting::enter(inner)?;
        let turn = inner
            .turn
            .acquire()
            .await
            .map_err(|_| CompileError::host("the compiler was closed"))?;
        drop(place);
        // Somebody before us in the line may have brought the same file.
        if let Some(failure) = inner.known_failure(&component) {
            return Err(failure);
        }
        let compiled = job::run(&inner.config, wasm).await;
        drop(turn);
        match compiled {
            Ok((compatibility, code)) => Ok(Artefact::compiled(component, compatibility, code)),
            Err(failure) => {
                tracing::info!(%component, code = failure.code(), %failure, "a component was not compiled");
                inner.remember(component, &failure);
                Err(failure)
            }
        }
    }
}

impl Inner {
    fn known_failure(&self, component: &ComponentSha) -> Option<CompileError> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.by_component.get(component).cloned()
    }

    fn remember(&self, component: ComponentSha, failure: &CompileError) {
        if !failure.is_lasting() {
            return;
        }
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = &mut *failures;
        if failures.by_component.insert(component, failure.clone()).is_none() {
            failures.in_order.push_back(component);
        }
        if failures.in_order.len() > FAILURES_KEPT
            && let Some(oldest) = failures.in_order.pop_front()
        {
            failures.by_component.remove(&oldest);
        }
    }
}

#[derive(Debug, Default)]
struct Failures {
    by_component: HashMap<ComponentSha, CompileError>,
    in_order: VecDeque<ComponentSha>,
}

/// A place in the line; given back when dropped.
struct Waiting<'a> {
    inner: &'a Inner,
}

impl<'a> Waiting<'a> {
    fn enter(inner: &'a Inner) -> Result<Self, CompileError> {
        let before = inner.waiting.fetch_add(1, Ordering::AcqRel);
        let place = Self { inner };
        if before > inner.config.waiting {
            return Err(CompileError::Busy {
                waiting: inner.config.waiting,
            });
        }
        Ok(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.inner.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}
