//! How many made-up people every workspace starts from, and which.

use super::{ConfigError, Environment};

/// People at most: what was measured, and what a laptop's memory holds.
const MAX_PEOPLE: u32 = 100_000;

/// The seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PopulationConfig {
    /// `--population`, `C4H_POPULATION`; default 1,000. Those with a story are always there.
    pub people: u32,
    /// `--seed`, `C4H_SEED`; default 1. The same number makes the same people on every machine.
    pub seed: u64,
}

impl Default for PopulationConfig {
    fn default() -> Self {
        Self {
            people: 1_000,
            seed: 1,
        }
    }
}

impl PopulationConfig {
    /// Reads the flags or the variables.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for what is no number, or too large a one.
    pub fn read(
        people: Option<&str>,
        seed: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let default = Self::default();
        let people = environment.pick(("--population", people), "C4H_POPULATION", parse_people)?;
        let seed = environment.pick(("--seed", seed), "C4H_SEED", |text| {
            text.parse()
                .map_err(|_| "use a whole number, such as 1".to_owned())
        })?;
        Ok(Self {
            people: people.unwrap_or(default.people),
            seed: seed.unwrap_or(default.seed),
        })
    }
}

fn parse_people(text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|people| *people <= MAX_PEOPLE)
        .ok_or_else(|| format!("use a whole number of people up to {MAX_PEOPLE}, such as 1000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_a_number_within_bounds() {
        assert_eq!(parse_people("0"), Ok(0));
        assert_eq!(parse_people("100000"), Ok(100_000));
        for bad in ["100001", "-1", "1,000", "many", ""] {
            assert!(parse_people(bad).unwrap_err().contains("up to 100000"), "{bad}");
        }
    }
}
