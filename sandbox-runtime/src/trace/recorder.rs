//! Collects a trace and a tape while the run goes on.
//!
//! One recorder a run, shared by the guest's store, its log streams and its outgoing calls; each locks it for the
//! length of one append. It does not matter which thread runs the guest.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Request, Uri};
use time::OffsetDateTime;

use super::body::Body;
use super::headers::{Headers, without_secrets, without_user};
use super::mask::Mask;
use super::{
    Call, Event, Level, LogLine, RequestRecord, RunKind, SpanId, Stream, TraceId, TraceParent, Watcher,
};
use crate::capability::random;
use crate::capability::way_out::join_story;
use crate::limits::{Limit, LimitHit, Limits};
use crate::replay::{Deck, Reel, Tape, TapedBody, TapedValue};
use crate::sandbox::{Recording, RunContext};

/// How many calls over the limit are listed; after that they are refused without a line each.
const REFUSED_CALLS_LISTED: usize = 8;

/// What a run has done so far.
#[derive(Debug)]
pub(crate) struct Recorder {
    started: Instant,
    limits: Limits,
    story: Story,
    mask: Option<Mask>,
    watcher: Option<Arc<dyn Watcher>>,
    world: World,
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

/// The place of a call in the trace. Calls over the limit may have none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallSlot {
    /// Among all calls of the run, from 1.
    pub(crate) number: u32,
    /// Among those that are counted together with it, from 1.
    pub(crate) count: u32,
    pub(crate) is_own: bool,
    pub(crate) is_over_limit: bool,
    index: Option<usize>,
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
            Recording::NoTape => World::Free,
            Recording::Replay(tape, options) => World::Replayed(Deck::new(Arc::clone(tape), *options)),
        };
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
            request: RequestRecord::record(request, mask.as_ref()),
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
            recorded: Mutex::default(),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn story(&self) -> &Story {
        &self.story
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
        Headers::record_masked(headers, self.mask.as_ref())
    }

    /// The beginning of a body as a trace shows it.
    pub(crate) fn body(&self, body: &Bytes) -> Body {
        Body::record_masked(body, self.mask.as_ref())
    }

    /// A body as a tape has it.
    pub(crate) fn masked_bytes(&self, body: &Bytes) -> Bytes {
        self.mask
            .as_ref()
            .map_or_else(|| body.clone(), |mask| mask.bytes(body))
    }

    /// Headers of an answer as a tape has them.
    pub(crate) fn masked_headers(&self, headers: &HeaderMap) -> HeaderMap {
        let mut headers = headers.clone();
        if let Some(mask) = &self.mask {
            mask_values(&mut headers, mask);
        }
        headers
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
        self.text(without_user(&uri.to_string()).into_owned())
    }

    /// Notes that the guest sends a call; says whether it may, and gives it its step in the run's story.
    pub(crate) fn call_sent(
        &self,
        method: Cow<'static, str>,
        uri: &Uri,
        headers: &mut HeaderMap,
        is_own: bool,
    ) -> CallSlot {
        let at_us = self.elapsed_us();
        let mut recorded = self.lock();
        recorded.calls_sent = recorded.calls_sent.saturating_add(1);
        let number = recorded.calls_sent;
        if is_own {
            recorded.own_calls_sent = recorded.own_calls_sent.saturating_add(1);
        }
        let (count, allowed) = if is_own {
            (recorded.own_calls_sent, self.limits.store_calls)
        } else {
            (number.saturating_sub(recorded.own_calls_sent), self.limits.calls)
        };
        let mut slot = CallSlot {
            number,
            count,
            is_own,
            is_over_limit: count > allowed,
            index: None,
        };
        let listed = usize::try_from(allowed)
            .unwrap_or(usize::MAX)
            .saturating_add(REFUSED_CALLS_LISTED);
        if slot.is_over_limit && usize::try_from(count).unwrap_or(usize::MAX) > listed {
            return slot;
        }
        let span_id = call_span(self.story.span_id, number);
        let step = TraceParent {
            trace_id: self.story.trace_id,
            span_id,
            sampled: self.story.parent.as_ref().is_none_or(|parent| parent.sampled),
            state: None,
        };
        let state = self
            .story
            .parent
            .as_ref()
            .and_then(|parent| parent.state.as_deref());
        join_story(headers, &step.to_string(), state);
        let call = Call {
            number,
            span_id,
            is_own,
            started_us: at_us,
            duration_us: None,
            method,
            url: self.url(uri),
            label: None,
            status: None,
            request_headers: self.headers(headers),
            request_body: Body::default(),
            response_headers: Headers::default(),
            response_body: Body::default(),
            refused: None,
            fault: None,
            notes: Vec::new(),
        };
        self.tell(Event::CallStarted(&call));
        recorded.calls.push(call);
        slot.index = Some(recorded.calls.len() - 1);
        slot
    }

    /// Fills in what became of a call.
    pub(crate) fn call_ended(&self, slot: CallSlot, fill: impl FnOnce(&mut Call)) {
        let at_us = self.elapsed_us();
        let mut recorded = self.lock();
        if let Some(call) = slot.index.and_then(|index| recorded.calls.get_mut(index)) {
            call.duration_us = Some(at_us.saturating_sub(call.started_us));
            fill(call);
            self.tell(Event::CallEnded(call));
        }
    }

    /// Adds to a call that is still under way.
    pub(crate) fn call_changed(&self, slot: CallSlot, fill: impl FnOnce(&mut Call)) {
        if let Some(call) = slot
            .index
            .and_then(|index| self.lock().calls.get_mut(index).map(fill))
        {
            call
        }
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

    /// A line of the platform about this run. It does not count against the guest's log.
    pub(crate) fn say(&self, text: String) {
        let line = LogLine {
            at_us: self.elapsed_us(),
            stream: Stream::Platform,
            level: Level::Warn,
            text: self.text(text),
        };
        self.tell(Event::Log(&line));
        self.lock().lines.push(line);
    }

    /// What the guest printed. Whole lines are listed at once; the rest waits for its line end.
    pub(crate) fn printed(&self, stream: Stream, bytes: &[u8]) {
        let at_us = self.elapsed_us();
        let mut recorded = self.lock();
        if recorded.log_is_cut {
            return;
        }
        let listed = recorded.lines.len();
        let room = self.limits.log_bytes.saturating_sub(recorded.log_bytes);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let fitting = bytes.get(..room).unwrap_or(bytes);
        recorded.log_bytes += u64::try_from(fitting.len()).unwrap_or(u64::MAX);
        recorded.append(stream, fitting, at_us, self.mask.as_ref());
        if fitting.len() < bytes.len() {
            recorded.log_is_cut = true;
            recorded.flush_partial_lines(at_us, self.mask.as_ref());
            let hit = LimitHit::new(Limit::Log, self.limits.log_bytes, None);
            recorded.lines.push(LogLine {
                at_us,
                stream: Stream::Platform,
                level: Level::Warn,
                text: format!("log cut: {}", hit.sentence),
            });
            recorded.limits_hit.push(hit);
        }
        for line in recorded.lines.iter().skip(listed) {
            self.tell(Event::Log(line));
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

    /// Takes the tape off, if one was made.
    pub(crate) fn tape(&self, mut parts: TapeParts) -> Option<Tape> {
        let World::Recorded(reel) = &self.world else {
            return None;
        };
        let has_room = reel.has_room_for(parts.request.body().len());
        if let Some(mask) = &self.mask {
            mask_values(parts.request.headers_mut(), mask);
        }
        without_secrets(parts.request.headers_mut());
        let (request, body) = parts.request.into_parts();
        let environment = parts.environment.into_iter().map(|(name, value)| {
            let is_secret = parts.secrets.contains(&value)
                || self
                    .mask
                    .as_ref()
                    .is_some_and(|mask| matches!(mask.text(&value), Cow::Owned(_)));
            let value = if is_secret {
                TapedValue::Secret
            } else {
                TapedValue::Plain(value)
            };
            (name, value)
        });
        let wound = reel.take();
        Some(Tape {
            run_id: self.story.run_id.clone(),
            started_at: self.story.started_at,
            limits: self.limits,
            method: request.method.to_string(),
            uri: self.url(&request.uri),
            headers: request.headers,
            body: TapedBody(if has_room {
                self.masked_bytes(&body)
            } else {
                Bytes::new()
            }),
            environment: environment.collect(),
            seed: reel.seed,
            clock: wound.clock,
            polls: wound.polls,
            calls: wound.calls,
            cut: wound.cut,
        })
    }
}

/// What a tape needs besides what was recorded on the way.
#[derive(Debug, Clone)]
pub(crate) struct TapeParts {
    pub(crate) request: Request<Bytes>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) secrets: Arc<[String]>,
}

fn mask_values(headers: &mut HeaderMap, mask: &Mask) {
    for value in headers.values_mut() {
        let bytes = Bytes::copy_from_slice(value.as_bytes());
        let masked = mask.bytes(&bytes);
        if masked != bytes
            && let Ok(masked) = http::HeaderValue::from_maybe_shared(masked)
        {
            *value = masked;
        }
    }
}

/// The step of a call: made from the run's and its number by splitmix64's finalizer, which maps no two of them to one.
fn call_span(run: SpanId, number: u32) -> SpanId {
    let mut mixed =
        u64::from_be_bytes(run.0).wrapping_add(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    SpanId((mixed ^ (mixed >> 31)).max(1).to_be_bytes())
}

impl Recorded {
    fn partial(&mut self, stream: Stream) -> &mut Vec<u8> {
        match stream {
            Stream::Stdout => &mut self.partial_stdout,
            Stream::Stderr | Stream::Platform => &mut self.partial_stderr,
        }
    }

    fn append(&mut self, stream: Stream, bytes: &[u8], at_us: u64, mask: Option<&Mask>) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let partial = self.partial(stream);
            if partial.is_empty() {
                self.push_line(stream, line, at_us, mask);
            } else {
                let mut whole = std::mem::take(partial);
                whole.extend_from_slice(line);
                self.push_line(stream, &whole, at_us, mask);
            }
        }
        if !rest.is_empty() {
            self.partial(stream).extend_from_slice(rest);
        }
    }

    fn push_line(&mut self, stream: Stream, line: &[u8], at_us: u64, mask: Option<&Mask>) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (level, line) = split_level(stream, line);
        let mut text = String::from_utf8_lossy(line);
        if let Some(mask) = mask {
            text = Cow::Owned(mask.text(&text).into_owned());
        }
        self.lines.push(LogLine {
            at_us,
            stream,
            level,
            text: text.into_owned(),
        });
    }

    fn flush_partial_lines(&mut self, at_us: u64, mask: Option<&Mask>) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let partial = std::mem::take(self.partial(stream));
            if !partial.is_empty() {
                self.push_line(stream, &partial, at_us, mask);
            }
        }
    }
}

