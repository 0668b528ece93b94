//! The baseline's toolchain: componentize-js, installed from the lock file of `tests/components/javascript`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

/// On Windows npm is a script, which is started by its whole name.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// The toolchain, ready to build.
pub(crate) struct ComponentizeJs {
    folder: PathBuf,
}

impl ComponentizeJs {
    /// # Errors
    /// When npm cannot install it.
    pub(crate) fn install() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/components/javascript");
        let status = Command::new(NPM)
            .args([
                "install",
                "--no-save",
                "--no-progress",
                "--ignore-scripts",
                "--silent",
            ])
            .current_dir(&folder)
            .status()?;
        ensure!(status.success(), "npm could not install componentize-js");
        Ok(Self { folder })
    }

    /// Builds a component from one file; says how long it took, Node.js's start included, as a builder waits for it.
    ///
    /// # Errors
    /// When the build fails.
    pub(crate) fn build(&self, source: &str, out: &Path) -> Result<(PathBuf, Duration)> {
        std::fs::create_dir_all(out)?;
        let file = out.join("source.js");
        std::fs::write(&file, source)?;
        let begun = Instant::now();
        let status = Command::new("node")
            .arg(self.folder.join("build.mjs"))
            .arg(out)
            .arg(&file)
            .status()?;
        let took = begun.elapsed();
        ensure!(
            status.success(),
            "componentize-js could not build {}",
            file.display()
        );
        Ok((out.join("javascript.wasm"), took))
    }
}
