//! What can go wrong while a component runs, in words for the person who built it. No HTTP here: the platform maps codes to statuses.
//!
//! | Variant | Code | Whose fault |
//! |---|---|---|
//! | [`RunError::Limit`] | the limit's own, such as `limit-cpu`; `busy` | app (`busy`: nobody's) |
//! | [`RunError::Trap`] | `app-trap` | app |
//! | [`RunError::Exit`] | `app-exit` | app |
//! | [`RunError::NoResponse`] | `app-no-response` | app |
//! | [`RunError::IncompleteResponse`] | `app-incomplete-response` | app |
//! | [`RunError::ErrorResponse`] | `app-error-response` | app |
//! | [`RunError::Exception`] | `app-exception` | app |
//! | [`RunError::Host`] | `platform-error` | ours |

use std::fmt;

use crate::limits::{Limit, LimitHit};

/// Why a run gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// A limit was exceeded.
    #[error("{}", .0.sentence)]
    Limit(Box<LimitHit>),
    /// The guest's code stopped itself: a panic, a failed assertion, an access outside its memory.
    #[error("The app stopped with an error: {reason}. The log and the backtrace of this run say where.")]
    Trap {
        /// What the engine says.
        reason: String,
    },
    /// The guest left with `exit` before it answered.
    #[error(
        "The app left with exit status {status} before it answered; an app answers a request and returns."
    )]
    Exit {
        /// The status it gave.
        status: i32,
    },
    /// The guest returned without an answer.
    #[error("The app returned without an answer; every request needs a call of `response-outparam.set`.")]
    NoResponse,
    /// The guest began an answer and did not finish its body.
    #[error(
        "The app did not finish the body of its answer; a body ends with `outgoing-body.finish`, and a `content-length` must be true."
    )]
    IncompleteResponse,
    /// The guest answered with a `wasi:http` error code instead of a response.
    #[error("The app answered with the error `{code}` instead of a page.")]
    ErrorResponse {
        /// The code's name in `wasi:http/types`.
        code: String,
    },
    /// The app's own code ended with an error that it did not handle, and its runtime said which.
    #[error("The app stopped with an error that it did not handle: {}", ended(message))]
    Exception {
        /// What the error says, such as `TypeError: cannot read property 'x' of undefined`.
        message: String,
    },
    /// The platform failed. The detail is for its log, not for callers.
    #[error(
        "The platform failed while it ran the app; this is not the app's fault. Try again, and tell whoever runs this server if it stays."
    )]
    Host {
        /// What failed; private.
        detail: String,
    },
}

/// The message as the end of a sentence.
fn ended(message: &str) -> String {
    let message = message.trim_end();
    let stop = if message.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{message}{stop}")
}

impl RunError {
    /// The stable code, such as `limit-cpu` or `app-trap`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Limit(hit) => hit.code.code(),
            Self::Trap { .. } => "app-trap",
            Self::Exit { .. } => "app-exit",
            Self::NoResponse => "app-no-response",
            Self::IncompleteResponse => "app-incomplete-response",
            Self::ErrorResponse { .. } => "app-error-response",
            Self::Exception { .. } => "app-exception",
            Self::Host { .. } => "platform-error",
        }
    }

    /// The limit that ended the run, if one did.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        match self {
            Self::Limit(hit) => Some(hit.code),
            Self::Trap { .. }
            | Self::Exit { .. }
            | Self::NoResponse
            | Self::IncompleteResponse
            | Self::ErrorResponse { .. }
            | Self::Exception { .. }
            | Self::Host { .. } => None,
        }
    }

    pub(crate) fn host(detail: impl fmt::Display) -> Self {
        Self::Host {
            detail: detail.to_string(),
        }
    }

    pub(crate) fn over(code: Limit, limit: u64, used: Option<u64>) -> Self {
        Self::Limit(Box::new(LimitHit::new(code, limit, used)))
    }
}

/// Why an engine could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the WebAssembly engine did not start: {0}")]
pub struct SandboxError(pub(crate) String);

/// Why an artefact of ours could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The component imports or exports something else than it should; the upload check normally says so first.
    #[error("The component does not fit this platform: {0}")]
    DoesNotFit(String),
    /// The component needs more of a pool than one run may have.
    #[error(
        "The component is built of {what}: {needed}, and a run may have {allowed}; build it from fewer parts."
    )]
    TooLarge {
        /// What there are too many of.
        what: &'static str,
        /// How many it needs.
        needed: u64,
        /// How many it may have.
        allowed: u64,
    },
    /// The artefact was made by another version or with other settings.
    #[error("The compiled form of the component does not belong to this program: {0}")]
    Foreign(String),
}
