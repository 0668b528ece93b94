//! What goes wrong in PDS: one table of error, status, code and words, and the `OperationOutcome` made from it.
//!
//! Codes and words are those of `Spine-ErrorOrWarningCode`, except [`NOT_POSSIBLE_HERE`], which is ours and says so by
//! its own code system.

mod outcome;

use axum::body::Body;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};

use crate::Profile;
use crate::api_platform::X_C4H_HINT;
use crate::auth::WHERE_THE_TOKEN_IS;
use crate::exchange::reply;
use crate::fhir::media_type::{FHIR_JSON, JSON};
use crate::interface::Fault;

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

const fn service(
    status: u16,
    (code, display): (&'static str, &'static str),
    kind: &'static str,
    when: &'static str,
) -> PdsError {
    PdsError {
        fault: Fault {
            status,
            code,
            display,
            when,
        },
        kind,
        severity: "error",
        voice: Voice::Service,
    }
}

const fn proxy(
    status: u16,
    words: (&'static str, &'static str),
    kind: &'static str,
    when: &'static str,
) -> PdsError {
    PdsError {
        voice: Voice::Proxy,
        ..service(status, words, kind, when)
    }
}

const fn information(error: PdsError) -> PdsError {
    PdsError {
        severity: "information",
        ..error
    }
}

