//! A storage to try things on.

use store::Storage;
use tempfile::TempDir;

use crate::TestResult;

/// An empty storage of one engine, and the folder that goes when it does.
pub(crate) struct Subject {
    // Before the folder, so that its files are closed when the folder is removed.
    pub(crate) storage: Storage,
    pub(crate) folder: Option<TempDir>,
}

impl Subject {
    pub(crate) fn memory() -> TestResult<Self> {
        Ok(Self {
            storage: Storage::memory(),
            folder: None,
        })
    }

    pub(crate) fn sled() -> TestResult<Self> {
        let folder = TempDir::new()?;
        Ok(Self {
            storage: Storage::open(folder.path())?,
            folder: Some(folder),
        })
    }

    /// sled's own folder for large values must stay empty: it never syncs them and never removes them.
    pub(crate) fn check_engine_blobs_are_empty(&self) -> TestResult {
        if let Some(folder) = &self.folder {
            let left: Vec<_> =
                std::fs::read_dir(folder.path().join("sled/blobs"))?.collect::<Result<_, _>>()?;
            if !left.is_empty() {
                return Err(format!("the engine wrote large values to files of its own: {left:?}").into());
            }
        }
        Ok(())
    }
}
