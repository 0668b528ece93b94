//! A server under measurement: a process of its own, stopped when dropped.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A running server that has said where it listens.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Our program over this many people.
    pub(crate) fn start(data_dir: &Path, people: u32) -> Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_c4h"));
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--rate-limits",
                "off",
                "--population",
            ])
            .arg(people.to_string())
            .arg("--data-dir")
            .arg(data_dir);
        Self::spawn(command)
    }

    /// This bench again, as the bare server.
    pub(crate) fn start_bench(role: &str, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(role).args(arguments);
        Self::spawn(command)
    }

    /// The line a server prints when ready ends in its address.
    pub(crate) fn spawn(mut command: Command) -> Result<Self> {
        // The access log is on, as it is for every user; it is written to nowhere.
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let output = child.stdout.take().context("standard output is piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().unwrap_or_default().parse();
        let address = address.with_context(|| format!("no address in the ready line {line:?}"))?;
        Ok(Self { child, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// KiB of memory that are really there (`VmRSS`); Linux only, as the figures in the documents are.
    pub(crate) fn resident_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let figure = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(figure.context("no VmRSS")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has already gone is what we want; there is nothing to do about any other failure.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
pub(crate) fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
