//! Validation as the server uses it: whole resources, whole packages.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod mutants;
mod packages;
mod profiles;
mod r4_own;
mod uk_core;
