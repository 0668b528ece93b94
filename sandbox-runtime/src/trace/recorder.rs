//! Collects a trace and a tape while the run goes on.
//!
//! One recorder a run, shared by the guest's store, its log streams and its outgoing calls; each locks it for the
//! length of one append. It does not matter which thread runs the guest.

mod calls;
mod log;
mod taping;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Request, Uri};
use time::OffsetDateTime;

pub(crate) use self::calls::CallSlot;
pub(crate) use self::taping::TapeParts;
use super::body::Body;
use super::headers::{Headers, without_user};
use super::mask::Mask;
use super::{Call, Event, LogLine, RequestRecord, RunKind, SpanId, TraceId, TraceParent, Watcher};
use crate::capability::random;
use crate::limits::{Limit, LimitHit, Limits};
use crate::replay::{Deck, Reel};
use crate::sandbox::{Recording, RunContext};

/// What a run has done so far.
#[derive(Debug)]
pub(crate) struct Recorder {
    started: Instant,
    limits: Limits,
    story: Story,
    mask: Option<Mask>,
    watcher: Option<Arc<dyn Watcher>>,
    world: World,
    /// Whether headers, bodies and addresses are kept.
    is_kept: bool,
    recorded: Mutex<Recorded>,
}

/// What is known of a run from the start.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) run_id: String,
    pub(crate) kind: RunKind,
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) parent: Option<TraceParent>,
    pub(crate) started_at: OffsetDateTime,
    pub(crate) request: RequestRecord,
}

/// Where the run's clock, randomness and answers come from, and whether they are kept.
#[derive(Debug)]
pub(crate) enum World {
    /// From the world.
    Free,
    /// From the world, and they are kept.
    Recorded(Reel),
    /// From a tape.
    Replayed(Deck),
}

#[derive(Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) calls: Vec<Call>,
    pub(crate) lines: Vec<LogLine>,
    pub(crate) limits_hit: Vec<LimitHit>,
    calls_sent: u32,
    own_calls_sent: u32,
    log_bytes: u64,
    log_is_cut: bool,
    partial_stdout: Vec<u8>,
    partial_stderr: Vec<u8>,
}

impl Recorder {
    /// Begins the record; from now on time counts.
    pub(crate) fn new(run: &RunContext, request: &Request<Bytes>) -> Self {
        let started = Instant::now();
        let mask = Mask::new(&run.secrets);
        // One draw for all that is random about a run.
        let drawn: [u8; 56] = random::draw();
        let (ids, seed) = drawn.split_first_chunk::<24>().unwrap_or((&[0; 24], &[]));
        let seed = seed.first_chunk::<32>().copied().unwrap_or_default();
        let (trace_id, span_id) = ids.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        let world = match &run.recording {
            Recording::Tape => World::Recorded(Reel::new(seed)),
            Recording::NoTape | Recording::Nothing => World::Free,
            Recording::Replay(tape, options) => World::Replayed(Deck::new(Arc::clone(tape), *options)),
        };
        let is_kept = !matches!(run.recording, Recording::Nothing);
        let story = Story {
            run_id: run.run_id.clone(),
            kind: run.kind.clone(),
            trace_id: run
                .parent
                .as_ref()
                .map_or(TraceId(*trace_id), |parent| parent.trace_id),
            span_id: SpanId(span_id.first_chunk().copied().unwrap_or_default()),
            parent: run.parent.clone(),
            started_at: run.now,
            request: if is_kept {
                RequestRecord::record(request, mask.as_ref())
            } else {
                RequestRecord::default()
            },
        };
        if let Some(watcher) = &run.watcher {
            watcher.saw(Event::Started {
                run_id: &story.run_id,
                request: &story.request,
            });
        }
        Self {
            started,
            limits: run.limits,
            story,
            mask,
            watcher: run.watcher.clone(),
            world,
            is_kept,
            recorded: Mutex::default(),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn story(&self) -> &Story {
        &self.story
    }

    /// Why it ran; of a repetition, with what became of the fault that it was ordered with.
    pub(crate) fn kind(&self) -> RunKind {
        let mut kind = self.story.kind.clone();
        if let RunKind::Replay { notes, .. } = &mut kind {
            notes.extend(self.deck().and_then(Deck::unmet_fault));
        }
        kind
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// The tape that is being played, if one is.
    pub(crate) fn deck(&self) -> Option<&Deck> {
        match &self.world {
            World::Replayed(deck) => Some(deck),
            World::Free | World::Recorded(_) => None,
        }
    }

    /// Where all randomness of the guest comes from.
    pub(crate) fn seed(&self) -> [u8; 32] {
        match &self.world {
            World::Recorded(reel) => reel.seed,
            World::Replayed(deck) => deck.tape().seed,
            World::Free => random::draw(),
        }
    }

    /// What the guest's clocks say, in milliseconds after the start.
    pub(crate) fn guest_ms(&self) -> u64 {
        let now = || u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &self.world {
            World::Free => now(),
            World::Recorded(reel) => {
                let now = now();
                reel.clock_read(now);
                now
            }
            World::Replayed(deck) => deck.clock_ms(),
        }
    }

    pub(crate) fn elapsed_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: Event<'_>) {
        if let Some(watcher) = &self.watcher {
            watcher.saw(event);
        }
    }

    /// Tells whoever watches that the run is over.
    pub(crate) fn tell_ended(&self, trace: &super::Trace) {
        self.tell(Event::Ended(trace));
    }

    /// Headers as a trace shows them.
    pub(crate) fn headers(&self, headers: &HeaderMap) -> Headers {
        if !self.is_kept {
            return Headers::default();
        }
        Headers::record_masked(headers, self.mask.as_ref())
    }

    /// The beginning of a body as a trace shows it.
    pub(crate) fn body(&self, body: &Bytes) -> Body {
        if !self.is_kept {
            return Body::default();
        }
        Body::record_masked(body, self.mask.as_ref())
    }

    /// A text without secrets.
    pub(crate) fn text(&self, text: String) -> String {
        match self.mask.as_ref().map(|mask| mask.text(&text)) {
            Some(Cow::Owned(masked)) => masked,
            Some(Cow::Borrowed(_)) | None => text,
        }
    }

    /// An address without passwords and secrets.
    pub(crate) fn url(&self, uri: &Uri) -> String {
        if !self.is_kept {
            return String::new();
        }
        self.text(without_user(&uri.to_string()).into_owned())
    }

    /// Notes a limit, once for each code.
    pub(crate) fn limit_hit(&self, code: Limit, limit: u64, used: Option<u64>) {
        self.note_limit(LimitHit::new(code, limit, used));
    }

    pub(crate) fn note_limit(&self, hit: LimitHit) {
        let mut recorded = self.lock();
        if recorded.limits_hit.iter().all(|known| known.code != hit.code) {
            recorded.limits_hit.push(hit);
        }
    }

    /// Ends the record. Calls without an answer say so.
    pub(crate) fn finish(&self) -> Recorded {
        let at_us = self.elapsed_us();
        let mut recorded = std::mem::take(&mut *self.lock());
        let listed = recorded.lines.len();
        recorded.flush_partial_lines(at_us, self.mask.as_ref());
        for line in recorded.lines.iter().skip(listed) {
            self.tell(Event::Log(line));
        }
        for call in &mut recorded.calls {
            if call.duration_us.is_none() {
                call.notes
                    .push("The run ended before this call was answered.".to_owned());
            }
        }
        recorded
    }
}
