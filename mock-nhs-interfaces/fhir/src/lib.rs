//! FHIR R4 as text and tree: lossless JSON, patches, paths, summaries. Pure, no I/O.

pub mod date;
pub mod decimal;
pub mod etag;
pub mod fhirpath;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod json;
pub mod media;
pub mod patch;
pub mod summary;
pub mod text;
