//! Whether a resource is what FHIR R4 and installed profiles say, and what codes mean.

mod issue;
mod shape;

pub use issue::{Issue, IssueCode, Issues, MAX_ISSUES, Severity};
pub use shape::check_shape;
