//! The store from outside: one contract for every engine, and what happens when things break.

mod contract;
mod crash;
mod dump;
mod file_blobs;
mod opening;
mod subject;

/// Tests and their parts use `?`.
type TestResult<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
