//! The key that signs the page tokens of the FHIR server, in a file of its own, so that a `next` link outlives a restart.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use uuid::Uuid;

/// Length of the key, in bytes: that of what signs with it, SHA-256.
const BYTES: usize = 32;

/// Reads the key, or makes one where there is none. A file that is no key is replaced: old links end, nothing else does.
///
/// # Errors
/// When the file can neither be read nor written.
pub(crate) fn open(path: &Path) -> io::Result<[u8; BYTES]> {
    match fs::read(path) {
        Ok(bytes) => {
            if let Ok(key) = <[u8; BYTES]>::try_from(bytes) {
                return Ok(key);
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    make(path)
}

fn make(path: &Path) -> io::Result<[u8; BYTES]> {
    // Two version 4 identifiers: 244 random bits from the operating system.
    let mut key = [0; BYTES];
    let (left, right) = key.split_at_mut(BYTES / 2);
    left.copy_from_slice(Uuid::new_v4().as_bytes());
    right.copy_from_slice(Uuid::new_v4().as_bytes());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(&key)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_and_a_broken_one_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/page.key");
        let key = open(&path).unwrap();
        assert_ne!(key, [0; BYTES]);
        assert_eq!(open(&path).unwrap(), key);
        fs::write(&path, "short").unwrap();
        let other = open(&path).unwrap();
        assert_ne!(other, key);
        assert_eq!(open(&path).unwrap(), other);
    }
}
