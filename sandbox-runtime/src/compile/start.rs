//! The start of a child process that compiles: this program again, with nothing of its environment.

use std::ffi::OsString;
use std::io;
use std::process::Stdio;

use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::runtime::Handle;

use super::{CompileError, CompilerConfig};
use crate::priority::in_the_background;

/// A child and its pipes. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) child: Child,
    pub(crate) stdin: ChildStdin,
    pub(crate) stdout: ChildStdout,
    pub(crate) stderr: ChildStderr,
}

/// Starts a child that may use this many threads, from a thread that steps back: copying a process takes longer than most pages, and the child begins with the
/// priority of whoever starts it. Must be called on a tokio runtime.
///
/// # Errors
/// When the system starts no process.
pub(crate) async fn start(config: &CompilerConfig, threads: usize) -> Result<Started, CompileError> {
    let mut command = Command::new(&config.program);
    command
        .args(&config.arguments)
        .env_clear()
        .envs(kept_environment())
        .env("RAYON_NUM_THREADS", threads.to_string())
        // Otherwise the allocator reserves 64 MiB of addresses for each thread, which the limit would count.
        .env("MALLOC_ARENA_MAX", "2")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // A pipe, because it may write to no file.
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let runtime = Handle::current();
    let started = in_the_background(move || {
        let _pipes_belong_to_it = runtime.enter();
        command.spawn()
    });
    let mut child = started
        .await
        .and_then(|spawned| spawned)
        .map_err(CompileError::host)?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(CompileError::host(io::Error::other("a child has no pipes")));
    };
    Ok(Started {
        child,
        stdin,
        stdout,
        stderr,
    })
}

/// Nothing of the program's environment reaches the child, except what Windows needs to start a process.
fn kept_environment() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| cfg!(windows) && name.eq_ignore_ascii_case("SystemRoot"))
}
