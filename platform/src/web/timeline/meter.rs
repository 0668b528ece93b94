//! What a run used, beside what it may use.

use sandbox_runtime::limits::Limits;
use sandbox_runtime::trace::Trace;

use super::ending::Tone;
use super::{SCALE, len};
use crate::web::words;

/// What a run used of something that has a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meter {
    pub(crate) name: &'static str,
    pub(crate) used: String,
    pub(crate) limit: String,
    /// Thousandths of the limit, at most all of it.
    pub(crate) share: u64,
    pub(crate) tone: Tone,
}

/// Processor time, time, memory and calls of a run.
pub(super) fn meters(trace: &Trace, limits: &Limits) -> Vec<Meter> {
    let time = |name, us: u64, limit_ms: u64| {
        let limit_us = limit_ms.saturating_mul(1_000);
        Meter::new(name, words::duration(us), words::duration(limit_us), us, limit_us)
    };
    let memory = trace.memory_peak_bytes;
    let calls = len(&trace.calls);
    vec![
        time("Processor time", trace.cpu_us, limits.cpu_ms),
        time("Time from start to end", trace.wall_us, limits.wall_ms),
        Meter::new(
            "Memory",
            words::bytes(memory),
            words::bytes(limits.memory_bytes),
            memory,
            limits.memory_bytes,
        ),
        Meter::new(
            "Calls",
            words::thousands(calls),
            words::thousands(limits.calls.into()),
            calls,
            limits.calls.into(),
        ),
    ]
}

impl Meter {
    fn new(name: &'static str, used: String, limit: String, amount: u64, most: u64) -> Self {
        let share = amount
            .saturating_mul(SCALE)
            .checked_div(most)
            .unwrap_or(SCALE)
            .min(SCALE);
        let tone = match share {
            0..750 => Tone::Plain,
            750..SCALE => Tone::Warn,
            _ => Tone::Bad,
        };
        Self {
            name,
            used,
            limit,
            share,
            tone,
        }
    }
}
