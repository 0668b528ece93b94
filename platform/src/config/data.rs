//! Where the server keeps its files.

use std::path::PathBuf;

use super::{ConfigError, Environment};

/// The data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataConfig {
    /// `--data-dir`, `C4H_DATA_DIR`; default `data` in the current folder. Made when it is not there.
    pub dir: PathBuf,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("data"),
        }
    }
}

impl DataConfig {
    /// Reads the flag or the variable.
    ///
    /// # Errors
    /// [`ConfigError`] never today; a folder that cannot be used is found when it is opened.
    pub fn read(flag: Option<&str>, environment: &Environment) -> Result<Self, ConfigError> {
        let dir = environment.pick(("--data-dir", flag), "C4H_DATA_DIR", |text| {
            Ok(PathBuf::from(text))
        })?;
        Ok(dir.map(|dir| Self { dir }).unwrap_or_default())
    }
}
