//! What one run learned from the world: enough to let it learn the same again.

mod differences;
mod wire;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

pub(crate) use self::differences::check_of;
use self::differences::is_masked;
pub use self::wire::TapedBody;
use self::wire::header_pairs;
use crate::egress::CallLabel;
use crate::limits::Limits;

/// How much of bodies one tape holds, in bytes, all together. A page reads a few patients and a page of results: 100 KiB.
pub const TAPE_BYTES: usize = 2 * 1024 * 1024;

/// The tape of one run. Secrets are not on it: it holds the names of secret variables, `[secret]` where a secret appeared in a message, and
/// of headers that carry keys it holds what the trace does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tape {
    /// The run that was recorded.
    pub run_id: String,
    /// The workspace's time at its start.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// What it might use.
    pub limits: Limits,
    pub(crate) method: String,
    pub(crate) uri: String,
    #[serde(with = "header_pairs")]
    pub(crate) headers: HeaderMap,
    pub(crate) body: TapedBody,
    pub(crate) environment: Vec<(String, TapedValue)>,
    /// All randomness of the run comes from it.
    pub(crate) seed: [u8; 32],
    /// What the clock said, in milliseconds after the start, and how often in a row it said so.
    pub(crate) clock: Vec<(u32, u32)>,
    /// What the guest noticed when it waited for several things at once: for each wait the number of things, then one byte for each.
    pub(crate) polls: Vec<u8>,
    pub(crate) calls: Vec<TapedCall>,
    /// Why something is missing.
    pub(crate) cut: Option<String>,
    /// Names of secret variables, each with what tells another value from the one that it had.
    #[serde(default)]
    pub(crate) checks: Vec<(String, u16)>,
}

/// A variable of the environment, on a tape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TapedValue {
    /// Its value.
    Plain(String),
    /// It was a secret; who repeats the run gives the value it has then.
    Secret,
}

/// One call, on a tape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TapedCall {
    /// Its position in the run, as in the trace.
    pub number: u32,
    /// Whether it went to something that belongs to the app itself.
    pub is_own: bool,
    /// Method, such as `GET`.
    pub method: String,
    /// The absolute address, secrets masked.
    pub url: String,
    pub(crate) fingerprint: [u8; 16],
    /// What became of it; `None` when the run ended first.
    pub(crate) end: Option<TapedEnd>,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TapedEnd {
    /// Its place among all calls that ended, from 0.
    pub(crate) order: u32,
    pub(crate) answer: TapedAnswer,
    pub(crate) label: Option<CallLabel>,
    pub(crate) notes: Vec<String>,
    pub(crate) fault: Option<String>,
    /// Whether the body broke off in the middle.
    #[serde(default)]
    pub(crate) is_truncated: bool,
}

/// An answer, or why there was none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TapedAnswer {
    /// Somebody answered.
    Answered {
        /// Status code.
        status: u16,
        /// Headers.
        #[serde(with = "header_pairs")]
        headers: HeaderMap,
        /// The whole body.
        body: TapedBody,
    },
    /// Nobody may be reached there.
    Refused {
        /// Why.
        reason: String,
    },
    /// The guest did not want to wait any longer.
    GaveUp {
        /// How long it waited, in milliseconds.
        after_ms: u64,
    },
    /// No answer came in time.
    TimedOut,
    /// Nobody listened.
    Unreachable,
    /// The platform failed.
    Failed,
    /// The tape had no more room for it.
    Lost,
}

/// How the platform's side of a call ended, while the run goes on.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once a call and taken apart at once; a box would only cost an allocation"
)]
pub(crate) enum Ending {
    /// Somebody answered.
    Answered(Response<Bytes>, Option<CallLabel>, Vec<String>),
    /// Nobody may be reached there.
    Refused(String),
    /// The guest did not want to wait any longer, after so many milliseconds.
    GaveUp(u64),
    /// No answer came in time.
    TimedOut,
    /// Nobody listens there.
    Unreachable,
    /// The platform failed.
    Failed,
}

