//! Turns components into machine code, in a child process with limits of its own.
//!
//! A few kilobytes of WebAssembly can keep a compiler busy for minutes (500 nested loops with 500 locals: 8 KB, more than 30 s) or make
//! it ask for 26 GB (50,000 `if`s with 5,000 locals: 547 KB), and a failed allocation ends the whole process. So each job is a child
//! that limits itself before it reads what strangers sent; it can fail in any way without harm to the program.
//!
//! ```text
//! Compiler ── one job at a time; the others wait, and groups take turns
//!    └── child (killed when the job's future is dropped)
//!          stdin  ← limits, component
//!          stdout → machine code, or why not
//!          stderr → the last words of a child that died
//! ```

mod child;
mod failure;
mod job;
mod limits;
#[cfg(unix)]
mod orphan;
mod probe;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
))]
mod seccomp;
mod start;
mod wire;

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

pub use self::child::compile_child;
pub use self::failure::{CompileError, CompileLimit, FULL_RETRY_S};
pub use self::limits::CHILD_CALLS_ARE_FILTERED;
pub(crate) use self::limits::restrict_memory_and_calls;
pub use self::probe::{Attempt, CallFilter, Outcome, try_in_compile_child};
pub(crate) use self::start::{Started, start};
pub(crate) use self::wire::ORDER_BYTES;
use crate::artefact::{Artefact, ComponentSha};
use crate::line::{Bounds, Group, Line};
use crate::processors::processors;

const MIB: u64 = 1024 * 1024;

/// Where processor time is limited, sixty times as much of the clock: the child has the lowest priority, and a machine may be busy.
#[cfg(unix)]
const WALL: Duration = Duration::from_secs(600);
#[cfg(unix)]
const WALL_PER_MIB: Duration = Duration::from_secs(60);
/// Elsewhere three times as much, because the clock is all that stops a bomb.
#[cfg(not(unix))]
const WALL: Duration = Duration::from_secs(30);
#[cfg(not(unix))]
const WALL_PER_MIB: Duration = Duration::from_secs(9);

/// How to start the child, and what it may use.
#[derive(Debug, Clone)]
pub struct CompilerConfig {
    /// The program to start; it must call [`compile_child`]. Normally this very program.
    pub program: PathBuf,
    /// Its arguments, such as the hidden subcommand.
    pub arguments: Vec<OsString>,
    /// Address space of the child, in bytes. Unix only.
    pub memory_bytes: u64,
    /// Processor time of the child for a small component, in seconds. Unix only.
    pub cpu_seconds: u64,
    /// Processor time that each MiB of the component adds, in seconds: a small bomb is stopped early, a large app gets its time.
    pub cpu_seconds_per_mib: u64,
    /// Time on the clock for a small component. On Unix this only ends a child that hangs or that a busy machine does not let run, and
    /// blames nobody; elsewhere it is the only limit.
    pub wall: Duration,
    /// Time on the clock that each MiB of the component adds.
    pub wall_per_mib: Duration,
    /// Processor time that turning one script into a component may take, all steps together. Elsewhere than on Unix, time on the clock.
    pub script_cpu: Duration,
    /// Threads of the child.
    pub threads: usize,
    /// Jobs of one group that may wait. More are refused.
    pub waiting_each: usize,
    /// Jobs of all groups together that may wait. Then the longest line gives a place up, or the job is refused as busy.
    pub waiting: usize,
}

impl CompilerConfig {
    /// The default limits for a program.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments,
            // Measured: componentize-py's 22 MB and componentize-js's 13 MB each fit into 768 MiB of addresses (350 MB resident).
            memory_bytes: 1536 * MIB,
            // Measured: 0.47 MB of Rust take 1 s, componentize-py's 21 MiB 18 s, componentize-js's 12 MiB 19 s, in a debug build.
            cpu_seconds: 10,
            cpu_seconds_per_mib: 3,
            wall: WALL,
            wall_per_mib: WALL_PER_MIB,
            // Normal is a fifth of a second; 4 MiB of JavaScript take two.
            script_cpu: Duration::from_secs(20),
            threads: threads(),
            // A class of thirty that shares one workspace presses the button at once.
            waiting_each: 32,
            // Each holds its component, which may have 32 MiB.
            waiting: 64,
        }
    }

    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            each: self.waiting_each,
            all: self.waiting,
        }
    }

    fn cpu_seconds_for(&self, wasm: &[u8]) -> u64 {
        let mib = u64::from(whole_mib(wasm));
        self.cpu_seconds
            .saturating_add(self.cpu_seconds_per_mib.saturating_mul(mib))
    }

    fn wall_for(&self, wasm: &[u8]) -> Duration {
        self.wall
            .saturating_add(self.wall_per_mib.saturating_mul(whole_mib(wasm)))
    }
}

/// Two make large components faster, more make a class of thirty slower. One processor is left to whoever waits for a page.
fn threads() -> usize {
    processors().saturating_sub(1).clamp(1, 2)
}

fn whole_mib(wasm: &[u8]) -> u32 {
    u32::try_from(wasm.len() / (1024 * 1024)).unwrap_or(u32::MAX)
}

/// Whether the child's limits on memory and processor time hold on this platform; elsewhere time on the clock is the only one.
pub const CHILD_LIMITS_HOLD: bool = cfg!(target_os = "linux");

/// How many failures are remembered. A component that failed once fails at once the next time.
const FAILURES_KEPT: usize = 256;

/// Compiles components, one at a time. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Compiler {
    inner: Arc<Inner>,
    group: Group,
}

#[derive(Debug)]
struct Inner {
    config: CompilerConfig,
    line: Arc<Line>,
    failures: Mutex<Failures>,
}

impl Compiler {
    /// Nothing is started before the first job.
    #[must_use]
    pub fn new(config: CompilerConfig) -> Self {
        let inner = Inner {
            line: Line::new(config.bounds()),
            config,
            failures: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
            group: 0,
        }
    }

    /// The same compiler for one group of jobs, such as those of one workspace: groups take turns, however many jobs each has.
    #[must_use]
    pub fn group(&self, group: u64) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            group,
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
        let turn = inner.line.turn(self.group).await.map_err(CompileError::full)?;
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
