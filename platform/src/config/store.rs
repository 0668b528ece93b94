//! Which engine keeps the rows.

use super::{ConfigError, Environment};

/// `--store`, `C4H_STORE`; default `sled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StoreConfig {
    /// `sled`: files in the data folder.
    #[default]
    Sled,
    /// `memory`: nothing is kept when the program ends, but compiled components, which can always be made again.
    Memory,
}

impl StoreConfig {
    /// Reads the flag or the variable.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for an engine that is not there.
    pub fn read(flag: Option<&str>, environment: &Environment) -> Result<Self, ConfigError> {
        Ok(environment
            .pick(("--store", flag), "C4H_STORE", parse)?
            .unwrap_or_default())
    }
}

fn parse(text: &str) -> Result<StoreConfig, String> {
    match text {
        "sled" => Ok(StoreConfig::Sled),
        "memory" => Ok(StoreConfig::Memory),
        postgres if postgres.starts_with("postgres") => Err(
            "PostgreSQL comes in a later version; use sled, which keeps everything in the data folder"
                .to_owned(),
        ),
        _ => Err("use sled (files in the data folder) or memory (nothing is kept)".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines() {
        assert_eq!(parse("sled"), Ok(StoreConfig::Sled));
        assert_eq!(parse("memory"), Ok(StoreConfig::Memory));
        assert!(
            parse("postgres://localhost/c4h")
                .unwrap_err()
                .contains("PostgreSQL comes in a later version")
        );
        assert!(parse("Sled").unwrap_err().starts_with("use sled"));
    }
}