/// Tells calls apart: method, address and body, secrets masked before.
pub(crate) fn fingerprint(method: &str, url: &str, body: &[u8]) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(method);
    hash.update([0]);
    hash.update(url);
    hash.update([0]);
    hash.update(body);
    let mut fingerprint = [0; 16];
    for (byte, hashed) in fingerprint.iter_mut().zip(hash.finalize()) {
        *byte = hashed;
    }
    fingerprint
}

impl Tape {
    /// Whether everything is on it. A run can be repeated on an incomplete tape as well, as far as it goes.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.cut.is_none()
    }

    /// Why it is not whole, such as "the run waited too often": the end of a sentence.
    #[must_use]
    pub fn cut(&self) -> Option<&str> {
        self.cut.as_deref()
    }

    /// The request that started the run.
    #[must_use]
    pub fn request(&self) -> Request<Bytes> {
        let mut request = Request::new(self.body.0.clone());
        // Both were a request's own before.
        *request.method_mut() = self.method.parse().unwrap_or_default();
        *request.uri_mut() = self.uri.parse().unwrap_or_default();
        *request.headers_mut() = self.headers.clone();
        request
    }

    /// The calls of the run, in the order it made them.
    #[must_use]
    pub fn calls(&self) -> &[TapedCall] {
        &self.calls
    }

    /// The environment of the run; `secret` gives the value that a secret has now.
    #[must_use]
    pub fn environment(&self, secret: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
        self.environment
            .iter()
            .filter_map(|(name, value)| {
                let value = match value {
                    TapedValue::Plain(value) => value.clone(),
                    TapedValue::Secret => secret(name)?,
                };
                Some((name.clone(), value))
            })
            .collect()
    }

    /// Whether an address was the app's own: whether a call of the same host was.
    pub(crate) fn is_own(&self, uri: &http::Uri) -> bool {
        let host = uri.host();
        self.calls.iter().any(|call| {
            call.is_own
                && call
                    .url
                    .parse::<http::Uri>()
                    .is_ok_and(|known| known.host() == host)
        })
    }

    /// Roughly the memory this tape holds, in bytes, for whoever keeps many of them within a budget.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        let calls: usize = self.calls.iter().map(TapedCall::weight_bytes).sum();
        let environment: usize = self
            .environment
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    TapedValue::Plain(value) => value.len(),
                    TapedValue::Secret => 0,
                };
                size_of::<(String, TapedValue)>() + name.len() + value
            })
            .sum();
        let waits = self.clock.len() * size_of::<(u32, u32)>() + self.polls.len();
        size_of::<Self>()
            + self.uri.len()
            + header_weight(&self.headers)
            + self.body.0.len()
            + environment
            + waits
            + calls
    }
}

impl TapedCall {
    /// Whether somebody answered it.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        let end = self.end.as_ref();
        end.is_some_and(|end| matches!(end.answer, TapedAnswer::Answered { .. }))
    }

    /// Whether a secret was masked in its answer.
    fn is_masked(&self) -> bool {
        match self.end.as_ref().map(|end| &end.answer) {
            Some(TapedAnswer::Answered { headers, body, .. }) => {
                is_masked(&body.0) || headers.values().any(|value| is_masked(value.as_bytes()))
            }
            _ => false,
        }
    }

    fn weight_bytes(&self) -> usize {
        let end = self.end.as_ref().map_or(0, |end| match &end.answer {
            TapedAnswer::Answered { headers, body, .. } => header_weight(headers) + body.0.len(),
            TapedAnswer::Refused { reason } => reason.len(),
            TapedAnswer::GaveUp { .. }
            | TapedAnswer::TimedOut
            | TapedAnswer::Unreachable
            | TapedAnswer::Failed
            | TapedAnswer::Lost => 0,
        });
        size_of::<Self>() + self.url.len() + end
    }
}

/// A map of headers costs about this much for each, besides its text.
const HEADER_BYTES: usize = 64;

fn header_weight(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| HEADER_BYTES + name.as_str().len() + value.len())
        .sum()
}
