//! What the program and the worker for scripts say to each other.
//!
//! The worker's input begins with the order that starts it, of the same length as an order to compile: magic, memory limit (u64), processor
//! time for each script in milliseconds (u64), zeros. When it
//! is ready it says so with one empty frame. Then order and answer take turns, each one or more frames: length (u32), bytes, all little endian. An order is
//! one frame of JSON. An answer is one frame of JSON and, when it is a component, one frame with that, and one with its machine code.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::compile::ORDER_BYTES;

/// First bytes of the order that starts a worker.
const MAGIC: &[u8; 8] = b"c4hscrp1";

/// The most that one frame of an answer may hold, in bytes.
pub(crate) const FRAME_BYTES: u32 = 512 * 1024 * 1024;

/// The most that one frame of an order may hold, in bytes: JSON may write a byte as six.
pub(crate) const ORDER_FRAME_BYTES: u32 = 32 * 1024 * 1024;

/// How a worker ends itself when a script took more than its processor time.
pub(crate) const EXIT_OVER_CPU: u8 = 75;

/// What a worker may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// Address space, for its whole life.
    pub(crate) memory_bytes: u64,
    /// Processor time, for each script.
    pub(crate) cpu_ms: u64,
}

/// The first order of a worker.
pub(crate) fn start(allowance: Allowance) -> [u8; ORDER_BYTES] {
    let mut order = [0; ORDER_BYTES];
    let numbers = [allowance.memory_bytes, allowance.cpu_ms];
    let bytes = MAGIC
        .iter()
        .copied()
        .chain(numbers.into_iter().flat_map(u64::to_le_bytes));
    for (place, byte) in order.iter_mut().zip(bytes) {
        *place = byte;
    }
    order
}

/// What a worker may use, if this is the order to be one.
pub(crate) fn is_start(order: &[u8; ORDER_BYTES]) -> Option<Allowance> {
    let (memory, rest) = order.strip_prefix(MAGIC)?.split_first_chunk()?;
    let cpu = rest.first_chunk()?;
    Some(Allowance {
        memory_bytes: u64::from_le_bytes(*memory),
        cpu_ms: u64::from_le_bytes(*cpu),
    })
}

/// A file as the worker gets it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// One script.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) main: String,
    pub(crate) files: Vec<File>,
    pub(crate) tests: bool,
}

impl Order {
    /// A script of one file.
    pub(crate) fn single(text: &str) -> Self {
        let path = "app.js".to_owned();
        Self {
            main: path.clone(),
            files: vec![File {
                path,
                text: text.to_owned(),
            }],
            tests: false,
        }
    }
}

/// What is wrong with a script.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
}

/// The first frame of an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Head {
    Built { settings: [u8; 32], times: Times },
    Problem(Problem),
    Invalid(String),
}

/// How long the steps took, in microseconds.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Times {
    pub(crate) strip_us: u64,
    pub(crate) init_us: u64,
    pub(crate) snapshot_us: u64,
    pub(crate) code_us: u64,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) enum Answer {
    Built {
        component: Bytes,
        settings: [u8; 32],
        code: Bytes,
    },
    Problem(Problem),
    Invalid(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_order_is_no_other() {
        let allowance = Allowance {
            memory_bytes: 77,
            cpu_ms: 88,
        };
        assert_eq!(is_start(&start(allowance)), Some(allowance));
        assert_eq!(is_start(&[0; ORDER_BYTES]), None);
    }
}
