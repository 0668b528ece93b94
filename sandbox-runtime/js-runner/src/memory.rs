//! What the engine inside is told about memory.
//!
//! Deliberately absent: a limit of its own. The host's limit makes an allocation fail, which a script meets as `InternalError: out of memory` with a
//! line. Deep recursion ends in the host's stack limit, because QuickJS keeps no account of the stack on WASI.

/// Memory at which the collector of cycles first runs, in bytes. What is in no cycle is freed at once anyway, and most runs end earlier.
pub(crate) const COLLECT_AT_BYTES: usize = 24 * 1024 * 1024;
