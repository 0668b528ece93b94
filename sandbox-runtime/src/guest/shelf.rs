//! Keeps the latest guests ready in memory, and knows how to get the others: from disk, or by compiling.
//!
//! One load or compilation for each component at a time; whoever asks meanwhile waits for the same result.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::Guest;
use crate::artefact::{Artefact, ArtefactCache, ComponentSha};
use crate::compile::{CompileError, Compiler};
use crate::error::LoadError;
use crate::sandbox::Sandbox;

/// Guests kept ready.
const GUESTS_KEPT: usize = 256;

/// Machine code kept ready, in bytes: ten Python apps, or hundreds in Rust.
const CODE_BYTES_KEPT: usize = 512 * 1024 * 1024;

/// Gets guests ready, by the name of their component. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Guests {
    inner: Arc<Inner>,
    group: u64,
}

#[derive(Debug)]
struct Inner {
    sandbox: Sandbox,
    compiler: Compiler,
    artefacts: ArtefactCache,
    shelf: Mutex<HashMap<ComponentSha, Arc<Place>>>,
    clock: AtomicU64,
}

#[derive(Debug, Default)]
struct Place {
    guest: OnceCell<Guest>,
    last_used: AtomicU64,
    /// Its file on disk goes as well, also if it comes only now.
    is_forgotten: AtomicBool,
}

/// Why a guest could not be made ready.
#[derive(Debug, Clone, thiserror::Error)]
pub enum GuestError {
    /// It could not be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// It does not fit the engine.
    #[error("{0}")]
    Load(Arc<LoadError>),
    /// Its file could not be read.
    #[error("The component's file could not be read: {0}")]
    Source(String),
}

impl GuestError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Compile(error) => error.code(),
            Self::Load(_) => "compile-invalid",
            Self::Source(_) => "platform-error",
        }
    }
}

impl Guests {
    /// Nothing is loaded before it is asked for.
    #[must_use]
    pub fn new(sandbox: Sandbox, compiler: Compiler, artefacts: ArtefactCache) -> Self {
        let inner = Inner {
            sandbox,
            compiler,
            artefacts,
            shelf: Mutex::default(),
            clock: AtomicU64::new(0),
        };
        Self {
            inner: Arc::new(inner),
            group: 0,
        }
    }

