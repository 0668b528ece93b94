//! The build command of an app's folder, run on the builder's machine as the builder would type it.

use std::io;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use super::AppFolder;

impl AppFolder {
    /// Runs `build` of `app.toml`, if there is one; how long it took. What it prints goes to standard error, so that
    /// the answer on standard output stays one.
    ///
    /// Dropping the future ends the command.
    pub(in crate::cli) async fn build(&self) -> anyhow::Result<Option<Duration>> {
        let Some(command) = self.manifest.build.as_deref() else {
            return Ok(None);
        };
        let started = Instant::now();
        let mut child = shell(command);
        child
            .current_dir(&self.typed)
            .stdin(Stdio::null())
            .stdout(Stdio::from(io::stderr()))
            .kill_on_drop(true);
        let status = child
            .status()
            .await
            .with_context(|| format!("the build `{command}` cannot be started"))?;
        ensure!(
            status.success(),
            "the build `{command}` did not work ({}); what it printed is above",
            ended(status)
        );
        Ok(Some(started.elapsed()))
    }
}

#[cfg(unix)]
fn shell(command: &str) -> tokio::process::Command {
    let mut shell = tokio::process::Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> tokio::process::Command {
    let mut shell = tokio::process::Command::new("cmd");
    shell.args(["/C", command]);
    shell
}

fn ended(status: std::process::ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "a signal ended it".to_owned(),
    }
}
