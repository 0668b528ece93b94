//! Tools that not every machine has: Node.js, Python, Chromium. Where one is missing, the journey that needs it says
//! so loudly and passes; where `C4H_DEMAND` names it, as on the gate, it fails.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::{env, fs, io};

use anyhow::{Context as _, bail, ensure};
use sha2::{Digest as _, Sha256};

/// The oldest Node.js that the project is built and tested with.
const NODE_MAJOR: u32 = 20;

/// Something optional on a machine, as `C4H_DEMAND` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optional {
    /// Components from the tool chains of JavaScript and Python.
    Components,
    /// Chromium and Node.js.
    Browser,
    /// FHIR clients in Python and for Node.js.
    Clients,
    /// FHIR packages, in the folder `shared/packages` beside the project.
    Packages,
    /// NHS England's OpenAPI documents, in the folder `shared/specs` beside the project.
    Specs,
    /// The port that the program uses when nobody says another.
    Ports,
}

impl Optional {
    fn name(self) -> &'static str {
        match self {
            Self::Components => "components",
            Self::Browser => "browser",
            Self::Clients => "clients",
            Self::Packages => "packages",
            Self::Specs => "specs",
            Self::Ports => "ports",
        }
    }

    /// Says that `journey` is not made, and why; fails where it is demanded.
    ///
    /// # Errors
    /// When `C4H_DEMAND` names it.
    pub fn skip(self, journey: &str, reason: &str) -> anyhow::Result<()> {
        if demanded().split([' ', ',']).any(|name| name == self.name()) {
            bail!(
                "C4H_DEMAND names {}, but {journey} cannot be tested: {reason}",
                self.name()
            );
        }
        // Straight to the descriptor: the test runner shows what a passing test prints to nobody.
        writeln!(io::stderr(), "SKIPPED: {journey}: {reason}")?;
        Ok(())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test run is told what to demand by its environment"
)]
fn demanded() -> String {
    env::var("C4H_DEMAND").unwrap_or_default()
}

/// The component in JavaScript, built by componentize-js, or why it cannot be built here.
///
/// # Errors
/// When the tools are there and the build fails.
pub fn javascript(folder: &Path) -> anyhow::Result<Result<Vec<u8>, String>> {
    let sources = components().join("javascript");
    if let Err(reason) = node() {
        return Ok(Err(reason));
    }
    build_once(&sources, "javascript.wasm", folder, |out| {
        // In the sources' own folder, because Node.js looks for packages beside the script. Not `npm ci`: it refuses
        // the lock file where a registry lacks an optional package for some other machine.
        let install = ["install", "--no-save", "--no-progress", "--ignore-scripts"];
        run(Command::new(NPM).args(install).current_dir(&sources))?;
        run(Command::new("node").arg(sources.join("build.mjs")).arg(out)).map(drop)
    })
    .map(Ok)
}

/// The component in Python, built by componentize-py, or why it cannot be built here.
///
/// # Errors
/// When the tools are there and the build fails.
pub fn python(folder: &Path) -> anyhow::Result<Result<Vec<u8>, String>> {
    let sources = components().join("python");
    if let Err(reason) = python_with_venv() {
        return Ok(Err(reason));
    }
    build_once(&sources, "python.wasm", folder, |out| {
        let python = install_python(folder)?.join(if cfg!(windows) { "python.exe" } else { "python3" });
        run(Command::new(&python)
            .arg(sources.join("build.py"))
            .arg(out)
            .env("PYTHONDONTWRITEBYTECODE", "1"))
        .map(drop)
    })
    .map(Ok)
}

/// The folder with componentize-py and its Python, or why it cannot be there.
///
/// # Errors
/// When the tools are there and the installation fails.
pub fn python_packages(folder: &Path) -> anyhow::Result<Result<PathBuf, String>> {
    if let Err(reason) = python_with_venv() {
        return Ok(Err(reason));
    }
    install_python(folder).map(Ok)
}

/// Whether Python is there and can make environments, or why not.
///
/// # Errors
/// A sentence about what is missing.
pub fn python_with_venv() -> Result<(), String> {
    if answers(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
        Ok(())
    } else {
        Err("python3 with the module venv is not on this machine".to_owned())
    }
}

fn install_python(folder: &Path) -> anyhow::Result<PathBuf> {
    let requirements = components().join("python/requirements.txt");
    let python = virtual_environment(&folder.join("python-packages"), &requirements)?;
    Ok(python
        .parent()
        .context("an interpreter lies in a folder")?
        .to_owned())
}

