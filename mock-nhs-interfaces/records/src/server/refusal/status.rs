//! The status of every refusal. <https://hl7.org/fhir/R4/http.html#Status-Codes>

use http::StatusCode;
use validation::terminology::TerminologyError;

use super::{Refusal, of_records};

impl Refusal {
    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::UnknownType(_)
            | Self::UnknownPath
            | Self::UnknownExport
            | Self::UnknownOperation(_)
            | Self::NotFound(..)
            | Self::NoVersion(..)
            | Self::NoMatch(_) => StatusCode::NOT_FOUND,
            Self::Gone(..) => StatusCode::GONE,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::UnsupportedMedia(_) | Self::OtherMedia | Self::Encoded => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::TooLarge(_) | Self::TooManyEntries(_) | Self::AnswerTooLarge(_) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::Entry(_, refusal) => refusal.status(),
            Self::BodyBroken
            | Self::Json(_)
            | Self::Invalid(_)
            | Self::WrongType { .. }
            | Self::WrongId { .. }
            | Self::BadId(_)
            | Self::BadTag(_)
            | Self::Query(_)
            | Self::Execute(_)
            | Self::Parameter { .. }
            | Self::UnknownParameter { .. } => StatusCode::BAD_REQUEST,
            Self::Precondition(_)
            | Self::NoCriteria
            | Self::MultipleMatches(_)
            | Self::TooManyMatches(..) => StatusCode::PRECONDITION_FAILED,
            Self::IdTaken(..) => StatusCode::CONFLICT,
            Self::Patch(_) | Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotSupported(_) => StatusCode::NOT_IMPLEMENTED,
            Self::Records(error) => of_records::status(error),
            Self::Terminology(error) => terminology(error),
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

fn terminology(error: &TerminologyError) -> StatusCode {
    match error {
        TerminologyError::NotFound { .. } | TerminologyError::NoSuchCode { .. } => StatusCode::NOT_FOUND,
        TerminologyError::NotHere { .. }
        | TerminologyError::TooCostly { .. }
        | TerminologyError::TooMuchWork
        | TerminologyError::Circle { .. }
        | TerminologyError::Filter { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        TerminologyError::Incomplete(_) => StatusCode::BAD_REQUEST,
    }
}
