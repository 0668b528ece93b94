//! What can be made of one answer while a run is repeated.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde::{Deserialize, Serialize};

/// How long [`FaultName::Slow`] holds an answer back: longer than people like, shorter than the wall limit.
pub(crate) const SLOW: Duration = Duration::from_secs(3);

/// A way in which an interface can answer badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultName {
    /// The answer comes late.
    Slow,
    /// No answer comes.
    Timeout,
    /// The interface fails.
    #[serde(rename = "status-500")]
    Status500,
    /// The interface is being looked after.
    #[serde(rename = "status-503")]
    Status503,
    /// It is not there.
    #[serde(rename = "status-404")]
    Status404,
    /// There were too many calls.
    #[serde(rename = "status-429")]
    Status429,
    /// Nobody listens.
    Refused,
    /// The body is not JSON.
    MalformedJson,
    /// The body ends in the middle.
    Truncated,
    /// The body is empty.
    Empty,
}

impl FaultName {
    /// All of them, for documents and tests.
    pub const ALL: &[Self] = &[
        Self::Slow,
        Self::Timeout,
        Self::Status500,
        Self::Status503,
        Self::Status404,
        Self::Status429,
        Self::Refused,
        Self::MalformedJson,
        Self::Truncated,
        Self::Empty,
    ];

    /// The name, such as `status-503`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Timeout => "timeout",
            Self::Status500 => "status-500",
            Self::Status503 => "status-503",
            Self::Status404 => "status-404",
            Self::Status429 => "status-429",
            Self::Refused => "refused",
            Self::MalformedJson => "malformed-json",
            Self::Truncated => "truncated",
            Self::Empty => "empty",
        }
    }

    /// What happens, in plain words.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Slow => "The answer comes three seconds late.",
            Self::Timeout => "No answer comes, and the app is told that the time for it has run out.",
            Self::Status500 => "The interface answers that it failed (status 500).",
            Self::Status503 => {
                "The interface answers that it is not available, and to try again in five seconds (status 503)."
            }
            Self::Status404 => "The interface answers that there is no such thing (status 404).",
            Self::Status429 => {
                "The interface answers that there were too many calls, and to try again in five seconds (status 429)."
            }
            Self::Refused => "The connection is refused, as if the interface were switched off.",
            Self::MalformedJson => "The answer has its usual status, and its body is not valid JSON.",
            Self::Truncated => "The connection breaks in the middle of the answer's body.",
            Self::Empty => "The answer has its usual status and an empty body.",
        }
    }

    const fn status(self) -> Option<(StatusCode, &'static str, &'static str)> {
        match self {
            Self::Status500 => Some((
                StatusCode::INTERNAL_SERVER_ERROR,
                "exception",
                "The interface failed.",
            )),
            Self::Status503 => Some((
                StatusCode::SERVICE_UNAVAILABLE,
                "transient",
                "The interface is not available.",
            )),
            Self::Status404 => Some((StatusCode::NOT_FOUND, "not-found", "There is no such thing.")),
            Self::Status429 => Some((
                StatusCode::TOO_MANY_REQUESTS,
                "throttled",
                "There were too many calls.",
            )),
            Self::Slow
            | Self::Timeout
            | Self::Refused
            | Self::MalformedJson
            | Self::Truncated
            | Self::Empty => None,
        }
    }

    /// What this fault makes of an answer. Faults of the connection leave it as it is.
    pub(crate) fn apply(self, response: Response<Bytes>) -> Response<Bytes> {
        if let Some((status, code, text)) = self.status() {
            return with_status(&response, status, code, text);
        }
        match self {
            Self::MalformedJson => with_body(response, |body| {
                let mut broken = body.to_vec();
                match broken.iter().position(|byte| *byte == b':') {
                    // A key without its colon: every parser stumbles over it.
                    Some(colon) => {
                        broken.remove(colon);
                    }
                    None => broken.extend_from_slice(b"{\""),
                }
                broken.into()
            }),
            Self::Empty => with_body(response, |_| Bytes::new()),
            Self::Slow
            | Self::Timeout
            | Self::Status500
            | Self::Status503
            | Self::Status404
            | Self::Status429
            | Self::Refused
            | Self::Truncated => response,
        }
    }
}

