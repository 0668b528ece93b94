//! What goes wrong in PDS: one table of error, status, code and words, and the `OperationOutcome` made from it.
//!
//! Codes and words are those of `Spine-ErrorOrWarningCode`, except [`NOT_IN_THE_SANDBOX`], which is ours and says so by
//! its own code system.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode};

use crate::api_platform::X_C4H_HINT;
use crate::auth::WHERE_THE_TOKEN_IS;
use crate::exchange::reply;
use crate::fhir::media_type::{FHIR_JSON, JSON};
use crate::fhir::outcome::{self, Coding, Issue, IssueSeverity, IssueType};
use crate::interface::Fault;

const SPINE_SYSTEM: &str = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode";
/// Ours: for what no NHS interface answers.
const OWN_SYSTEM: &str = "https://code4health.example/CodeSystem/sandbox-outcome";

/// One error that PDS can answer.
#[derive(Debug)]
pub(super) struct PdsError {
    pub(super) fault: Fault,
    kind: IssueType,
    severity: IssueSeverity,
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
    Sandbox,
}

pub(super) const MISSING_VALUE: PdsError = PdsError {
    fault: Fault {
        status: 400,
        code: "MISSING_VALUE",
        display: "Required value is missing",
        when: "X-Request-ID is missing, or a search has no date of birth.",
    },
    kind: IssueType::Required,
    severity: IssueSeverity::Error,
    voice: Voice::Service,
};
pub(super) const INVALID_VALUE: PdsError = PdsError {
    fault: Fault {
        status: 400,
        code: "INVALID_VALUE",
        display: "Provided value is invalid",
        when: "A header or a search parameter holds something it cannot hold.",
    },
    kind: IssueType::Value,
    severity: IssueSeverity::Error,
    voice: Voice::Service,
};
pub(super) const INVALID_RESOURCE_ID: PdsError = PdsError {
    fault: Fault {
        status: 400,
        code: "INVALID_RESOURCE_ID",
        display: "Resource Id is invalid",
        when: "The NHS number is not ten digits, or its check digit is wrong.",
    },
    kind: IssueType::Value,
    severity: IssueSeverity::Error,
    voice: Voice::Service,
};
pub(super) const INVALID_SEARCH_DATA: PdsError = PdsError {
    fault: Fault {
        status: 400,
        code: "INVALID_SEARCH_DATA",
        display: "Search data is invalid",
        when: "A search has no family name, or both spellings of the postcode parameter.",
    },
    kind: IssueType::Value,
    severity: IssueSeverity::Error,
    voice: Voice::Service,
};
pub(super) const UNSUPPORTED_SERVICE: PdsError = PdsError {
    fault: Fault {
        status: 400,
        code: "UNSUPPORTED_SERVICE",
        display: "Unsupported Service",
        when: "A search has no parameters, a read has no NHS number, or the path does not have the method.",
    },
    kind: IssueType::Processing,
    severity: IssueSeverity::Error,
    voice: Voice::Service,
};
pub(super) const ADDITIONAL_PROPERTIES: PdsError = PdsError {
    fault: Fault {
        status: 400,
        code: "ADDITIONAL_PROPERTIES",
        display: "Additional properties should not be included",
        when: "A search has a parameter that PDS does not know.",
    },
    kind: IssueType::Invariant,
    severity: IssueSeverity::Error,
    voice: Voice::Service,
};
pub(super) const TOO_MANY_VALUES_SUBMITTED: PdsError = PdsError {
    fault: Fault {
        status: 400,
        code: "TOO_MANY_VALUES_SUBMITTED",
        display: "Too many values submitted",
        when: "A search has more than 100 parameters.",
    },
    kind: IssueType::Value,
    severity: IssueSeverity::Error,
    voice: Voice::Service,
};
pub(super) const UNSUPPORTED_REQUEST: PdsError = PdsError {
    fault: Fault {
        status: 400,
        code: "UNSUPPORTED_REQUEST",
        display: "The request is not one that is supported.",
        when: "The path is not one of PDS's.",
    },
    kind: IssueType::Value,
    severity: IssueSeverity::Error,
    voice: Voice::Proxy,
};
pub(super) const ACCESS_DENIED: PdsError = PdsError {
    fault: Fault {
        status: 401,
        code: "ACCESS_DENIED",
        display: "Access Denied - Unauthorised",
        when: "The access token is missing or nobody was given it.",
    },
    kind: IssueType::Forbidden,
    severity: IssueSeverity::Error,
    voice: Voice::Proxy,
};
pub(super) const RESOURCE_NOT_FOUND: PdsError = PdsError {
    fault: Fault {
        status: 404,
        code: "RESOURCE_NOT_FOUND",
        display: "Resource not found",
        when: "Nobody has this NHS number.",
    },
    kind: IssueType::NotFound,
    severity: IssueSeverity::Information,
    voice: Voice::Service,
};
pub(super) const INVALIDATED_RESOURCE: PdsError = PdsError {
    fault: Fault {
        status: 404,
        code: "INVALIDATED_RESOURCE",
        display: "Resource that has been marked as invalid was requested - invalid resources cannot be retrieved",
        when: "The NHS number was given by mistake.",
    },
    kind: IssueType::Processing,
    severity: IssueSeverity::Error,
    voice: Voice::Service,
};
pub(super) const TOO_MANY_MATCHES: PdsError = PdsError {
    fault: Fault {
        status: 200,
        code: "TOO_MANY_MATCHES",
        display: "Too Many Matches",
        when: "More people match than _max-results allows. The status is 200: look at resourceType.",
    },
    kind: IssueType::MultipleMatches,
    severity: IssueSeverity::Information,
    voice: Voice::Service,
};
pub(super) const UNKNOWN_ERROR: PdsError = PdsError {
    fault: Fault {
        status: 502,
        code: "UNKNOWN_ERROR",
        display: "Unknown Error",
        when: "OPTIONS without the headers of a preflight request.",
    },
    kind: IssueType::Unknown,
    severity: IssueSeverity::Error,
    voice: Voice::Proxy,
};
pub(super) const NOT_IN_THE_SANDBOX: PdsError = PdsError {
    fault: Fault {
        status: 501,
        code: "NOT_IN_THE_SANDBOX_YET",
        display: "Not in this sandbox yet",
        when: "The NHS's PDS can do this and this one cannot yet: the text says what, and what to use instead.",
    },
    kind: IssueType::NotSupported,
    severity: IssueSeverity::Error,
    voice: Voice::Sandbox,
};

