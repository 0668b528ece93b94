//! The traces of recent runs, in memory only: they are gone after a restart.
//!
//! Owns one lock around all rings; it is held for a push or a copy of pointers, never across an await.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandbox_runtime::trace::Trace;
use store::WorkspaceId;

use crate::model::AppName;

/// What the newest traces of one app may take: about 200 ordinary runs with two calls each.
const APP_BUDGET_BYTES: usize = 4 << 20;
/// What all traces together may take, so that 500 apps cannot fill the memory of a laptop.
const TOTAL_BUDGET_BYTES: usize = 96 << 20;

/// One run, kept.
#[derive(Debug)]
pub struct KeptRun {
    /// The app that ran.
    pub app: AppName,
    /// The version that ran.
    pub version: u32,
    /// What it did.
    pub trace: Trace,
}

/// How much is kept; for the metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TracesSize {
    /// Runs kept.
    pub runs: usize,
    /// Their size in memory, by our own estimate.
    pub bytes: usize,
    /// Runs that made room for newer ones since the start.
    pub dropped: u64,
}

/// The recent runs of every app, newest kept longest, within a budget for each app and one for all.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    rings: Arc<Mutex<Rings>>,
}

#[derive(Debug, Default)]
struct Rings {
    by_app: HashMap<(WorkspaceId, AppName), Ring>,
    total_bytes: usize,
    dropped: u64,
}

#[derive(Debug, Default)]
struct Ring {
    runs: VecDeque<(usize, Arc<KeptRun>)>,
    bytes: usize,
}

impl Ring {
    fn drop_oldest(&mut self) -> usize {
        let Some((bytes, _)) = self.runs.pop_front() else {
            return 0;
        };
        self.bytes -= bytes;
        bytes
    }
}

impl Traces {
    /// Keeps a run; the oldest make room for it.
    pub fn keep(&self, workspace: WorkspaceId, run: KeptRun) {
        let bytes = size_of_run(&run);
        let mut rings = self.lock();
        let ring = rings.by_app.entry((workspace, run.app.clone())).or_default();
        ring.runs.push_back((bytes, Arc::new(run)));
        ring.bytes += bytes;
        let mut freed = 0;
        let mut dropped = 0;
        // The newest run stays even when it alone is over the budget: the budget is for keeping, not for looking.
        while ring.bytes > APP_BUDGET_BYTES && ring.runs.len() > 1 {
            freed += ring.drop_oldest();
            dropped += 1;
        }
        rings.total_bytes = rings.total_bytes + bytes - freed;
        rings.dropped += dropped;
        while rings.total_bytes > TOTAL_BUDGET_BYTES {
            let Some(largest) = rings.by_app.values_mut().max_by_key(|ring| ring.bytes) else {
                break;
            };
            let freed = largest.drop_oldest();
            if freed == 0 {
                break;
            }
            rings.total_bytes -= freed;
            rings.dropped += 1;
        }
    }

    /// The newest `limit` runs of an app, newest first.
    #[must_use]
    pub fn list(&self, workspace: WorkspaceId, app: &AppName, limit: usize) -> Vec<Arc<KeptRun>> {
        let rings = self.lock();
        let ring = rings.by_app.get(&(workspace, app.clone()));
        ring.into_iter()
            .flat_map(|ring| ring.runs.iter().rev())
            .take(limit)
            .map(|(_, run)| Arc::clone(run))
            .collect()
    }

    /// One run of an app, if it is still kept.
    #[must_use]
    pub fn get(&self, workspace: WorkspaceId, app: &AppName, run_id: &str) -> Option<Arc<KeptRun>> {
        let rings = self.lock();
        let ring = rings.by_app.get(&(workspace, app.clone()))?;
        ring.runs
            .iter()
            .rev()
            .find(|(_, run)| run.trace.run_id == run_id)
            .map(|(_, run)| Arc::clone(run))
    }

    /// Forgets every run of an app, because the app is gone.
    pub fn forget(&self, workspace: WorkspaceId, app: &AppName) {
        let mut rings = self.lock();
        if let Some(ring) = rings.by_app.remove(&(workspace, app.clone())) {
            rings.total_bytes -= ring.bytes;
        }
    }

    /// How much is kept.
    #[must_use]
    pub fn size(&self) -> TracesSize {
        let rings = self.lock();
        TracesSize {
            runs: rings.by_app.values().map(|ring| ring.runs.len()).sum(),
            bytes: rings.total_bytes,
            dropped: rings.dropped,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Rings> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An estimate of what a run takes in memory; counting exactly would cost more than it tells.
fn size_of_run(run: &KeptRun) -> usize {
    size_of::<KeptRun>() + run.app.as_str().len() + run.trace.weight_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(app: &str, id: &str, body_bytes: usize) -> KeptRun {
        let body = json!({ "size_bytes": body_bytes, "text": "x".repeat(body_bytes) });
        let trace = json!({
            "run_id": id,
            "started_at": "2026-01-01T00:00:00Z",
            "request": { "method": "POST", "uri": "/", "headers": [], "body": body },
            "calls": [],
            "log": [],
            "outcome": { "kind": "answered" },
            "limits_hit": [],
            "cpu_us": 1,
            "wall_us": 1,
            "memory_peak_bytes": 1,
            "response": null,
            "backtrace": [],
        });
        KeptRun {
            app: AppName::new(app).unwrap(),
            version: 1,
            trace: serde_json::from_value(trace).unwrap(),
        }
    }

    #[test]
    fn the_newest_stay_within_the_budget_of_an_app() {
        let (traces, workspace) = (Traces::default(), WorkspaceId::new(1));
        let quarter = APP_BUDGET_BYTES / 4;
        for id in ["a", "b", "c", "d", "e"] {
            traces.keep(workspace, run("one", id, quarter));
        }
        let one = AppName::new("one").unwrap();
        let kept: Vec<_> = traces
            .list(workspace, &one, 9)
            .iter()
            .map(|run| run.trace.run_id.clone())
            .collect();
        assert_eq!(kept, ["e", "d", "c"]);
        assert!(traces.get(workspace, &one, "a").is_none() && traces.get(workspace, &one, "c").is_some());
        assert!(traces.get(WorkspaceId::new(2), &one, "c").is_none());
        assert_eq!((traces.size().runs, traces.size().dropped), (3, 2));
        traces.forget(workspace, &one);
        assert_eq!((traces.size().runs, traces.size().bytes), (0, 0));
    }

    #[test]
    fn one_run_over_the_budget_is_still_shown() {
        let (traces, workspace) = (Traces::default(), WorkspaceId::new(1));
        traces.keep(workspace, run("one", "small", 10));
        traces.keep(workspace, run("one", "large", APP_BUDGET_BYTES + 1));
        assert_eq!(traces.list(workspace, &AppName::new("one").unwrap(), 9).len(), 1);
    }

    #[test]
    fn all_apps_together_have_a_budget_and_the_largest_gives() {
        let (traces, workspace) = (Traces::default(), WorkspaceId::new(1));
        traces.keep(workspace, run("little", "first", 10));
        for number in 0..=TOTAL_BUDGET_BYTES / APP_BUDGET_BYTES {
            traces.keep(
                workspace,
                run(&format!("app-{number}"), "only", APP_BUDGET_BYTES - 4096),
            );
        }
        assert!(traces.size().bytes <= TOTAL_BUDGET_BYTES);
        assert_eq!(
            traces.list(workspace, &AppName::new("little").unwrap(), 9).len(),
            1
        );
    }
}
