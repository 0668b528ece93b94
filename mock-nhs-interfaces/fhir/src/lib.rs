//! FHIR R4 as text and tree: lossless JSON, patches, paths, summaries. Pure, no I/O.
//!
//! Everything here may be fed by strangers. What must stay true: nothing panics; every recursion is bounded by
//! [`json::MAX_DEPTH`] or [`fhirpath::MAX_EXPRESSION_DEPTH`]; work grows with the input, or is counted and stopped; no number
//! becomes a binary fraction, and none is written out from its exponent. Deliberately absent: XML, definitions (asked for through
//! [`fhirpath::Model`] and [`summary::Elements`]), terminology, HTTP.

pub mod date;
pub mod decimal;
pub mod etag;
pub mod fhirpath;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod json;
pub mod media;
pub mod narrative;
pub mod patch;
pub mod summary;
pub mod text;
