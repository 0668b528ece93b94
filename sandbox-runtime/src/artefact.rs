//! Compiled components, in memory and on disk, and the proof that they are ours.
//!
//! Loading compiled code runs whatever it contains, so only bytes that this program's own compiling child made may ever be loaded.
//! [`Artefact`] has no public constructor: one comes from [`Compiler::compile`](crate::compile::Compiler::compile) or from a file whose
//! HMAC under the installation's own key fits. Anything else on disk is ignored and made anew.

mod key;

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

pub use self::key::ArtefactKey;
use crate::engine::WASMTIME_VERSION;
use crate::sandbox::Sandbox;

/// First bytes of a file, with the version of its layout; also the first bytes under the tag.
const FORMAT: &[u8; 16] = b"c4h artefact 1\n\0";

/// Length of the tag, in bytes.
const TAG_BYTES: usize = 32;

/// The largest file that is read back, in bytes. An 18 MB Python component compiles to 33 MB.
const FILE_BYTES: u64 = 512 * 1024 * 1024;

/// SHA-256 of a component file: its name everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComponentSha([u8; 32]);

impl ComponentSha {
    /// The name of these bytes.
    #[must_use]
    pub fn of(component: &[u8]) -> Self {
        Self(Sha256::digest(component).into())
    }

    /// The digest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for ComponentSha {
    fn from(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl fmt::Display for ComponentSha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for ComponentSha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl FromStr for ComponentSha {
    type Err = NotASha;

    fn from_str(text: &str) -> Result<Self, NotASha> {
        let mut digest = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(NotASha);
        }
        for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| NotASha)?;
            if pair.contains('+') {
                return Err(NotASha);
            }
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NotASha)?;
        }
        Ok(Self(digest))
    }
}

/// Text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is written as 64 hexadecimal digits")]
pub struct NotASha;

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Machine code made from one component by this program. See the module for why it cannot be made from bytes.
#[derive(Clone)]
pub struct Artefact {
    component: ComponentSha,
    compatibility: [u8; 32],
    code: Bytes,
}

impl fmt::Debug for Artefact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Artefact")
            .field("component", &self.component)
            .field("code_bytes", &self.code.len())
            .finish_non_exhaustive()
    }
}

impl Artefact {
    /// Only for the compiler, with what its own child returned.
    pub(crate) fn compiled(component: ComponentSha, compatibility: [u8; 32], code: Bytes) -> Self {
        Self {
            component,
            compatibility,
            code,
        }
    }

    /// The component it was made from.
    #[must_use]
    pub fn component(&self) -> ComponentSha {
        self.component
    }

    /// The engine and the settings that it was made for.
    pub(crate) fn compatibility(&self) -> [u8; 32] {
        self.compatibility
    }

    /// The machine code.
    #[must_use]
    pub fn code(&self) -> &[u8] {
        &self.code
    }
}

/// The artefacts on disk, for one engine. All its functions block; call them off the async threads.
#[derive(Debug)]
pub struct ArtefactCache {
    dir: PathBuf,
    key: ArtefactKey,
    compatibility: [u8; 32],
    rejected: AtomicU64,
}

impl ArtefactCache {
    /// Opens the folder, makes it if need be, and removes artefacts of other versions and settings, and half-written files.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or read.
    pub fn open(dir: impl Into<PathBuf>, key: ArtefactKey, sandbox: &Sandbox) -> io::Result<Self> {
        let dir = dir.into();
        fs::create_dir_all(&dir)?;
        let compatibility = sandbox.compatibility_hash();
        let cache = Self {
            dir,
            key,
            compatibility,
            rejected: AtomicU64::new(0),
        };
        cache.sweep()?;
        Ok(cache)
    }

