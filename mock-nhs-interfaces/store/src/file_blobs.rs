//! Blobs as files, each named by the SHA-256 of its bytes.
//!
//! Invariant: a file with a blob's name was written and synced whole before it got that name. All work is done on
//! the runtime's blocking threads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::{BlobId, Blobs, BlobsHealth, DataDirectory, MAX_BLOB_BYTES, OpenError, StoreError, disk};

/// Ends the name of a file that is being written.
const TEMPORARY: &str = "temporary";

/// Blobs in the folder `blobs` of a data folder.
#[derive(Debug)]
pub struct FileBlobs {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// Why nothing is written any more. Set once, by the first disk error, and until the program is started again:
    /// after a failed sync the system may forget what it could not write, so that a second one means nothing.
    refusal: OnceLock<String>,
    _directory: Arc<DataDirectory>,
}

impl FileBlobs {
    /// Opens the blobs of this data folder, and removes what an earlier program left half-written.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn open(directory: &Arc<DataDirectory>) -> Result<Self, OpenError> {
        let folder = directory.path().join("blobs");
        let io_error = |what| {
            let path = folder.clone();
            move |source| OpenError::Io { what, path, source }
        };
        disk::create_directory(&folder).map_err(io_error("create"))?;
        remove_temporaries(&folder).map_err(io_error("clean"))?;
        let inner = Inner {
            folder,
            refusal: OnceLock::new(),
            _directory: Arc::clone(directory),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.inner);
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|_ended| Err(StoreError::Unavailable("the program is shutting down".to_owned())))
    }
}

fn remove_temporaries(folder: &Path) -> io::Result<()> {
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == TEMPORARY) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

impl Inner {
    fn path(&self, id: &BlobId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    fn check_writable(&self) -> Result<(), StoreError> {
        match self.refusal.get() {
            Some(reason) => Err(StoreError::Unavailable(reason.clone())),
            None => Ok(()),
        }
    }

    /// A full disk heals; any other error while writing means that this disk is not to be trusted.
    fn write_failed(&self, error: &io::Error) -> StoreError {
        if disk::is_full(error) {
            return StoreError::Full(error.to_string());
        }
        let reason = format!("writing a blob failed ({error}); restart the program when the disk is well");
        tracing::error!(folder = %self.folder.display(), %error, "blobs are read-only from now on");
        StoreError::Unavailable(self.refusal.get_or_init(|| reason).clone())
    }

    fn put(&self, bytes: &[u8]) -> Result<BlobId, StoreError> {
        self.check_writable()?;
        let id = BlobId::of(bytes);
        let path = self.path(&id);
        // A file that is there but does not read back is written anew: to put a blob again is how it is repaired.
        if matches!(self.get(&id), Ok(Some(_))) {
            // Whoever wrote the file may not have come to this point yet.
            disk::sync_directory(&self.folder).map_err(|error| self.write_failed(&error))?;
            return Ok(id);
        }
        let temporary = self.folder.join(format!("{}.{TEMPORARY}", Uuid::new_v4()));
        disk::write_whole(&temporary, &path, bytes).map_err(|error| self.write_failed(&error))?;
        Ok(id)
    }

    fn get(&self, id: &BlobId) -> Result<Option<Bytes>, StoreError> {
        let damaged = || {
            StoreError::Corrupt(format!(
                "the file {} is not what its name says",
                self.path(id).display()
            ))
        };
        let path = self.path(id);
        match fs::metadata(&path) {
            // Never read a foreign giant into memory.
            Ok(file) if usize::try_from(file.len()).map_or(true, |size| size > MAX_BLOB_BYTES) => {
                return Err(damaged());
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.read_failed(&error)),
        }
        match fs::read(&path) {
            Ok(bytes) if BlobId::of(&bytes) == *id => Ok(Some(bytes.into())),
            Ok(_) => Err(damaged()),
            // Deleted between the two calls.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.read_failed(&error)),
        }
    }

    fn read_failed(&self, error: &io::Error) -> StoreError {
        StoreError::Unavailable(format!("reading {} failed: {error}", self.folder.display()))
    }

    fn delete(&self, id: &BlobId) -> Result<bool, StoreError> {
        self.check_writable()?;
        match fs::remove_file(self.path(id)) {
            Ok(()) => {
                disk::sync_directory(&self.folder).map_err(|error| self.write_failed(&error))?;
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.write_failed(&error)),
        }
    }

    fn list(&self, after: Option<&BlobId>, limit: usize) -> Result<Vec<BlobId>, StoreError> {
        let mut ids = Vec::new();
        for file in fs::read_dir(&self.folder).map_err(|error| self.read_failed(&error))? {
            let name = file.map_err(|error| self.read_failed(&error))?.file_name();
            // Other files are not ours to judge; temporaries are among them.
            if let Some(id) = name.to_str().and_then(|name| name.parse::<BlobId>().ok())
                && after.is_none_or(|after| id > *after)
            {
                ids.push(id);
            }
        }
        ids.sort_unstable();
        ids.truncate(limit);
        Ok(ids)
    }
}

#[async_trait]
impl Blobs for FileBlobs {
    async fn put(&self, bytes: Bytes) -> Result<BlobId, StoreError> {
        if bytes.len() > MAX_BLOB_BYTES {
            return Err(StoreError::TooLarge {
                what: "blob",
                size: bytes.len(),
                limit: MAX_BLOB_BYTES,
            });
        }
        self.blocking(move |inner| inner.put(&bytes)).await
    }

    async fn get(&self, id: &BlobId) -> Result<Option<Bytes>, StoreError> {
        let id = *id;
        self.blocking(move |inner| inner.get(&id)).await
    }

    async fn contains(&self, id: &BlobId) -> Result<bool, StoreError> {
        let id = *id;
        self.blocking(move |inner| {
            let path = inner.path(&id);
            path.try_exists().map_err(|error| inner.read_failed(&error))
        })
        .await
    }

    async fn delete(&self, id: &BlobId) -> Result<bool, StoreError> {
        let id = *id;
        self.blocking(move |inner| inner.delete(&id)).await
    }

    async fn list(&self, after: Option<&BlobId>, limit: usize) -> Result<Vec<BlobId>, StoreError> {
        let after = after.copied();
        self.blocking(move |inner| inner.list(after.as_ref(), limit))
            .await
    }

    async fn health(&self) -> BlobsHealth {
        BlobsHealth {
            refusal: self.inner.refusal.get().cloned(),
        }
    }
}
