//! Who is told what a run does while it does it.

use std::fmt::Debug;

use super::{Call, LogLine, RequestRecord, Trace};
use crate::replay::Tape;

/// Is told what a run does as it happens.
///
/// Called from the thread that runs the guest, with the run's record locked: whoever implements it copies what it needs and
/// returns at once, and never calls back.
pub trait Watcher: Send + Sync + Debug {
    /// Something happened.
    fn saw(&self, event: Event<'_>);
}

/// What happened. The parts are those of the trace, secrets masked.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The run began.
    Started {
        /// The run's name.
        run_id: &'a str,
        /// What it was asked.
        request: &'a RequestRecord,
    },
    /// The guest sent a call.
    CallStarted(&'a Call),
    /// A call was answered, refused, or failed.
    CallEnded(&'a Call),
    /// A line of the log is complete.
    Log(&'a LogLine),
    /// The run is over.
    Ended(&'a Trace),
}

/// Keeps what is left of a run that nobody waits for any more.
///
/// A run whose future is dropped has no [`Run`](crate::Run) to hand back; what it did until then goes here, with the outcome
/// `abandoned`. Called while the future is dropped: it must be quick.
pub trait Keeper: Send + Sync + Debug {
    /// The caller went away before the run had ended.
    fn abandoned(&self, trace: Trace, tape: Option<Tape>);
}
