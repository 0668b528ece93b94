//! The program `c4h`.

use std::process::ExitCode;

fn main() -> ExitCode {
    platform::run()
}
