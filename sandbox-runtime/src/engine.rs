//! The settings of the engine: one set that the compiling child and the serving process share, and the pool that only the
//! latter has.

use std::hash::{Hash as _, Hasher};

use sha2::{Digest as _, Sha256};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

use crate::capability::memory;
use crate::error::SandboxError;
use crate::limits::{FIBER_STACK_BYTES, Limits, MEMORY_CEILING_BYTES, STACK_BYTES};

/// The wasmtime release that compiled code belongs to. A test compares it with the lock file.
pub(crate) const WASMTIME_VERSION: &str = "48.0.8";

/// Frames of a backtrace: enough to leave the standard library's panic machinery and reach the builder's own code.
const BACKTRACE_FRAMES: usize = 64;

/// Bookkeeping of one instance, in bytes. wasmtime's default of 1 MiB refuses large interpreters; Spin uses 10 MB.
const INSTANCE_BYTES: usize = 10 * 1024 * 1024;

/// Memory that a slot keeps after a run, in bytes: a small guest's pages need not be given back and faulted in again.
/// Costs at most this much for each of [`WARM_SLOTS`].
const KEEP_RESIDENT_BYTES: usize = 1024 * 1024;

/// Tables that a slot keeps after a run, in bytes: that of an interpreter has a few thousand places, which are filled when they are first
/// called. Measured: three page faults fewer for each run of a script.
const KEEP_TABLE_BYTES: usize = 64 * 1024;

/// Stack that a slot keeps after a run, in bytes, overwritten with zeros: the hello component touches about 20 KiB, and
/// clearing that is quicker than giving the pages back and faulting them in again. More made no difference to scripts.
const KEEP_STACK_BYTES: usize = 32 * 1024;

/// Slots that stay warm after use.
const WARM_SLOTS: u32 = 64;

/// Where guests get their memory from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allocation {
    /// From a pool reserved at start: instances start in microseconds.
    Pooling,
    /// From the operating system for each run: correct, and slower by about ten times.
    OnDemand {
        /// Why there is no pool.
        reason: String,
    },
}

/// The settings that compiled code depends on. The child that compiles and the process that runs must agree on them.
///
/// Deliberately off: threads, component-model async (WASI 0.3), garbage collection, exceptions and 64-bit memories. No supported
/// toolchain needs them for WASI 0.2, and most of the engine's security fixes of the last year were in them.
#[must_use]
pub fn base_config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(false)
        .wasm_gc(false)
        .wasm_function_references(false)
        .wasm_exceptions(false)
        .wasm_memory64(false)
        .relaxed_simd_deterministic(true)
        .cranelift_opt_level(OptLevel::Speed)
        .parallel_compilation(true)
        .native_unwind_info(false)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(BACKTRACE_FRAMES))
        .max_wasm_stack(size(STACK_BYTES))
        .async_stack_size(size(FIBER_STACK_BYTES))
        // No secrets of one run on the stack of the next.
        .async_stack_zeroing(true);
    config
}

/// Starts an engine with room for `concurrent_runs`, from a pool if the address space allows it.
pub(crate) fn start_engine(concurrent_runs: u32) -> Result<(Engine, Allocation), SandboxError> {
    let mut config = base_config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(concurrent_runs)));
    match Engine::new(&config) {
        Ok(engine) => Ok((engine, Allocation::Pooling)),
        Err(error) => {
            let reason = format!("{error:#}");
            tracing::warn!(
                reason,
                "no pool for guests: memory is taken from the system for each run"
            );
            let engine = Engine::new(&base_config()).map_err(|error| SandboxError(format!("{error:#}")))?;
            Ok((engine, Allocation::OnDemand { reason }))
        }
    }
}

/// Each memory slot reserves 4 GiB of addresses, not of memory; 64 runs reserve 0.5 TiB of the 128 TiB a process has.
fn pool(concurrent_runs: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(concurrent_runs)
        .total_stacks(concurrent_runs)
        // The places are shared. Measured: componentize-py has 16 modules, some instantiated twice; one memory, up to three tables.
        .total_core_instances(concurrent_runs.saturating_mul(40))
        .total_memories(concurrent_runs.saturating_mul(2))
        .total_tables(concurrent_runs.saturating_mul(8))
        .max_component_instance_size(INSTANCE_BYTES)
        .max_core_instance_size(INSTANCE_BYTES)
        .max_core_instances_per_component(count(memory::CORE_INSTANCES))
        .max_memories_per_component(count(memory::MEMORIES))
        .max_tables_per_component(count(memory::TABLES))
        .max_tables_per_module(4)
        .max_memories_per_module(4)
        .table_elements(size(Limits::DEFAULT.table_elements))
        .max_memory_size(size(MEMORY_CEILING_BYTES))
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_TABLE_BYTES)
        .async_stack_keep_resident(KEEP_STACK_BYTES)
        .max_unused_warm_slots(WARM_SLOTS)
        // At once, by the run that used them: in a batch, a neighbour's small run would now and then give back the memory of
        // fifteen others.
        .decommit_batch_size(1)
        .pagemap_scan(Enabled::Auto);
    pool
}

/// What compiled code must match to be loaded by this engine, as 32 bytes.
pub(crate) fn compatibility_hash(engine: &Engine) -> [u8; 32] {
    struct Sha256Hasher(Sha256);
    impl Hasher for Sha256Hasher {
        fn finish(&self) -> u64 {
            0
        }
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
    }
    let mut hasher = Sha256Hasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    WASMTIME_VERSION.hash(&mut hasher);
    hasher.0.finalize().into()
}

fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_changes_nothing_that_compiled_code_depends_on() {
        let (serving, _) = start_engine(2).unwrap();
        let compiling = Engine::new(&base_config()).unwrap();
        assert_eq!(compatibility_hash(&serving), compatibility_hash(&compiling));
    }

    #[test]
    fn the_version_is_the_one_in_the_lock_file() {
        let lock = include_str!("../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"wasmtime\"\nversion = \"{WASMTIME_VERSION}\"")));
    }
}