    /// The artefact of a component, if a sound one of ours is there. Anything else in its place is removed.
    #[must_use]
    pub fn get(&self, component: &ComponentSha) -> Option<Artefact> {
        let path = self.path(component);
        let file = match read_bounded(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                self.reject(&path, &error.to_string());
                return None;
            }
        };
        // Invariant: what is verified is what is loaded: one read, one buffer.
        match self.verified(component, file) {
            Some(code) => Some(Artefact {
                component: *component,
                compatibility: self.compatibility,
                code,
            }),
            None => {
                self.reject(&path, "its seal does not fit");
                None
            }
        }
    }

    /// Keeps an artefact. After a crash at any moment there is the whole file, or one that its seal gives away: nobody waits for the
    /// disk, because what is lost is compiled again.
    ///
    /// # Errors
    ///
    /// When the disk refuses, or when the artefact belongs to another engine.
    pub fn put(&self, artefact: &Artefact) -> io::Result<()> {
        if artefact.compatibility != self.compatibility {
            return Err(io::Error::other("the artefact was compiled with other settings"));
        }
        let tag = self
            .seal(&artefact.component, &artefact.code)
            .finalize()
            .into_bytes();
        let path = self.path(&artefact.component);
        let half = path.with_extension("half");
        let mut file = fs::File::create(&half)?;
        file.write_all(FORMAT)?;
        file.write_all(&tag)?;
        file.write_all(&artefact.code)?;
        drop(file);
        fs::rename(&half, &path)
    }

    /// Forgets the artefact of a component that nobody uses any more.
    ///
    /// # Errors
    ///
    /// When the file is there and cannot be removed.
    pub fn remove(&self, component: &ComponentSha) -> io::Result<()> {
        match fs::remove_file(self.path(component)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// How many files were not ours, or not whole, since the program started.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }

    /// Where the artefact of a component lies.
    #[must_use]
    pub fn path(&self, component: &ComponentSha) -> PathBuf {
        self.dir
            .join(format!("{component}.{}.cwasm", self.compatibility_name()))
    }

    /// Sixteen digits tell settings apart; the whole hash is under the seal.
    fn compatibility_name(&self) -> String {
        let mut name = ComponentSha(self.compatibility).to_string();
        name.truncate(16);
        name
    }

    fn verified(&self, component: &ComponentSha, file: Vec<u8>) -> Option<Bytes> {
        let file = Bytes::from(file);
        let rest = file.strip_prefix(FORMAT)?;
        let (tag, code) = rest.split_at_checked(TAG_BYTES)?;
        self.seal(component, code).verify_slice(tag).ok()?;
        Some(file.slice(FORMAT.len() + TAG_BYTES..))
    }

    fn seal(&self, component: &ComponentSha, code: &[u8]) -> Hmac<Sha256> {
        let mut seal = self.key.hmac();
        // Every part before the code has a fixed length, or its length before it: no two inputs look the same.
        seal.update(FORMAT);
        seal.update(&[u8::try_from(WASMTIME_VERSION.len()).unwrap_or(u8::MAX)]);
        seal.update(WASMTIME_VERSION.as_bytes());
        seal.update(&self.compatibility);
        seal.update(component.as_bytes());
        seal.update(code);
        seal
    }

    fn reject(&self, path: &Path, reason: &str) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(path = %path.display(), reason, "an artefact is not used and will be compiled again");
        if let Err(error) = fs::remove_file(path) {
            tracing::warn!(path = %path.display(), %error, "the artefact could not be removed");
        }
    }

    fn sweep(&self) -> io::Result<()> {
        let ours = format!(".{}.cwasm", self.compatibility_name());
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let is_ours = name.ends_with(".cwasm") || name.ends_with(".half");
            if is_ours && !name.ends_with(&ours) {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    if length > FILE_BYTES {
        return Err(io::Error::other("the file is too large"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.take(FILE_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sha_is_read_as_it_is_written() {
        let sha = ComponentSha::of(b"hello");
        assert_eq!(sha.to_string().parse(), Ok(sha));
        for bad in ["", "12", &"g".repeat(64), &"+1".repeat(32), &"ü".repeat(32)] {
            assert_eq!(bad.parse::<ComponentSha>(), Err(NotASha));
        }
    }
}
