//! Public FHIR clients in Python and JavaScript, installed once for each state of their lock files.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::toolchains::{NPM, folder_once, node, python_with_venv, run, virtual_environment};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Runs one script of `tests/clients/python` against the FHIR server at `base`; what it printed, or why it cannot run here.
///
/// # Errors
/// When the tools are there and the clients cannot be installed, or the script fails.
pub fn python(folder: &Path, script: &str, base: &str) -> anyhow::Result<Result<String, String>> {
    if let Err(reason) = python_with_venv() {
        return Ok(Err(reason));
    }
    let sources = sources().join("python");
    let python = virtual_environment(&folder.join("clients-python"), &sources.join("requirements.txt"))?;
    let mut journey = Command::new(python);
    journey.arg(sources.join(script)).arg(base);
    run(journey
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONWARNINGS", "ignore"))
    .map(Ok)
}

/// Runs the journeys of `tests/clients/node` against the FHIR server at `base`; what they printed, or why they cannot run here.
///
/// # Errors
/// When the tools are there and the clients cannot be installed, or a journey fails.
pub fn node_clients(folder: &Path, base: &str) -> anyhow::Result<Result<String, String>> {
    if let Err(reason) = node() {
        return Ok(Err(reason));
    }
    let own = folder_once(&sources().join("node"), &folder.join("clients-node"), |own| {
        // Without what is optional: the SMART client brings a whole toolkit for telephones.
        let install = [
            "ci",
            "--no-progress",
            "--ignore-scripts",
            "--omit=optional",
            "--no-audit",
        ];
        run(Command::new(NPM).args(install).current_dir(own)).map(drop)
    })
    .context("the clients for Node.js")?;
    let mut journeys = Command::new(NPM);
    run(journeys
        .args(["test", "--silent"])
        .current_dir(own)
        .env("C4H_FHIR", OsStr::new(base)))
    .map(Ok)
}

/// Lets Schemathesis judge the interface at `url` by `document`, with `more` arguments of `judge.py`; what it printed, or why it cannot run here.
///
/// # Errors
/// When the tools are there and it cannot be installed, or it finds an answer outside of the document.
pub fn schemathesis(
    folder: &Path,
    document: &Path,
    url: &str,
    more: &[String],
) -> anyhow::Result<Result<String, String>> {
    if let Err(reason) = python_with_venv() {
        return Ok(Err(reason));
    }
    let sources = sources().join("schemathesis");
    let python = virtual_environment(&folder.join("schemathesis"), &sources.join("requirements.txt"))?;
    let mut judge = Command::new(python);
    judge
        .arg(sources.join("judge.py"))
        .arg(document)
        .arg(url)
        .args(more);
    run(judge.env("PYTHONDONTWRITEBYTECODE", "1")).map(Ok)
}
