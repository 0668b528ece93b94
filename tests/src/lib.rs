//! The harness of the journeys in `e2e`: starts the program, talks to it as its users do, and checks on every answer
//! what no journey is about.
//!
//! Nothing here looks behind the program's public surface: what a journey cannot see, a user cannot see.

pub mod background;
pub mod bytes_of_wasm;
pub mod client;
pub mod clients;
pub mod command;
pub mod conformance;
pub mod guests;
pub mod invariant;
pub mod platform;
pub mod raw;
pub mod toolchains;
pub mod wait;

pub use background::Background;
pub use client::{Answer, Client, Problem};
pub use command::{Command, Ended};
pub use platform::{Builder, TestPlatform};
pub use wait::until;
