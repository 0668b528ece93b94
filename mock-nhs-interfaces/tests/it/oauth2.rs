//! The login: every proof that it takes, every text that it refuses with, and what its tokens open.

mod claims;
mod code;
mod contract;
mod exchanged;
mod hello;
mod session;
pub(crate) mod setup;
