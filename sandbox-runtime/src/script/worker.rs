//! The worker: a child process that turns one script after the other into a component.
//!
//! It prepares once: the script API is evaluated in the runner and a first snapshot is taken, which every script starts from. Two engines, because
//! a process with little address space can run guests only with memories that move, and code for those is not what the program loads:
//!
//! - the *evaluating* engine runs `prepare` and `init`;
//! - the *compiling* engine has the program's own settings and makes the machine code. All scripts share the runner's functions, so that they
//!   are compiled once, and only the data is new.

mod budget;
mod cache;
mod code;
mod evaluate;
mod instance;
mod order;

use std::io::{self, Read, Write};
use std::time::Instant;

use wasmtime::Engine;

use self::budget::Budget;
use self::cache::WarmCache;
use self::code::CodeMaker;
use self::evaluate::Evaluator;
use super::typescript;
use super::wire::{Allowance, FRAME_BYTES, Head, ORDER_FRAME_BYTES, Order, Problem, Times};
use crate::compile::restrict_memory_and_calls;
use crate::engine::{base_config, compatibility_hash};
use crate::limits::COMPONENT_BYTES;

/// Apps that the machine code of others is made from, and that prove that it can be: the second one holds more in memory.
const WARMING: [&str; 2] = [
    "export default { fetch() { return new Response('') } }",
    "export const text = 'warm '.repeat(100_000); export default { fetch() { return new Response(text) } }",
];

/// What the worker does until its input ends.
pub(crate) fn serve(allowance: Allowance, input: &mut impl Read) -> io::Result<()> {
    restrict_memory_and_calls(allowance.memory_bytes)?;
    let budget = Budget::watched(allowance.cpu_ms)?;
    let mut output = io::stdout().lock();
    let mut workshop = Workshop::open().map_err(other)?;
    write_frame(&mut output, &[])?;
    output.flush()?;
    while let Some(order) = read_frame(input)? {
        let order: Order = serde_json::from_slice(&order)?;
        let made = {
            let _counted = budget.begin();
            workshop.make(order)
        };
        let head = match &made {
            Ok(made) => Head::Built {
                settings: workshop.settings,
                times: made.times,
            },
            Err(Failure::Problem(problem)) => Head::Problem(problem.clone()),
            Err(Failure::Invalid(message)) => Head::Invalid(message.clone()),
        };
        write_frame(&mut output, &serde_json::to_vec(&head)?)?;
        if let Ok(made) = made {
            write_frame(&mut output, &made.component)?;
            write_frame(&mut output, &made.code)?;
        }
        output.flush()?;
    }
    Ok(())
}

struct Workshop {
    evaluator: Evaluator,
    code: CodeMaker,
    settings: [u8; 32],
}

struct Made {
    component: Vec<u8>,
    code: Vec<u8>,
    times: Times,
}

/// Why there is no component.
#[derive(Debug)]
enum Failure {
    Problem(Problem),
    Invalid(String),
}

impl Failure {
    fn limit(message: impl Into<String>) -> Self {
        Self::Problem(Problem {
            code: "script-limit".to_owned(),
            message: message.into(),
            file: None,
            line: None,
            column: None,
        })
    }
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Invalid(format!("{error:#}"))
    }
}

impl Workshop {
    fn open() -> Result<Self, Failure> {
        let mut config = base_config();
        config.enable_incremental_compilation(WarmCache::new())?;
        let compiling = Engine::new(&config)?;
        let settings = compatibility_hash(&compiling);
        let evaluator = Evaluator::open()?;
        let [first, second] =
            WARMING.map(|text| evaluator.snapshot(Order::single(text), &mut Times::default()));
        Ok(Self {
            evaluator,
            code: CodeMaker::open(compiling, &first?, &second?)?,
            settings,
        })
    }

    fn make(&mut self, mut order: Order) -> Result<Made, Failure> {
        let mut times = Times::default();
        let started = Instant::now();
        order.files = typescript::strip_all(&order.main, &order.files).map_err(Failure::Problem)?;
        times.strip_us = micros(started);
        let component = self.evaluator.snapshot(order, &mut times)?;
        if u64::try_from(component.len()).unwrap_or(u64::MAX) > COMPONENT_BYTES {
            return Err(Failure::limit(
                "What the app holds in memory after its top level has run is too much for a component; build large data when it is needed.",
            ));
        }
        let started = Instant::now();
        let code = self.code.make(&component)?;
        times.code_us = micros(started);
        Ok(Made {
            component,
            code,
            times,
        })
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn other(failure: Failure) -> io::Error {
    io::Error::other(match failure {
        Failure::Problem(problem) => problem.message,
        Failure::Invalid(message) => message,
    })
}

/// `None` at the end of the input.
fn read_frame(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(length);
    if length > ORDER_FRAME_BYTES {
        return Err(io::Error::other("the order is too long"));
    }
    let mut frame = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut frame)?;
    Ok(Some(frame))
}

fn write_frame(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len())
        .ok()
        .filter(|length| *length <= FRAME_BYTES);
    let length = length.ok_or_else(|| io::Error::other("the answer is too long"))?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(bytes)
}
