//! Plays a tape to a run.
//!
//! As long as the run asks for what the recorded one asked for, it is told the same, as fast as it can ask. When it asks for something
//! else it goes on its own: its clock goes on from where it was at the real pace, and what the tape has of answers is handed out one by one
//! in the order in which they came, so that the same version on the same tape does the same every time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::{Response, StatusCode};
use tokio::sync::oneshot;

use super::fault::SLOW;
use super::tape::{Ending, TapedAnswer, TapedEnd};
use super::{FaultName, ReplayOptions, Seen, Tape};

/// A tape that is being played. One a run; locked for the length of one look.
#[derive(Debug)]
pub(crate) struct Deck {
    tape: Arc<Tape>,
    options: ReplayOptions,
    played: Mutex<Played>,
}

#[derive(Debug, Default)]
struct Played {
    clock_at: usize,
    /// How often the reading at `clock_at` has been told.
    clock_told: u32,
    last_ms: u64,
    polls_at: usize,
    used: Vec<bool>,
    /// Since when the run goes its own way.
    on_its_own: Option<Instant>,
    has_fault: bool,
    /// Answers that wait to be handed out, by their order on the tape.
    waiting: BTreeMap<u32, oneshot::Sender<()>>,
}

/// A call that wants an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) number: u32,
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) fingerprint: [u8; 16],
}

/// What the tape has for a call.
#[derive(Debug)]
pub(crate) struct Dealt {
    pub(crate) ending: Ending,
    pub(crate) fault: Option<String>,
    /// Whether the body breaks off in the middle.
    pub(crate) is_truncated: bool,
}

impl Dealt {
    fn refused(reason: String) -> Self {
        Self {
            ending: Ending::Refused(reason),
            fault: None,
            is_truncated: false,
        }
    }
}

impl Deck {
    pub(crate) fn new(tape: Arc<Tape>, options: ReplayOptions) -> Self {
        let played = Played {
            used: vec![false; tape.calls.len()],
            ..Played::default()
        };
        Self {
            tape,
            options,
            played: Mutex::new(played),
        }
    }

    pub(crate) fn tape(&self) -> &Tape {
        &self.tape
    }

    fn lock(&self) -> MutexGuard<'_, Played> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the run does something else than the recorded one did.
    pub(crate) fn is_on_its_own(&self) -> bool {
        self.lock().on_its_own.is_some()
    }

    pub(crate) fn leave_the_tape(&self) {
        self.lock().leave();
    }

    /// What a clock says, in milliseconds after the start.
    pub(crate) fn clock_ms(&self) -> u64 {
        let mut played = self.lock();
        if let Some(since) = played.on_its_own {
            let passed = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            return played.last_ms.saturating_add(passed);
        }
        match self.tape.clock.get(played.clock_at) {
            Some((ms, times)) => {
                played.last_ms = u64::from(*ms);
                played.clock_told += 1;
                if played.clock_told >= *times {
                    played.clock_at += 1;
                    played.clock_told = 0;
                }
            }
            None => played.leave(),
        }
        played.last_ms
    }

    /// What the recorded run noticed when it waited for the same; `None` when it did not, or when the run goes its own way.
    pub(crate) fn next_wait(&self, asked: &[Seen]) -> Option<Vec<Seen>> {
        let mut played = self.lock();
        if played.on_its_own.is_some() {
            return None;
        }
        let told = self.wait_at(played.polls_at);
        let told = told.filter(|told| {
            told.len() == asked.len()
                && told
                    .iter()
                    .zip(asked)
                    .all(|(told, asked)| told.is_timer == asked.is_timer)
        });
        match &told {
            Some(told) => played.polls_at += told.len() + 1,
            None => played.leave(),
        }
        told
    }

    fn wait_at(&self, at: usize) -> Option<Vec<Seen>> {
        let number = usize::from(*self.tape.polls.get(at)?);
        let bytes = self.tape.polls.get(at + 1..at + 1 + number)?;
        Some(bytes.iter().map(|byte| Seen::from_byte(*byte)).collect())
    }

    /// Lets the next answer go, if one is waiting.
    pub(crate) fn hand_out(&self) {
        self.lock().hand_out();
    }

    /// The place on the tape for a call, and whether it is the very same call.
    fn find(&self, asked: Asked<'_>) -> Option<(usize, bool)> {
        let mut played = self.lock();
        let place = |wanted: &dyn Fn(&super::TapedCall) -> bool| {
            self.tape
                .calls
                .iter()
                .zip(&played.used)
                .position(|(call, used)| !used && wanted(call))
        };
        let same = |call: &super::TapedCall| call.fingerprint == asked.fingerprint;
        // The number first: of several calls that are alike each gets its own answer, in whatever order they come here.
        let exact = place(&|call| same(call) && call.number == asked.number).or_else(|| place(&same));
        let found = match exact {
            Some(index) => Some((index, true)),
            None => place(&|call| call.method == asked.method && call.url == asked.url)
                .map(|index| (index, false)),
        };
        if let Some((index, _)) = found
            && let Some(used) = played.used.get_mut(index)
        {
            *used = true;
        }
        if !matches!(found, Some((_, true))) {
            played.leave();
        }
        found
    }

