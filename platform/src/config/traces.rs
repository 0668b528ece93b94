//! What kept traces may take in memory and on the disk, lowered or raised by name.

use super::{ConfigError, Environment};
use crate::data::Budgets;
use crate::nearest::nearest;

/// The budgets that can be set, by the name they have everywhere.
const NAMES: &[&str] = &[
    "memory_app_bytes",
    "memory_total_bytes",
    "disk_app_bytes",
    "disk_total_bytes",
];

/// The budgets of kept traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TracesConfig {
    /// What they may take.
    pub budgets: Budgets,
}

impl TracesConfig {
    /// Reads `--traces NAME=NUMBER` (any number of times) or `C4H_TRACES=NAME=NUMBER,NAME=NUMBER`; flags come last and
    /// win.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for a name that is no budget and for a number that cannot be one.
    pub fn read(flags: &[String], environment: &Environment) -> Result<Self, ConfigError> {
        let mut budgets = environment
            .pick(("--traces", None), "C4H_TRACES", |text| {
                text.split(',').try_fold(Budgets::default(), set)
            })?
            .unwrap_or_default();
        for flag in flags {
            budgets = environment
                .pick(("--traces", Some(flag)), "C4H_TRACES", |text| set(budgets, text))?
                .unwrap_or(budgets);
        }
        Ok(Self { budgets })
    }
}

fn set(mut budgets: Budgets, text: &str) -> Result<Budgets, String> {
    let (name, number) = text
        .split_once('=')
        .ok_or_else(|| "write NAME=NUMBER, for example disk_app_bytes=33554432".to_owned())?;
    let (name, number) = (name.trim(), number.trim());
    let value: u64 = number
        .parse()
        .map_err(|_| format!("{number:?} is not a whole number"))?;
    let memory = usize::try_from(value).unwrap_or(usize::MAX);
    if value == 0 {
        return Err(format!("{name} must be at least 1"));
    }
    match name {
        "memory_app_bytes" => budgets.memory_app_bytes = memory,
        "memory_total_bytes" => budgets.memory_total_bytes = memory,
        "disk_app_bytes" => budgets.disk_app_bytes = value,
        "disk_total_bytes" => budgets.disk_total_bytes = value,
        unknown => {
            let hint = nearest(unknown, NAMES.iter().copied())
                .map(|name| format!(" (did you mean {name}?)"))
                .unwrap_or_default();
            return Err(format!(
                "{unknown:?} is no budget{hint}; the budgets are {}",
                NAMES.join(", ")
            ));
        }
    }
    Ok(budgets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_sets_its_budget() {
        for name in NAMES {
            let changed = set(Budgets::default(), &format!("{name}=7")).unwrap();
            assert_ne!(changed, Budgets::default(), "{name}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("disk_app_bytes", "NAME=NUMBER"),
            ("disk_app_bytes=much", "whole number"),
            ("disk_app_bytes=0", "at least 1"),
            ("disk_ap_bytes=1", "did you mean disk_app_bytes?"),
        ] {
            let error = set(Budgets::default(), text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
