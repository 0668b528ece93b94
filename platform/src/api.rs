//! The HTTP surface for programs: one resource a file, each with its wire types and handlers.
//!
//! Wire types carry no behaviour and no domain type, so that a change of the model is not a change of the API unless
//! somebody decides so.

pub(crate) mod applications;
pub(crate) mod apps;
mod below;
pub(crate) mod described;
pub(crate) mod drafts;
pub(crate) mod extract;
pub(crate) mod fhir;
pub(crate) mod health;
pub(crate) mod interfaces;
pub(crate) mod logs;
pub(crate) mod nhs;
pub(crate) mod openapi;
pub(crate) mod packages;
pub(crate) mod runs;
pub(crate) mod scenarios;
pub(crate) mod secrets;
pub(crate) mod traces;
pub(crate) mod values;
pub(crate) mod versions;
pub(crate) mod workspaces;
