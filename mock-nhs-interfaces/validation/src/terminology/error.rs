//! Why a question about codes has no answer.

use crate::issue::{did_you_mean, quoted};

/// A refusal of a terminology operation. Its text is one sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TerminologyError {
    #[error("The {kind} {} is not here.{}", quoted(url), meant(near))]
    NotFound {
        /// `value set`, `code system` or `concept map`.
        kind: &'static str,
        url: String,
        near: Vec<String>,
    },
    #[error(
        "The code system {} has no code {}.{}",
        quoted(system),
        quoted(code),
        meant(near)
    )]
    NoSuchCode {
        system: String,
        code: String,
        near: Vec<String>,
    },
    #[error("The code system {} is not here whole, so {cannot}.", quoted(system))]
    NotHere { system: String, cannot: &'static str },
    #[error(
        "The value set {} has more than {limit} codes; ask for a page with `count`, or narrow it with `filter`.",
        quoted(url)
    )]
    TooCostly { url: String, limit: usize },
    #[error(
        "The value set {} includes itself, or others more than {} deep.",
        quoted(url),
        super::effort::MAX_NESTING
    )]
    Circle { url: String },
    #[error("The value set includes so many others that the question takes too much work.")]
    TooMuchWork,
    #[error("The filter {} is not understood: {reason}.", quoted(filter))]
    Filter { filter: String, reason: String },
    #[error("{0}")]
    Incomplete(&'static str),
}

fn meant(near: &[String]) -> String {
    let near: Vec<&str> = near.iter().map(String::as_str).collect();
    did_you_mean(&near)
}
