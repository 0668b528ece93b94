//! A component that is ready to run, and the shelf that keeps the latest ones ready.

mod sharing;
mod shelf;

use std::sync::Arc;

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Result as EngineResult};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

pub(crate) use self::sharing::Sharing;
pub use self::shelf::{GuestError, Guests};

use self::sharing::{Broken, Shared};
use crate::artefact::{Artefact, ComponentSha};
use crate::capability::memory;
use crate::engine::compatibility_hash;
use crate::error::LoadError;
use crate::limits::MEMORY_CEILING_BYTES;
use crate::sandbox::Host;

/// One page of linear memory, as WebAssembly defines it.
const WASM_PAGE_BYTES: u64 = 64 * 1024;

/// A loaded component, linked to what guests can reach. Cheap to clone; shared by all apps that use the same file.
#[derive(Clone)]
pub struct Guest {
    inner: Arc<Inner>,
}

struct Inner {
    component: ComponentSha,
    code_bytes: usize,
    pre: ProxyPre<Host>,
    shared: Option<Shared>,
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guest")
            .field("component", &self.inner.component)
            .finish_non_exhaustive()
    }
}

impl Guest {
    /// Which component this is.
    #[must_use]
    pub fn component(&self) -> ComponentSha {
        self.inner.component
    }

    /// Size of the compiled code that belongs to this guest alone, in bytes.
    #[must_use]
    pub fn code_bytes(&self) -> usize {
        self.inner.code_bytes
    }

    /// What it shares with other guests: a name for it, and its size in bytes.
    #[must_use]
    pub fn shared_code(&self) -> Option<(usize, usize)> {
        self.inner.shared.as_ref().map(Shared::file)
    }

    pub(crate) fn pre(&self) -> &ProxyPre<Host> {
        &self.inner.pre
    }

    pub(crate) fn load(
        engine: &Engine,
        linker: &Linker<Host>,
        sharing: &Sharing,
        artefact: &Artefact,
    ) -> Result<Self, LoadError> {
        let load = || {
            deserialize(engine, artefact).map_err(|error| {
                let reason = format!("{error:#}");
                // Of our own making and refused: it asks for more from the start than the engine has for anybody.
                if artefact.compatibility() == compatibility_hash(engine) {
                    LoadError::DoesNotFit(reason)
                } else {
                    LoadError::Foreign(reason)
                }
            })
        };
        let mut component = load()?;
        check_size(&component)?;
        let shared = match sharing.share(&component) {
            Ok(shared) => shared,
            Err(Broken) => {
                component = load()?;
                None
            }
        };
        let pre = linker
            .instantiate_pre(&component)
            .and_then(ProxyPre::new)
            .map_err(|error| LoadError::DoesNotFit(format!("{error:#}")))?;
        let inner = Inner {
            component: artefact.component(),
            code_bytes: artefact
                .code()
                .len()
                .saturating_sub(shared.as_ref().map_or(0, Shared::saved_bytes)),
            pre,
            shared,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }
}

#[expect(
    unsafe_code,
    reason = "loading compiled code is unsafe by nature; artefacts are the one thing it may be given"
)]
fn deserialize(engine: &Engine, artefact: &Artefact) -> EngineResult<Component> {
    // SAFETY: `Artefact` has no public constructor. Its bytes come either straight from our own compiling child or from a
    // file whose HMAC under our key was verified over these very bytes in memory, so nobody else can have written them.
    unsafe { Component::deserialize(engine, artefact.code()) }
}

/// Refuses what could never be instantiated, with numbers, when it is deployed instead of when it is first used.
fn check_size(component: &Component) -> Result<(), LoadError> {
    let Some(required) = component.resources_required() else {
        return Ok(());
    };
    let memory_bytes = required
        .max_initial_memory_size
        .unwrap_or(0)
        .saturating_mul(WASM_PAGE_BYTES);
    let checks = [
        (
            "linear memories",
            u64::from(required.num_memories),
            to_u64(memory::MEMORIES),
        ),
        ("tables", u64::from(required.num_tables), to_u64(memory::TABLES)),
        ("bytes of memory at the start", memory_bytes, MEMORY_CEILING_BYTES),
    ];
    for (what, needed, allowed) in checks {
        if needed > allowed {
            return Err(LoadError::TooLarge {
                what,
                needed,
                allowed,
            });
        }
    }
    Ok(())
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
