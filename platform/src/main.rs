//! The program `c4h`.

use std::process::ExitCode;

/// A run lives for a fraction of a millisecond and makes some hundred small things; see docs/BENCHMARKS.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    platform::run()
}
