//! The newest runs of every app in memory: what everybody reads. Plain data; the lock around it is the owner's.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use store::WorkspaceId;

use super::{Budgets, KeptRun};
use crate::model::AppName;

/// The workspace and the app that runs belong to.
pub(super) type Key = (WorkspaceId, AppName);

/// The rings of all apps.
#[derive(Debug, Default)]
pub(super) struct Rings {
    by_app: HashMap<Key, Ring>,
    total_bytes: usize,
    /// Runs that made room for newer ones.
    pub(super) dropped: u64,
    /// The number of the newest run; each run of this process has its own.
    newest: u64,
    /// Apps with runs that are not on the disk yet.
    unwritten: VecDeque<Key>,
    /// Apps that are gone and whose files are not gone yet.
    forgotten: Vec<Key>,
}

/// The newest runs of one app, oldest first.
#[derive(Debug, Default)]
struct Ring {
    runs: VecDeque<Entry>,
    bytes: usize,
    /// The number of the newest run that is on the disk.
    written: u64,
    /// Whether the app stands in [`Rings::unwritten`].
    is_listed: bool,
}

#[derive(Debug)]
struct Entry {
    /// 0 for a run that was read from the disk.
    number: u64,
    bytes: usize,
    run: Arc<KeptRun>,
}

/// Runs of one app on their way to the disk, oldest first.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) key: Key,
    /// With their numbers.
    pub(super) runs: Vec<(u64, Arc<KeptRun>)>,
}

impl Ring {
    fn drop_oldest(&mut self, dropped: &mut Vec<Arc<KeptRun>>) -> usize {
        let Some(Entry { bytes, run, .. }) = self.runs.pop_front() else {
            return 0;
        };
        self.bytes -= bytes;
        dropped.push(run);
        bytes
    }
}

impl Rings {
    /// Adds a run; the oldest make room for it. Answers the run's number, and those that went: they are large, and are taken apart
    /// when nobody waits for the lock.
    pub(super) fn push(
        &mut self,
        key: Key,
        run: Arc<KeptRun>,
        budgets: &Budgets,
    ) -> (u64, Vec<Arc<KeptRun>>) {
        let bytes = run.weight_bytes();
        self.newest += 1;
        let number = self.newest;
        let ring = self.by_app.entry(key.clone()).or_default();
        if !ring.is_listed {
            ring.is_listed = true;
            self.unwritten.push_back(key);
        }
        ring.runs.push_back(Entry { number, bytes, run });
        ring.bytes += bytes;
        let (mut freed, mut dropped) = (0, Vec::new());
        // The newest run stays even when it alone is over the budget: the budget is for keeping, not for looking.
        while ring.bytes > budgets.memory_app_bytes && ring.runs.len() > 1 {
            freed += ring.drop_oldest(&mut dropped);
        }
        self.total_bytes = self.total_bytes + bytes - freed;
        while self.total_bytes > budgets.memory_total_bytes {
            let Some(largest) = self.by_app.values_mut().max_by_key(|ring| ring.bytes) else {
                break;
            };
            let freed = largest.drop_oldest(&mut dropped);
            if freed == 0 {
                break;
            }
            self.total_bytes -= freed;
        }
        self.dropped += u64::try_from(dropped.len()).unwrap_or(u64::MAX);
        (number, dropped)
    }

    /// Notes that an app has runs for the disk.
    pub(super) fn list_unwritten(&mut self, key: &Key) {
        if let Some(ring) = self.by_app.get_mut(key).filter(|ring| !ring.is_listed) {
            ring.is_listed = true;
            self.unwritten.push_back(key.clone());
        }
    }

    /// Puts a run of an earlier process before all others of its app, if there is room; says whether there was.
    pub(super) fn push_old(&mut self, key: &Key, run: KeptRun, budgets: &Budgets) -> bool {
        let bytes = run.weight_bytes();
        let held = self.by_app.get(key).map_or(0, |ring| ring.bytes);
        let full = held + bytes > budgets.memory_app_bytes
            || self.total_bytes + bytes > budgets.memory_total_bytes
            || self.forgotten.contains(key);
        if full {
            return false;
        }
        let ring = self.by_app.entry(key.clone()).or_default();
        ring.runs.push_front(Entry {
            number: 0,
            bytes,
            run: Arc::new(run),
        });
        ring.bytes += bytes;
        self.total_bytes += bytes;
        true
    }

    /// The runs of an app with their numbers, newest first.
    pub(super) fn of(&self, key: &Key) -> impl Iterator<Item = (u64, &Arc<KeptRun>)> {
        let runs = self.by_app.get(key).into_iter();
        runs.flat_map(|ring| ring.runs.iter().rev())
            .map(|entry| (entry.number, &entry.run))
    }

    /// The app of the workspace that a kept run belongs to.
    pub(super) fn app_of(&self, workspace: WorkspaceId, run_id: &str) -> Option<AppName> {
        let mut rings = self.by_app.iter().filter(|((of, _), _)| *of == workspace);
        let (key, _) =
            rings.find(|(_, ring)| ring.runs.iter().any(|entry| entry.run.trace.run_id == run_id))?;
        Some(key.1.clone())
    }

    /// The number of the newest run.
    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    /// Forgets an app; its files are for the writer.
    pub(super) fn forget(&mut self, key: &Key) {
        if let Some(ring) = self.by_app.remove(key) {
            self.total_bytes -= ring.bytes;
        }
        self.unwritten.retain(|other| other != key);
        self.forgotten.push(key.clone());
    }

    /// Notes that the files of an app are still there.
    pub(super) fn forget_later(&mut self, key: Key) {
        self.forgotten.push(key);
    }

    /// Takes the apps whose files go.
    pub(super) fn take_forgotten(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.forgotten)
    }

    /// Takes what is for the disk and still here, `most` runs at most, and none that is newer than the run of number `until`.
    pub(super) fn take_unwritten(&mut self, most: usize, until: u64) -> Vec<Batch> {
        let mut batches = Vec::new();
        let mut room = most;
        for _ in 0..self.unwritten.len() {
            if room == 0 {
                break;
            }
            let Some(key) = self.unwritten.pop_front() else {
                break;
            };
            let Some(ring) = self.by_app.get_mut(&key) else {
                continue;
            };
            let first = ring.runs.partition_point(|entry| entry.number <= ring.written);
            let new = ring.runs.range(first..).take_while(|entry| entry.number <= until);
            let runs: Vec<_> = new
                .take(room)
                .map(|entry| (entry.number, Arc::clone(&entry.run)))
                .collect();
            room -= runs.len();
            ring.is_listed = first + runs.len() < ring.runs.len();
            if ring.is_listed {
                self.unwritten.push_back(key.clone());
            }
            if !runs.is_empty() {
                batches.push(Batch { key, runs });
            }
        }
        batches
    }

    /// Notes that the runs of an app are on the disk up to the one of this number.
    pub(super) fn written(&mut self, key: &Key, newest: u64) {
        if let Some(ring) = self.by_app.get_mut(key) {
            ring.written = ring.written.max(newest);
        }
    }

    /// Runs and bytes held.
    pub(super) fn size(&self) -> (usize, usize) {
        (
            self.by_app.values().map(|ring| ring.runs.len()).sum(),
            self.total_bytes,
        )
    }
}
