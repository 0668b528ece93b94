//! The limits inside the engine: what a script meets as an exception of its own instead of a trap.

/// Stack of the engine, in bytes of linear memory.
///
/// Deep recursion becomes a `RangeError` with a line. Measured: the native frames of the same depth fit into the 512 KiB that hosts give
/// by default.
pub(crate) const STACK_BYTES: usize = 24 * 1024;

/// Memory at which the collector of cycles first runs, in bytes. What is in no cycle is freed at once anyway, and most runs end earlier.
pub(crate) const COLLECT_AT_BYTES: usize = 24 * 1024 * 1024;
