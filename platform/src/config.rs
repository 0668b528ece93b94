//! What the program is told: flags first, then `C4H_…` variables, then defaults. The environment is read here only.

mod access;
mod client;
mod data;
mod environment;
mod limits;
mod listen;
mod log;
mod population;
mod rate_limits;
mod store;
mod traces;

use std::path::PathBuf;

pub use access::{AccessConfig, TrainerPassword};
pub use client::{ClientConfig, ClientFlags};
pub use data::DataConfig;
pub use environment::Environment;
pub use limits::LimitsConfig;
pub use listen::{ListenConfig, PublicUrl};
pub use log::{LogConfig, LogFormat};
pub use population::PopulationConfig;
pub use rate_limits::RateLimitsConfig;
pub use store::StoreConfig;
pub use traces::TracesConfig;

/// Everything that `c4h serve` is told.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Where it answers.
    pub listen: ListenConfig,
    /// Who may come in.
    pub access: AccessConfig,
    /// Where it keeps its files.
    pub data: DataConfig,
    /// Which engine keeps its rows.
    pub store: StoreConfig,
    /// The people that workspaces start from.
    pub population: PopulationConfig,
    /// Whether applications may ask `int` interfaces only as often as at the NHS.
    pub rate_limits: RateLimitsConfig,
    /// What a run and a request may use.
    pub limits: LimitsConfig,
    /// What kept traces may take.
    pub traces: TracesConfig,
    /// What it logs, and how.
    pub log: LogConfig,
    /// The program that compiles components when started with `compile-child`; this program itself unless a test
    /// says otherwise.
    pub compile_program: Option<PathBuf>,
}

/// Why the program cannot do as it is told; one sentence that names the flag or the variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A value does not read.
    #[error("{source_name}={value:?} cannot be used: {reason}")]
    Value {
        /// The flag or the variable.
        source_name: String,
        /// What it was set to.
        value: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// A variable starts with `C4H_` and means nothing.
    #[error("the variable {name} means nothing to this program{}; remove it or correct its name", hint(.nearest))]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The known variable that looks most like it.
        nearest: Option<&'static str>,
    },
}

fn hint(nearest: &Option<&'static str>) -> String {
    nearest
        .map(|name| format!(" (did you mean {name}?)"))
        .unwrap_or_default()
}
