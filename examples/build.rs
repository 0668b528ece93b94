//! Builds the guests in `guests/` beside the package's own `Cargo.toml` into components and writes `guests.rs`, which
//! carries them; writes `templates.rs` and `starters.rs`, which carry the files of `templates/` and `starters/`, where there
//! are such folders ([`folders`]).
//!
//! Two packages use this script: `examples`, whose guests travel inside the program, and `tests`, whose guests are
//! hostile. It is a cargo inside a cargo, so most of its care is for what the outer one must not hand down.

#[path = "build/folders.rs"]
mod folders;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use anyhow::{Context, ensure};

/// What rustc calls WASI 0.2: its linker writes a component, not a core module.
const TARGET: &str = "wasm32-wasip2";

/// Settings of the outer build that would break, or needlessly repeat, the inner one.
///
/// Compiler flags are meant for the host's processor, wrappers for the host's lints (clippy would check instead of
/// build), and the folder and target are given on the command line.
const NOT_HANDED_DOWN: [&str; 8] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "CLIPPY_ARGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

fn main() -> ExitCode {
    match build() {
        Ok(inputs) => {
            for input in inputs {
                println!("cargo::rerun-if-changed={}", input.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("cargo::error={error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Builds every guest and answers with the files the result depends on.
fn build() -> anyhow::Result<Vec<PathBuf>> {
    let guests = variable("CARGO_MANIFEST_DIR")?.join("guests");
    let out = variable("OUT_DIR")?;
    let folders = guest_folders(&guests)?;

    demand_target()?;
    let target_folder = target_folder(&out)?;
    run_cargo(&guests, &target_folder)?;

    let built = target_folder.join(TARGET).join("release");
    let mut names = Vec::new();
    for folder in &folders {
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .context("a guest's folder has a name in plain letters")?;
        copy_component(&built, name, &out)?;
        names.push(name);
    }
    fs::write(out.join("guests.rs"), source(&names)?)?;

    let mut inputs = vec![guests.join("Cargo.toml"), guests.join("Cargo.lock")];
    let templates = variable("CARGO_MANIFEST_DIR")?.join("templates");
    if templates.is_dir() {
        fs::write(out.join("templates.rs"), folders::templates(&templates, &guests)?)?;
        inputs.push(templates);
    }
    let starters = variable("CARGO_MANIFEST_DIR")?.join("starters");
    if starters.is_dir() {
        fs::write(out.join("starters.rs"), folders::starters(&starters)?)?;
        inputs.push(starters);
    }
    for folder in &folders {
        inputs.push(folder.join("Cargo.toml"));
        inputs.push(folder.join("src"));
    }
    Ok(inputs)
}

/// The folders that hold a guest, by name. A folder is a guest when it has a `Cargo.toml`.
fn guest_folders(guests: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    let entries = fs::read_dir(guests).with_context(|| format!("cannot read {}", guests.display()))?;
    for entry in entries {
        let folder = entry?.path();
        if folder.join("Cargo.toml").is_file() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

/// Says the one thing to do when the compiler cannot build for WebAssembly.
fn demand_target() -> anyhow::Result<()> {
    let answer = Command::new(variable("RUSTC")?)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("cannot start rustc")?;
    let folder = String::from_utf8(answer.stdout).context("rustc names a folder")?;
    ensure!(
        answer.status.success() && Path::new(folder.trim()).is_dir(),
        "the Rust target {TARGET}, which apps are built for, is missing: run `rustup target add {TARGET}` and build again"
    );
    Ok(())
}

/// A folder that outlives this run of the script, so that the second build of the guests takes no time and `debug` and
/// `release` of the outer build share it: `target/guests/<package>`.
fn target_folder(out: &Path) -> anyhow::Result<PathBuf> {
    let package = variable("CARGO_PKG_NAME")?;
    // OUT_DIR is <target>/<profile>/build/<package and hash>/out. Where that is not so, OUT_DIR itself will do.
    let root = out
        .ancestors()
        .find(|folder| folder.file_name().is_some_and(|name| name == "build"))
        .and_then(|build| build.parent()?.parent())
        .unwrap_or(out);
    Ok(root.join("guests").join(package))
}

fn run_cargo(guests: &Path, target_folder: &Path) -> anyhow::Result<()> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo
        .current_dir(guests)
        .args(["build", "--release", "--locked", "--target", TARGET])
        .arg("--target-dir")
        .arg(target_folder);
    for name in NOT_HANDED_DOWN {
        cargo.env_remove(name);
    }
    // What it prints ends up in this script's own output, which the outer cargo shows when the script fails.
    let status = cargo.status().context("cannot start cargo")?;
    ensure!(
        status.success(),
        "the guests in {} do not build",
        guests.display()
    );
    Ok(())
}

/// Copies the component, so that the text of `guests.rs` needs no path of this machine but `OUT_DIR`.
fn copy_component(built: &Path, name: &str, out: &Path) -> anyhow::Result<()> {
    // A program keeps the hyphens of its name, a library does not.
    let component = [name.to_owned(), name.replace('-', "_")]
        .map(|stem| built.join(stem).with_extension("wasm"))
        .into_iter()
        .find(|path| path.is_file())
        .with_context(|| {
            format!("the guest {name} built no component of its name: is it a member in guests/Cargo.toml?")
        })?;
    fs::copy(&component, out.join(name).with_extension("wasm"))
        .with_context(|| format!("cannot copy {}", component.display()))?;
    Ok(())
}

fn source(names: &[&str]) -> anyhow::Result<String> {
    let mut text = String::from(
        "/// An app that was built together with this package.\n\
         #[derive(Clone, Copy, Debug)]\n\
         pub struct Guest {\n\
         \x20   /// The folder it was built from, and the name it is deployed under.\n\
         \x20   pub name: &'static str,\n\
         \x20   /// The name in words.\n\
         \x20   pub title: &'static str,\n\
         \x20   /// The WebAssembly component, ready to deploy.\n\
         \x20   pub component: &'static [u8],\n\
         }\n\n",
    );
    for name in names {
        writeln!(text, "/// The component of the guest `{name}`.")?;
        writeln!(
            text,
            "pub const {}: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.wasm\"));\n",
            constant(name)
        )?;
    }
    writeln!(text, "/// Every guest, by name.")?;
    writeln!(text, "pub const ALL: &[Guest] = &[")?;
    for name in names {
        writeln!(
            text,
            "    Guest {{ name: {name:?}, title: {:?}, component: {} }},",
            title(name),
            constant(name)
        )?;
    }
    writeln!(text, "];")?;
    Ok(text)
}

/// `patient-lookup` → `PATIENT_LOOKUP`.
fn constant(name: &str) -> String {
    name.replace('-', "_").to_uppercase()
}

/// `patient-lookup` → `Patient lookup`.
fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// A variable that cargo sets for build scripts.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment is how cargo speaks to a build script"
)]
fn variable(name: &str) -> anyhow::Result<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .with_context(|| format!("cargo sets {name} for build scripts"))
}