/// An answer of an interface that speaks FHIR is an OperationOutcome; any other is a problem document.
fn with_status(response: &Response<Bytes>, status: StatusCode, code: &str, text: &str) -> Response<Bytes> {
    let fhir = response.headers().get(CONTENT_TYPE).filter(|value| {
        value
            .as_bytes()
            .windows(4)
            .any(|word| word.eq_ignore_ascii_case(b"fhir"))
    });
    let (media_type, body) = match fhir {
        Some(media_type) => (
            media_type.clone(),
            format!(
                r#"{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"{code}","diagnostics":"{text}"}}]}}"#
            ),
        ),
        None => (
            HeaderValue::from_static("application/problem+json"),
            format!(r#"{{"title":"{text}","status":{}}}"#, status.as_u16()),
        ),
    };
    let mut bad = Response::new(Bytes::from(body));
    *bad.status_mut() = status;
    bad.headers_mut().insert(CONTENT_TYPE, media_type);
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        bad.headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    bad
}

fn with_body(response: Response<Bytes>, change: impl FnOnce(Bytes) -> Bytes) -> Response<Bytes> {
    let mut bad = response.map(change);
    if bad.headers().contains_key(CONTENT_LENGTH) {
        let length = HeaderValue::from(bad.body().len());
        bad.headers_mut().insert(CONTENT_LENGTH, length);
    }
    bad
}

impl fmt::Display for FaultName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no fault of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault `{0}`; the faults are {names}", names = names())]
pub struct UnknownFault(pub String);

fn names() -> String {
    FaultName::ALL
        .iter()
        .map(|fault| fault.name())
        .collect::<Vec<_>>()
        .join(", ")
}

impl FromStr for FaultName {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        Self::ALL
            .iter()
            .copied()
            .find(|fault| fault.name() == text)
            .ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(media_type: &str) -> Response<Bytes> {
        Response::builder()
            .header(CONTENT_TYPE, media_type)
            .header(CONTENT_LENGTH, "24")
            .body(Bytes::from_static(br#"{"resourceType":"Bundle"}"#))
            .unwrap()
    }

    #[test]
    fn names_come_back_and_are_the_same_everywhere() {
        for fault in FaultName::ALL {
            assert_eq!(fault.name().parse(), Ok(*fault));
            assert_eq!(serde_json::to_value(fault).unwrap(), fault.name());
            assert!(fault.sentence().ends_with('.'));
        }
        let unknown = "slwo".parse::<FaultName>().unwrap_err().to_string();
        assert!(
            unknown.contains("slwo") && unknown.contains("status-429"),
            "{unknown}"
        );
    }

    #[test]
    fn an_answer_is_made_bad_in_the_language_of_the_interface() {
        let fhir = FaultName::Status429.apply(answer("application/fhir+json"));
        assert_eq!(
            (fhir.status().as_u16(), fhir.headers()[RETRY_AFTER].as_bytes()),
            (429, &b"5"[..])
        );
        let body: serde_json::Value = serde_json::from_slice(fhir.body()).unwrap();
        assert_eq!(body["issue"][0]["code"], "throttled");
        let plain = FaultName::Status404.apply(answer("text/plain"));
        let body: serde_json::Value = serde_json::from_slice(plain.body()).unwrap();
        assert_eq!(body["status"], 404);

        let malformed = FaultName::MalformedJson.apply(answer("application/json"));
        assert!(serde_json::from_slice::<serde_json::Value>(malformed.body()).is_err());
        assert_eq!(
            malformed.headers()[CONTENT_LENGTH],
            malformed.body().len().to_string()
        );
        let empty = FaultName::Empty.apply(answer("application/json"));
        assert_eq!((empty.status().as_u16(), empty.body().len()), (200, 0));
        assert_eq!(FaultName::Slow.apply(answer("a/b")).body(), answer("a/b").body());
    }
}
