//! What goes wrong in the immunisation history, as an `OperationOutcome`.

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::exchange::reply;
use crate::fhir::media_type::FHIR_JSON;
use crate::interface::Fault;

const PROFILE: &str = "https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome";
const SYSTEM: &str = "https://fhir.nhs.uk/Codesystem/http-error-codes";

/// A kind of error: its statement, and the code of the issue.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) fault: Fault,
    issue: &'static str,
}

macro_rules! kinds {
    ($($name:ident $status:literal $issue:literal $code:literal $when:literal;)*) => {
        $(
            pub(super) static $name: Kind = Kind {
                fault: Fault { status: $status, code: $code, display: $when, when: $when },
                issue: $issue,
            };
        )*
    };
}

kinds! {
    INVALID 400 "invalid" "INVALID" "A parameter, a header or the body is not what belongs there.";
    INVARIANT 400 "invariant" "INVARIANT" "The vaccination says too little, or something that cannot be.";
    UNAUTHORIZED 401 "forbidden" "UNAUTHORIZED" "Nobody is logged in.";
    FORBIDDEN 403 "forbidden" "FORBIDDEN" "The caller may not see or record this.";
    NOT_FOUND 404 "not-found" "NOT-FOUND" "There is no vaccination with this id.";
    NOT_SUPPORTED 405 "not-supported" "NOT-SUPPORTED" "The address is not asked with this method.";
    DUPLICATE 422 "duplicate" "DUPLICATE" "There is a vaccination with this identifier already.";
    EXCEPTION 500 "exception" "EXCEPTION" "The service itself failed.";
    NOT_IMPLEMENTED 501 "not-supported" "NOT-SUPPORTED" "The header Accept asks for a version that there is not.";
}

/// An error with its words.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) kind: &'static Kind,
    pub(super) diagnostics: String,
}

impl Problem {
    pub(super) fn new(kind: &'static Kind, diagnostics: impl Into<String>) -> Self {
        Self {
            kind,
            diagnostics: diagnostics.into(),
        }
    }

    /// What the vaccination itself does wrong.
    pub(super) fn invariant(diagnostics: impl std::fmt::Display) -> Self {
        Self::new(&INVARIANT, format!("Validation errors: {diagnostics}"))
    }

    pub(super) fn not_found(id: &str) -> Self {
        let id = crate::api_platform::shortened(id);
        Self::new(
            &NOT_FOUND,
            format!("Immunization resource does not exist. ID: {id}"),
        )
    }

    /// The service failed; why is logged and not said.
    pub(super) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::warn!(%error, "a vaccination could not be read or kept");
        Self::new(&EXCEPTION, "Unable to process request. Issue may be transient.")
    }

    pub(super) fn answer(&self) -> Response<Body> {
        let status =
            StatusCode::from_u16(self.kind.fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        reply(status, FHIR_JSON, self.outcome("error").to_string())
    }

    /// The error as a resource; a warning is one among search results.
    pub(super) fn outcome(&self, severity: &str) -> serde_json::Value {
        json!({
            "resourceType": "OperationOutcome",
            "id": Uuid::new_v4().to_string(),
            "meta": { "profile": [PROFILE] },
            "issue": [{
                "severity": severity,
                "code": self.kind.issue,
                "details": { "coding": [{ "system": SYSTEM, "code": self.kind.fault.code }] },
                "diagnostics": self.diagnostics,
            }],
        })
    }
}
