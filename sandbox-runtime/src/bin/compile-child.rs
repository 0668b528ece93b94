//! The compiling child alone, for this package's tests. The program itself brings its own hidden subcommand.

use std::process::ExitCode;

fn main() -> ExitCode {
    sandbox_runtime::compile_child()
}
