//! What the program remembers: the traits [`Store`], [`Blobs`] and [`Clock`], and the engines behind them.
//!
//! A [`Store`] keeps small rows in order, in tables, each row in exactly one workspace. [`Blobs`] keeps large
//! bodies under the SHA-256 of their bytes. [`Storage`] is both together, on disk ([`Storage::open`]) or in memory
//! ([`Storage::memory`]).
//!
//! What every engine promises, and the contract suite in `tests/it` holds it to:
//!
//! - an acknowledged durable commit is there after a crash, whole; a commit that failed on a condition left nothing;
//! - commits are one after the other: each has its own number, the *revision*, which only grows;
//! - one page of a scan is one moment: it never shows half a commit. Two pages are two moments;
//! - keys are bytes and are ordered as bytes;
//! - an engine in doubt about its disk stops writing, says so in [`Health`], and goes on reading.
//!
//! Deliberately absent: transactions that call back into the program, iterators that stay open, and engine types in
//! signatures. Nothing that a PostgreSQL engine could not do in the same way.

mod blob_id;
mod blobs;
mod clock;
mod data_directory;
mod disk;
mod dump;
mod error;
mod file_blobs;
mod health;
mod key_range;
mod layout;
mod memory_blobs;
mod memory_store;
mod scan;
mod sled_store;
mod storage;
mod store;
mod table;
mod transfer;
mod workspace_id;
mod write_set;

pub use blob_id::{BlobId, BlobIdError};
pub use blobs::{Blobs, BlobsHealth, MAX_BLOB_BYTES};
pub use clock::{Clock, FixedClock, SystemClock};
pub use data_directory::{DATA_FORMAT, DataDirectory, OpenError};
pub use dump::{DUMP_VERSION, DumpError, DumpFile, DumpInfo, RestoreError};
pub use error::{CommitError, StoreError};
pub use file_blobs::FileBlobs;
pub use health::Health;
pub use key_range::KeyRange;
pub use memory_blobs::MemoryBlobs;
pub use memory_store::MemoryStore;
pub use scan::{MAX_PAGE_BYTES, MAX_PAGE_ROWS, Page, Pages, ScanOptions};
pub use sled_store::SledStore;
pub use storage::Storage;
pub use store::{Committed, Entry, Store};
pub use table::Table;
pub use transfer::{CommitsHeld, Import, RawKey, RawPage, RawRow};
pub use workspace_id::WorkspaceId;
pub use write_set::{Expect, MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_WRITE_BYTES, MAX_WRITE_ROWS, WriteSet};
