//! What the package promises, through its public interface.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops; what tests share is not inside a test function"
)]

mod execute;
mod language;
