//! The data folder: one program at a time, and only a version that understands it.
//!
//! ```text
//! data/
//!   lock     held by the program that uses the folder; says its process id
//!   format   which version of this layout the folder has
//!   sled/    the rows
//!   blobs/   the large bodies
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk;

/// The layout that this version writes. Raise it when a version before could not work with what this one writes.
pub const DATA_FORMAT: u32 = 1;

/// First word of the file `format`; the number follows.
const FORMAT_NAME: &str = "code4health-data";

/// Why a data folder was not opened. The message is for the person who started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another program has the folder.
    #[error(
        "the data folder {} is in use by another program{}; stop it, or choose another folder with --data-dir",
        path.display(),
        holder.map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The process id that the other program wrote down, where it can be read.
        holder: Option<u32>,
    },
    /// A newer version of the program wrote the folder.
    #[error(
        "the data folder {} was written by a newer version of c4h (its format is {found}, this version knows {supported}); \
         start that version, or choose another folder with --data-dir",
        path.display()
    )]
    NewerFormat {
        /// The folder.
        path: PathBuf,
        /// The format of the folder.
        found: u32,
        /// The newest format that this version knows.
        supported: u32,
    },
    /// What is in the folder cannot be used, and trying again will not help.
    #[error(
        "the data in {} is damaged: {reason}; restore your last dump into a new folder: \
         c4h restore FILE --data-dir NEW",
        path.display()
    )]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A restore into the folder did not come to its end.
    #[error(
        "a restore into {} did not finish; remove the folder and restore again: c4h restore FILE --data-dir NEW",
        path.display()
    )]
    RestoreUnfinished {
        /// The folder.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A data folder that this program has to itself, until the last handle is dropped.
#[derive(Debug)]
pub struct DataDirectory {
    path: PathBuf,
    // The system lets go of the lock when the file is closed, also when the program is killed.
    _lock: File,
}

impl DataDirectory {
    /// Takes the folder for this program; creates it when it is not there.
    ///
    /// # Errors
    /// When another program has it, or when a newer version wrote it, or when the system refuses.
    pub fn open(path: &Path) -> Result<Arc<Self>, OpenError> {
        let io_error = |what, path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io { what, path, source }
        };
        disk::create_directory(path).map_err(io_error("create", path))?;
        let path = path.canonicalize().map_err(io_error("find", path))?;
        let lock = take_lock(&path)?;
        check_format(&path)?;
        Ok(Arc::new(Self { path, _lock: lock }))
    }

    /// The folder, as an absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn take_lock(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join("lock");
    let io_error = |what| {
        let path = path.clone();
        move |source| OpenError::Io { what, path, source }
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(io_error("open"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::InUse {
                path: directory.to_owned(),
                holder: read_holder(&mut file),
            });
        }
        Err(TryLockError::Error(source)) => return Err(io_error("lock")(source)),
    }
    // Only for the message above: nothing relies on it, so it need not be durable.
    file.set_len(0)
        .and_then(|()| file.write_all(format!("{}\n", std::process::id()).as_bytes()))
        .map_err(io_error("write"))?;
    Ok(file)
}

/// The process id in a lock file. Windows does not let others read a locked file: there it stays unknown.
fn read_holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    // No process id is longer; a foreign file could be.
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn check_format(directory: &Path) -> Result<(), OpenError> {
    let path = directory.join("format");
    let damaged = |reason: &str| OpenError::Damaged {
        path: directory.to_owned(),
        reason: reason.to_owned(),
    };
    match fs::read(&path) {
        Ok(bytes) => match parse_format(&bytes) {
            Some(found) if found > DATA_FORMAT => Err(OpenError::NewerFormat {
                path: directory.to_owned(),
                found,
                supported: DATA_FORMAT,
            }),
            Some(DATA_FORMAT) => Ok(()),
            Some(_) | None => Err(damaged("the file `format` does not say which format this is")),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if directory.join("sled").exists() {
                return Err(damaged("the file `format` is missing"));
            }
            let text = format!("{FORMAT_NAME} {DATA_FORMAT}\n");
            disk::write_whole(&directory.join("format.temporary"), &path, text.as_bytes()).map_err(|source| {
                OpenError::Io {
                    what: "write",
                    path,
                    source,
                }
            })
        }
        Err(source) => Err(OpenError::Io {
            what: "read",
            path,
            source,
        }),
    }
}

fn parse_format(bytes: &[u8]) -> Option<u32> {
    let (name, number) = std::str::from_utf8(bytes).ok()?.trim_end().split_once(' ')?;
    if name == FORMAT_NAME {
        number.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::parse_format;

    #[test]
    fn formats() {
        let cases: &[(&[u8], Option<u32>)] = &[
            (b"code4health-data 1\n", Some(1)),
            (b"code4health-data 77", Some(77)),
            (b"code4health-data -1", None),
            (b"code4health-data", None),
            (b"something-else 1", None),
            (b"", None),
            (b"\xff\xfe 1", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(parse_format(bytes), *expected, "{}", bytes.escape_ascii());
        }
    }
}
