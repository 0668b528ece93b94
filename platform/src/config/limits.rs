//! What a run and a request may use: the sandbox's limits, lowered or raised by name.

use sandbox_runtime::limits::{self, Limits};

use super::{ConfigError, Environment};
use crate::nearest::nearest;

/// The limits of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsConfig {
    /// What one run may use.
    pub run: Limits,
    /// Runs at once of one app.
    pub runs_per_app: u32,
    /// Runs at once of all apps of one workspace.
    pub runs_per_workspace: u32,
    /// The largest component that can be deployed, in bytes.
    pub component_bytes: u64,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            run: Limits::DEFAULT,
            runs_per_app: limits::RUNS_PER_APP,
            runs_per_workspace: limits::RUNS_PER_WORKSPACE,
            component_bytes: limits::COMPONENT_BYTES,
        }
    }
}

/// The limits that can be set, by the name they have everywhere. All are positive.
const NAMES: &[&str] = &[
    "cpu_ms",
    "wall_ms",
    "memory_bytes",
    "calls",
    "store_calls",
    "calls_at_once",
    "request_body_bytes",
    "response_body_bytes",
    "header_bytes",
    "log_bytes",
    "runs_per_app",
    "runs_per_workspace",
    "component_bytes",
];

impl LimitsConfig {
    /// Reads `--limit NAME=NUMBER` (any number of times) or `C4H_LIMIT=NAME=NUMBER,NAME=NUMBER`; flags come last and win.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for a name that is no limit and for a number that cannot be one.
    pub fn read(flags: &[String], environment: &Environment) -> Result<Self, ConfigError> {
        let mut limits = environment
            .pick(("--limit", None), "C4H_LIMIT", |text| {
                text.split(',').try_fold(Self::default(), set)
            })?
            .unwrap_or_default();
        for flag in flags {
            limits = environment
                .pick(("--limit", Some(flag)), "C4H_LIMIT", |text| set(limits, text))?
                .unwrap_or(limits);
        }
        Ok(limits)
    }
}

fn set(mut limits: LimitsConfig, text: &str) -> Result<LimitsConfig, String> {
    let (name, number) = text
        .split_once('=')
        .ok_or_else(|| "write NAME=NUMBER, for example cpu_ms=2000".to_owned())?;
    let (name, number) = (name.trim(), number.trim());
    let value: u64 = number
        .parse()
        .map_err(|_| format!("{number:?} is not a whole number"))?;
    let count = u32::try_from(value).unwrap_or(u32::MAX);
    if value == 0 {
        return Err(format!("{name} must be at least 1"));
    }
    match name {
        "cpu_ms" => limits.run.cpu_ms = value,
        "wall_ms" => limits.run.wall_ms = value,
        "memory_bytes" if value > limits::MEMORY_CEILING_BYTES => {
            let ceiling = limits::MEMORY_CEILING_BYTES;
            return Err(format!(
                "memory_bytes can be at most {ceiling}, for which the sandbox is laid out"
            ));
        }
        "memory_bytes" => limits.run.memory_bytes = value,
        "calls" => limits.run.calls = count,
        "store_calls" => limits.run.store_calls = count,
        "calls_at_once" => limits.run.calls_at_once = count,
        "request_body_bytes" => limits.run.request_body_bytes = value,
        "response_body_bytes" => limits.run.response_body_bytes = value,
        "header_bytes" => limits.run.header_bytes = value,
        "log_bytes" => limits.run.log_bytes = value,
        "runs_per_app" => limits.runs_per_app = count,
        "runs_per_workspace" => limits.runs_per_workspace = count,
        "component_bytes" => limits.component_bytes = value,
        unknown => {
            let hint = nearest(unknown, NAMES.iter().copied())
                .map(|name| format!(" (did you mean {name}?)"))
                .unwrap_or_default();
            return Err(format!(
                "{unknown:?} is no limit{hint}; the limits are {}",
                NAMES.join(", ")
            ));
        }
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_sets_its_limit() {
        for name in NAMES {
            let changed = set(LimitsConfig::default(), &format!("{name}=7")).unwrap();
            assert_ne!(changed, LimitsConfig::default(), "{name}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("cpu_ms", "NAME=NUMBER"),
            ("cpu_ms=soon", "whole number"),
            ("cpu_ms=0", "at least 1"),
            ("cpu=1", "cpu_ms"),
            ("cpums=1", "did you mean cpu_ms?"),
            ("memory_bytes=999999999999", "at most"),
        ] {
            let error = set(LimitsConfig::default(), text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn flags_win() {
        let environment =
            Environment::from_variables([("C4H_LIMIT".to_owned(), "cpu_ms=5, wall_ms=6".to_owned())])
                .unwrap();
        let limits = LimitsConfig::read(&["cpu_ms=9".to_owned()], &environment).unwrap();
        assert_eq!((limits.run.cpu_ms, limits.run.wall_ms), (9, 6));
    }
}
