//! The log on standard error: lines go into a bounded buffer, one thread writes them out.
//!
//! A request never waits for the reader of the log. When the reader is slower than we are, lines are dropped and
//! counted. Owns one lock around the buffer and one thread, which lives as long as the process.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::config::{LogConfig, LogFormat};

/// Lines that wait to be written, in bytes: a second of heavy traffic.
const BUFFER_BYTES: usize = 4 << 20;
/// How long the writer gathers lines before it writes them in one go.
const GATHER: Duration = Duration::from_millis(10);

/// Where log lines go. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct LogSink {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    buffer: Mutex<Buffer>,
    filled: Condvar,
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct Buffer {
    lines: Vec<u8>,
    dropped: u64,
    writing: bool,
}

impl LogSink {
    /// Starts logging for the whole process.
    ///
    /// # Errors
    /// When the thread cannot be started. A filter that does not read was refused with the configuration.
    pub fn start(config: &LogConfig) -> io::Result<Self> {
        let sink = Self::default();
        let writer = sink.clone();
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.write_out())?;
        let filter = EnvFilter::try_new(&config.filter).unwrap_or_default();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(sink.clone());
        let without_guests = filter_fn(|metadata| !tells_of_guests(metadata));
        report_panics();
        // A second start in one process (tests do that) keeps the first logger.
        let _kept = match config.format {
            LogFormat::Text => {
                let colours = io::IsTerminal::is_terminal(&io::stderr());
                tracing::subscriber::set_global_default(
                    subscriber.with_ansi(colours).finish().with(without_guests),
                )
            }
            LogFormat::Json => tracing::subscriber::set_global_default(
                subscriber
                    .json()
                    .flatten_event(true)
                    .with_current_span(false)
                    .with_span_list(false)
                    .finish()
                    .with(without_guests),
            ),
        };
        Ok(sink)
    }

    /// Lines that were dropped because nobody read fast enough.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// Waits until everything is written, a second at most.
    pub fn flush(&self) {
        let buffer = self.lock();
        let waiting = |buffer: &mut Buffer| buffer.writing || !buffer.lines.is_empty();
        drop(
            self.shared
                .emptied
                .wait_timeout_while(buffer, Duration::from_secs(1), waiting),
        );
    }

    fn write_out(&self) {
        let mut lines = Vec::new();
        loop {
            {
                let buffer = self.lock();
                let empty = |buffer: &mut Buffer| buffer.lines.is_empty();
                drop(
                    self.shared
                        .filled
                        .wait_while(buffer, empty)
                        .unwrap_or_else(PoisonError::into_inner),
                );
            }
            std::thread::sleep(GATHER);
            {
                let mut buffer = self.lock();
                std::mem::swap(&mut buffer.lines, &mut lines);
                buffer.writing = true;
            }
            // When standard error is gone there is nobody to tell.
            let _written = io::stderr().lock().write_all(&lines);
            lines.clear();
            self.lock().writing = false;
            self.shared.emptied.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Buffer> {
        self.shared.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a line would hold what a guest passed to the engine and got from it, word for word: secrets, and what people typed. No filter
/// brings those back; what an app did is in its traces.
fn tells_of_guests(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("wasmtime_wasi") && *metadata.level() > Level::INFO
}

/// A panic is a line of the log like any other, and not twenty lines of text between lines of JSON.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let reason = panic.payload_as_str().unwrap_or("without a message");
        tracing::error!(place, reason, "panicked");
    }));
}

impl<'a> MakeWriter<'a> for LogSink {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl Write for &LogSink {
    /// Takes one whole line, as the formatter hands it over, or drops it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut buffer = self.lock();
        if buffer.lines.len() + line.len() > BUFFER_BYTES {
            buffer.dropped += 1;
        } else {
            buffer.lines.extend_from_slice(line);
            self.shared.filled.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_buffer_drops_and_counts() {
        let sink = LogSink::default();
        let line = vec![b'x'; BUFFER_BYTES / 2];
        for _ in 0..3 {
            assert_eq!((&sink).write(&line).unwrap(), line.len());
        }
        assert_eq!(sink.dropped(), 1);
    }
}
