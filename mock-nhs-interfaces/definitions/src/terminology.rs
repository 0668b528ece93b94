//! What search asks about codes: whether a value set has one, and what lies below or above one.

/// Answers questions about codes. `None` means that it cannot be known: the value set or the system is not here.
pub trait Terminology {
    /// Whether the value set has the code; without a system, whether it has the code of any system.
    fn in_value_set(&self, value_set: &str, system: Option<&str>, code: &str) -> Option<bool>;

    /// The codes of a value set, for a search that must list them; also `None` when there are too many to list.
    fn codes_in_value_set(&self, value_set: &str) -> Option<Vec<SystemCode>>;

    /// The code itself and every code below it in its system.
    fn codes_below(&self, system: &str, code: &str) -> Option<Vec<String>>;

    /// The code itself and every code above it in its system.
    fn codes_above(&self, system: &str, code: &str) -> Option<Vec<String>>;
}

/// A code with the system that gives it its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SystemCode {
    pub system: String,
    pub code: String,
}

/// Knows nothing: every question is answered with `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTerminology;

impl Terminology for NoTerminology {
    fn in_value_set(&self, _value_set: &str, _system: Option<&str>, _code: &str) -> Option<bool> {
        None
    }

    fn codes_in_value_set(&self, _value_set: &str) -> Option<Vec<SystemCode>> {
        None
    }

    fn codes_below(&self, _system: &str, _code: &str) -> Option<Vec<String>> {
        None
    }

    fn codes_above(&self, _system: &str, _code: &str) -> Option<Vec<String>> {
        None
    }
}
