//! How the store is.

use std::path::PathBuf;

use time::OffsetDateTime;

/// How the store is, at one moment. For readiness, metrics and the doctor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// `memory` or `sled`.
    pub engine: &'static str,
    /// Why commits are refused; `None` when they are taken.
    pub refusal: Option<String>,
    /// Bytes on disk, or in memory for an engine without disk (keys and values only).
    pub size_bytes: u64,
    /// Commits that wait or are under way.
    pub backlog: usize,
    /// The revision of the last commit.
    pub last_revision: u64,
    /// Commits since the store was opened.
    pub commits: u64,
    /// How often the disk was asked to make commits durable since the store was opened. Many commits share one.
    pub syncs: u64,
    /// When the disk last said that everything is durable; `None` before the first time, and without a disk.
    pub last_sync: Option<OffsetDateTime>,
    /// Damaged snapshots of the engine that were set aside when it was opened. Nothing is lost by that, but the disk
    /// deserves a look.
    pub quarantined: Vec<PathBuf>,
}

impl Health {
    /// Whether commits are taken.
    #[must_use]
    pub fn writable(&self) -> bool {
        self.refusal.is_none()
    }
}
