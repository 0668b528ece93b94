//! What goes wrong in PDS: a request that is refused, and the `OperationOutcome` that says so.

mod outcome;
mod table;

use axum::body::Body;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};

use crate::Profile;
use crate::api_platform::X_C4H_HINT;
use crate::auth::WHERE_THE_TOKEN_IS;
use crate::exchange::reply;
use crate::fhir::media_type::{FHIR_JSON, JSON};
use crate::interface::Fault;

pub(super) use table::*;

/// One error that PDS can answer.
#[derive(Debug)]
pub(super) struct PdsError {
    pub(super) fault: Fault,
    /// FHIR's kind of issue, as PDS writes it: one of them is not in FHIR's list.
    kind: &'static str,
    severity: &'static str,
    voice: Voice,
}

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    /// PDS itself.
    Service,
    /// The proxy in front of it, which answers `application/json`.
    Proxy,
    /// This program.
    Here,
}

/// A request that is refused, with the words that belong to this one case.
#[derive(Debug)]
pub(super) struct Refused {
    error: &'static PdsError,
    diagnostics: Option<String>,
    hint: Option<&'static str>,
}

/// Longest words of one case, in characters: they repeat what was sent, and an answer stays small.
const MOST_CHARACTERS: usize = 2_000;

impl Refused {
    /// Refused without further words.
    pub(super) const fn plainly(error: &'static PdsError) -> Self {
        Self {
            error,
            diagnostics: None,
            hint: None,
        }
    }

    pub(super) fn saying(error: &'static PdsError, diagnostics: impl Into<String>) -> Self {
        let mut diagnostics = diagnostics.into();
        if let Some((end, _)) = diagnostics.char_indices().nth(MOST_CHARACTERS) {
            diagnostics.truncate(end);
        }
        Self {
            error,
            diagnostics: Some(diagnostics),
            hint: None,
        }
    }

    /// `INVALID_VALUE` in PDS's words; `field` is a parameter or the path of a part of the body.
    pub(super) fn invalid(field: &str, value: &str) -> Self {
        let value = crate::api_platform::shortened(value);
        Self::saying(
            &INVALID_VALUE,
            format!("Invalid value - '{value}' in field '{field}'"),
        )
    }

    /// `MISSING_VALUE` in PDS's words; `field` is the path of a part of the body.
    pub(super) fn missing(field: &str) -> Self {
        Self::saying(&MISSING_VALUE, format!("Missing value - '{field}'"))
    }

    /// `INVALID_UPDATE` in PDS's words.
    pub(super) fn invalid_update(why: &str) -> Self {
        Self::saying(&INVALID_UPDATE, format!("Invalid update with error - {why}"))
    }

    /// `FORBIDDEN_UPDATE` in PDS's words.
    pub(super) fn forbidden_update(why: &str) -> Self {
        Self::saying(&FORBIDDEN_UPDATE, format!("Forbidden update with error - {why}"))
    }

    /// The same for somebody who is created: what breaks a rule of updates breaks one of creates, and a field stands
    /// `at` a place in what was sent.
    pub(super) fn of_a_create(self, at: &str) -> Self {
        let said = self.diagnostics.unwrap_or_default();
        let why = ["Invalid update with error - ", "Forbidden update with error - "]
            .iter()
            .find_map(|beginning| said.strip_prefix(beginning));
        match why {
            Some(why) => Self::saying(
                &INVALID_CREATE,
                format!("Invalid patient create data provided - '{why}'"),
            ),
            None => Self {
                diagnostics: Some(said.replace("in field '", &format!("in field '{at}")).replacen(
                    "Missing value - '",
                    &format!("Missing value - '{at}"),
                    1,
                )),
                ..self
            },
        }
    }

    /// The records cannot be read or written just now.
    pub(super) fn records(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "PDS cannot reach its records");
        Self::timed_out()
    }

    /// PDS took longer than the caller waits.
    pub(super) fn timed_out() -> Self {
        Self::saying(
            &SERVICE_UNAVAILABLE,
            "The downstream domain processing has not completed within the configured timeout period. Using the same \
             'X-Request-ID' header, retry your request after the time specified by the 'Retry-After' response header.",
        )
    }

    /// Tells where the workspace's own token is.
    pub(super) fn with_token_hint(self) -> Self {
        Self {
            hint: Some(WHERE_THE_TOKEN_IS),
            ..self
        }
    }

    /// The answer. The NHS's sandbox is one program: it has no proxy whose media type would differ.
    pub(super) fn answer(self, profile: Profile) -> Response<Body> {
        let PdsError {
            fault,
            kind,
            severity,
            voice,
        } = self.error;
        let body = outcome::body(
            fault,
            kind,
            severity,
            *voice == Voice::Here,
            self.diagnostics.as_deref(),
        );
        let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let media_type = if *voice == Voice::Proxy && profile == Profile::Int {
            JSON
        } else {
            FHIR_JSON
        };
        let mut response = reply(status, media_type, body);
        let headers = response.headers_mut();
        if let Some(hint) = self.hint {
            headers.insert(X_C4H_HINT, HeaderValue::from_static(hint));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            // Seconds: the NHS's own number.
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
