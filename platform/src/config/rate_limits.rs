//! Whether the NHS's own limits of requests hold in profile `int`.

use super::{ConfigError, Environment};

/// `--rate-limits`, `C4H_RATE_LIMITS`; default `on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitsConfig {
    /// Whether they hold.
    pub are_on: bool,
}

impl Default for RateLimitsConfig {
    fn default() -> Self {
        Self { are_on: true }
    }
}

impl RateLimitsConfig {
    /// Reads the flag or the variable.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for anything but `on` and `off`.
    pub fn read(flag: Option<&str>, environment: &Environment) -> Result<Self, ConfigError> {
        let are_on = environment.pick(("--rate-limits", flag), "C4H_RATE_LIMITS", |text| match text {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err("use on or off".to_owned()),
        })?;
        Ok(are_on.map_or_else(Self::default, |are_on| Self { are_on }))
    }
}
