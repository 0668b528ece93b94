//! The traces of recent runs: in memory for whoever reads, and on the disk so that they are there after a restart.
//!
//! Owns one lock around all rings, held for a push or a copy of pointers and never across an await; the writer's thread
//! (`traces/writer.rs`), which alone touches the disk; and the audience of those who watch (`traces/live.rs`), whose lock may be
//! taken while this one is held, and never the other way round.

mod disk;
mod live;
mod record;
mod ring;
mod segment;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandbox_runtime::replay::Tape;
use sandbox_runtime::trace::{Event, Trace, Watcher};
use store::WorkspaceId;

use self::live::Audience;
pub use self::live::{LiveCall, LiveEvent, StartedRun, Watching};
use self::ring::Rings;
use self::writer::{Desk, Writer};
use crate::model::AppName;

/// What traces may take, in memory and on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// What the newest runs of one app may take in memory.
    pub memory_app_bytes: usize,
    /// What all runs together may take in memory.
    pub memory_total_bytes: usize,
    /// What the runs of one app may take on the disk.
    pub disk_app_bytes: u64,
    /// What all runs together may take on the disk.
    pub disk_total_bytes: u64,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            // About 200 ordinary runs with two calls each.
            memory_app_bytes: 4 << 20,
            // So that 500 apps cannot fill the memory of a laptop.
            memory_total_bytes: 96 << 20,
            disk_app_bytes: 16 << 20,
            disk_total_bytes: 1 << 30,
        }
    }
}

/// One run, kept.
#[derive(Debug)]
pub struct KeptRun {
    /// The app that ran.
    pub app: AppName,
    /// The version that ran.
    pub version: u32,
    /// What it did.
    pub trace: Trace,
    /// What it learned from the world, to repeat it; `None` when that was not recorded.
    pub tape: Option<Arc<Tape>>,
}

impl KeptRun {
    /// A run to keep.
    #[must_use]
    pub fn new(app: AppName, version: u32, trace: Trace, tape: Option<Tape>) -> Self {
        Self {
            app,
            version,
            trace,
            tape: tape.map(Arc::new),
        }
    }

    /// An estimate of what a run takes in memory; counting exactly would cost more than it tells.
    fn weight_bytes(&self) -> usize {
        let tape = self.tape.as_ref().map_or(0, |tape| tape.weight_bytes());
        size_of::<Self>() + self.app.as_str().len() + self.trace.weight_bytes() + tape
    }
}

/// How much is kept; for the metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TracesSize {
    /// Runs kept in memory.
    pub runs: usize,
    /// Their size in memory, by our own estimate.
    pub bytes: usize,
    /// Runs that made room for newer ones since the start.
    pub dropped: u64,
    /// Bytes of the files.
    pub disk_bytes: u64,
    /// How often the disk took nothing.
    pub disk_failures: u64,
}

/// The recent runs of every app, newest kept longest, within a budget for each app and one for all. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    shared: Arc<Shared>,
    /// `None`: in memory only, by choice.
    writer: Option<Arc<Writer>>,
}

