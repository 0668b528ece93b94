//! Whether a resource is what FHIR R4 and installed profiles say, and what codes mean.

mod issue;
mod library;
pub mod package;
mod profile;
mod shape;
pub mod terminology;

pub use issue::{Issue, IssueCode, Issues, MAX_ISSUES, Severity};
pub use library::Library;
pub use package::{Package, PackageError};
pub use shape::check_shape;
