//! Starting a program, and waiting until it is ready or has ended.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::{Lines, Running, TestPlatform};
use crate::command::without_our_variables;
use crate::wait::until_blocking;

/// From start to the ready line, with example apps to compile, on two cores that also compile something else.
const START: Duration = Duration::from_secs(90);
/// People of the seed, in a build that is not optimised.
const PEOPLE: &str = "100";
/// From a signal to the end of the process.
const END: Duration = Duration::from_secs(40);

/// How a program is to be started.
#[derive(Debug, Clone)]
pub struct Builder {
    program: PathBuf,
    folders: PathBuf,
    data_dir: Option<PathBuf>,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    listen: String,
    errors_are_expected: bool,
}

impl Builder {
    /// Starts `program`; folders are made below `folders`.
    #[must_use]
    pub fn new(program: &Path, folders: &Path) -> Self {
        Self {
            program: program.to_owned(),
            folders: folders.to_owned(),
            data_dir: None,
            arguments: Vec::new(),
            variables: Vec::new(),
            listen: "127.0.0.1:0".to_owned(),
            errors_are_expected: false,
        }
    }

    /// Keeps its files here, and leaves them there; otherwise in a folder that ends with it.
    #[must_use]
    pub fn data_dir(mut self, folder: &Path) -> Self {
        self.data_dir = Some(folder.to_owned());
        self
    }

    /// Sets a limit, such as `wall_ms`.
    #[must_use]
    pub fn limit(self, name: &str, value: u64) -> Self {
        self.argument("--limit").argument(&format!("{name}={value}"))
    }

    /// One more argument of `serve`.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Answers at this address; port 0 takes any free one.
    #[must_use]
    pub fn listen(mut self, address: &str) -> Self {
        address.clone_into(&mut self.listen);
        self
    }

    /// Sets a variable of the program's environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lets the journey leave lines of level ERROR in the log, because it is about what causes them.
    #[must_use]
    pub fn errors_are_expected(mut self) -> Self {
        self.errors_are_expected = true;
        self
    }

    /// Starts the program without waiting until it is ready.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(&self) -> anyhow::Result<Starting> {
        std::fs::create_dir_all(&self.folders)?;
        let (data_dir, temporary) = match &self.data_dir {
            Some(folder) => (folder.clone(), None),
            None => {
                let folder = tempfile::Builder::new()
                    .prefix("c4h-")
                    .tempdir_in(&self.folders)?;
                (folder.path().join("data"), Some(folder))
            }
        };
        let mut process = Process::new(&self.program);
        without_our_variables(&mut process);
        process
            .args(["serve", "--listen", &self.listen, "--data-dir"])
            .arg(&data_dir)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .args(&self.arguments);
        // Unless the journey says otherwise: those with a story and some more, so that a program is soon ready.
        if !self.arguments.iter().any(|argument| argument == "--population") {
            process.args(["--population", PEOPLE]);
        }
        // A journey asks faster than people do.
        if !self.arguments.iter().any(|argument| argument == "--rate-limits") {
            process.args(["--rate-limits", "off"]);
        }
        // The journeys hold the other end of its standard input: see src/bin/c4h_under_test.rs.
        process
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = process
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let printed = Lines::of(child.stdout.take().context("standard output is piped")?);
        let log = Lines::of(child.stderr.take().context("standard error is piped")?);
        Ok(Starting {
            program: self.program.clone(),
            child: Running(child),
            printed,
            log,
            data_dir,
            temporary,
            started,
            errors_are_expected: self.errors_are_expected,
        })
    }

    /// Starts the program and waits until it is ready.
    ///
    /// # Errors
    /// When it does not become ready; what it printed is told.
    pub fn start(&self) -> anyhow::Result<TestPlatform> {
        self.spawn()?.ready()
    }
}

/// A program that was started and may not be ready, or never will be.
#[derive(Debug)]
pub struct Starting {
    pub(super) program: PathBuf,
    pub(super) child: Running,
    pub(super) printed: Lines,
    pub(super) log: Lines,
    pub(super) data_dir: PathBuf,
    pub(super) temporary: Option<TempDir>,
    pub(super) started: Instant,
    pub(super) errors_are_expected: bool,
}

impl Starting {
    /// Waits for the ready line.
    ///
    /// # Errors
    /// When the program ends before it is ready, or is not ready in time.
    pub fn ready(mut self) -> anyhow::Result<TestPlatform> {
        let found = until_blocking("the program is ready", START, || {
            if let Some(line) = self.printed.all().first() {
                return Ok(Some(line.clone()));
            }
            match self.child.0.try_wait()? {
                Some(status) => bail!("the program ended with {status}"),
                None => Ok(None),
            }
        });
        let ready_line = found.with_context(|| self.log.all().join("\n"))?;
        let ready_after = self.started.elapsed();
        let address = address_in(&ready_line)?;
        Ok(TestPlatform {
            process: self,
            address,
            ready_line,
            ready_after,
        })
    }

    /// Waits for the process to end by itself; its exit code and what it complained about.
    ///
    /// # Errors
    /// When it does not end.
    pub fn ended(mut self) -> anyhow::Result<(i32, String)> {
        let status = self.wait_end()?;
        self.log.read_to_end();
        Ok((status.code().unwrap_or(-1), self.log.all().join("\n")))
    }

    pub(super) fn wait_end(&mut self) -> anyhow::Result<ExitStatus> {
        until_blocking("the process ends", END, || Ok(self.child.0.try_wait()?))
    }
}

/// The ready line ends in the address: `… http://127.0.0.1:8080`.
fn address_in(line: &str) -> anyhow::Result<SocketAddr> {
    let (_, after) = line
        .rsplit_once("http://")
        .with_context(|| format!("no address in {line:?}"))?;
    let address = after.trim_end().trim_end_matches('/');
    address.parse().with_context(|| format!("no address in {line:?}"))
}
