//! The program as the journeys start it: the same entry as `c4h`, but a server ends when whoever started it is gone.

use std::io::{Read as _, stdin};
use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|subcommand| subcommand == "serve" || subcommand == "dev")
    {
        // By name, because it is there before the server gives anything up.
        let watch = std::thread::Builder::new().name("under-test".to_owned());
        if watch.spawn(end_with_parent).is_err() {
            return ExitCode::FAILURE;
        }
    }
    platform::run()
}

/// Waits for the end of standard input. The journeys hold its other end open, so it comes when they end, however they
/// end: no server is left behind by a test run that was interrupted.
#[expect(clippy::exit, reason = "there is nobody left to end in order for")]
fn end_with_parent() {
    // An error is an end too.
    stdin().read_to_end(&mut Vec::new()).ok();
    std::process::exit(70);
}
