//! The secret that seals artefacts. One for each installation; it never leaves its file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;

/// One block of SHA-256: HMAC takes it as it is.
const KEY_BYTES: usize = 64;

/// The key. Shown as nothing.
#[derive(Clone)]
pub struct ArtefactKey([u8; KEY_BYTES]);

impl std::fmt::Debug for ArtefactKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ArtefactKey(…)")
    }
}

impl ArtefactKey {
    /// Reads the key, or makes one at the first start. Keep the file outside the artefacts' folder: whoever may write there must
    /// not be able to read it.
    ///
    /// On Unix only its owner may read it; elsewhere it gets the rights of its folder. A file that is no key is replaced: all
    /// artefacts are then compiled again.
    ///
    /// # Errors
    ///
    /// When the file can neither be read nor written, or the system has no randomness.
    pub fn open(path: &Path) -> io::Result<Self> {
        match fs::read(path) {
            Ok(bytes) => {
                if let Ok(key) = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()) {
                    restrict(path)?;
                    return Ok(Self(key));
                }
                tracing::warn!(path = %path.display(), "the artefact key is damaged and is replaced");
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Self::make(path)
    }

    fn make(path: &Path) -> io::Result<Self> {
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let half = path.with_extension("half");
        match fs::remove_file(&half) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&half)?;
        file.write_all(&key)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&half, path)?;
        Ok(Self(key))
    }

    pub(super) fn hmac(&self) -> Hmac<Sha256> {
        Hmac::new(&self.0.into())
    }
}

/// Takes back rights that others were given, for instance by a copy from a backup.
#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = fs::metadata(path)?.permissions().mode();
    if rights & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "others could read the artefact key; it is now for its owner only");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys").join("artefact.key");
        let first = ArtefactKey::open(&path).unwrap();
        assert_eq!(first.0, ArtefactKey::open(&path).unwrap().0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            ArtefactKey::open(&path).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(&path, b"short").unwrap();
        assert_ne!(first.0, ArtefactKey::open(&path).unwrap().0);
        assert_eq!(format!("{first:?}"), "ArtefactKey(…)");
    }
}
