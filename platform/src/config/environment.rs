//! The `C4H_…` variables: read once, each known by name, so that a typo is an error and never a silent default.

use std::collections::BTreeMap;

use super::ConfigError;
use crate::nearest::nearest;

/// Every variable that the program reads. `C4H_LIMIT_…` names are those of [`super::LimitsConfig`].
const KNOWN: &[&str] = &[
    "C4H_DATA_DIR",
    "C4H_LIMIT",
    "C4H_LISTEN",
    "C4H_LOG",
    "C4H_LOG_FORMAT",
    "C4H_POPULATION",
    "C4H_PUBLIC_URL",
    "C4H_SEED",
    "C4H_STORE",
    "C4H_TOKEN",
    "C4H_RATE_LIMITS",
    "C4H_TRACES",
    "C4H_TRAINER_PASSWORD",
    "C4H_URL",
    "C4H_WORKSPACE",
];
/// Variables of the build and of the journeys in `tests`, which pass through us to others.
const FOREIGN_PREFIXES: &[&str] = &["C4H_TEST_", "C4H_BUILD_", "C4H_BENCH_"];

/// The `C4H_…` variables that were set when the program started.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// [`ConfigError::UnknownVariable`] for a `C4H_…` variable that means nothing.
    pub fn read() -> Result<Self, ConfigError> {
        let ours = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            name.starts_with("C4H_")
                .then(|| (name, value.to_string_lossy().into_owned()))
        });
        Self::from_variables(ours)
    }

    /// Takes variables from elsewhere; names without `C4H_` are passed over.
    ///
    /// # Errors
    /// [`ConfigError::UnknownVariable`] for a `C4H_…` variable that means nothing.
    pub fn from_variables(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut known = BTreeMap::new();
        for (name, value) in variables {
            if !name.starts_with("C4H_") || FOREIGN_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
                continue;
            }
            if !KNOWN.contains(&name.as_str()) {
                let nearest = nearest(&name, KNOWN.iter().copied());
                return Err(ConfigError::UnknownVariable { name, nearest });
            }
            // An empty variable counts as unset, as shells and service files use it.
            if !value.is_empty() {
                known.insert(name, value);
            }
        }
        Ok(Self { variables: known })
    }

    /// Picks the flag if it was given, else the variable, else nothing, and reads it with `parse`.
    pub(super) fn pick<T>(
        &self,
        flag: (&str, Option<&str>),
        variable: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        debug_assert!(
            KNOWN.contains(&variable),
            "{variable} is missing from the list of known variables"
        );
        let (source_name, value) = match (flag, self.variables.get(variable)) {
            ((name, Some(value)), _) => (name, value),
            ((_, None), Some(value)) => (variable, value.as_str()),
            ((_, None), None) => return Ok(None),
        };
        parse(value).map(Some).map_err(|reason| ConfigError::Value {
            source_name: source_name.to_owned(),
            value: value.to_owned(),
            reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str, value: &str) -> Result<Environment, ConfigError> {
        Environment::from_variables([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_typo_is_an_error_with_its_name() {
        let error = environment("C4H_LISTN", "1").unwrap_err().to_string();
        assert!(
            error.contains("C4H_LISTN") && error.contains("did you mean C4H_LISTEN?"),
            "{error}"
        );
        let error = environment("C4H_WHATEVER_ELSE", "1").unwrap_err().to_string();
        assert!(!error.contains("did you mean"), "{error}");
        assert!(environment("C4H_TEST_KEEP", "1").is_ok());
        assert!(environment("PATH", "/bin").is_ok());
    }

    #[test]
    fn a_flag_wins_over_a_variable() {
        let environment = environment("C4H_STORE", "from-variable").unwrap();
        let pick = |flag| {
            environment.pick(("--store", flag), "C4H_STORE", |text| {
                Ok::<_, String>(text.to_owned())
            })
        };
        assert_eq!(pick(Some("from-flag")).unwrap().unwrap(), "from-flag");
        assert_eq!(pick(None).unwrap().unwrap(), "from-variable");
        let error = environment
            .pick(("--store", None), "C4H_STORE", |_| Err::<(), _>("no".to_owned()))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "C4H_STORE=\"from-variable\" cannot be used: no"
        );
    }
}
