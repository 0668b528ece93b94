//! The table of what goes wrong in PDS: status, code and words of each error.
//!
//! Codes and words are those of `Spine-ErrorOrWarningCode`, except [`NOT_POSSIBLE_HERE`], which is ours and says so by
//! its own code system.

use super::{PdsError, Voice};
use crate::interface::Fault;

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

pub(in crate::interfaces::pds) const MISSING_VALUE: PdsError = service(
    400,
    ("MISSING_VALUE", "Required value is missing"),
    "required",
    "X-Request-ID is missing, a search has no date of birth, or a body lacks a part that it must have.",
);
pub(in crate::interfaces::pds) const INVALID_VALUE: PdsError = service(
    400,
    ("INVALID_VALUE", "Provided value is invalid"),
    "value",
    "A header, a search parameter or a part of the body holds something it cannot hold.",
);
pub(in crate::interfaces::pds) const INVALID_RESOURCE_ID: PdsError = service(
    400,
    ("INVALID_RESOURCE_ID", "Resource Id is invalid"),
    "value",
    "The NHS number is not ten digits, or its check digit is wrong.",
);
pub(in crate::interfaces::pds) const INVALID_SEARCH_DATA: PdsError = service(
    400,
    ("INVALID_SEARCH_DATA", "Search data is invalid"),
    "value",
    "The parameters of a search do not go together, or are too few.",
);
pub(in crate::interfaces::pds) const UNSUPPORTED_SERVICE: PdsError = service(
    400,
    ("UNSUPPORTED_SERVICE", "Unsupported Service"),
    "processing",
    "A search has no parameters, a read has no NHS number, the path does not have the method, or the media type is wrong.",
);
pub(in crate::interfaces::pds) const ADDITIONAL_PROPERTIES: PdsError = service(
    400,
    (
        "ADDITIONAL_PROPERTIES",
        "Additional properties should not be included",
    ),
    "invariant",
    "A search has a parameter, or a body a part, that PDS does not know.",
);
pub(in crate::interfaces::pds) const TOO_FEW_VALUES_SUBMITTED: PdsError = service(
    400,
    ("TOO_FEW_VALUES_SUBMITTED", "Too few values submitted"),
    "value",
    "A list in the body has fewer items than it must have.",
);
pub(in crate::interfaces::pds) const TOO_MANY_VALUES_SUBMITTED: PdsError = service(
    400,
    ("TOO_MANY_VALUES_SUBMITTED", "Too many values submitted"),
    "value",
    "A search has more than 100 parameters, or a list in the body more items than it may have.",
);
pub(in crate::interfaces::pds) const UNSUPPORTED_CHARACTERS: PdsError = service(
    400,
    (
        "UNSUPPORTED_CHARACTERS_IN_FIELD",
        "Unsupported characters in field",
    ),
    "value",
    "A name holds a character that PDS does not take.",
);
pub(in crate::interfaces::pds) const INVALID_UPDATE: PdsError = service(
    400,
    ("INVALID_UPDATE", "Update is invalid"),
    "structure",
    "A patch cannot be applied, or what it leads to breaks a rule.",
);
pub(in crate::interfaces::pds) const INVALID_CREATE: PdsError = service(
    400,
    ("INVALID_CREATE", "Patient create data is invalid"),
    "value",
    "What is sent to create a patient breaks a rule.",
);
pub(in crate::interfaces::pds) const DEATH_STATUS_INCONSISTENT: PdsError = service(
    400,
    (
        "INSERT_BIRTH_DEATH_STATUS_INCONSISTENT",
        "INSERT_BIRTH_DEATH_STATUS_INCONSISTENT",
    ),
    "processing",
    "A birth says that the child has died, and that it was born alive.",
);
pub(in crate::interfaces::pds) const CHILD_OVER_SIX_MONTHS: PdsError = service(
    400,
    ("INVALID_DOB_OVER_SIX_MONTHS", "INVALID_DOB_OVER_SIX_MONTHS"),
    "processing",
    "The child was born more than six months ago.",
);
pub(in crate::interfaces::pds) const UNSUPPORTED_REQUEST: PdsError = proxy(
    400,
    ("UNSUPPORTED_REQUEST", "The request is not one that is supported."),
    "value",
    "The path is not one of PDS's.",
);
pub(in crate::interfaces::pds) const ACCESS_DENIED: PdsError = proxy(
    401,
    ("ACCESS_DENIED", "Access Denied - Unauthorised"),
    "forbidden",
    "The access token is missing or nobody was given it.",
);
pub(in crate::interfaces::pds) const PATIENT_DENIED: PdsError = proxy(
    403,
    ("ACCESS_DENIED", "Patient cannot perform this action"),
    "forbidden",
    "A patient asks for somebody else's record, or for what only others may do.",
);
pub(in crate::interfaces::pds) const COVERAGE_READ_BY_APPLICATION: PdsError = proxy(
    403,
    (
        "ACCESS_DENIED",
        "Cannot GET resource with application-restricted access token",
    ),
    "forbidden",
    "Nobody is logged in: only patients may ask for their insurance.",
);
pub(in crate::interfaces::pds) const COVERAGE_READ_BY_WORKER: PdsError = proxy(
    403,
    (
        "ACCESS_DENIED",
        "Cannot GET resource with user-restricted access token",
    ),
    "forbidden",
    "A healthcare worker is logged in: only patients may ask for their insurance.",
);
pub(in crate::interfaces::pds) const COVERAGE_SENT_BY_APPLICATION: PdsError = proxy(
    403,
    (
        "ACCESS_DENIED",
        "Cannot POST resource with application-restricted access token",
    ),
    "forbidden",
    "Nobody is logged in: only patients may change their insurance.",
);
pub(in crate::interfaces::pds) const COVERAGE_SENT_BY_WORKER: PdsError = proxy(
    403,
    (
        "ACCESS_DENIED",
        "Cannot POST resource with user-restricted access token",
    ),
    "forbidden",
    "A healthcare worker is logged in: only patients may change their insurance.",
);
pub(in crate::interfaces::pds) const UPDATE_BY_APPLICATION: PdsError = proxy(
    403,
    (
        "INVALID_METHOD",
        "Cannot update resource with application-restricted access token",
    ),
    "forbidden",
    "Nobody is logged in: an application may not update.",
);
pub(in crate::interfaces::pds) const CREATE_BY_APPLICATION: PdsError = proxy(
    403,
    (
        "INVALID_METHOD",
        "Cannot create resource with application-restricted access token",
    ),
    "forbidden",
    "Nobody is logged in: an application may not create.",
);
pub(in crate::interfaces::pds) const MORE_THAN_ONE_RESULT: PdsError = proxy(
    403,
    (
        "INVALID_VALUE",
        "Cannot retrieve more than one result with application-restricted access token",
    ),
    "token",
    "Nobody is logged in, and _max-results is not 1.",
);
pub(in crate::interfaces::pds) const FORBIDDEN_UPDATE: PdsError = information(service(
    403,
    ("FORBIDDEN_UPDATE", "Update is forbidden"),
    "forbidden",
    "A patch takes away or changes what may not be taken away or changed.",
));
pub(in crate::interfaces::pds) const RESOURCE_NOT_FOUND: PdsError = information(service(
    404,
    ("RESOURCE_NOT_FOUND", "Resource not found"),
    "not-found",
    "Nobody has this NHS number.",
));
pub(in crate::interfaces::pds) const INVALIDATED_RESOURCE: PdsError = service(
    404,
    (
        "INVALIDATED_RESOURCE",
        "Resource that has been marked as invalid was requested - invalid resources cannot be retrieved",
    ),
    "processing",
    "The NHS number was given by mistake.",
);
pub(in crate::interfaces::pds) const RESOURCE_VERSION_MISMATCH: PdsError = service(
    409,
    (
        "RESOURCE_VERSION_MISMATCH",
        "Resource version supplied does not match actual version",
    ),
    "conflict",
    "If-Match names another version than the record has: somebody was faster, or it was never read.",
);
pub(in crate::interfaces::pds) const PRECONDITION_FAILED: PdsError = service(
    412,
    ("PRECONDITION_FAILED", "Required condition was not fulfilled"),
    "structure",
    "If-Match is missing.",
);
pub(in crate::interfaces::pds) const TOO_MANY_MATCHES: PdsError = information(service(
    200,
    ("TOO_MANY_MATCHES", "Too Many Matches"),
    "multiple-matches",
    "More people match than _max-results allows. The status is 200: look at resourceType.",
));
pub(in crate::interfaces::pds) const SINGLE_MATCH: PdsError = service(
    200,
    ("SINGLE_MATCH", "Single match found"),
    "value",
    "Somebody like this has an NHS number: nobody was created. The status is 200: look at resourceType.",
);
pub(in crate::interfaces::pds) const MULTIPLE_MATCHES: PdsError = service(
    200,
    ("MULTIPLE_MATCHES", "Multiple matches found"),
    "value",
    "Several people like this have NHS numbers: nobody was created. The status is 200: look at resourceType.",
);
pub(in crate::interfaces::pds) const SERVICE_UNAVAILABLE: PdsError = service(
    503,
    ("SERVICE_UNAVAILABLE", "Service unavailable"),
    "timeout",
    "X-Sync-Wait is less than a second, or the records cannot be reached: send the same request again.",
);
pub(in crate::interfaces::pds) const UNKNOWN_ERROR: PdsError = proxy(
    502,
    ("UNKNOWN_ERROR", "Unknown Error"),
    "unknown",
    "OPTIONS without the headers of a preflight request.",
);
pub(in crate::interfaces::pds) const NOT_POSSIBLE_HERE: PdsError = PdsError {
    voice: Voice::Here,
    ..service(
        501,
        ("NOT_IN_THE_SANDBOX_YET", "Not in this sandbox yet"),
        "not-supported",
        "The NHS's PDS can do this and this one cannot: the text says what, and what to use instead.",
    )
};

/// What goes wrong with whatever is asked about one patient.
pub(in crate::interfaces::pds) const FAULTS_OF_ONE: [Fault; 7] = [
    MISSING_VALUE.fault,
    INVALID_VALUE.fault,
    ACCESS_DENIED.fault,
    INVALID_RESOURCE_ID.fault,
    PATIENT_DENIED.fault,
    RESOURCE_NOT_FOUND.fault,
    INVALIDATED_RESOURCE.fault,
];
