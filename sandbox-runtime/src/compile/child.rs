//! The child: limits itself, reads one component, writes its machine code, ends.

use std::io::{self, Read as _, Write};
use std::process::ExitCode;

use wasmtime::Engine;

use super::limits::restrict_self;
use super::probe::Trial;
use super::wire::{KIND_CODE, KIND_INVALID, ORDER_BYTES, Order};
use crate::engine::{base_config, compatibility_hash};
use crate::limits::COMPONENT_BYTES;
use crate::script;

/// What the hidden subcommand of the program runs. Reads an order from standard input, writes the answer to standard output.
///
/// Call it first thing in `main`, before any thread or log exists.
#[must_use]
pub fn compile_child() -> ExitCode {
    match obey() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent reads it; there is nobody else to tell.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn obey() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut order = [0; ORDER_BYTES];
    input.read_exact(&mut order)?;
    if let Some(trial) = Trial::from_order(&order) {
        return trial.obey();
    }
    if let Some(allowance) = script::wire::is_start(&order) {
        return script::worker::serve(allowance, &mut input);
    }
    let order =
        Order::from_bytes(&order).ok_or_else(|| io::Error::other("this is not an order to compile"))?;
    if order.component_bytes > COMPONENT_BYTES {
        return Err(io::Error::other(
            "the component is larger than the upload check lets through",
        ));
    }
    restrict_self(order.memory_bytes, order.cpu_seconds)?;
    let mut component = Vec::new();
    input.take(order.component_bytes).read_to_end(&mut component)?;

    let engine = Engine::new(&base_config()).map_err(|error| io::Error::other(format!("{error:#}")))?;
    let (kind, bytes) = match engine.precompile_component(&component) {
        Ok(code) => (KIND_CODE, code),
        Err(error) => (KIND_INVALID, format!("{error:#}").into_bytes()),
    };
    let mut output = io::stdout().lock();
    output.write_all(&[kind])?;
    output.write_all(&compatibility_hash(&engine))?;
    output.write_all(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes())?;
    output.write_all(&bytes)?;
    output.flush()
}
