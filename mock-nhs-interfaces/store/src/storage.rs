//! Rows and blobs together: what the rest of the program holds.

use std::path::Path;
use std::sync::Arc;

use crate::{
    Blobs, Clock, DataDirectory, FileBlobs, MemoryBlobs, MemoryStore, OpenError, SledStore, Store,
    StoreError, SystemClock,
};

/// Everything that the program remembers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The rows.
    pub store: Arc<dyn Store>,
    /// The large bodies.
    pub blobs: Arc<dyn Blobs>,
}

impl Storage {
    /// Storage in this folder, which is created when it is not there. No other program can open it until the last
    /// handle to either part is dropped. Blocks while every row is read and checked: some 50 ms for 10 MB.
    ///
    /// # Errors
    /// Each with a sentence for the person who started the program.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        Self::open_with_clock(directory, Arc::new(SystemClock))
    }

    /// The same, with the stamps in [`Health`](crate::Health) and in names of folders taken from this clock.
    ///
    /// # Errors
    /// As [`Storage::open`].
    pub fn open_with_clock(directory: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let directory = DataDirectory::open(directory)?;
        let store = SledStore::open(&directory, clock)?;
        let blobs = FileBlobs::open(&directory)?;
        Ok(Self {
            store: Arc::new(store),
            blobs: Arc::new(blobs),
        })
    }

    /// Storage that is gone when the program ends.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            store: Arc::new(MemoryStore::new()),
            blobs: Arc::new(MemoryBlobs::default()),
        }
    }

    /// Ends orderly: see [`Store::close`].
    ///
    /// # Errors
    /// When the last sync fails.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }
}
