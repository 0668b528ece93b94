//! Counts the memory and tables of all instances of one run together, and remembers what it refused.
//!
//! wasmtime's own `StoreLimits` counts each memory alone, so a component made of many would get many times the limit.

use wasmtime::ResourceLimiter;

use crate::limits::{Limits, MEMORY_CEILING_BYTES};

/// Core instances of one run. Measured in what toolchains make: wstd and componentize-js 4 to 5 modules, componentize-py 16.
pub(crate) const CORE_INSTANCES: usize = 64;

/// Linear memories of one run; a component made of eight others still runs.
pub(crate) const MEMORIES: usize = 8;

/// Tables of one run.
pub(crate) const TABLES: usize = 32;

/// What one run holds and was refused.
#[derive(Debug)]
pub(crate) struct MemoryMeter {
    memory_limit: u64,
    memory_bytes: u64,
    table_limit: u64,
    table_elements: u64,
    refused_memory_bytes: Option<u64>,
    refused_table_elements: Option<u64>,
}

impl MemoryMeter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_limit: limits.memory_bytes.min(MEMORY_CEILING_BYTES),
            memory_bytes: 0,
            table_limit: limits.table_elements,
            table_elements: 0,
            refused_memory_bytes: None,
            refused_table_elements: None,
        }
    }

    pub(crate) fn peak_bytes(&self) -> u64 {
        // Nothing is ever given back while a run lasts: wasm memories do not shrink.
        self.memory_bytes
    }

    /// The total that was asked for when memory was refused for the last time.
    pub(crate) fn refused_memory_bytes(&self) -> Option<u64> {
        self.refused_memory_bytes
    }

    /// The total that was asked for when a table was refused for the last time.
    pub(crate) fn refused_table_elements(&self) -> Option<u64> {
        self.refused_table_elements
    }
}

fn growth(current: usize, desired: usize) -> u64 {
    u64::try_from(desired.saturating_sub(current)).unwrap_or(u64::MAX)
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self.memory_bytes.saturating_add(growth(current, desired));
        if total > self.memory_limit {
            self.refused_memory_bytes = Some(total);
            return Ok(false);
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            // The guest's own maximum: it fails anyway and must not count.
            return Ok(false);
        }
        self.memory_bytes = total;
        Ok(true)
    }

    // Invariant: a failed growth is not subtracted. The engine also calls this for growths that it never asked about, so a
    // guest could otherwise talk its total down.
    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        if error.to_string().contains("memory type's limits") {
            // More than 4 GiB: refused before the limiter is asked.
            self.refused_memory_bytes.get_or_insert(u64::from(u32::MAX) + 1);
        }
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self.table_elements.saturating_add(growth(current, desired));
        if total > self.table_limit {
            self.refused_table_elements = Some(total);
            return Ok(false);
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.table_elements = total;
        Ok(true)
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES
    }

    fn tables(&self) -> usize {
        TABLES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_count_together_and_a_failed_growth_is_not_given_back() {
        let limits = Limits {
            memory_bytes: 300,
            ..Limits::DEFAULT
        };
        let mut meter = MemoryMeter::new(&limits);
        assert!(meter.memory_growing(0, 200, None).unwrap());
        assert!(!meter.memory_growing(0, 200, None).unwrap());
        assert_eq!(meter.refused_memory_bytes(), Some(400));
        meter.memory_grow_failed(wasmtime::Error::msg("no")).unwrap();
        assert!(!meter.memory_growing(0, 100, Some(50)).unwrap());
        assert!(meter.memory_growing(0, 100, None).unwrap());
        assert!(!meter.memory_growing(200, 201, None).unwrap());
        assert_eq!(meter.peak_bytes(), 300);
    }
}
