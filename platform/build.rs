//! Bundles the styles and scripts of the pages with npm and esbuild, and writes the table that embeds them.
//!
//! All work happens on a copy inside `OUT_DIR`: a build never writes into the source tree.
#![expect(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts through the environment"
)]

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The oldest Node.js that nhsuk-frontend and esbuild support, and the one that the README asks for.
const OLDEST_NODE: u32 = 20;

/// npm is a script; Windows finds it only under its full name.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// What the bundle is made from, relative to `platform/assets`.
const SOURCES: [&str; 5] = ["package.json", "package-lock.json", ".npmrc", "build.mjs", "src"];

fn main() {
    if let Err(sentence) = bundle() {
        println!("cargo::error={sentence}");
    }
}

fn bundle() -> Result<(), String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo gave no OUT_DIR")?);
    let work = out.join("assets");
    println!("cargo::rerun-if-changed=build.rs");
    for name in SOURCES {
        println!("cargo::rerun-if-changed=assets/{name}");
        copy(&source.join(name), &work.join(name))
            .map_err(|error| format!("cannot copy assets/{name}: {error}"))?;
    }

    // What the editor completes in scripts is what the runner of scripts has.
    let types = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sandbox-runtime/js-runner/web/types/c4h.d.ts");
    println!("cargo::rerun-if-changed={}", types.display());
    copy(&types, &work.join("c4h.d.ts"))
        .map_err(|error| format!("cannot copy {}: {error}", types.display()))?;

    check_node(&work)?;
    install(&work)?;
    let bundled = run(&work, "node", &["build.mjs", "dist"])?;
    if !bundled.status.success() {
        return Err(format!(
            "the pages' styles and scripts do not bundle: {}",
            last_words(&bundled)
        ));
    }
    let table = table(&work.join("dist"))?;
    fs::write(out.join("assets.rs"), table)
        .map_err(|error| format!("cannot write the table of assets: {error}"))
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
            "Node.js {OLDEST_NODE} or later is needed to bundle the pages, and `node --version` says {said:?}: \
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
    // No package here needs its install script; not running any is one door fewer.
    let installed = run(
        work,
        NPM,
        &[
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ],
    )?;
    if !installed.status.success() {
        return Err(format!(
            "`npm ci` could not fetch the pages' packages (nhsuk-frontend, esbuild); check the network or npm's registry \
             setting and build again. npm said: {}",
            last_words(&installed)
        ));
    }
    fs::write(&stamp, lock).map_err(|error| format!("cannot note the installed packages: {error}"))
}

fn run(work: &Path, program: &str, arguments: &[&str]) -> Result<Output, String> {
    Command::new(program).args(arguments).current_dir(work).output().map_err(|error| {
        format!(
            "`{program}` cannot be started ({error}): Node.js {OLDEST_NODE} or later with npm is needed to bundle the pages; \
             install it from https://nodejs.org and build again"
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

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        // A file that was removed from the sources must not live on in the copy.
        if to.exists() {
            fs::remove_dir_all(to)?;
        }
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(|_| ())
}

/// The Rust table of everything that `build.mjs` listed: name, hashed file, media type, digest, encodings.
fn table(dist: &Path) -> Result<String, String> {
    let manifest = fs::read_to_string(dist.join("manifest.tsv"))
        .map_err(|error| format!("no manifest of assets: {error}"))?;
    let mut rust = String::from("static ASSETS: &[Asset] = &[\n");
    let mut names = String::new();
    for line in manifest.lines() {
        let [name, file, media_type, digest, encodings] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!(
                "the manifest of assets has a line with other than five columns: {line:?}"
            ));
        };
        let packed = |extension: &str| {
            let path = dist.join(format!("{file}.{extension}"));
            if encodings.split(',').any(|encoding| encoding == extension) {
                format!("Some(include_bytes!({path:?}))")
            } else {
                "None".to_owned()
            }
        };
        let entry = format!(
            "    Asset {{ file: {file:?}, media_type: {media_type:?}, digest: {digest:?}, plain: include_bytes!({:?}), \
             gzip: {}, brotli: {} }},\n",
            dist.join(file),
            packed("gz"),
            packed("br"),
        );
        rust.push_str(&entry);
        let constant = match name {
            "site.css" => "STYLES",
            "site.js" => "SCRIPT",
            "mark.svg" => "MARK",
            "workbench.css" => "WORKBENCH_STYLES",
            "workbench.js" => "WORKBENCH_SCRIPT",
            _ => continue,
        };
        writeln!(names, "pub(crate) const {constant}: &str = \"/assets/{file}\";")
            .map_err(|error| error.to_string())?;
    }
    rust.push_str("];\n");
    Ok(rust + &names)
}
