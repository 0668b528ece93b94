//! Faults: rules that make an interface answer badly on purpose, and what they make of an answer.
//!
//! One mechanism for every interface and for the workspace's own FHIR server: [`Faults::choose`] says what happens to a
//! request, [`answer_badly`] lets it happen. What concerns the connection, and not the answer, is a [`Breakage`] among
//! the answer's extensions: who carries the answer to the caller breaks it.

mod answer;
mod asked;
mod faults;
mod kind;
mod person;
mod rule;
mod saved_again;

use std::time::Duration;

use http::HeaderName;

pub use answer::{Answers, answer_badly};
pub use asked::Asked;
pub use faults::{Chosen, Faults};
pub use kind::{FaultKind, FaultName, MOST_WAIT, Throttle, UnknownFault};
pub use rule::{FaultRule, Probability};
pub use saved_again::save_again;

/// The request header that asks for a fault for this one request, and the header of an answer that says which fault was
/// applied. No NHS interface knows it.
pub const X_C4H_FAULT: HeaderName = HeaderName::from_static("x-c4h-fault");

/// What was done to an answer on purpose: an extension of every response that a fault had a hand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultApplied {
    /// The faults as they are written in a rule, such as `slow=3000, status-503`.
    pub name: String,
    /// What happened, in plain words.
    pub sentence: String,
}

/// What happens to the connection: an extension of a response that is to be carried like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakage {
    /// Nobody listens: the connection ends without an answer, at once.
    Refused,
    /// No answer came for as long as the caller was let wait: the connection ends without one.
    NoAnswer,
    /// The connection breaks in the middle of the body.
    Truncated,
    /// The body comes in small pieces over this time.
    Drip(Duration),
}
