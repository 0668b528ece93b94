//! What a search found.

use super::Explain;
use crate::index::Doc;

/// One page of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchResult {
    /// The matches of this page, in order; empty when only the total was asked for.
    pub matches: Vec<Doc>,
    /// What includes added, each record once, none that is a match of this page.
    pub included: Vec<Included>,
    /// How many matches all pages have together.
    pub total: TotalCount,
    /// Where the next page begins, when there is one: the value of the `next` link's cursor.
    pub next: Option<String>,
    /// Where the page before this one is, when there is one: the value of the `previous` link's cursor.
    pub previous: Option<String>,
    /// Whether this page was asked for as the one before another: then it ends where that one begins.
    pub is_backwards: bool,
    /// What the caller must be told; each becomes an issue of the page's outcome entry.
    pub warnings: Vec<Warning>,
    /// How the answer came about.
    pub explain: Explain,
}

/// A record that an include added to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Included {
    /// The record.
    pub doc: Doc,
    /// How many steps from a match: 1 for what a match points at, more by `:iterate`.
    pub depth: usize,
}

/// How many matches there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalCount {
    /// Exactly so many.
    Accurate(u64),
    /// About so many.
    Estimate(u64),
    /// Not counted: nobody asked, and counting would have taken longer than the page.
    Unknown,
}

/// What was left out of a page.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Includes found more than a page may hold.
    #[error(
        "the includes of this page were cut at {limit} resources; ask for a smaller page or fewer includes"
    )]
    IncludesCut {
        /// How many a page may hold.
        limit: usize,
    },
    /// There was more to follow behind the last step.
    #[error("`:iterate` was followed {depth} times and there was more to follow")]
    IterationCut {
        /// How many steps were followed.
        depth: usize,
    },
}
