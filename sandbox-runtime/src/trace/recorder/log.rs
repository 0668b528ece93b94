//! What a run prints, line by line, within its budget.

use std::borrow::Cow;

use super::{Recorded, Recorder};
use crate::limits::{Limit, LimitHit};
use crate::trace::mask::Mask;
use crate::trace::{Event, Level, LogLine, Stream};

impl Recorder {
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
        if let Some(left_out) = bytes.get(fitting.len()..).filter(|rest| !rest.is_empty()) {
            recorded.log_is_cut = true;
            recorded.cut_lines(stream, left_out, at_us, self.mask.as_ref());
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
        let line = mask.map_or(Cow::Borrowed(line), |mask| mask.line(line));
        self.push_masked(stream, &line, at_us);
    }

    fn push_masked(&mut self, stream: Stream, line: &[u8], at_us: u64) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (level, line) = split_level(stream, line);
        self.lines.push(LogLine {
            at_us,
            stream,
            level,
            text: String::from_utf8_lossy(line).into_owned(),
        });
    }

    /// Lists the lines that have no end yet, because nothing more is. What the guest printed behind the cut tells whether a secret
    /// stands across it.
    fn cut_lines(&mut self, stream: Stream, left_out: &[u8], at_us: u64, mask: Option<&Mask>) {
        let Some(mask) = mask else {
            return self.flush_partial_lines(at_us, None);
        };
        let line = left_out.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let seen = line.get(..mask.reach()).unwrap_or(line);
        for other in [Stream::Stdout, Stream::Stderr] {
            let mut partial = std::mem::take(self.partial(other));
            let end = partial.len();
            if other == stream {
                partial.extend_from_slice(seen);
            }
            if end > 0 {
                self.push_masked(other, &mask.beginning(&partial, end), at_us);
            }
        }
    }

    pub(super) fn flush_partial_lines(&mut self, at_us: u64, mask: Option<&Mask>) {
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
    use std::sync::Arc;

    use bytes::Bytes;
    use http::Request;
    use time::OffsetDateTime;

    use super::*;
    use crate::limits::Limits;
    use crate::sandbox::RunContext;

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
    fn a_cut_leaves_no_half_of_a_secret() {
        let secret = "hunter2hunter2";
        for log_bytes in 0..24 {
            let limits = Limits {
                log_bytes,
                ..Limits::DEFAULT
            };
            for writes in [
                &[(Stream::Stdout, &b"key=hunter2hunter2 is it\nhunter2hunter2"[..])][..],
                &[
                    (Stream::Stdout, b"key=hunter2"),
                    (Stream::Stdout, b"hunter2 is it"),
                ],
                &[
                    (Stream::Stdout, b"key=hunter2"),
                    (Stream::Stderr, b"a long story that is cut"),
                ],
            ] {
                let recorder = recorder(limits, &[secret]);
                for (stream, bytes) in writes {
                    recorder.printed(*stream, bytes);
                }
                let lines = recorder.finish().lines;
                for line in lines.iter().filter(|line| line.stream != Stream::Platform) {
                    // Three letters of it say nothing; the mask holds no shorter secrets either.
                    assert!(!line.text.contains("hunt"), "{log_bytes}: {lines:?}");
                }
            }
        }
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
}
