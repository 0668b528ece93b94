//! What the writer thread tells everybody else about the store.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use time::OffsetDateTime;

use crate::StoreError;

/// Written by the writer thread (`backlog`: also by those who commit), read by all.
#[derive(Debug, Default)]
pub(super) struct Status {
    /// Why commits are refused, for good: set once.
    refusal: OnceLock<String>,
    /// Between the two ends of a restore.
    pub(super) importing: AtomicBool,
    pub(super) backlog: AtomicUsize,
    pub(super) last_revision: AtomicU64,
    pub(super) commits: AtomicU64,
    pub(super) syncs: AtomicU64,
    last_sync: Mutex<Option<OffsetDateTime>>,
    /// Where damaged snapshots were moved at opening.
    pub(super) quarantined: Vec<PathBuf>,
}

impl Status {
    /// Of a store that was just opened.
    pub(super) fn new(last_revision: u64, quarantined: Vec<PathBuf>) -> Self {
        Self {
            last_revision: last_revision.into(),
            quarantined,
            ..Self::default()
        }
    }

    /// Refuses commits from now on. The first reason stays.
    pub(super) fn refuse(&self, reason: String) {
        // A later reason is a consequence of the first.
        let _kept_first = self.refusal.set(reason);
    }

    /// Why commits are refused now.
    pub(super) fn refusal(&self) -> Option<String> {
        let importing = || {
            self.importing
                .load(Ordering::Acquire)
                .then(|| "a restore is under way".to_owned())
        };
        self.refusal.get().cloned().or_else(importing)
    }

    /// Why nothing at all is written, a restore included.
    pub(super) fn check_writable(&self) -> Result<(), StoreError> {
        self.refusal
            .get()
            .map_or(Ok(()), |reason| Err(StoreError::Unavailable(reason.clone())))
    }

    /// Why commits are refused now, as an error.
    pub(super) fn check_commits(&self) -> Result<(), StoreError> {
        self.refusal()
            .map_or(Ok(()), |reason| Err(StoreError::Unavailable(reason)))
    }

    pub(super) fn synced(&self, now: OffsetDateTime) {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        *self.last_sync.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    pub(super) fn last_sync(&self) -> Option<OffsetDateTime> {
        *self.last_sync.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
