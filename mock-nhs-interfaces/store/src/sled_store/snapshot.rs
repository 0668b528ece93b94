//! Opening sled's files, and what to do when they do not open.
//!
//! sled starts from a snapshot (`snap.*`) and the log behind it. A damaged snapshot is the usual reason for a database
//! that does not open after a hard stop, and a needless one: the log alone holds everything. So snapshots that do not
//! open are set aside, once, and the log is read from its beginning.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::format_description;

use crate::disk;

/// Memory for sled's page cache, in bytes. Real use was seen at up to ten times that.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// sled flushes by itself this often, in milliseconds: a backstop behind the writer's own flushes.
const FLUSH_EVERY_MS: u64 = 200;

/// Waits for the threads of a sled that was just dropped in this same process: tries of 10 ms each.
const LOCK_TRIES: u32 = 1000;

/// Why sled's files did not open.
#[derive(Debug)]
pub(super) enum OpenFailure {
    /// They are not what sled wrote.
    Damaged(String),
    /// The system refused.
    Io(io::Error),
}

/// sled's files, open.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) db: sled::Db,
    /// Where damaged snapshots were moved.
    pub(super) quarantined: Vec<PathBuf>,
}

/// Opens the folder; sets damaged snapshots aside and tries again, once.
pub(super) fn open(folder: &Path, now: OffsetDateTime) -> Result<Opened, OpenFailure> {
    let first = match open_once(folder) {
        Ok(db) => {
            return Ok(Opened {
                db,
                quarantined: Vec::new(),
            });
        }
        Err(OpenFailure::Io(error)) => return Err(OpenFailure::Io(error)),
        Err(OpenFailure::Damaged(reason)) => reason,
    };
    let quarantined = quarantine_snapshots(folder, now).map_err(OpenFailure::Io)?;
    if quarantined.is_empty() {
        return Err(OpenFailure::Damaged(first));
    }
    tracing::warn!(
        reason = first,
        moved = ?quarantined,
        "the store's snapshot was damaged; it is set aside and the log is read from its beginning"
    );
    let db = open_once(folder)?;
    Ok(Opened { db, quarantined })
}

fn open_once(folder: &Path) -> Result<sled::Db, OpenFailure> {
    let mut tries = 0;
    loop {
        let config = sled::Config::new()
            .path(folder)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(Some(FLUSH_EVERY_MS));
        match caught(|| config.open()) {
            Ok(Ok(db)) => return Ok(db),
            // The folder is ours by our own lock: this can only be a sled of this process on its way out.
            Ok(Err(sled::Error::Io(error)))
                if error.to_string().contains("could not acquire lock") && tries < LOCK_TRIES =>
            {
                tries += 1;
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(Err(sled::Error::Io(error))) if error.kind() != io::ErrorKind::UnexpectedEof => {
                return Err(OpenFailure::Io(error));
            }
            Ok(Err(error)) => return Err(OpenFailure::Damaged(error.to_string())),
            Err(panic) => return Err(OpenFailure::Damaged(panic)),
        }
    }
}

/// Some damage makes sled panic instead of answering: then `Err` with what it said.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_text(panic.as_ref()))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("the engine gave up")
        .to_owned()
}

/// Moves every snapshot to `quarantine-<time>`, beside the log; answers where they are now.
fn quarantine_snapshots(folder: &Path, now: OffsetDateTime) -> io::Result<Vec<PathBuf>> {
    let mut snapshots = Vec::new();
    for file in fs::read_dir(folder)? {
        let file = file?;
        if file.file_name().to_string_lossy().starts_with("snap.") {
            snapshots.push(file);
        }
    }
    if snapshots.is_empty() {
        return Ok(Vec::new());
    }
    let format = format_description!("[year][month][day]T[hour][minute][second].[subsecond digits:3]Z");
    let stamp = now.format(format).map_err(io::Error::other)?;
    let quarantine = folder.join(format!("quarantine-{stamp}"));
    fs::create_dir_all(&quarantine)?;
    let mut moved = Vec::with_capacity(snapshots.len());
    for file in snapshots {
        let to = quarantine.join(file.file_name());
        fs::rename(file.path(), &to)?;
        moved.push(to);
    }
    disk::sync_directory(&quarantine)?;
    disk::sync_directory(folder)?;
    Ok(moved)
}

/// What sled leaves out when it creates its files. Done at every opening, since a crash may have come before.
pub(super) fn sync_files(folder: &Path) -> io::Result<()> {
    for file in ["conf", "db"] {
        fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join(file))?
            .sync_all()?;
    }
    disk::sync_directory(folder)?;
    folder.parent().map_or(Ok(()), disk::sync_directory)
}
