//! Turns what the engine reports into the one name the builder sees.

use wasmtime::component::ResourceTableError;
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi_http::FieldMapError;

use crate::capability::memory::MemoryMeter;
use crate::error::RunError;
use crate::limits::{FIBER_STACK_BYTES, Limit, Limits, STACK_BYTES};
use crate::trace::Frame;

/// Frames that a trace keeps.
const FRAMES: usize = 32;

/// Raised by the ticker's callback inside a guest that has used up its processor time.
#[derive(Debug, thiserror::Error)]
#[error("processor time used up")]
pub(super) struct CpuSpent;

/// The name of a failure.
pub(super) fn classify(error: &wasmtime::Error, limits: &Limits, memory: &MemoryMeter) -> RunError {
    if let Some(limit) = limit_of_host_call(error, limits) {
        return limit;
    }
    let trap = error.downcast_ref::<Trap>();
    if trap == Some(&Trap::StackOverflow) {
        return RunError::over(Limit::Stack, STACK_BYTES, None);
    }
    // A refused growth is answered with -1; most runtimes then stop themselves.
    if let Some(asked) = memory.refused_memory_bytes() {
        return RunError::over(Limit::Memory, limits.memory_bytes, Some(asked));
    }
    if let Some(asked) = memory.refused_table_elements() {
        return RunError::over(Limit::Table, limits.table_elements, Some(asked));
    }
    if let Some(exit) = error.downcast_ref::<I32Exit>() {
        return RunError::Exit { status: exit.0 };
    }
    if let Some(trap) = trap {
        return RunError::Trap {
            reason: trap_in_words(*trap),
        };
    }
    if error.downcast_ref::<WasmBacktrace>().is_some() {
        return RunError::Trap {
            reason: error.root_cause().to_string(),
        };
    }
    // The one rule of components that is checked after the guest's last instruction, when there is no frame of its any more.
    if error
        .root_cause()
        .to_string()
        .contains("borrow handles still remain")
    {
        return RunError::Trap {
            reason: "it kept handles that it had only borrowed".to_owned(),
        };
    }
    RunError::host(format!("{error:#}"))
}

fn limit_of_host_call(error: &wasmtime::Error, limits: &Limits) -> Option<RunError> {
    if let Some(FieldMapError::TotalSizeTooBig | FieldMapError::TooManyFields) = error.downcast_ref() {
        return Some(RunError::over(Limit::Headers, limits.header_bytes, None));
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        return Some(RunError::over(Limit::Handles, u64::from(limits.handles), None));
    }
    if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() {
        return Some(RunError::over(
            Limit::Busy,
            u64::from(crate::limits::CONCURRENT_RUNS),
            None,
        ));
    }
    // These have no public type; `tests/it/limits.rs` notices when their words change.
    let words = error.root_cause().to_string();
    if words.contains("store handle limit exceeded") {
        return Some(RunError::over(Limit::Handles, u64::from(limits.handles), None));
    }
    if words.contains("fuel allocated for hostcalls") {
        return Some(RunError::over(Limit::HostCall, limits.host_call_bytes, None));
    }
    if words.starts_with("requested len") {
        return Some(RunError::over(Limit::Random, limits.random_bytes, None));
    }
    None
}

fn trap_in_words(trap: Trap) -> String {
    if trap == Trap::UnreachableCodeReached {
        return "it panicked or aborted (wasm `unreachable` instruction executed)".to_owned();
    }
    let words = trap.to_string();
    let words = words.strip_prefix("wasm trap: ").unwrap_or(&words);
    if trap == Trap::MemoryOutOfBounds {
        return format!(
            "{words}; after deep recursion this can be the language's own stack, inside its memory, running over"
        );
    }
    words.to_owned()
}

/// Where it happened, innermost first.
pub(super) fn backtrace(error: &wasmtime::Error) -> Vec<Frame> {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else {
        return Vec::new();
    };
    let mut frames = Vec::new();
    for info in trace.frames() {
        let module = info.module().name().map(str::to_owned);
        let name = info.func_name();
        let number = info.func_index();
        let function = |name: Option<&str>| {
            name.map_or_else(
                || format!("function {number}"),
                |name| format!("{:#}", rustc_demangle::demangle(name)),
            )
        };
        if info.symbols().is_empty() {
            frames.push(Frame {
                function: function(name),
                module: module.clone(),
                file: None,
                line: None,
                column: None,
                source: None,
            });
        }
        for symbol in info.symbols() {
            frames.push(Frame {
                function: function(symbol.name().or(name)),
                module: module.clone(),
                file: symbol.file().map(str::to_owned),
                line: symbol.line(),
                column: symbol.column(),
                source: None,
            });
        }
        if frames.len() >= FRAMES {
            frames.truncate(FRAMES);
            break;
        }
    }
    frames
}

// Host functions need what the guest leaves of the native stack.
const _: () = assert!(FIBER_STACK_BYTES >= STACK_BYTES + 2 * 1024 * 1024);
