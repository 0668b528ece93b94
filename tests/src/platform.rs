//! The program, started for a journey on a folder and a port of its own, and ended with it.
//!
//! Owns the process and the two threads that read its output; both end with the process.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::client::Client;
use crate::command::{Command, without_our_variables};
use crate::invariant::faults_in_log;
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

/// A process that is killed when nobody wants it any more.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // A process that has gone already is what we want.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A program that was started and may not be ready, or never will be.
#[derive(Debug)]
pub struct Starting {
    program: PathBuf,
    child: Running,
    printed: Lines,
    log: Lines,
    data_dir: PathBuf,
    temporary: Option<TempDir>,
    started: Instant,
    errors_are_expected: bool,
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

    fn wait_end(&mut self) -> anyhow::Result<ExitStatus> {
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

/// A program that is ready.
///
/// On drop it is killed, and its log must hold no panic and no line of level ERROR.
#[derive(Debug)]
pub struct TestPlatform {
    process: Starting,
    address: SocketAddr,
    ready_line: String,
    ready_after: Duration,
}

impl TestPlatform {
    /// Where it answers.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The line it printed when it was ready.
    #[must_use]
    pub fn ready_line(&self) -> &str {
        &self.ready_line
    }

    /// How long it took from start to the ready line.
    #[must_use]
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Everything it printed so far, line by line.
    #[must_use]
    pub fn printed(&self) -> Vec<String> {
        self.process.printed.all()
    }

    /// Its log so far, line by line.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.process.log.all()
    }

    /// Where it keeps its files.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.process.data_dir
    }

    /// A client of it.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn client(&self) -> anyhow::Result<Client> {
        Client::new(self.address)
    }

    /// Its own subcommands, which talk to it.
    #[must_use]
    pub fn command(&self) -> Command {
        Command::new(&self.process.program).variable("C4H_URL", format!("http://{}", self.address))
    }

    /// Ends it as power cuts and impatient people do: at once, with nothing in order.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.process.child.0.kill()?;
        self.process.wait_end()?;
        Ok(())
    }

    /// Asks it to end in order, as `kill` and service managers do.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    #[cfg(unix)]
    pub fn terminate(&self) -> anyhow::Result<()> {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.process.child.0.id())?);
        let id = id.context("a process has an id")?;
        rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        Ok(())
    }

    /// Asks it to end in order and waits until it has; it must end with exit code 0.
    ///
    /// # Errors
    /// When it does not.
    #[cfg(unix)]
    pub fn stop(self) -> anyhow::Result<()> {
        self.terminate()?;
        let (status, log) = self.wait_end()?;
        anyhow::ensure!(
            status.code() == Some(0),
            "it ended with {status}: {}",
            log.join("\n")
        );
        Ok(())
    }

    /// Waits until it has ended; how, and its whole log.
    ///
    /// # Errors
    /// When it does not end.
    pub fn wait_end(mut self) -> anyhow::Result<(ExitStatus, Vec<String>)> {
        let status = self.process.wait_end()?;
        self.process.log.read_to_end();
        Ok((status, self.log()))
    }

    /// Its number among the system's processes.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.process.child.0.id()
    }

    /// Lets the most memory it had be what it has now, where the system allows that.
    pub fn forget_most_memory(&self) {
        // Refused to whoever may not look into the process: then the most of all its time is what counts.
        std::fs::write(format!("/proc/{}/clear_refs", self.process()), "5").ok();
    }

    /// Memory that is really there, now and at most, in KiB (`VmRSS`, `VmHWM`); `None` where the system does not tell.
    #[must_use]
    pub fn memory_kib(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).ok()?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        Some((field("VmRSS:")?, field("VmHWM:")?))
    }

    /// Lines of the log that must not be there.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        if self.process.errors_are_expected {
            return self
                .log()
                .into_iter()
                .filter(|line| line.contains("panicked at"))
                .collect();
        }
        faults_in_log(&self.log())
    }
}

impl Drop for TestPlatform {
    fn drop(&mut self) {
        self.process.child.0.kill().ok();
        self.process.child.0.wait().ok();
        self.process.log.read_to_end();
        let faults = self.faults();
        // A journey that fails already tells more than a second panic, which would end the whole run of tests.
        if !std::thread::panicking() {
            assert!(faults.is_empty(), "the server's log holds\n{}", faults.join("\n"));
        }
        if let Some(folder) = self.process.temporary.take() {
            folder.close().ok();
        }
    }
}

/// Lines of an output, read by a thread of their own so that the program never waits for us.
#[derive(Debug)]
pub(crate) struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Lines {
    pub(crate) fn of(output: impl Read + Send + 'static) -> Self {
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&lines);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n') {
                let Ok(line) = line else { return };
                lock(&kept).push(String::from_utf8_lossy(&line).into_owned());
            }
        });
        Self {
            lines,
            reader: Some(reader),
        }
    }

    pub(crate) fn all(&self) -> Vec<String> {
        lock(&self.lines).clone()
    }

    /// Waits for the end of the output, which comes with the end of the process and of its children.
    pub(crate) fn read_to_end(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().ok();
        }
    }
}

fn lock(lines: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}
