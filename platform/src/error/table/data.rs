//! What was not kept: values, drafts, applications and records.

use http::StatusCode;
use mock_nhs_interfaces::auth::ApplicationsError;
use records::RecordsError;
use store::StoreError;

use super::{ours, storage_refuses};
use crate::data::{DraftError, ValueError};

/// Why a value was not kept. 507 says that there is no room (RFC 4918 section 11.5).
pub(super) fn value(error: &ValueError) -> (StatusCode, &'static str, String) {
    let (status, code) = match error {
        ValueError::Large { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "limit-value"),
        ValueError::Type => (StatusCode::UNPROCESSABLE_ENTITY, "bad-value-type"),
        ValueError::Count => (StatusCode::INSUFFICIENT_STORAGE, "limit-values"),
        ValueError::Full { .. } => (StatusCode::INSUFFICIENT_STORAGE, "limit-values-bytes"),
        ValueError::Changed => (StatusCode::PRECONDITION_FAILED, "value-changed"),
        ValueError::Number => (StatusCode::CONFLICT, "value-not-a-number"),
        ValueError::NoApp => (StatusCode::NOT_FOUND, "unknown-app"),
        ValueError::Data(_) => return ours(),
    };
    (status, code, error.to_string())
}

/// Why a draft was not kept.
pub(super) fn draft(error: &DraftError) -> (StatusCode, &'static str, String) {
    let (status, code) = match error {
        DraftError::Large { .. } | DraftError::Undo { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "limit-draft"),
        DraftError::Changed => (StatusCode::PRECONDITION_FAILED, "draft-changed"),
        DraftError::NoApp => (StatusCode::NOT_FOUND, "unknown-app"),
        DraftError::Data(_) => return ours(),
    };
    (status, code, error.to_string())
}

/// Why the register of applications stayed as it was.
pub(super) fn applications(error: &ApplicationsError) -> (StatusCode, &'static str, String) {
    let (status, code) = match error {
        ApplicationsError::Unknown => (StatusCode::NOT_FOUND, "unknown-application"),
        ApplicationsError::TooMany => (StatusCode::CONFLICT, "limit-applications"),
        ApplicationsError::Keys(_) | ApplicationsError::KeysUrl => {
            (StatusCode::UNPROCESSABLE_ENTITY, "bad-keys")
        }
        ApplicationsError::Title
        | ApplicationsError::TooManyCallbackUrls
        | ApplicationsError::CallbackUrl(_)
        | ApplicationsError::Access
        | ApplicationsError::ClientType => (StatusCode::UNPROCESSABLE_ENTITY, "bad-application"),
        ApplicationsError::Store(StoreError::Unavailable(_) | StoreError::Full(_)) => {
            return storage_refuses();
        }
        ApplicationsError::Store(_) | ApplicationsError::Row(_) | ApplicationsError::NotMade => {
            return ours();
        }
    };
    (status, code, sentence(&error.to_string()))
}

/// The same with a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut sentence = words.to_owned();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence.push('.');
    sentence
}

/// Why the records of a workspace stayed as they were.
pub(super) fn records(error: &RecordsError) -> (StatusCode, &'static str, String) {
    let (status, code) = match error {
        RecordsError::Quota(_) => (StatusCode::INSUFFICIENT_STORAGE, "limit-records"),
        RecordsError::Full => (StatusCode::INSUFFICIENT_STORAGE, "limit-resources"),
        RecordsError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "limit-change"),
        RecordsError::UnknownCheckpoint(_) => (StatusCode::NOT_FOUND, "unknown-checkpoint"),
        RecordsError::CheckpointsTooLarge(_) => (StatusCode::INSUFFICIENT_STORAGE, "limit-checkpoints-bytes"),
        RecordsError::TooManyCheckpoints(_) => (StatusCode::CONFLICT, "limit-checkpoints"),
        RecordsError::Store(StoreError::Unavailable(_) | StoreError::Full(_)) => return storage_refuses(),
        RecordsError::Text(_) | RecordsError::Store(_) | RecordsError::Damaged(_) | RecordsError::Base(_) => {
            return ours();
        }
    };
    (status, code, sentence(&error.to_string()))
}
