//! What is quick to check in process: the whole server without a connection, over storage in memory.
//!
//! Journeys through the real program are in the package `tests`.

mod access;
mod another_host;
mod api;
mod app_end;
mod app_folders;
mod conditions;
mod edge;
mod errors;
mod explorer;
mod forms;
mod golden;
mod interfaces;
mod live;
mod messages;
mod people;
mod replay;
mod schedules;
mod server;
mod tenancy;
mod uses;
mod workbench;

type TestResult = Result<(), Box<dyn std::error::Error>>;
