//! The program, started for a journey on a folder and a port of its own, and ended with it.
//!
//! Owns the process and the two threads that read its output; both end with the process.

mod lines;
mod start;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use anyhow::Context as _;

pub(crate) use self::lines::Lines;
pub use self::start::{Builder, Starting};
use crate::client::Client;
use crate::command::Command;
use crate::invariant::faults_in_log;

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
