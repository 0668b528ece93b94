//! How runs and calls ended, in a few plain words with a colour beside.

use std::borrow::Cow;

use sandbox_runtime::trace::{Outcome, Trace};

use crate::web::words;

/// How good something is; colour follows it, and words always stand beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Plain,
    Warn,
    Bad,
}

impl Tone {
    /// The class of NHS England's tag component.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Good => "nhsuk-tag--green",
            Self::Plain => "nhsuk-tag--blue",
            Self::Warn => "nhsuk-tag--orange",
            Self::Bad => "nhsuk-tag--red",
        }
    }

    /// The class of a sentence in a story.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Good => "c4h-story__good",
            Self::Plain => "c4h-story__plain",
            Self::Warn => "c4h-story__warn",
            Self::Bad => "c4h-story__bad",
        }
    }

    /// The class of a bar in a drawing.
    pub(crate) fn bar(self) -> &'static str {
        match self {
            Self::Good => "c4h-bar__fill--good",
            Self::Plain => "c4h-bar__fill--plain",
            Self::Warn => "c4h-bar__fill--warn",
            Self::Bad => "c4h-bar__fill--bad",
        }
    }

    pub(super) fn of_status(status: u16) -> Self {
        match status {
            200..300 => Self::Good,
            400..500 => Self::Warn,
            500.. => Self::Bad,
            _ => Self::Plain,
        }
    }
}

/// How something ended, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) words: String,
    pub(crate) tone: Tone,
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The code that programs look at, such as `limit-cpu`.
    pub(crate) code: String,
    /// One sentence with the way out.
    pub(crate) sentence: String,
}

/// How a run ended, in a few words; also for the card of an app.
pub(crate) fn ending(trace: &Trace) -> Ending {
    match (&trace.outcome, &trace.response) {
        (Outcome::Failed { code, .. }, _) => Ending {
            words: reason(code).into_owned(),
            tone: Tone::Bad,
        },
        (Outcome::Answered, Some(response)) => Ending {
            words: words::status(response.status),
            tone: Tone::of_status(response.status),
        },
        (Outcome::Answered, None) => Ending {
            words: "Answered".to_owned(),
            tone: Tone::Good,
        },
    }
}

/// Why a run failed, if it did.
pub(super) fn failure(outcome: &Outcome) -> Option<Failure> {
    match outcome {
        Outcome::Answered => None,
        Outcome::Failed { code, sentence } => Some(Failure {
            code: code.to_string(),
            sentence: words::visible(sentence).into_owned(),
        }),
    }
}

/// A code of a failed run in a few plain words; one that has no words of its own stands for itself.
fn reason(code: &str) -> Cow<'static, str> {
    Cow::Borrowed(match code {
        "limit-cpu" => "Stopped: processor time",
        "limit-wall" => "Stopped: took too long",
        "limit-memory" => "Stopped: memory",
        "limit-stack" => "Stopped: calls too deep",
        "limit-response-body" => "Stopped: answer too long",
        "app-trap" => "Stopped: error in the app",
        "app-exception" => "Stopped: error in the script",
        "abandoned" => "Nobody waited for the end",
        "app-no-response" => "No answer",
        other => return Cow::Owned(format!("Stopped: {other}")),
    })
}
