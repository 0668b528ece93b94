//! What goes wrong in GP Connect: one table of error, status, code and words, and the `OperationOutcome` made from it.
//! Source: <https://developer.nhs.uk/apis/gpconnect/development_fhir_error_handling_guidance.html>

use axum::body::Body;
use fhir::json::Json;
use http::{HeaderValue, Response, StatusCode};
use records::RecordsError;

use super::answer;
use super::stu3::shape::{Shape, coding};
use crate::api_platform::{self, X_C4H_HINT, shortened};
use crate::auth::WHERE_THE_TOKEN_IS;
use crate::auth::bearer::BearerRefusal;
use crate::exchange::Exchange;
use crate::interface::{Fault, Refusal};
use crate::lookup::LookupError;

const SPINE_SYSTEM: &str = "https://fhir.nhs.uk/STU3/ValueSet/Spine-ErrorOrWarningCode-1";
pub(crate) const OUTCOME_PROFILE: &str =
    "https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-OperationOutcome-1";

/// One error that GP Connect can answer.
#[derive(Debug)]
pub(crate) struct GpConnectError {
    pub(crate) fault: Fault,
    /// `OperationOutcome.issue.code`.
    kind: &'static str,
}

macro_rules! errors {
    ($($name:ident = $status:literal, $code:literal, $kind:literal, $display:literal, $when:literal;)+) => {
        $(pub(crate) const $name: GpConnectError = GpConnectError {
            fault: Fault { status: $status, code: $code, display: $display, when: $when },
            kind: $kind,
        };)+
    };
}

errors! {
    BAD_REQUEST = 400, "BAD_REQUEST", "invalid", "Bad request",
        "A header or a parameter that must be there is missing, or the request cannot be read.";
    INVALID_NHS_NUMBER = 400, "INVALID_NHS_NUMBER", "value", "Invalid NHS Number",
        "The NHS number is not ten digits, or its check digit is wrong.";
    INVALID_IDENTIFIER_SYSTEM = 400, "INVALID_IDENTIFIER_SYSTEM", "value", "Invalid identifier system",
        "An identifier has a system that is not the one asked for.";
    INVALID_IDENTIFIER_VALUE = 400, "INVALID_IDENTIFIER_VALUE", "value", "Invalid identifier value",
        "An identifier has a value that no such identifier can have, such as the code of an organisation with a space in it.";
    INVALID_PATIENT_DEMOGRAPHICS = 400, "INVALID_PATIENT_DEMOGRAPHICS", "business-rule", "Invalid patient demographics",
        "Name, date of birth or gender of a patient to be registered are not those of the NHS number.";
    ACCESS_DENIED = 403, "ACCESS_DENIED", "forbidden", "Access Denied",
        "Whoever is logged in may not ask this.";
    NO_PATIENT_CONSENT = 403, "NO_PATIENT_CONSENT", "forbidden", "Patient has not provided consent to share data",
        "The patient does not want the record to be shared.";
    NO_ORGANISATION_CONSENT = 403, "NO_ORGANISATION_CONSENT", "forbidden",
        "Organisation has not provided consent to share data",
        "The practice does not share what it holds.";
    CANNOT_CANCEL = 409, "ACCESS_DENIED", "forbidden", "Cannot cancel appointment",
        "The appointment is cancelled already.";
    TOO_LATE_TO_CANCEL = 461, "ACCESS_DENIED", "forbidden", "Too late to cancel appointment",
        "The appointment has begun.";
    PATIENT_NOT_FOUND = 404, "PATIENT_NOT_FOUND", "not-found", "No patient found",
        "No patient of the practice has this number, or the record is deceased, inactive or sensitive.";
    PRACTITIONER_NOT_FOUND = 404, "PRACTITIONER_NOT_FOUND", "not-found", "Practitioner record not found",
        "No clinician has this id.";
    ORGANISATION_NOT_FOUND = 404, "ORGANISATION_NOT_FOUND", "not-found", "Organisation record not found",
        "No organisation has this id or code.";
    NO_RECORD_FOUND = 404, "NO_RECORD_FOUND", "not-found", "No record found",
        "Nothing has this id.";
    METHOD_NOT_ALLOWED = 405, "BAD_REQUEST", "not-supported", "Method not allowed",
        "The path does not have this method.";
    DUPLICATE_REJECTED = 409, "DUPLICATE_REJECTED", "duplicate", "Create would lead to creation of a duplicate resource",
        "A slot is taken by now, or the patient is registered already.";
    FHIR_CONSTRAINT_VIOLATION = 409, "FHIR_CONSTRAINT_VIOLATION", "conflict", "FHIR constraint violated",
        "If-Match does not name the version that stands.";
    UNSUPPORTED_MEDIA_TYPE = 415, "UNSUPPORTED_MEDIA_TYPE", "not-supported", "Unsupported media type",
        "The body, or the answer that is asked for, is not FHIR in JSON.";
    INVALID_PARAMETER = 422, "INVALID_PARAMETER", "invalid", "Invalid Parameter",
        "A parameter holds something it cannot hold, or does not go with another.";
    INVALID_RESOURCE = 422, "INVALID_RESOURCE", "invalid", "Invalid Resource",
        "The body is not the resource asked for, or says something it may not say.";
    REFERENCE_NOT_FOUND = 422, "REFERENCE_NOT_FOUND", "invalid", "Reference not found",
        "The body names a place that is not there.";
    NOT_IMPLEMENTED = 501, "NOT_IMPLEMENTED", "not-supported", "Not implemented",
        "GP Connect has it, this sandbox does not.";
    INTERNAL_SERVER_ERROR = 500, "INTERNAL_SERVER_ERROR", "exception", "Internal server error",
        "The records cannot be read or written.";
}

