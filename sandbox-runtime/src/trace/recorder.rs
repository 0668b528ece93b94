//! Collects a trace while the run goes on.
//!
//! One recorder a run, shared by the guest's store, its log streams and its outgoing calls; each locks it for the
//! length of one append.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::body::Body;
use super::headers::{Headers, without_user};
use super::{Call, Level, LogLine, SpanId, Stream};
use crate::limits::{Limit, LimitHit, Limits};

/// How many calls over the limit are listed; after that they are refused without a line each.
const REFUSED_CALLS_LISTED: usize = 8;

/// What a run has done so far.
#[derive(Debug)]
pub(crate) struct Recorder {
    started: Instant,
    limits: Limits,
    recorded: Mutex<Recorded>,
}

#[derive(Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) calls: Vec<Call>,
    pub(crate) lines: Vec<LogLine>,
    pub(crate) limits_hit: Vec<LimitHit>,
    calls_sent: u32,
    log_bytes: u64,
    log_is_cut: bool,
    partial_stdout: Vec<u8>,
    partial_stderr: Vec<u8>,
}

/// The place of a call in the trace. Calls over the limit may have none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallSlot {
    pub(crate) number: u32,
    pub(crate) is_over_limit: bool,
    index: Option<usize>,
}

impl Recorder {
    pub(crate) fn new(started: Instant, limits: Limits) -> Self {
        Self {
            started,
            limits,
            recorded: Mutex::default(),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn elapsed_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the guest sends a call; says whether it may.
    pub(crate) fn call_sent(
        &self,
        method: Cow<'static, str>,
        uri: &http::Uri,
        headers: &http::HeaderMap,
    ) -> CallSlot {
        let at_us = self.elapsed_us();
        let mut recorded = self.lock();
        recorded.calls_sent = recorded.calls_sent.saturating_add(1);
        let number = recorded.calls_sent;
        let is_over_limit = number > self.limits.calls;
        let allowed = usize::try_from(self.limits.calls).unwrap_or(usize::MAX);
        if is_over_limit && recorded.calls.len() >= allowed.saturating_add(REFUSED_CALLS_LISTED) {
            return CallSlot {
                number,
                is_over_limit,
                index: None,
            };
        }
        recorded.calls.push(Call {
            number,
            span_id: SpanId::default(),
            is_own: false,
            started_us: at_us,
            duration_us: None,
            method,
            url: without_user(&uri.to_string()).into_owned(),
            label: None,
            status: None,
            request_headers: Headers::record(headers),
            request_body: Body::default(),
            response_headers: Headers::default(),
            response_body: Body::default(),
            refused: None,
            fault: None,
            notes: Vec::new(),
        });
        CallSlot {
            number,
            is_over_limit,
            index: Some(recorded.calls.len() - 1),
        }
    }

    /// Fills in what became of a call.
    pub(crate) fn call_ended(&self, slot: CallSlot, fill: impl FnOnce(&mut Call)) {
        let at_us = self.elapsed_us();
        let mut recorded = self.lock();
        if let Some(call) = slot.index.and_then(|index| recorded.calls.get_mut(index)) {
            call.duration_us = Some(at_us.saturating_sub(call.started_us));
            fill(call);
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
        let at_us = self.elapsed_us();
        self.lock().lines.push(LogLine {
            at_us,
            stream: Stream::Platform,
            level: Level::Warn,
            text,
        });
    }

    /// What the guest printed. Whole lines are listed at once; the rest waits for its line end.
    pub(crate) fn printed(&self, stream: Stream, bytes: &[u8]) {
        let at_us = self.elapsed_us();
        let mut recorded = self.lock();
        if recorded.log_is_cut {
            return;
        }
        let room = self.limits.log_bytes.saturating_sub(recorded.log_bytes);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let fitting = bytes.get(..room).unwrap_or(bytes);
        recorded.log_bytes += u64::try_from(fitting.len()).unwrap_or(u64::MAX);
        recorded.append(stream, fitting, at_us);
        if fitting.len() < bytes.len() {
            recorded.log_is_cut = true;
            recorded.flush_partial_lines(at_us);
            let hit = LimitHit::new(Limit::Log, self.limits.log_bytes, None);
            recorded.lines.push(LogLine {
                at_us,
                stream: Stream::Platform,
                level: Level::Warn,
                text: format!("log cut: {}", hit.sentence),
            });
            recorded.limits_hit.push(hit);
        }
    }

    /// Ends the record. Calls without an answer say so.
    pub(crate) fn finish(&self) -> Recorded {
        let at_us = self.elapsed_us();
        let mut recorded = std::mem::take(&mut *self.lock());
        recorded.flush_partial_lines(at_us);
        for call in &mut recorded.calls {
            if call.duration_us.is_none() {
                call.notes
                    .push("The run ended before this call was answered.".to_owned());
            }
        }
        recorded
    }
}

impl Recorded {
    fn partial(&mut self, stream: Stream) -> &mut Vec<u8> {
        match stream {
            Stream::Stdout => &mut self.partial_stdout,
            Stream::Stderr | Stream::Platform => &mut self.partial_stderr,
        }
    }

    fn append(&mut self, stream: Stream, bytes: &[u8], at_us: u64) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let partial = self.partial(stream);
            if partial.is_empty() {
                self.push_line(stream, line, at_us);
            } else {
                let mut whole = std::mem::take(partial);
                whole.extend_from_slice(line);
                self.push_line(stream, &whole, at_us);
            }
        }
        if !rest.is_empty() {
            self.partial(stream).extend_from_slice(rest);
        }
    }

    fn push_line(&mut self, stream: Stream, line: &[u8], at_us: u64) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = String::from_utf8_lossy(line).into_owned();
        let level = if stream == Stream::Stderr {
            Level::Error
        } else {
            Level::Info
        };
        self.lines.push(LogLine {
            at_us,
            stream,
            level,
            text,
        });
    }

    fn flush_partial_lines(&mut self, at_us: u64) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let partial = std::mem::take(self.partial(stream));
            if !partial.is_empty() {
                self.push_line(stream, &partial, at_us);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(limits: Limits, writes: &[(Stream, &[u8])]) -> Vec<(Stream, String)> {
        let recorder = Recorder::new(Instant::now(), limits);
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
}
