//! A server under measurement: a process of its own, stopped when dropped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

/// Media type of a component.
pub(crate) const COMPONENT: &str = "application/wasm";

/// A running server that has said where it listens.
pub(crate) struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    /// Our program on a data folder, on a port of the system's choosing.
    pub(crate) fn start(data_dir: &Path) -> Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_c4h"));
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--rate-limits",
                "off",
                "--data-dir",
            ])
            .arg(data_dir);
        Self::spawn(command)
    }

    /// This bench again, as one of the bare servers.
    pub(crate) fn start_bench(role: &str, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(role).args(arguments);
        Self::spawn(command)
    }

    /// The line a server prints when ready ends in its address.
    fn spawn(mut command: Command) -> Result<Self> {
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

    /// KiB of memory that are the program's: its own, and its part of what it shares. Linux only, as the figures in the documents are.
    pub(crate) fn resident_kib(&self) -> Result<u64> {
        self.figure_kib("smaps_rollup", "Pss:")
    }

    /// KiB that are no part of a file: what the program has written since it started.
    pub(crate) fn private_kib(&self) -> Result<u64> {
        self.figure_kib("status", "RssAnon:")
    }

    fn figure_kib(&self, file: &str, name: &str) -> Result<u64> {
        let figures = std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))?;
        let line = figures.lines().find(|line| line.starts_with(name));
        let line = line.with_context(|| format!("no {name}"))?;
        let figure = line.split_whitespace().nth(1);
        Ok(figure.with_context(|| format!("no figure in {name}"))?.parse()?)
    }

    /// Deploys a component or a script as a new version of an app in workspace `demo`.
    pub(crate) fn deploy(&self, app: &str, body: &[u8], media_type: &str) -> Result<()> {
        self.deploy_in("demo", app, body, media_type)
    }

    /// The same in any workspace.
    pub(crate) fn deploy_in(&self, workspace: &str, app: &str, body: &[u8], media_type: &str) -> Result<()> {
        let path = format!("/api/v1/workspaces/{workspace}/apps/{app}/versions");
        let answer = self.exchange("POST", &path, body, media_type)?;
        if !answer.starts_with("HTTP/1.1 201") {
            bail!("deploying {app}: {answer}");
        }
        Ok(())
    }

    /// One request on a connection of its own; the answer with its head.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) fn exchange(&self, method: &str, path: &str, body: &[u8], media_type: &str) -> Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        )?;
        stream.write_all(body)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A server that has already gone is what we want; there is nothing to do about any other failure.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