/// The interpreter of an environment in `own` that has what `requirements` pins; installed where it is not yet.
///
/// Several journeys want one; the second waits for the first.
pub(crate) fn virtual_environment(own: &Path, requirements: &Path) -> anyhow::Result<PathBuf> {
    let _turn = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let programs = own.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = programs.join(if cfg!(windows) { "python.exe" } else { "python3" });
    let stamp = own.join("installed");
    let wanted = fingerprint(&[requirements.to_owned()])?;
    if fs::read_to_string(&stamp).unwrap_or_default() != wanted {
        run(Command::new("python3").args(["-m", "venv"]).arg(own))?;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ];
        run(Command::new(&python).args(pip).arg(requirements))?;
        fs::write(&stamp, wanted)?;
    }
    Ok(python)
}

static INSTALLING: Mutex<()> = Mutex::new(());

/// A copy of `sources` in `own`, with its packages as its lock file has them; `install` brings them where they are not.
pub(crate) fn folder_once(
    sources: &Path,
    own: &Path,
    install: impl FnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<PathBuf> {
    let _turn = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    fs::create_dir_all(own)?;
    for file in files_of(sources)? {
        fs::copy(&file, own.join(file.file_name().context("a file has a name")?))?;
    }
    let lock = fingerprint(&[sources.join("package-lock.json")])?;
    let stamp = own.join("installed");
    if fs::read_to_string(&stamp).unwrap_or_default() != lock {
        install(own)?;
        fs::write(&stamp, lock)?;
    }
    Ok(own.to_owned())
}

/// The browser, or why there is none.
///
/// # Errors
/// Never.
#[expect(
    clippy::disallowed_methods,
    reason = "the variable that tests/browser documents"
)]
pub fn chromium() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Ok(PathBuf::from(named));
    }
    let places = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];
    let found = places.iter().map(PathBuf::from).find(|path| path.is_file());
    found.ok_or_else(|| {
        format!(
            "none of {} is there, and CHROMIUM names no browser",
            places.join(", ")
        )
    })
}

/// Runs the journeys of `tests/browser` against a program, with a copy of its packages under `folder`.
///
/// # Errors
/// When a journey fails; what the browser saw is told.
pub fn browse(folder: &Path, variables: &[(&str, &OsStr)]) -> anyhow::Result<()> {
    browse_script("test", folder, variables)
}

/// The same with another of the package's scripts.
///
/// # Errors
/// As [`browse`].
pub fn browse_script(script: &str, folder: &Path, variables: &[(&str, &OsStr)]) -> anyhow::Result<()> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    folder_once(&sources, folder, |own| {
        run(Command::new(NPM).args(["ci", "--no-progress"]).current_dir(own)).map(drop)
    })?;
    let mut browse = Command::new(NPM);
    run(browse
        .args(["run", "--silent", script])
        .current_dir(folder)
        .envs(variables.iter().copied()))
    .map(drop)
}

/// Whether Node.js is there and new enough, or why not.
///
/// # Errors
/// A sentence about what is missing.
pub fn node() -> Result<(), String> {
    let version = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|_| "node is not on this machine".to_owned())?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR) {
        return Err(format!("node {version} is older than {NODE_MAJOR}"));
    }
    if answers(Command::new(NPM).arg("--version")) {
        Ok(())
    } else {
        Err("npm is not on this machine".to_owned())
    }
}

/// On Windows npm is a script, which is started by its whole name.
pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

fn components() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("components")
}

/// Builds once for each state of the sources: the tools take minutes, the file is kept under their fingerprint.
fn build_once(
    sources: &Path,
    file: &str,
    folder: &Path,
    build: impl FnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<u8>> {
    let mut inputs = files_of(sources)?;
    // Both builds take the WASI interfaces from a package that this file pins.
    inputs.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/guests/Cargo.lock"));
    let kept = folder.join(format!("{}-{file}", fingerprint(&inputs)?));
    if !kept.is_file() {
        let out = folder.join(format!("build-{}", std::process::id()));
        build(&out)?;
        fs::rename(out.join(file), &kept).with_context(|| format!("the build wrote no {file}"))?;
        fs::remove_dir_all(&out)?;
    }
    Ok(fs::read(&kept)?)
}

fn files_of(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn fingerprint(files: &[PathBuf]) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    }
    Ok(hash
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn answers(command: &mut Command) -> bool {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs a tool; what it printed is handed back, and told when it fails.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {name}"))?;
    let told = [output.stdout.as_slice(), &output.stderr]
        .map(String::from_utf8_lossy)
        .join("\n");
    ensure!(
        output.status.success(),
        "{name} ended with {}:\n{told}",
        output.status
    );
    Ok(told)
}