/// The API platform's own answers to a missing or a wrong token.
pub(crate) const EMPTY_ACCESS_TOKEN: Fault = Fault {
    status: 401,
    code: "oauth.v2.InvalidAccessToken",
    display: "Invalid access token",
    when: "The header Authorization is missing or holds no token.",
};
pub(crate) const INVALID_ACCESS_TOKEN: Fault = Fault {
    status: 401,
    code: "keymanagement.service.invalid_access_token",
    display: "Invalid Access Token",
    when: "The header Authorization holds a token that nobody was given.",
};
pub(crate) const EXPIRED_ACCESS_TOKEN: Fault = Fault {
    status: 401,
    code: "keymanagement.service.access_token_expired",
    display: "Access Token expired",
    when: "The token's time is over.",
};

/// A request that is refused, with the words that belong to this one case.
#[derive(Debug)]
pub(crate) enum Refused {
    /// By GP Connect.
    Service {
        error: &'static GpConnectError,
        diagnostics: Option<String>,
    },
    /// By the API platform in front of it, for want of a token.
    Login(BearerRefusal),
}

impl Refused {
    pub(crate) const fn plainly(error: &'static GpConnectError) -> Self {
        Self::Service {
            error,
            diagnostics: None,
        }
    }

    pub(crate) fn saying(error: &'static GpConnectError, diagnostics: impl AsRef<str>) -> Self {
        Self::Service {
            error,
            diagnostics: Some(shortened(diagnostics.as_ref())),
        }
    }

    /// Whether it is refused for this.
    pub(crate) fn is(&self, error: &GpConnectError) -> bool {
        matches!(self, Self::Service { error: own, .. } if own.fault == error.fault)
    }

    pub(crate) fn answer(self) -> Response<Body> {
        match self {
            Self::Service { error, diagnostics } => {
                let status =
                    StatusCode::from_u16(error.fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                answer::resource(status, &outcome(error, diagnostics.as_deref()))
            }
            Self::Login(refusal) => denied(&refusal),
        }
    }
}

fn denied(refusal: &BearerRefusal) -> Response<Body> {
    let error = match refusal {
        BearerRefusal::MissingHeader | BearerRefusal::EmptyHeader | BearerRefusal::MissingToken => {
            &EMPTY_ACCESS_TOKEN
        }
        BearerRefusal::WrongType(_) | BearerRefusal::UnknownToken => &INVALID_ACCESS_TOKEN,
        BearerRefusal::ExpiredToken => &EXPIRED_ACCESS_TOKEN,
    };
    let mut response = api_platform::fault(StatusCode::UNAUTHORIZED, error.display, error.code);
    if refusal.nothing_was_sent() {
        let hint = HeaderValue::from_static(WHERE_THE_TOKEN_IS);
        response.headers_mut().insert(X_C4H_HINT, hint);
    }
    response
}

pub(crate) fn outcome(error: &GpConnectError, diagnostics: Option<&str>) -> Json {
    let details = Json::object([(
        "coding",
        Json::from(vec![coding(SPINE_SYSTEM, error.fault.code, error.fault.display)]),
    )]);
    let issue = Shape::new()
        .with("severity", "error")
        .with("code", error.kind)
        .with("details", details)
        .with_some("diagnostics", diagnostics)
        .json();
    Shape::new()
        .with("resourceType", "OperationOutcome")
        .with(
            "meta",
            Json::object([("profile", Json::from(vec![OUTCOME_PROFILE.into()]))]),
        )
        .with("issue", vec![issue])
        .json()
}

impl From<RecordsError> for Refused {
    fn from(error: RecordsError) -> Self {
        if matches!(error, RecordsError::Quota(_)) {
            return Self::saying(&INTERNAL_SERVER_ERROR, error.to_string());
        }
        tracing::error!(%error, "GP Connect could not use the records");
        Self::plainly(&INTERNAL_SERVER_ERROR)
    }
}

impl From<LookupError> for Refused {
    fn from(error: LookupError) -> Self {
        tracing::error!(%error, "GP Connect could not search the records");
        Self::plainly(&INTERNAL_SERVER_ERROR)
    }
}

/// How GP Connect says no to a request that reaches no operation.
pub(crate) fn refuse(exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    let refused = match refusal {
        Refusal::NotBuilt(missing) => Refused::saying(
            &NOT_IMPLEMENTED,
            format!(
                "{} ({} {}) is not in this sandbox.",
                missing.title, missing.method, missing.path
            ),
        ),
        Refusal::ProfileNotOffered => Refused::saying(
            &NOT_IMPLEMENTED,
            format!(
                "This interface does not answer on the host {}. Use https://{}{} instead.",
                exchange.profile.host(),
                crate::Profile::Int.host(),
                exchange.interface.path_prefix
            ),
        ),
        Refusal::UnknownPath => Refused::saying(&BAD_REQUEST, format!("Unknown path {}", exchange.path)),
        Refusal::UnknownMethod => Refused::plainly(&METHOD_NOT_ALLOWED),
        Refusal::UnreadableBody => {
            Refused::saying(&BAD_REQUEST, "The body is longer than 2 MiB, or broke off.")
        }
        Refusal::OptionsWithoutPreflight => {
            Refused::saying(&BAD_REQUEST, "OPTIONS is for preflight requests.")
        }
        Refusal::NotMonitoring => Refused::Login(BearerRefusal::UnknownToken),
    };
    refused.answer()
}