/// A request that is refused, with the words that belong to this one case.
#[derive(Debug)]
pub(super) struct Refused {
    error: &'static PdsError,
    diagnostics: Option<String>,
    hint: Option<&'static str>,
}

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
        Self {
            error,
            diagnostics: Some(diagnostics.into()),
            hint: None,
        }
    }

    /// Tells where the workspace's own token is.
    pub(super) fn with_token_hint(self) -> Self {
        Self {
            hint: Some(WHERE_THE_TOKEN_IS),
            ..self
        }
    }

    pub(super) fn answer(self) -> Response<Body> {
        let PdsError {
            fault,
            kind,
            severity,
            voice,
        } = self.error;
        let system = if *voice == Voice::Sandbox {
            OWN_SYSTEM
        } else {
            SPINE_SYSTEM
        };
        let body = outcome::body(&Issue {
            severity: *severity,
            kind: *kind,
            coding: Coding {
                system,
                version: "1",
                code: fault.code,
                display: fault.display,
            },
            diagnostics: self.diagnostics.as_deref(),
        });
        let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let media_type = if *voice == Voice::Proxy { JSON } else { FHIR_JSON };
        let mut response = reply(status, media_type, body);
        if let Some(hint) = self.hint {
            response
                .headers_mut()
                .insert(X_C4H_HINT, HeaderValue::from_static(hint));
        }
        response
    }
}
