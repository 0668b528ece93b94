//! FHIR R4 as text and tree: lossless JSON, patches, paths, summaries. Pure, no I/O.

pub mod date;
pub mod decimal;
pub mod etag;
pub mod fhirpath;
pub mod json;
pub mod media;
pub mod patch;
pub mod text;
