//! How a search was answered, for people who want to know why it was fast or slow.

use std::fmt;

/// The steps of one search, in the order they were taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explain {
    /// The steps.
    pub steps: Vec<Step>,
    /// Keys and records looked at in memory.
    pub examined: u64,
    /// Records whose text was opened.
    pub opened: u64,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The filter or part of the query: `Observation.code`, `_has Observation.subject`, `sort`.
    pub what: Box<str>,
    /// What was done: `collected`, `checked one by one`, `walked`.
    pub how: &'static str,
    /// How many records the index expected, at most.
    pub estimate: u64,
    /// How many were left after the step, when it was counted.
    pub left: Option<u64>,
}

impl Explain {
    pub(super) fn step(&mut self, what: &str, how: &'static str, estimate: u64, left: Option<u64>) {
        // A system-level search over all types would otherwise say the same 145 times.
        if self.steps.len() < MAX_STEPS {
            self.steps.push(Step {
                what: what.into(),
                how,
                estimate,
                left,
            });
        }
    }
}

/// Steps that are kept of one search.
const MAX_STEPS: usize = 64;

impl fmt::Display for Explain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            write!(f, "{}: {} (at most {}", step.what, step.how, step.estimate)?;
            match step.left {
                Some(left) => writeln!(f, ", {left} left)")?,
                None => writeln!(f, ")")?,
            }
        }
        write!(
            f,
            "{} keys and records examined, {} texts opened",
            self.examined, self.opened
        )
    }
}
