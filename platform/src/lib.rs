//! c4h, the Code4Health Sandbox as a library: the server, its pages, its API and its command line.
//!
//! `run` is the whole program; `src/main.rs` and the journeys in `tests` both call it.

pub mod app;
pub mod config;
pub mod data;
pub mod error;
pub mod log;
pub mod metrics;
pub mod middleware;
pub mod model;
pub mod schedule;
pub mod slots;
pub mod uploads;

mod access;
mod api;
mod cli;
mod delivery;
mod deploy;
mod draft;
mod egress;
mod hardening;
mod hooks;
mod nearest;
mod page_key;
mod replay;
mod router;
mod run;
mod server;
mod serving_threads;
mod signals;
mod startup;
mod web;

pub use cli::{all_help, run};