/// Takes the level off the beginning of a line, as sd-daemon(3) writes it: `<3>` error and worse, `<4>` warning, `<7>` debug.
fn split_level(stream: Stream, line: &[u8]) -> (Level, &[u8]) {
    if let [b'<', digit @ b'0'..=b'7', b'>', rest @ ..] = line {
        let level = match digit {
            b'0'..=b'3' => Level::Error,
            b'4' => Level::Warn,
            b'7' => Level::Debug,
            _ => Level::Info,
        };
        return (level, rest);
    }
    let level = match stream {
        Stream::Stdout => Level::Info,
        Stream::Stderr => Level::Error,
        Stream::Platform => Level::Warn,
    };
    (level, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Nobody;

    impl crate::Egress for Nobody {
        fn call(&self, _: Request<Bytes>) -> futures_util::future::BoxFuture<'_, crate::EgressAnswer> {
            Box::pin(std::future::pending())
        }
    }

    fn recorder(limits: Limits, secrets: &[&str]) -> Recorder {
        let mut run = RunContext::new(
            "run".to_owned(),
            limits,
            OffsetDateTime::UNIX_EPOCH,
            Arc::new(Nobody),
        );
        run.secrets = secrets.iter().map(|&secret| secret.to_owned()).collect();
        Recorder::new(&run, &Request::default())
    }

    fn lines(limits: Limits, writes: &[(Stream, &[u8])]) -> Vec<(Stream, String)> {
        let recorder = recorder(limits, &[]);
        for (stream, bytes) in writes {
            recorder.printed(*stream, bytes);
        }
        recorder
            .finish()
            .lines
            .into_iter()
            .map(|line| (line.stream, line.text))
            .collect()
    }

    #[test]
    fn text_becomes_lines_and_the_last_one_needs_no_end() {
        let lines = lines(
            Limits::DEFAULT,
            &[
                (Stream::Stdout, b"one\ntw"),
                (Stream::Stderr, b"oops \x1b[31mred"),
                (Stream::Stdout, b"o\r\n\nthree"),
            ],
        );
        let expected = [
            (Stream::Stdout, "one"),
            (Stream::Stdout, "two"),
            (Stream::Stdout, ""),
            (Stream::Stdout, "three"),
            (Stream::Stderr, "oops \u{1b}[31mred"),
        ];
        assert_eq!(lines, expected.map(|(stream, text)| (stream, text.to_owned())));
    }

    #[test]
    fn a_long_log_is_cut_once_with_a_marker() {
        let limits = Limits {
            log_bytes: 10,
            ..Limits::DEFAULT
        };
        let lines = lines(
            limits,
            &[
                (Stream::Stdout, b"0123456"),
                (Stream::Stdout, b"789abc\n"),
                (Stream::Stdout, b"gone\n"),
            ],
        );
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].1, "0123456789");
        assert_eq!(lines[1].0, Stream::Platform);
        assert!(lines[1].1.starts_with("log cut: "));
    }

    #[test]
    fn a_secret_is_masked_however_it_is_written_and_the_prefix_is_the_level() {
        let recorder = recorder(Limits::DEFAULT, &["hunter2hunter2"]);
        recorder.printed(Stream::Stdout, b"<7>key=hunter2");
        recorder.printed(Stream::Stdout, b"hunter2\n<9>odd\n");
        recorder.printed(Stream::Stderr, b"<4>careful\nbad");
        let lines: Vec<_> = recorder
            .finish()
            .lines
            .into_iter()
            .map(|line| (line.level, line.text))
            .collect();
        let expected = [
            (Level::Debug, "key=[secret]"),
            (Level::Info, "<9>odd"),
            (Level::Warn, "careful"),
            (Level::Error, "bad"),
        ];
        assert_eq!(lines, expected.map(|(level, text)| (level, text.to_owned())));
    }

    #[test]
    fn steps_of_calls_differ() {
        let steps: std::collections::HashSet<_> = (1..=1_000)
            .map(|number| call_span(SpanId([7; 8]), number))
            .collect();
        assert_eq!(steps.len(), 1_000);
    }
}
