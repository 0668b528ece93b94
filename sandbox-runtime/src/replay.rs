//! Repeats a run: the tape of what a run learned from the world, and a new run that learns the same.
//!
//! A guest's whole world is its request, its clock, its randomness, its environment and the answers to its calls, and the order in which
//! it noticed that they had come. All of that is on the [`Tape`]; a guest that is run on it does the same again, step for step. Another
//! version of the app goes its own way as soon as it asks for something else; from there on calls are still answered from the tape
//! where it has an answer, in the order in which the answers came.

mod compare;
mod deck;
mod fault;
mod reel;
mod tape;

pub use self::compare::{CallDifference, Change, Comparison, Cost, Difference, compare};
pub(crate) use self::deck::{Asked, Deck};
pub use self::fault::{FaultName, UnknownFault};
pub(crate) use self::reel::Reel;
pub(crate) use self::tape::{Ending, TapedEnd, check_of, fingerprint};
pub use self::tape::{TAPE_BYTES, Tape, TapedAnswer, TapedBody, TapedCall, TapedValue};

/// What is different from the recorded run on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplayOptions {
    /// One answer is made bad: how, and the number of the call as the recorded run's trace counts. Without a number it is the first call
    /// of an interface that was answered. A call that was refused, or got no answer for other reasons, has none to make bad.
    pub fault: Option<(FaultName, Option<u32>)>,
}

/// One of the things a guest waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// A timer, and not a call or a stream.
    pub(crate) is_timer: bool,
    /// The guest was told that it has happened.
    pub(crate) is_ready: bool,
}

impl Seen {
    fn to_byte(self) -> u8 {
        u8::from(self.is_ready) | u8::from(self.is_timer) << 1
    }

    fn from_byte(byte: u8) -> Self {
        Self {
            is_ready: byte & 1 != 0,
            is_timer: byte & 2 != 0,
        }
    }
}
