//! For whom the NHS's own limits of requests hold in profile `int`.

use mock_nhs_interfaces::RateLimited;

use super::{ConfigError, Environment};

/// `--rate-limits`, `C4H_RATE_LIMITS`; default `apps`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitsConfig {
    /// For whom they hold.
    pub limited: RateLimited,
}

impl Default for RateLimitsConfig {
    fn default() -> Self {
        Self {
            limited: RateLimited::Applications,
        }
    }
}

impl RateLimitsConfig {
    /// Reads the flag or the variable.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for anything but `apps`, `on` and `off`.
    pub fn read(flag: Option<&str>, environment: &Environment) -> Result<Self, ConfigError> {
        let limited = environment.pick(("--rate-limits", flag), "C4H_RATE_LIMITS", |text| match text {
            "apps" => Ok(RateLimited::Applications),
            "on" => Ok(RateLimited::Everybody),
            "off" => Ok(RateLimited::Nobody),
            _ => Err("use apps, on or off".to_owned()),
        })?;
        Ok(limited.map_or_else(Self::default, |limited| Self { limited }))
    }
}
