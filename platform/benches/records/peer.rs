//! The peer: `@medplum/fhir-router`'s repository in memory behind Node.js's own HTTP server; see `peer/peer.mjs`.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::server::Server;

/// Where the peer's FHIR server begins.
pub(crate) const BASE: &str = "/fhir/R4";
/// On Windows npm is a script, which is started by its whole name.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// The peer, running.
pub(crate) struct Peer {
    pub(crate) server: Server,
    pub(crate) ready_after: Duration,
}

impl Peer {
    /// # Errors
    /// When Node.js or npm is not there, or the packages cannot be had.
    pub(crate) fn start() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/records/peer");
        let status = Command::new(NPM)
            .args(["ci", "--no-progress", "--ignore-scripts", "--silent"])
            .current_dir(&folder)
            .status()
            .context("npm is not on this machine")?;
        ensure!(status.success(), "npm could not install the peer");
        let mut node = Command::new("node");
        node.arg(folder.join("peer.mjs"));
        let begun = Instant::now();
        let server = Server::spawn(node)?;
        Ok(Self {
            server,
            ready_after: begun.elapsed(),
        })
    }
}
