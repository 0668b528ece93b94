//! The two or three things about files that are needed everywhere here, done the careful way.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Makes the names in a directory durable: a file that was synced may still lose its name in a power cut.
#[cfg(unix)]
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Windows has no such call: NTFS keeps names in its own journal. A power cut may take back a name given just before.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(crate) fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}

/// Creates a directory, with its parents, and makes its name durable.
pub(crate) fn create_directory(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    // `canonicalize` because the parent of the relative path `data` is the empty path.
    match directory.canonicalize()?.parent() {
        Some(parent) => sync_directory(parent),
        None => Ok(()),
    }
}

/// Writes a file so that its name never stands for anything but the whole of these bytes: to `temporary`, sync,
/// rename, sync the directory. Both paths are in the same directory.
pub(crate) fn write_whole(temporary: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = File::create(temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(temporary, path)) {
        // What cannot be removed now is collected when the folder is next opened.
        let _left_behind = fs::remove_file(temporary);
        return Err(error);
    }
    match path.parent() {
        Some(directory) => sync_directory(directory),
        None => Ok(()),
    }
}

/// Whether the disk, or the share of it that we may use, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
