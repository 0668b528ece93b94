//! One line of a run's log.

use sandbox_runtime::trace::{Level, LogLine, Stream};

use crate::web::words;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogLineView {
    pub(crate) at: String,
    pub(crate) speaker: Speaker,
    pub(crate) text: String,
}

/// Who says a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// The app, as it says what it does.
    Output,
    /// The app, for whoever looks for a mistake.
    Debug,
    /// The app, about something odd.
    Warnings,
    /// The app, about an error; also whatever it prints on its standard error, where most toolchains print panics.
    Errors,
    /// The sandbox, about the run.
    Sandbox,
}

impl LogLineView {
    pub(super) fn new(line: &LogLine) -> Self {
        Self {
            at: words::duration(line.at_us),
            speaker: match (line.stream, line.level) {
                (Stream::Platform, _) => Speaker::Sandbox,
                (Stream::Stdout | Stream::Stderr, Level::Debug) => Speaker::Debug,
                (Stream::Stdout | Stream::Stderr, Level::Info) => Speaker::Output,
                (Stream::Stdout | Stream::Stderr, Level::Warn) => Speaker::Warnings,
                (Stream::Stdout | Stream::Stderr, Level::Error) => Speaker::Errors,
            },
            text: words::visible(&line.text).into_owned(),
        }
    }
}
