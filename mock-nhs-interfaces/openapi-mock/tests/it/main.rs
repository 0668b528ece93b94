//! Documents and their answers, from outside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on stops; what tests share is not inside a test function"
)]

mod answers;
mod ask;
mod hostile;
mod replay;
mod specs;
