//! Subcommands of the program, run as somebody types them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::AsyncWriteExt as _;

/// A subcommand that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs subcommands of one program, against one server where they need one.
#[derive(Debug, Clone)]
pub struct Command {
    program: PathBuf,
    variables: Vec<(OsString, OsString)>,
    folder: Option<PathBuf>,
    input: Option<String>,
    patience: Duration,
}

/// How a subcommand ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Command {
    /// Without a server.
    #[must_use]
    pub fn new(program: &Path) -> Self {
        Self {
            program: program.to_owned(),
            variables: Vec::new(),
            folder: None,
            input: None,
            patience: PATIENCE,
        }
    }

    /// Typed in this folder.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// With this on standard input.
    #[must_use]
    pub fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    /// For what takes longer than a command usually does, such as one that builds.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// With one more variable.
    #[must_use]
    pub fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Everything but the start.
    pub(crate) fn prepared<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> std::process::Command {
        let mut command = std::process::Command::new(&self.program);
        without_our_variables(&mut command);
        command
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it cannot be started, or does not end.
    pub async fn run<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> anyhow::Result<Ended> {
        let mut command = tokio::process::Command::from(self.prepared(arguments));
        let mut child = command.kill_on_drop(true).spawn()?;
        // Held open to the end: see src/bin/c4h_under_test.rs.
        let mut open = child.stdin.take();
        if let (Some(text), Some(mut stdin)) = (&self.input, open.take_if(|_| self.input.is_some())) {
            stdin.write_all(text.as_bytes()).await?;
        }
        let output = tokio::time::timeout(self.patience, child.wait_with_output())
            .await
            .context("it does not end")??;
        Ok(Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

impl Ended {
    /// Passes on what it printed, if it succeeded.
    ///
    /// # Errors
    /// When it did not.
    pub fn success(self) -> anyhow::Result<String> {
        ensure!(
            self.code == 0,
            "exit code {}: {}{}",
            self.code,
            self.stdout,
            self.stderr
        );
        Ok(self.stdout)
    }

    /// Passes on the sentence it failed with: one line on standard error after the program's name, nothing printed.
    ///
    /// # Errors
    /// When it did not fail so, or with another exit code.
    pub fn failure(&self, code: i32) -> anyhow::Result<String> {
        ensure!(
            self.code == code,
            "exit code {}: {}{}",
            self.code,
            self.stdout,
            self.stderr
        );
        ensure!(self.stdout.is_empty(), "it failed and printed {:?}", self.stdout);
        let sentence = self
            .stderr
            .strip_suffix('\n')
            .and_then(|line| line.strip_prefix("c4h: "));
        let sentence = sentence.with_context(|| format!("not our sentence: {:?}", self.stderr))?;
        ensure!(
            !sentence.contains(['\n', '\u{1b}']),
            "more than a sentence: {sentence:?}"
        );
        ensure!(
            !sentence.contains("panicked") && !sentence.contains(".rs:"),
            "our inside: {sentence:?}"
        );
        Ok(sentence.to_owned())
    }
}

/// Takes away variables of the tests and of whoever runs them: the program reads every `C4H_…` as meant for it.
pub(crate) fn without_our_variables(command: &mut std::process::Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("C4H_") {
            command.env_remove(name);
        }
    }
}
