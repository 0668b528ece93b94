//! Evaluates a script in the runner and takes the snapshot.

use std::time::Instant;

use wasmtime::component::{Component, ComponentType, Lift, Lower};
use wasmtime::{Config, Engine};
use wasmtime_wizer::{ComponentContext, Wizer};

use super::cache::WarmCache;
use super::instance::{self, Instance};
use super::{Failure, micros, order};
use crate::engine::base_config;
use crate::script::wire::{Order, Problem, Times};

/// The runner and the JavaScript of the script API.
mod runner {
    include!(concat!(env!("OUT_DIR"), "/runner.rs"));
}

/// A file as the runner takes it.
#[derive(ComponentType, Lower, Clone)]
#[component(record)]
struct File {
    path: String,
    text: String,
}

/// What the runner finds wrong.
#[derive(ComponentType, Lift, Debug)]
#[component(record)]
struct RunnerProblem {
    code: String,
    message: String,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
}

impl From<RunnerProblem> for Failure {
    fn from(problem: RunnerProblem) -> Self {
        Self::Problem(Problem {
            code: problem.code,
            message: problem.message,
            file: problem.file,
            line: problem.line,
            column: problem.column,
        })
    }
}

/// The runner with the script API in it, ready for scripts.
pub(super) struct Evaluator {
    engine: Engine,
    wizer: Wizer,
    /// What the snapshot is taken of, apart from the memory. It borrows from the prepared runner, which lives as long as the process.
    context: ComponentContext<'static>,
    component: Component,
}

impl Evaluator {
    pub(super) fn open() -> Result<Self, Failure> {
        let engine = Engine::new(&evaluating_config()?)?;
        instance::tick(&engine);
        let wizer = wizer("prepare");
        let runner = order::largest_module_last(runner::COMPONENT)?;
        let (context, instrumented) = wizer.instrument_component(&runner)?;
        let component = Component::new(&engine, &instrumented)?;
        let mut instance = Instance::start(&engine, &component)?;
        let files = runner::WEB.iter().map(|(path, text)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        });
        let files: Vec<_> = files.collect();
        let (prepared,): (Result<(), RunnerProblem>,) = instance.call("prepare", (files,))?;
        prepared?;
        let prepared = instance.snapshot(&wizer, &context)?;

        let wizer = self::wizer("init");
        // Once in the life of the process.
        let (context, instrumented) = wizer.instrument_component(prepared.leak())?;
        let component = Component::new(&engine, &instrumented)?;
        Ok(Self {
            engine,
            wizer,
            context,
            component,
        })
    }

    /// The component that a script becomes.
    pub(super) fn snapshot(&self, order: Order, times: &mut Times) -> Result<Vec<u8>, Failure> {
        let files = order.files.into_iter().map(|file| File {
            path: file.path,
            text: file.text,
        });
        let files: Vec<_> = files.collect();
        let started = Instant::now();
        let mut instance = Instance::start(&self.engine, &self.component)?;
        let (evaluated,): (Result<(), RunnerProblem>,) =
            instance.call("init", (order.main, files, order.tests))?;
        evaluated?;
        times.init_us = micros(started);
        let started = Instant::now();
        let component = instance.snapshot(&self.wizer, &self.context)?;
        times.snapshot_us = micros(started);
        Ok(component)
    }
}

/// As the program's own settings, but with memories that take only the addresses they use.
fn evaluating_config() -> Result<Config, Failure> {
    let mut config = base_config();
    config
        // Images of memories would be files, and the worker has none.
        .memory_init_cow(false)
        .memory_reservation(0)
        .memory_guard_size(0)
        .memory_reservation_for_growth(16 * 1024 * 1024)
        .enable_incremental_compilation(WarmCache::new())?;
    Ok(config)
}

fn wizer(function: &str) -> Wizer {
    let mut wizer = Wizer::new();
    // Removing the export is broken for functions of a world: 48.0.8 takes the core function away and leaves the alias to it.
    wizer.init_func(function).keep_init_func(true);
    wizer
}
