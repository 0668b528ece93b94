//! Rows and blobs together: what the rest of the program holds.

use std::sync::Arc;

use crate::{Blobs, MemoryBlobs, MemoryStore, Store};

/// Everything that the program remembers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The rows.
    pub store: Arc<dyn Store>,
    /// The large bodies.
    pub blobs: Arc<dyn Blobs>,
}

impl Storage {
    /// Storage that is gone when the program ends.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            store: Arc::new(MemoryStore::new()),
            blobs: Arc::new(MemoryBlobs::default()),
        }
    }
}
