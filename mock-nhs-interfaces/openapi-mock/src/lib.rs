//! A working mock made from an OpenAPI document: routes, checks, and the document's own examples as answers.
//!
//! [`Document::read`] makes one of the text, says what is wrong with it, and bounds what it costs. [`Document::find`] leads a
//! request to its operation, [`Document::answer`] answers it. Pure: no I/O, no network, no clock, no randomness.

mod answer;
mod budget;
mod document;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod held;
pub mod limits;
mod media;
mod operation;
mod parameter;
mod path;
mod place;
mod pointer;
mod prefer;
mod problem;
mod reference;
mod schema;
mod source;
mod stack;

pub use answer::{Answer, Refusal, Request};
pub use document::{Document, DocumentError, Found, is_prefix, slug};
pub use operation::{Operation, Sample, Scheme};
pub use parameter::{Parameter, ParameterPlace};
pub use problem::{MAX_PROBLEMS, Problem, Severity};
