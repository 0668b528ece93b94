//! Why a query that was understood was not answered.

/// What stopped a search.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum ExecuteError {
    /// Answering would take more work than one search may cause. FHIR's issue type `too-costly`.
    #[error(
        "the search would have to look at more than {examined} records one by one; narrow it with another parameter"
    )]
    TooCostly {
        /// How many were looked at before giving up.
        examined: u64,
    },
    /// The search took longer than it may. FHIR's issue type `too-costly`.
    #[error("the search took too long and was stopped; narrow it with another parameter")]
    Deadline,
    /// The page token was not made by this server for this query in this workspace. FHIR's issue type `value`.
    #[error("the page token is not one that this search gave out; start again from the first page")]
    Cursor,
}
