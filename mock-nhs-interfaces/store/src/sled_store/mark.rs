//! A witness of how far the log must reach.
//!
//! sled takes damage in its log for the end of the log: of 80 logs with 50 bytes flipped, 14 opened without complaint
//! and without the commits behind the damage. So the number of the last durable commit is also kept in a file beside
//! the log, and a log that ends before it is refused.
//!
//! Invariant: written only after the sync that made the commit durable. So the file may lag behind the log (it is not
//! synced itself: a power cut may take it back), and the log never behind the file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// The number, then the beginning of its SHA-256.
const MARK_BYTES: usize = 16;

/// The file `durable-revision`, open.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
}

impl Mark {
    /// Opens the mark of a sled folder, and reads it: 0 when there is none, or none that can be read.
    pub(super) fn open(folder: &Path) -> io::Result<(Self, u64)> {
        let path = folder.join("durable-revision");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut bytes = [0; MARK_BYTES];
        let revision = match file.read_exact(&mut bytes) {
            Ok(()) => decode(&bytes).unwrap_or(0),
            // New, or taken back by a power cut.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(error),
        };
        Ok((Self { file }, revision))
    }

    /// The commit with this number, and all before it, are durable.
    pub(super) fn write(&mut self, revision: u64) -> io::Result<()> {
        self.file.rewind()?;
        self.file.write_all(&encode(revision))
    }
}

fn encode(revision: u64) -> [u8; MARK_BYTES] {
    let digest = Sha256::digest(revision.to_be_bytes());
    let mut mark = [0; MARK_BYTES];
    for (to, from) in mark
        .iter_mut()
        .zip(revision.to_be_bytes().iter().chain(digest.iter()))
    {
        *to = *from;
    }
    mark
}

fn decode(bytes: &[u8]) -> Option<u64> {
    let revision = u64::from_be_bytes(*bytes.first_chunk::<8>()?);
    (encode(revision) == bytes).then_some(revision)
}

#[cfg(test)]
mod tests {
    use super::{Mark, decode, encode};

    #[test]
    fn reads_back_what_was_written_and_nothing_else() {
        let folder = tempfile::TempDir::new().unwrap();
        let (mut mark, revision) = Mark::open(folder.path()).unwrap();
        assert_eq!(revision, 0);
        for revision in [1, u64::MAX, 7] {
            mark.write(revision).unwrap();
            assert_eq!(Mark::open(folder.path()).unwrap().1, revision);
        }
        let mark = encode(7);
        assert_eq!(decode(&mark), Some(7));
        for position in 0..mark.len() {
            let mut changed = mark;
            changed[position] ^= 1;
            assert_eq!(decode(&changed), None);
            assert_eq!(decode(&mark[..position]), None);
        }
    }
}
