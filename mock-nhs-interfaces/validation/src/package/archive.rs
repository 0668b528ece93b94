//! Unpacking a `.tgz` of a stranger: nothing is written anywhere, and every size has an end.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use tar::Archive;

use super::PackageError;

/// The largest package that is read, in bytes after unpacking. The core package of R4 is 60 MB; national ones are below 10.
pub const MAX_INFLATED_BYTES: u64 = 64 * 1024 * 1024;
/// How many times larger a package may become. JSON packs tenfold; a gzip bomb a thousandfold.
pub const MAX_RATIO: u64 = 100;
/// The largest file of a package, in bytes. The largest `StructureDefinition` of R4 is below 2 MB.
pub const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;
/// The most files of a package. The core package of R4 has 4,600.
pub const MAX_FILES: usize = 20_000;

/// Unpacks at most as much as is allowed, and then fails.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let taken = u64::try_from(count).unwrap_or(u64::MAX);
        if taken > self.left {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.left -= taken;
        Ok(count)
    }
}

/// The JSON files of the archive with their paths, in the order of the archive.
pub(super) fn json_files(tgz: &[u8]) -> Result<Vec<(String, Vec<u8>)>, PackageError> {
    let packed = u64::try_from(tgz.len()).unwrap_or(u64::MAX);
    let left = MAX_INFLATED_BYTES.min(packed.saturating_mul(MAX_RATIO));
    let mut archive = Archive::new(Bounded {
        inner: GzDecoder::new(tgz),
        left,
    });
    let mut files = Vec::new();
    let mut seen = 0;
    for entry in archive.entries().map_err(reading)? {
        let mut entry = entry.map_err(reading)?;
        seen += 1;
        if seen > MAX_FILES {
            return Err(PackageError::TooManyFiles);
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() {
            continue;
        }
        if !kind.is_file() {
            return Err(PackageError::Path(shown(&path)));
        }
        if path.starts_with('/') || path.contains(['\\', '\0']) || path.split('/').any(|part| part == "..") {
            return Err(PackageError::Path(shown(&path)));
        }
        if !is_wanted(&path) {
            continue;
        }
        if entry.size() > MAX_FILE_BYTES {
            return Err(PackageError::FileTooLarge(shown(&path)));
        }
        let mut bytes = Vec::new();
        entry
            .by_ref()
            .take(MAX_FILE_BYTES)
            .read_to_end(&mut bytes)
            .map_err(reading)?;
        files.push((path, bytes));
    }
    Ok(files)
}

/// `package/x.json` and `package/example(s)/x.json`, without the indexes that publishers make.
fn is_wanted(path: &str) -> bool {
    let Some(inside) = path.strip_prefix("package/") else {
        return false;
    };
    let (folder, name) = inside.rsplit_once('/').unwrap_or(("", inside));
    matches!(folder, "" | "example" | "examples") && name.ends_with(".json") && !name.starts_with('.')
}

fn reading(error: io::Error) -> PackageError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        PackageError::TooLarge
    } else {
        PackageError::NoArchive(error)
    }
}

fn shown(path: &str) -> String {
    crate::issue::quoted(path)
}