    /// The same shelf for one group, such as one workspace: what has to be compiled for it waits in the group's own line.
    #[must_use]
    pub fn group(&self, group: u64) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            group,
        }
    }

    /// The guest of a component: from memory, else from disk, else compiled from what `source` reads.
    ///
    /// # Errors
    ///
    /// See [`GuestError`]. A failure is not remembered here; the compiler remembers its own.
    pub async fn get<F, S>(&self, component: &ComponentSha, source: S) -> Result<Guest, GuestError>
    where
        S: FnOnce() -> F,
        F: Future<Output = Result<Bytes, String>>,
    {
        let inner = &self.inner;
        let place = inner.place(component);
        if let Some(guest) = place.guest.get() {
            return Ok(guest.clone());
        }
        let guest = place
            .guest
            .get_or_try_init(|| self.make(*component, &place, source))
            .await?;
        inner.make_room(component);
        Ok(guest.clone())
    }

    /// Takes a component's machine code that was just made and has the guest ready: no second compilation. Nobody waits for its file on disk.
    ///
    /// # Errors
    ///
    /// When the code does not fit the engine.
    pub async fn adopt(&self, artefact: Artefact) -> Result<Guest, GuestError> {
        let component = artefact.component();
        let place = self.inner.place(&component);
        let guest = place
            .guest
            .get_or_try_init(|| async {
                let (inner, artefact) = (Arc::clone(&self.inner), artefact);
                let guest = {
                    let (inner, artefact) = (Arc::clone(&inner), artefact.clone());
                    blocking(move || inner.load(&artefact)).await??
                };
                let place = Arc::clone(&place);
                tokio::task::spawn_blocking(move || inner.keep(&place, &artefact));
                Ok::<_, GuestError>(guest)
            })
            .await?;
        self.inner.make_room(&component);
        Ok(guest.clone())
    }

    /// Forgets a component that no app uses any more, in memory and on disk. Runs under way go on.
    ///
    /// # Errors
    ///
    /// When its file is there and cannot be removed.
    pub async fn forget(&self, component: &ComponentSha) -> std::io::Result<()> {
        if let Some(place) = self.inner.lock().remove(component) {
            place.is_forgotten.store(true, Ordering::SeqCst);
        }
        let inner = Arc::clone(&self.inner);
        let component = *component;
        tokio::task::spawn_blocking(move || inner.artefacts.remove(&component)).await?
    }

    /// Guests that are ready right now.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.inner
            .lock()
            .values()
            .filter(|place| place.guest.initialized())
            .count()
    }

    /// The artefacts on disk.
    #[must_use]
    pub fn artefacts(&self) -> &ArtefactCache {
        &self.inner.artefacts
    }

    async fn make<F, S>(
        &self,
        component: ComponentSha,
        place: &Arc<Place>,
        source: S,
    ) -> Result<Guest, GuestError>
    where
        S: FnOnce() -> F,
        F: Future<Output = Result<Bytes, String>>,
    {
        let inner = Arc::clone(&self.inner);
        // An artefact that does not load is like none: the component is there and decides.
        if let Some(guest) = blocking(move || {
            let artefact = inner.artefacts.get(&component)?;
            inner.sandbox.load(&artefact).ok()
        })
        .await?
        {
            return Ok(guest);
        }
        let wasm = source().await.map_err(GuestError::Source)?;
        if ComponentSha::of(&wasm) != component {
            return Err(GuestError::Source("it is not the file it should be".to_owned()));
        }
        let artefact = self.inner.compiler.group(self.group).compile(wasm).await?;
        let (inner, place) = (Arc::clone(&self.inner), Arc::clone(place));
        blocking(move || {
            let guest = inner.load(&artefact)?;
            inner.keep(&place, &artefact);
            Ok(guest)
        })
        .await?
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, HashMap<ComponentSha, Arc<Place>>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, component: &ComponentSha) -> Arc<Place> {
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        let place = Arc::clone(self.lock().entry(*component).or_default());
        place.last_used.store(now, Ordering::Relaxed);
        place
    }

    fn load(&self, artefact: &Artefact) -> Result<Guest, GuestError> {
        self.sandbox
            .load(artefact)
            .map_err(|error| GuestError::Load(Arc::new(error)))
    }

    fn keep(&self, place: &Place, artefact: &Artefact) {
        let component = artefact.component();
        if let Err(error) = self.artefacts.put(artefact) {
            // It runs all the same; after a restart it is compiled again.
            tracing::warn!(%component, %error, "an artefact could not be kept");
        }
        // Whoever forgot it before the file was there could not remove it.
        if place.is_forgotten.load(Ordering::SeqCst)
            && let Err(error) = self.artefacts.remove(&component)
        {
            tracing::warn!(%component, %error, "an artefact could not be removed");
        }
    }

    /// Puts the longest unused away until both bounds hold. The newest stays, whatever its size.
    fn make_room(&self, newest: &ComponentSha) {
        let mut shelf = self.lock();
        // Places whose making failed hold nothing and are nobody's.
        shelf.retain(|_, place| place.guest.initialized() || Arc::strong_count(place) > 1);
        loop {
            let guests = shelf.values().filter_map(|place| place.guest.get());
            if shelf.len() <= GUESTS_KEPT && code_bytes(guests) <= CODE_BYTES_KEPT {
                return;
            }
            let oldest = shelf
                .iter()
                // Nor one whose file is being written: whoever forgets it has to find its place.
                .filter(|(component, place)| {
                    *component != newest && place.guest.initialized() && Arc::strong_count(place) == 1
                })
                .min_by_key(|(_, place)| place.last_used.load(Ordering::Relaxed))
                .map(|(component, _)| *component);
            let Some(oldest) = oldest else { return };
            shelf.remove(&oldest);
        }
    }
}

/// What guests hold, in bytes: their own code, and what several of them share once.
fn code_bytes<'a>(guests: impl Iterator<Item = &'a Guest>) -> usize {
    let mut shared = HashMap::new();
    let own: usize = guests
        .inspect(|guest| shared.extend(guest.shared_code()))
        .map(Guest::code_bytes)
        .sum();
    own.saturating_add(shared.values().sum())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, GuestError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_panic| GuestError::Source("the platform failed while it loaded the component".to_owned()))
}