    /// The fault for this call of the recorded run, if it is the one. What was not answered then has no answer to make bad.
    fn fault(&self, call: &super::TapedCall) -> Option<FaultName> {
        let (fault, number) = self.options.fault?;
        let mut played = self.lock();
        let is_meant = number.map_or(!call.is_own, |number| number == call.number);
        if !is_meant || !call.is_answered() || played.has_fault {
            return None;
        }
        played.has_fault = true;
        // What follows is another story.
        played.leave();
        Some(fault)
    }

    /// Says so when the run was to have a fault and made no call that it was for.
    pub(crate) fn unmet_fault(&self) -> Option<String> {
        let (fault, number) = self.options.fault?;
        let call = number.map_or_else(
            || "call of an interface that was answered then".to_owned(),
            |number| format!("call that was call {number} then"),
        );
        (!self.lock().has_fault).then(|| {
            format!("The fault {fault} met no call: the run made no {call}, so nothing was made bad.")
        })
    }

    /// Answers a call.
    pub(crate) async fn answer(&self, asked: Asked<'_>) -> Dealt {
        let found = self.find(asked).and_then(|(index, _)| self.tape.calls.get(index));
        let Some(call) = found else {
            return Dealt::refused(format!(
                "This call was not on the tape: the recorded run sent no {} {} that is left to answer it with.",
                asked.method, asked.url
            ));
        };
        let fault = self.fault(call);
        let Some(end) = &call.end else {
            if self.is_on_its_own() {
                return Dealt::refused(
                    "The recorded run ended before this call was answered; the tape has no answer."
                        .to_owned(),
                );
            }
            // As then: no answer comes before the end.
            return std::future::pending().await;
        };
        if let Some(turn) = self.turn(end.order) {
            let _never_dropped_first = turn.await;
        }
        deal(end, fault).await
    }

    /// Something to wait for, when answers are handed out one by one.
    fn turn(&self, order: u32) -> Option<oneshot::Receiver<()>> {
        let mut played = self.lock();
        played.on_its_own?;
        let (sender, receiver) = oneshot::channel();
        played.waiting.insert(order, sender);
        Some(receiver)
    }
}

impl Played {
    fn leave(&mut self) {
        self.on_its_own.get_or_insert_with(Instant::now);
    }

    fn hand_out(&mut self) {
        while let Some((_, turn)) = self.waiting.pop_first() {
            // A call that was dropped meanwhile has no use for its turn.
            if turn.send(()).is_ok() {
                break;
            }
        }
    }
}

/// The recorded end of a call, made bad if it is to be.
async fn deal(end: &TapedEnd, fault: Option<FaultName>) -> Dealt {
    let sentence = fault.map(|fault| fault.sentence().to_owned());
    let ending = match fault {
        Some(FaultName::Timeout) => {
            return Dealt {
                ending: Ending::TimedOut,
                fault: sentence,
                is_truncated: false,
            };
        }
        Some(FaultName::Refused) => {
            return Dealt {
                ending: Ending::Unreachable,
                fault: sentence,
                is_truncated: false,
            };
        }
        Some(FaultName::Slow) => {
            tokio::time::sleep(SLOW).await;
            recorded(end)
        }
        Some(_) | None => recorded(end),
    };
    let ending = match (ending, fault) {
        (Ending::Answered(response, label, notes), Some(fault)) => {
            Ending::Answered(fault.apply(response), label, notes)
        }
        (ending, _) => ending,
    };
    Dealt {
        ending,
        fault: sentence.or_else(|| end.fault.clone()),
        is_truncated: fault == Some(FaultName::Truncated) || (fault.is_none() && end.is_truncated),
    }
}

fn recorded(end: &TapedEnd) -> Ending {
    match &end.answer {
        TapedAnswer::Answered {
            status,
            headers,
            body,
        } => {
            let mut response = Response::new(Bytes::clone(&body.0));
            *response.status_mut() = StatusCode::from_u16(*status).unwrap_or_default();
            *response.headers_mut() = headers.clone();
            Ending::Answered(response, end.label.clone(), end.notes.clone())
        }
        TapedAnswer::Refused { reason } => Ending::Refused(reason.clone()),
        TapedAnswer::GaveUp { after_ms } => Ending::GaveUp(*after_ms),
        TapedAnswer::TimedOut => Ending::TimedOut,
        TapedAnswer::Unreachable => Ending::Unreachable,
        TapedAnswer::Failed => Ending::Failed,
        TapedAnswer::Lost => Ending::Refused("The answer to this call did not fit on the tape.".to_owned()),
    }
}
