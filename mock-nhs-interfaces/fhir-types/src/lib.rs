//! The FHIR resources that we author ourselves, built with fhir-sdk's typed builders and written as JSON.
//!
//! A room of its own because fhir-sdk's types are expensive to compile: every function here is concrete, so that their
//! code is made once. The resource enum and whole-resource serialisation are deliberately absent: both drag the code of
//! all 140 resources in. What is written is the typed parts, in the order in which the NHS writes them.

pub mod authored;
pub mod bundle;
pub mod clinical;
pub mod directory;
mod instant;
pub mod outcome;
mod part;
pub mod patient;
mod pen;

use fhir_sdk::BuilderError;
use thiserror::Error;

/// Why a resource could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// A part that FHIR requires is missing.
    #[error("a required part is missing: {0}")]
    Incomplete(#[from] BuilderError),
    /// JSON could not be made of it.
    #[error("not writable as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is about somebody whose number is not an NHS number.
    #[error("not an NHS number")]
    NhsNumber,
    /// A date or time could not be written.
    #[error("not writable as a date: {0}")]
    Time(#[from] time::error::Format),
}
