//! What is said when the records themselves cannot be read or changed.

use fhir_types::outcome::IssueType;
use http::StatusCode;
use store::StoreError;

use crate::RecordsError;

pub(super) fn status(error: &RecordsError) -> StatusCode {
    match error {
        RecordsError::Quota(_) | RecordsError::Full | RecordsError::CheckpointsTooLarge(_) => {
            StatusCode::INSUFFICIENT_STORAGE
        }
        RecordsError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        RecordsError::Text(_) => StatusCode::BAD_REQUEST,
        RecordsError::UnknownCheckpoint(_) => StatusCode::NOT_FOUND,
        RecordsError::TooManyCheckpoints(_) => StatusCode::CONFLICT,
        RecordsError::Store(StoreError::Full(_)) => StatusCode::INSUFFICIENT_STORAGE,
        RecordsError::Store(StoreError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
        RecordsError::Store(StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_)) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        RecordsError::Store(StoreError::Corrupt(_)) | RecordsError::Damaged(_) | RecordsError::Base(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

pub(super) fn kind(error: &RecordsError) -> IssueType {
    match error {
        RecordsError::Quota(_)
        | RecordsError::Full
        | RecordsError::CheckpointsTooLarge(_)
        | RecordsError::Store(StoreError::Full(_)) => IssueType::NoStore,
        RecordsError::TooLarge { .. } | RecordsError::Store(StoreError::TooLarge { .. }) => {
            IssueType::TooLong
        }
        RecordsError::Text(_) => IssueType::Structure,
        RecordsError::UnknownCheckpoint(_) => IssueType::NotFound,
        RecordsError::TooManyCheckpoints(_) => IssueType::Conflict,
        RecordsError::Store(StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_)) => {
            IssueType::Transient
        }
        RecordsError::Store(StoreError::Corrupt(_)) | RecordsError::Damaged(_) | RecordsError::Base(_) => {
            IssueType::Exception
        }
    }
}

/// What is private about a failing disk stays in the log.
pub(super) fn sentence(error: &RecordsError) -> String {
    match error {
        RecordsError::Store(StoreError::OutcomeUnknown(_)) => {
            "It is not known whether the change was kept; read it again before repeating it".to_owned()
        }
        RecordsError::Store(StoreError::Unavailable(_)) => {
            "Records cannot be changed now; try again".to_owned()
        }
        RecordsError::Store(StoreError::Full(_)) => "The disk is full; nothing was changed".to_owned(),
        RecordsError::Store(StoreError::Corrupt(_)) | RecordsError::Damaged(_) => {
            "What is stored of this workspace is damaged".to_owned()
        }
        RecordsError::Base(_) => "The seed could not be made".to_owned(),
        RecordsError::Quota(_)
        | RecordsError::Full
        | RecordsError::TooLarge { .. }
        | RecordsError::Text(_)
        | RecordsError::UnknownCheckpoint(_)
        | RecordsError::TooManyCheckpoints(_)
        | RecordsError::CheckpointsTooLarge(_)
        | RecordsError::Store(StoreError::TooLarge { .. }) => error.to_string(),
    }
}
