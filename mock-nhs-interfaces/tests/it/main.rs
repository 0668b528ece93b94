//! The interfaces as a caller meets them. Every answer passes through [`client`], which checks what no test is about.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops; what tests share is not inside a test function"
)]

mod added;
mod client;
mod contract;
mod cors;
mod faults;
mod golden;
mod gp_connect;
mod hostile;
mod immunisation;
mod mesh;
mod notify;
mod oauth2;
mod ods;
mod pds;
mod published;
mod rate_limits;
mod search;
mod smart;
mod statement;