pub(super) const MISSING_VALUE: PdsError = service(
    400,
    ("MISSING_VALUE", "Required value is missing"),
    "required",
    "X-Request-ID is missing, a search has no date of birth, or a body lacks a part that it must have.",
);
pub(super) const INVALID_VALUE: PdsError = service(
    400,
    ("INVALID_VALUE", "Provided value is invalid"),
    "value",
    "A header, a search parameter or a part of the body holds something it cannot hold.",
);
pub(super) const INVALID_RESOURCE_ID: PdsError = service(
    400,
    ("INVALID_RESOURCE_ID", "Resource Id is invalid"),
    "value",
    "The NHS number is not ten digits, or its check digit is wrong.",
);
pub(super) const INVALID_SEARCH_DATA: PdsError = service(
    400,
    ("INVALID_SEARCH_DATA", "Search data is invalid"),
    "value",
    "The parameters of a search do not go together, or are too few.",
);
pub(super) const UNSUPPORTED_SERVICE: PdsError = service(
    400,
    ("UNSUPPORTED_SERVICE", "Unsupported Service"),
    "processing",
    "A search has no parameters, a read has no NHS number, the path does not have the method, or the media type is wrong.",
);
pub(super) const ADDITIONAL_PROPERTIES: PdsError = service(
    400,
    (
        "ADDITIONAL_PROPERTIES",
        "Additional properties should not be included",
    ),
    "invariant",
    "A search has a parameter, or a body a part, that PDS does not know.",
);
pub(super) const TOO_FEW_VALUES_SUBMITTED: PdsError = service(
    400,
    ("TOO_FEW_VALUES_SUBMITTED", "Too few values submitted"),
    "value",
    "A list in the body has fewer items than it must have.",
);
pub(super) const TOO_MANY_VALUES_SUBMITTED: PdsError = service(
    400,
    ("TOO_MANY_VALUES_SUBMITTED", "Too many values submitted"),
    "value",
    "A search has more than 100 parameters, or a list in the body more items than it may have.",
);
pub(super) const UNSUPPORTED_CHARACTERS: PdsError = service(
    400,
    (
        "UNSUPPORTED_CHARACTERS_IN_FIELD",
        "Unsupported characters in field",
    ),
    "value",
    "A name holds a character that PDS does not take.",
);
pub(super) const INVALID_UPDATE: PdsError = service(
    400,
    ("INVALID_UPDATE", "Update is invalid"),
    "structure",
    "A patch cannot be applied, or what it leads to breaks a rule.",
);
pub(super) const INVALID_CREATE: PdsError = service(
    400,
    ("INVALID_CREATE", "Patient create data is invalid"),
    "value",
    "What is sent to create a patient breaks a rule.",
);
pub(super) const DEATH_STATUS_INCONSISTENT: PdsError = service(
    400,
    (
        "INSERT_BIRTH_DEATH_STATUS_INCONSISTENT",
        "INSERT_BIRTH_DEATH_STATUS_INCONSISTENT",
    ),
    "processing",
    "A birth says that the child has died, and that it was born alive.",
);
pub(super) const CHILD_OVER_SIX_MONTHS: PdsError = service(
    400,
    ("INVALID_DOB_OVER_SIX_MONTHS", "INVALID_DOB_OVER_SIX_MONTHS"),
    "processing",
    "The child was born more than six months ago.",
);
pub(super) const UNSUPPORTED_REQUEST: PdsError = proxy(
    400,
    ("UNSUPPORTED_REQUEST", "The request is not one that is supported."),
    "value",
    "The path is not one of PDS's.",
);
pub(super) const ACCESS_DENIED: PdsError = proxy(
    401,
    ("ACCESS_DENIED", "Access Denied - Unauthorised"),
    "forbidden",
    "The access token is missing or nobody was given it.",
);
pub(super) const PATIENT_DENIED: PdsError = proxy(
    403,
    ("ACCESS_DENIED", "Patient cannot perform this action"),
    "forbidden",
    "A patient asks for somebody else's record, or for what only others may do.",
);
pub(super) const COVERAGE_READ_BY_APPLICATION: PdsError = proxy(
    403,
    (
        "ACCESS_DENIED",
        "Cannot GET resource with application-restricted access token",
    ),
    "forbidden",
    "Nobody is logged in: only patients may ask for their insurance.",
);
pub(super) const COVERAGE_READ_BY_WORKER: PdsError = proxy(
    403,
    (
        "ACCESS_DENIED",
        "Cannot GET resource with user-restricted access token",
    ),
    "forbidden",
    "A healthcare worker is logged in: only patients may ask for their insurance.",
);
pub(super) const COVERAGE_SENT_BY_APPLICATION: PdsError = proxy(
    403,
    (
        "ACCESS_DENIED",
        "Cannot POST resource with application-restricted access token",
    ),
    "forbidden",
    "Nobody is logged in: only patients may change their insurance.",
);
pub(super) const COVERAGE_SENT_BY_WORKER: PdsError = proxy(
    403,
    (
        "ACCESS_DENIED",
        "Cannot POST resource with user-restricted access token",
    ),
    "forbidden",
    "A healthcare worker is logged in: only patients may change their insurance.",
);
pub(super) const UPDATE_BY_APPLICATION: PdsError = proxy(
    403,
    (
        "INVALID_METHOD",
        "Cannot update resource with application-restricted access token",
    ),
    "forbidden",
    "Nobody is logged in: an application may not update.",
);
pub(super) const CREATE_BY_APPLICATION: PdsError = proxy(
    403,
    (
        "INVALID_METHOD",
        "Cannot create resource with application-restricted access token",
    ),
    "forbidden",
    "Nobody is logged in: an application may not create.",
);
pub(super) const MORE_THAN_ONE_RESULT: PdsError = proxy(
    403,
    (
        "INVALID_VALUE",
        "Cannot retrieve more than one result with application-restricted access token",
    ),
    "token",
    "Nobody is logged in, and _max-results is not 1.",
);
pub(super) const FORBIDDEN_UPDATE: PdsError = information(service(
    403,
    ("FORBIDDEN_UPDATE", "Update is forbidden"),
    "forbidden",
    "A patch takes away or changes what may not be taken away or changed.",
));
pub(super) const RESOURCE_NOT_FOUND: PdsError = information(service(
    404,
    ("RESOURCE_NOT_FOUND", "Resource not found"),
    "not-found",
    "Nobody has this NHS number.",
));
pub(super) const INVALIDATED_RESOURCE: PdsError = service(
    404,
    (
        "INVALIDATED_RESOURCE",
        "Resource that has been marked as invalid was requested - invalid resources cannot be retrieved",
    ),
    "processing",
    "The NHS number was given by mistake.",
);
pub(super) const RESOURCE_VERSION_MISMATCH: PdsError = service(
    409,
    (
        "RESOURCE_VERSION_MISMATCH",
        "Resource version supplied does not match actual version",
    ),
    "conflict",
    "If-Match names another version than the record has: somebody was faster, or it was never read.",
);
pub(super) const PRECONDITION_FAILED: PdsError = service(
    412,
    ("PRECONDITION_FAILED", "Required condition was not fulfilled"),
    "structure",
    "If-Match is missing.",
);
pub(super) const TOO_MANY_MATCHES: PdsError = information(service(
    200,
    ("TOO_MANY_MATCHES", "Too Many Matches"),
    "multiple-matches",
    "More people match than _max-results allows. The status is 200: look at resourceType.",
));
pub(super) const SINGLE_MATCH: PdsError = service(
    200,
    ("SINGLE_MATCH", "Single match found"),
    "value",
    "Somebody like this has an NHS number: nobody was created. The status is 200: look at resourceType.",
);
pub(super) const MULTIPLE_MATCHES: PdsError = service(
    200,
    ("MULTIPLE_MATCHES", "Multiple matches found"),
    "value",
    "Several people like this have NHS numbers: nobody was created. The status is 200: look at resourceType.",
);
pub(super) const SERVICE_UNAVAILABLE: PdsError = service(
    503,
    ("SERVICE_UNAVAILABLE", "Service unavailable"),
    "timeout",
    "X-Sync-Wait is less than a second, or the records cannot be reached: send the same request again.",
);
pub(super) const UNKNOWN_ERROR: PdsError = proxy(
    502,
    ("UNKNOWN_ERROR", "Unknown Error"),
    "unknown",
    "OPTIONS without the headers of a preflight request.",
);
pub(super) const NOT_POSSIBLE_HERE: PdsError = PdsError {
    voice: Voice::Here,
    ..service(
        501,
        ("NOT_IN_THE_SANDBOX_YET", "Not in this sandbox yet"),
        "not-supported",
        "The NHS's PDS can do this and this one cannot: the text says what, and what to use instead.",
    )
};

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
