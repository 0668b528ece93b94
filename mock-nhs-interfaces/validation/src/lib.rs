//! Whether a resource is what FHIR R4 and installed profiles say, and what codes mean.

mod codes;
mod instance;
mod issue;
mod library;
mod model;
pub mod package;
mod profile;
mod rules;
mod shape;
pub mod terminology;
mod validate;

pub use issue::{Issue, IssueCode, Issues, MAX_ISSUES, Severity};
pub use library::Library;
pub use model::R4Model;
pub use package::{Package, PackageError};
pub use shape::check_shape;
pub use validate::Validator;
