//! The clock that interrupts guests.
//!
//! One thread an engine. It holds the engine weakly and ends by itself, at most one tick after the engine is gone.

use std::time::Duration;

use wasmtime::Engine;

use crate::error::SandboxError;

/// Time between two interruptions: how long a busy guest can hold a thread of the executor, and how late a CPU limit is noticed. Shorter would cost every guest more; a person does not notice 5 ms.
pub(crate) const TICK: Duration = Duration::from_millis(5);

pub(crate) fn start(engine: &Engine) -> Result<(), SandboxError> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("sandbox-ticker".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })
        .map(drop)
        .map_err(|error| SandboxError(format!("no thread for its clock: {error}")))
}
