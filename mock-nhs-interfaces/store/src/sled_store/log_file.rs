//! The sync that sled leaves out.
//!
//! sled 0.34's `flush` ends in `sync_file_range`, which survives `kill -9` but not a power cut: 15 to 19 of 20 simulated
//! ones lost acknowledged writes, and none did with a full sync of the log file behind it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes what sled has written durable. A seam: tests count the syncs and let them fail.
pub(super) trait SyncLog: Send + 'static {
    /// # Errors
    /// What the system says. Never called again after an error: the system may have dropped what it could not write,
    /// and would then report success.
    fn sync(&mut self) -> io::Result<()>;
}

/// sled's log file, by a handle of our own that is kept open: an error is reported once to each open handle, so a
/// fresh one might never hear of it.
#[derive(Debug)]
pub(super) struct LogFile(File);

impl LogFile {
    /// The log of the sled folder.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        // Writable because Windows syncs through such handles only.
        OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join("db"))
            .map(Self)
    }
}

impl SyncLog for LogFile {
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }
}
