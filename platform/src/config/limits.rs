//! What a run and a request may use: the sandbox's limits, lowered or raised by name.

use sandbox_runtime::limits::{self, Limits};

use super::{ConfigError, Environment};
use crate::model::Manifest;
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

/// The most that an app can raise a limit to where the server was told nothing.
const MOST: Limits = Limits {
    // One import of a large CSV file; the lane for long runs keeps it from the others.
    cpu_ms: 5_000,
    // As long as the NHS's own gateways wait.
    wall_ms: 30_000,
    memory_bytes: limits::MEMORY_CEILING_BYTES,
    // A ward round: every patient of three wards, one call each.
    calls: 100,
    calls_at_once: 12,
    request_body_bytes: 8 * 1024 * 1024,
    // Twice the default, because the host holds each answer whole.
    response_body_bytes: 16 * 1024 * 1024,
    header_bytes: 64 * 1024,
    log_bytes: 256 * 1024,
    ..Limits::DEFAULT
};

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
    /// The most that an app can raise each limit to: what the server was told, and where it was told nothing, a few times
    /// the default.
    #[must_use]
    pub fn most(&self) -> Limits {
        let mut most = self.run;
        let raised = |told: u64, default: u64, most: u64| if told == default { most } else { told };
        let count = |told: u32, default: u32, most: u32| if told == default { most } else { told };
        let default = Limits::DEFAULT;
        most.cpu_ms = raised(most.cpu_ms, default.cpu_ms, MOST.cpu_ms);
        most.wall_ms = raised(most.wall_ms, default.wall_ms, MOST.wall_ms);
        most.memory_bytes = raised(most.memory_bytes, default.memory_bytes, MOST.memory_bytes);
        most.calls = count(most.calls, default.calls, MOST.calls);
        most.calls_at_once = count(most.calls_at_once, default.calls_at_once, MOST.calls_at_once);
        most.request_body_bytes = raised(
            most.request_body_bytes,
            default.request_body_bytes,
            MOST.request_body_bytes,
        );
        most.response_body_bytes = raised(
            most.response_body_bytes,
            default.response_body_bytes,
            MOST.response_body_bytes,
        );
        most.header_bytes = raised(most.header_bytes, default.header_bytes, MOST.header_bytes);
        most.log_bytes = raised(most.log_bytes, default.log_bytes, MOST.log_bytes);
        most
    }

    /// What a run of a version with this manifest may use.
    #[must_use]
    pub fn of(&self, manifest: &Manifest) -> Limits {
        if manifest.limits.is_empty() {
            return self.run;
        }
        manifest.limits.within(self.run, &self.most())
    }

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
    fn an_app_raises_its_limits_as_far_as_the_server_lets_it() {
        let asks = Manifest::parse("[limits]\ncpu_ms = 4000\ncalls = 5").unwrap();
        let untold = LimitsConfig::default();
        assert_eq!((untold.of(&asks).cpu_ms, untold.of(&asks).calls), (4_000, 5));
        assert_eq!(untold.of(&Manifest::default()), untold.run);
        let told = set(untold, "cpu_ms=300").unwrap();
        assert_eq!((told.most().cpu_ms, told.of(&asks).cpu_ms), (300, 300));
        for name in crate::model::LimitName::ALL {
            assert!(name.of(&untold.most()) >= name.of(&untold.run), "{}", name.name());
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
