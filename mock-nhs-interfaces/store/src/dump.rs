//! Everything in one file, between engines and versions: dump and restore.
//!
//! ```text
//! "C4HDUMP\n", version (4)
//! 'B', SHA-256 (32), length (8), bytes                                             each blob, by name
//! 'R', table (1), workspace (8), revision (8), length of key (2), of value (4), key, value    each row, by full name
//! 'E', rows (8), blobs (8), revision of the last commit (8)
//! SHA-256 of everything before (32)
//! ```
//!
//! Numbers are big-endian, lengths are bytes. There is no time and no name of an engine in it: the dump of a restored
//! dump is the same file, byte for byte.

mod parse;
mod read;
mod write;

use std::io;

pub use self::read::DumpFile;
use crate::StoreError;

/// The version of the dump that this program writes. Raise it when what is written changes.
pub const DUMP_VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"C4HDUMP\n";
const BLOB: u8 = b'B';
const ROW: u8 = b'R';
const END: u8 = b'E';

/// What a dump holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DumpInfo {
    /// Rows, of all tables and workspaces.
    pub rows: u64,
    /// Blobs.
    pub blobs: u64,
    /// Revision of the last commit in it.
    pub last_revision: u64,
    /// Size of the dump.
    pub bytes: u64,
}

/// Why there is no whole dump.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The storage could not be read.
    #[error("the dump is not complete: {0}")]
    Store(#[from] StoreError),
    /// The dump could not be written.
    #[error("the dump could not be written: {0}")]
    Write(#[from] io::Error),
}

/// Why a dump was not restored. Unless it says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file does not begin as a dump does.
    #[error("this is not a dump made by c4h dump")]
    NotADump,
    /// A newer version of the program made the dump.
    #[error(
        "this dump was made by a newer version of c4h (its version is {found}, this one knows {supported})"
    )]
    NewerDump {
        /// The version of the dump.
        found: u32,
        /// The newest version that this program knows.
        supported: u32,
    },
    /// The file ends too early.
    #[error("this dump is cut off: it ends before it should")]
    Truncated,
    /// The file is not what was written.
    #[error("this dump is damaged: {0}")]
    Damaged(&'static str),
    /// There is something in the storage already.
    #[error("the storage is not empty; restore into a new folder: c4h restore FILE --data-dir NEW")]
    NotEmpty,
    /// The file could not be read.
    #[error("the dump could not be read: {0}")]
    Read(io::Error),
    /// The storage failed on the way. It stays unusable: start again with a new folder.
    #[error("the restore did not finish ({0}); start again with a new folder")]
    Store(StoreError),
    /// The file was not the same when it was read for the second time. The storage stays unusable: start again.
    #[error("the dump changed while it was read; start again with a new folder")]
    Changed,
}

impl From<io::Error> for RestoreError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Truncated
        } else {
            Self::Read(error)
        }
    }
}
