//! What the package promises, from outside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops; what tests share is not inside a test function"
)]

mod bundles;
mod capabilities;
mod client;
mod conditional;
mod exports;
mod history;
mod hostile;
mod interactions;
mod lifecycle;
mod negotiation;
mod operations;
mod patching;
mod restart;
mod searching;
mod seed;
mod subscriptions;
