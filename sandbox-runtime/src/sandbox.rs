//! The engine with everything that lives as long as the program, and [`Sandbox::handle`], which runs one request.
//!
//! A run is one future: whoever drops it ends the guest, its calls and its memory. Its first slice of processor time is spent in the
//! caller's own task; one that takes longer, or whose group is to wait for others, is in the slow lane, which ends it when the caller is gone. The only other tasks
//! are one for each outgoing call, owned by the guest's store.

mod answer;
mod context;
mod cpu;
mod exception;
mod failure;
mod host;
mod lane;
mod open_run;
mod places;
mod run;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use http::{Request, Response};
use wasmtime::Engine;
use wasmtime::component::Linker;

pub use self::context::{Recording, RunContext};
pub(crate) use self::cpu::CpuMeter;
pub(crate) use self::host::Host;
use self::lane::Lane;
pub use self::lane::SLOW_LANE_HAS_LOW_PRIORITY;
use self::open_run::{Ended, OpenRun};
pub use self::places::{Place, Places};
use crate::artefact::Artefact;
use crate::capability::call_turns::CallLine;
use crate::engine::{Allocation, start_engine};
use crate::error::{LoadError, RunError, SandboxError};
use crate::guest::{Guest, Sharing};
use crate::limits::{CONCURRENT_RUNS, QUEUE_MS};
use crate::replay::Tape;
use crate::trace::Trace;

/// Whether a guest's processor time is measured exactly on this platform; elsewhere the time it is being run stands for it, which counts a
/// little too much on a busy machine.
pub const CPU_TIME_IS_EXACT: bool = cfg!(unix);

/// How many runs an engine has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxConfig {
    /// Runs at the same time.
    pub concurrent_runs: u32,
    /// How long a request waits for a free place before it is refused as `busy`, in milliseconds.
    pub queue_ms: u64,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            concurrent_runs: CONCURRENT_RUNS,
            queue_ms: QUEUE_MS,
        }
    }
}

/// Runs components. Cheap to clone; all clones are the same engine.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
    group: lane::Group,
    begin: Begin,
}

/// Where runs begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// In the caller's task; in the slow lane they go on.
    Here,
    SlowLane,
}

struct Inner {
    engine: Engine,
    linker: Linker<Host>,
    sharing: Sharing,
    allocation: Allocation,
    places: Places,
    lane: Lane,
    calls: CallLine,
    config: SandboxConfig,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("config", &self.inner.config)
            .finish_non_exhaustive()
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// The answer with its whole body, or why there is none.
    pub answer: Result<Response<Bytes>, RunError>,
    /// What happened on the way.
    pub trace: Trace,
    /// What it learned from the world, if that was recorded.
    pub tape: Option<Tape>,
}

impl Sandbox {
    /// Starts an engine and its ticker thread. They end when the last clone and the last [`Guest`] are gone.
    ///
    /// # Errors
    ///
    /// When the engine does not start, which only happens on a platform that wasmtime does not know.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        let config = SandboxConfig {
            concurrent_runs: config.concurrent_runs.max(1),
            ..config
        };
        let (engine, allocation) = start_engine(config.concurrent_runs)?;
        let linker = host::linker(&engine).map_err(|error| SandboxError(format!("{error:#}")))?;
        crate::ticker::start(&engine)?;
        let places = Places::new(config.concurrent_runs, config.queue_ms);
        Ok(Self {
            inner: Arc::new(Inner {
                engine,
                linker,
                sharing: Sharing::default(),
                allocation,
                places,
                lane: Lane::new(),
                calls: CallLine::new(),
                config,
            }),
            group: 0,
            begin: Begin::Here,
        })
    }

    /// The same engine for one group of runs, such as those of one workspace: long runs of a group take turns with those of others,
    /// however many there are of each.
    #[must_use]
    pub fn group(&self, group: u64) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            group,
            begin: Begin::Here,
        }
    }

    /// The same for runs that begin in the slow lane instead of going there when they turn out long: for a group whose many short
    /// runs would keep others from the serving threads.
    #[must_use]
    pub fn from_the_slow_lane(mut self) -> Self {
        self.begin = Begin::SlowLane;
        self
    }

    /// Makes a component ready to run. Takes milliseconds for large ones: call it off the async threads, or use
    /// [`Guests`](crate::guest::Guests), which does.
    ///
    /// # Errors
    ///
    /// See [`LoadError`].
    pub fn load(&self, artefact: &Artefact) -> Result<Guest, LoadError> {
        Guest::load(
            &self.inner.engine,
            &self.inner.linker,
            &self.inner.sharing,
            artefact,
        )
    }

    /// Where guests get their memory from, for `c4h doctor`.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        &self.inner.allocation
    }

    /// Places for runs that are free right now.
    #[must_use]
    pub fn free_places(&self) -> usize {
        self.inner.places.free()
    }

    /// What compiled code must match to be loaded here.
    #[must_use]
    pub fn compatibility_hash(&self) -> [u8; 32] {
        crate::engine::compatibility_hash(&self.inner.engine)
    }

    /// Runs one request in one fresh instance. Never panics, and ends within the wall limit plus the time in the queue.
    ///
    /// Must be called on a tokio runtime with time enabled. Dropping the future ends the run and frees everything.
    pub async fn handle(&self, guest: &Guest, request: Request<Bytes>, run: RunContext) -> Run {
        let place = self.inner.places.enter().await;
        let open = OpenRun::new(&run, &request);
        let ended = match place {
            Ok(place) => {
                let inner = &self.inner;
                let turns = inner.calls.turns(self.begin == Begin::SlowLane);
                let start = run::Start {
                    engine: inner.engine.clone(),
                    guest: guest.clone(),
                    run,
                    recorder: Arc::clone(&open.recorder),
                    meter: Arc::clone(&open.meter),
                    turns: turns.clone(),
                    place,
                };
                let mut work = Box::pin(run::execute(start, request));
                let ended = match self.begin {
                    Begin::Here => first_slice(&mut work, &open.meter).await,
                    Begin::SlowLane => None,
                };
                match ended {
                    Some(ended) => ended,
                    None => {
                        turns.slow_down();
                        inner.lane.finish(self.group, work).await.unwrap_or_else(|| {
                            Ended::without_start(RunError::host("the platform panicked under a run"))
                        })
                    }
                }
            }
            Err(error) => Ended::without_start(error),
        };
        open.close(ended)
    }

    /// Repeats a run: `run` comes from [`RunContext::replay`], and the request from its tape.
    pub async fn replay(&self, guest: &Guest, run: RunContext) -> Run {
        let request = match &run.recording {
            Recording::Replay(tape, _) => tape.request(),
            Recording::Tape | Recording::NoTape | Recording::Nothing => Request::default(),
        };
        self.handle(guest, request, run).await
    }
}

/// Processor time after which a run goes on in the slow lane. One tick: a run that is not interrupted has not used it up, so pages
/// that are made in a few milliseconds never change threads.
const FIRST_SLICE_NS: u64 = 5_000_000;

/// Runs the guest in this task; `None` when it has used up its first slice and has not ended.
async fn first_slice<T>(work: &mut Pin<Box<impl Future<Output = T>>>, meter: &CpuMeter) -> Option<T> {
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(ended) => Poll::Ready(Some(ended)),
        Poll::Pending if meter.spent_ns() >= FIRST_SLICE_NS => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// Bytes of all names and values, as the limit counts them: with the `: ` and the line end that HTTP/1.1 adds.
pub(crate) fn header_bytes(headers: &http::HeaderMap) -> u64 {
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
