//! Winds the tape while a run goes on. What a run does not use costs nothing.
//!
//! One reel a run, locked for the length of one append; bounded, and what does not fit is named.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::tape::{TAPE_BYTES, TapedCall, TapedEnd};
use super::{Seen, TapedAnswer};
use crate::limits::bytes_in_words;

/// How many different readings of the clock one tape holds: more than there are milliseconds in the longest run of a default server.
const CLOCK_READINGS: usize = 16_384;

/// How much a tape holds about waits, in bytes: one for each thing waited for.
const WAIT_BYTES: usize = 64 * 1024;

#[derive(Debug)]
pub(crate) struct Reel {
    pub(crate) seed: [u8; 32],
    wound: Mutex<Wound>,
}

/// What is on the tape so far.
#[derive(Debug, Default)]
pub(crate) struct Wound {
    pub(crate) clock: Vec<(u32, u32)>,
    pub(crate) polls: Vec<u8>,
    pub(crate) calls: Vec<TapedCall>,
    pub(crate) cut: Option<String>,
    ended: u32,
    body_bytes: usize,
}

impl Reel {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self {
            seed,
            wound: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Wound> {
        self.wound.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The guest read a clock, which said this many milliseconds after the start.
    pub(crate) fn clock_read(&self, ms: u64) {
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        let mut wound = self.lock();
        if let Some((last, times)) = wound.clock.last_mut()
            && *last == ms
            && *times < u32::MAX
        {
            *times += 1;
        } else if wound.clock.len() < CLOCK_READINGS {
            wound.clock.push((ms, 1));
        } else {
            wound.cut(|| format!("the run read its clock at more than {CLOCK_READINGS} different moments"));
        }
    }

    /// The guest waited for several things, or asked whether one had happened.
    pub(crate) fn waited(&self, seen: &[Seen]) {
        let mut wound = self.lock();
        match u8::try_from(seen.len()) {
            Ok(number) if wound.polls.len() + seen.len() < WAIT_BYTES && wound.cut.is_none() => {
                wound.polls.push(number);
                wound.polls.extend(seen.iter().map(|seen| seen.to_byte()));
            }
            _ => wound.cut(|| "the run waited too often, or for too many things at once".to_owned()),
        }
    }

    /// Makes room for a body; `false` when there is none left.
    pub(crate) fn has_room_for(&self, bytes: usize) -> bool {
        let mut wound = self.lock();
        let total = wound.body_bytes.saturating_add(bytes);
        if total > TAPE_BYTES {
            let room = bytes_in_words(u64::try_from(TAPE_BYTES).unwrap_or(u64::MAX));
            wound.cut(|| format!("its bodies are larger than the {room} that a tape holds"));
            return false;
        }
        wound.body_bytes = total;
        true
    }

    /// A call is on its way; where it is on the tape.
    pub(crate) fn call_sent(&self, call: TapedCall) -> usize {
        let mut wound = self.lock();
        wound.calls.push(call);
        wound.calls.len() - 1
    }

    /// What became of it.
    pub(crate) fn call_ended(&self, index: usize, mut end: TapedEnd) {
        if let TapedAnswer::Answered { body, .. } = &end.answer
            && !self.has_room_for(body.0.len())
        {
            end.answer = TapedAnswer::Lost;
        }
        let mut wound = self.lock();
        end.order = wound.ended;
        wound.ended = wound.ended.saturating_add(1);
        if let Some(call) = wound.calls.get_mut(index) {
            call.end = Some(end);
        }
    }

    /// Takes the tape off.
    pub(crate) fn take(&self) -> Wound {
        std::mem::take(&mut *self.lock())
    }
}

impl Wound {
    fn cut(&mut self, why: impl FnOnce() -> String) {
        self.cut.get_or_insert_with(why);
    }
}