/// What readers, runs and the writer's thread share.
#[derive(Debug, Default)]
struct Shared {
    budgets: Budgets,
    rings: Mutex<Rings>,
    desk: Desk,
    audience: Arc<Audience>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Rings> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Traces {
    /// Traces in memory only, within budgets.
    #[must_use]
    pub fn in_memory(budgets: Budgets) -> Self {
        Self {
            shared: Arc::new(Shared {
                budgets,
                ..Shared::default()
            }),
            writer: None,
        }
    }

    /// Traces that are kept in a folder as well. What is there already is read in the background; a folder that cannot
    /// be used is said in the log and by [`Traces::refusal`], and traces are in memory until it can.
    #[must_use]
    pub fn on_disk(root: PathBuf, budgets: Budgets) -> Self {
        let mut traces = Self::in_memory(budgets);
        match Writer::start(Arc::clone(&traces.shared), root, budgets) {
            Ok(writer) => traces.writer = Some(Arc::new(writer)),
            Err(error) => tracing::warn!(%error, "traces are in memory only: their thread did not start"),
        }
        traces
    }

    /// Keeps a run, and tells whoever watches that it ended; the oldest make room for it. Answers the run, which may itself
    /// be gone at once when it is larger than all that may be kept.
    pub fn keep(&self, workspace: WorkspaceId, run: KeptRun) -> Arc<KeptRun> {
        let key = (workspace, run.app.clone());
        let run = Arc::new(run);
        let mut rings = self.shared.lock();
        let watched = self.shared.audience.watches(&key);
        let told = watched.then(|| (key.clone(), Arc::clone(&run)));
        let (number, dropped) = rings.push(key, Arc::clone(&run), &self.shared.budgets);
        // Invariant: told under the lock, so that every reader hears the numbers in order and a higher one means that the lower ones
        // were told.
        if let Some((key, run)) = told {
            self.shared
                .audience
                .tell(&key, &LiveEvent::RunEnded { number, run });
        }
        drop(rings);
        drop(dropped);
        run
    }

    /// The newest `limit` runs of an app, newest first.
    #[must_use]
    pub fn list(&self, workspace: WorkspaceId, app: &AppName, limit: usize) -> Vec<Arc<KeptRun>> {
        let rings = self.shared.lock();
        let key = (workspace, app.clone());
        let runs = rings.of(&key);
        runs.take(limit).map(|(_, run)| Arc::clone(run)).collect()
    }

    /// One run of an app, if it is still kept.
    #[must_use]
    pub fn get(&self, workspace: WorkspaceId, app: &AppName, run_id: &str) -> Option<Arc<KeptRun>> {
        let rings = self.shared.lock();
        let key = (workspace, app.clone());
        let mut runs = rings.of(&key);
        let found = runs.find(|(_, run)| run.trace.run_id == run_id);
        found.map(|(_, run)| Arc::clone(run))
    }

    /// The app that a kept run of the workspace belongs to.
    #[must_use]
    pub fn app_of(&self, workspace: WorkspaceId, run_id: &str) -> Option<AppName> {
        self.shared.lock().app_of(workspace, run_id)
    }

    /// Forgets every run of an app, because the app is gone; its files follow within moments.
    pub fn forget(&self, workspace: WorkspaceId, app: &AppName) {
        self.shared.lock().forget(&(workspace, app.clone()));
        self.shared.desk.hurry();
    }

    /// Tells whoever watches this app what a run does; `None`, and no cost, while nobody does.
    #[must_use]
    pub fn watcher(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        run_id: &str,
        version: u32,
    ) -> Option<Arc<dyn Watcher>> {
        if self.shared.audience.is_empty() {
            return None;
        }
        let key = (workspace, app.clone());
        self.shared.audience.watches(&key).then(|| -> Arc<dyn Watcher> {
            Arc::new(Reporter {
                audience: Arc::clone(&self.shared.audience),
                key,
                run: run_id.into(),
                version,
            })
        })
    }

    /// Lets somebody watch an app from now on; `None` when as many watch as may.
    #[must_use]
    pub fn watch(&self, workspace: WorkspaceId, app: &AppName) -> Option<Watching> {
        self.shared.audience.enter((workspace, app.clone()))
    }

    /// The runs of an app that ended after the one with this number, oldest first, and whether they are all: `false`
    /// when some of them have made room for newer ones.
    #[must_use]
    pub fn since(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        number: u64,
    ) -> (Vec<(u64, Arc<KeptRun>)>, bool) {
        let rings = self.shared.lock();
        let key = (workspace, app.clone());
        let newer = rings.of(&key).take_while(|(of, _)| *of > number);
        let mut runs: Vec<_> = newer.map(|(of, run)| (of, Arc::clone(run))).collect();
        runs.reverse();
        // The run with this number is still here, or nothing has gone since the start of the program.
        let whole =
            number == rings.newest() || rings.of(&key).any(|(of, _)| of <= number) || rings.dropped == 0;
        (runs, whole)
    }

    /// Sends home whoever watches, because the program ends.
    pub fn end_watching(&self) {
        self.shared.audience.end();
    }

    /// Writes what is not on the disk yet. Call it last; waits for the disk.
    pub fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close();
        }
    }

    /// Why traces are not kept on the disk at the moment, though they should be.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        self.shared.desk.refusal()
    }

    /// How much is kept.
    #[must_use]
    pub fn size(&self) -> TracesSize {
        let rings = self.shared.lock();
        let (runs, bytes) = rings.size();
        TracesSize {
            runs,
            bytes,
            dropped: rings.dropped,
            disk_bytes: self.shared.desk.bytes(),
            disk_failures: self.shared.desk.failures(),
        }
    }
}

/// Tells the audience of one app what one run does.
#[derive(Debug)]
struct Reporter {
    audience: Arc<Audience>,
    key: ring::Key,
    run: Arc<str>,
    version: u32,
}

impl Watcher for Reporter {
    fn saw(&self, event: Event<'_>) {
        let run = Arc::clone(&self.run);
        let event = match event {
            Event::Started { run_id: _, request } => LiveEvent::RunStarted(Arc::new(StartedRun {
                run,
                version: self.version,
                method: request.method.to_string(),
                uri: request.uri.clone(),
            })),
            Event::CallStarted(call) => LiveEvent::CallStarted(Arc::new(LiveCall::of(run, call))),
            Event::CallEnded(call) => LiveEvent::Call(Arc::new(LiveCall::of(run, call))),
            Event::Log(line) => LiveEvent::Log {
                run,
                line: Arc::new(line.clone()),
            },
            // Told when it is kept, with the number that a reader can come back with.
            Event::Ended(_) => return,
        };
        self.audience.tell(&self.key, &event);
    }
}

#[cfg(test)]
mod tests;
