//! One line of a run's log.

use sandbox_runtime::trace::{LogLine, Stream};

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
    /// The app, on its standard output.
    Output,
    /// The app, on its standard error; most toolchains print panics there, and many print everything there.
    Errors,
    /// The sandbox, about the run.
    Sandbox,
}

impl LogLineView {
    pub(super) fn new(line: &LogLine) -> Self {
        Self {
            at: words::duration(line.at_us),
            speaker: match line.stream {
                Stream::Stdout => Speaker::Output,
                Stream::Stderr => Speaker::Errors,
                Stream::Platform => Speaker::Sandbox,
            },
            text: words::visible(&line.text).into_owned(),
        }
    }
}
