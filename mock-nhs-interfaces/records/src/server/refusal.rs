//! Everything that the server refuses. Three tables lead from the reason to the answer: its status, its issues, its words.

mod issues;
mod of_records;
mod sentence;
mod status;

use fhir::etag::EntityTagError;
use fhir::json::JsonError;
use fhir::media::MediaError;
use fhir::patch::PatchError;
use fhir_types::outcome::Finding;
use http::HeaderValue;
use search::execute::ExecuteError;
use search::parse::QuerySyntaxErrors;
use validation::terminology::TerminologyError;

use super::{Answer, outcome};
use crate::{RecordsError, ResourceType};

/// Why a request was not done.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// The path names no resource type.
    UnknownType(String),
    /// FHIR has no such path.
    UnknownPath,
    /// There is no such export, or no longer.
    UnknownExport,
    /// There is no such operation here.
    UnknownOperation(String),
    /// The path takes other methods.
    Method(&'static [&'static str]),
    NotAcceptable(MediaError),
    UnsupportedMedia(MediaError),
    /// FHIR's, but not for this interaction.
    OtherMedia,
    /// The body is packed.
    Encoded,
    /// The body is larger than this many bytes.
    TooLarge(usize),
    /// The Bundle has more entries than this.
    TooManyEntries(usize),
    /// The answer would be larger than this many bytes.
    AnswerTooLarge(usize),
    /// The entry of the Bundle with this number, counted from 0.
    Entry(usize, Box<Refusal>),
    /// The body ended before it was whole.
    BodyBroken,
    Json(JsonError),
    /// The resource is not what R4 says.
    Invalid(Vec<Finding>),
    /// The resource is what R4 says, and cannot be had here.
    Unprocessable(Vec<Finding>),
    WrongType {
        expected: ResourceType,
        found: String,
    },
    /// The id in the body is not the one in the address.
    WrongId {
        expected: String,
        found: Option<String>,
    },
    BadId(String),
    NotFound(ResourceType, String),
    NoVersion(ResourceType, String, String),
    Gone(ResourceType, String, u32),
    /// A condition does not hold.
    Precondition(String),
    BadTag(EntityTagError),
    /// Conditions of a conditional interaction that would take everything.
    NoCriteria,
    /// More than one resource meets the conditions.
    MultipleMatches(String),
    /// More than this many resources meet the conditions of a delete.
    TooManyMatches(String, usize),
    /// No resource meets the conditions.
    NoMatch(String),
    /// An update without a match names an id that another resource has.
    IdTaken(ResourceType, String),
    Patch(PatchError),
    Query(QuerySyntaxErrors),
    Execute(ExecuteError),
    /// A parameter that is not the search's has a value that it does not take.
    Parameter {
        name: &'static str,
        value: String,
        wanted: &'static str,
    },
    /// A parameter that this interaction does not have.
    UnknownParameter {
        name: String,
        known: &'static str,
    },
    /// Something that R4 has and this server does not.
    NotSupported(String),
    Records(RecordsError),
    /// A question about codes that has no answer.
    Terminology(TerminologyError),
    /// A fault of the server.
    Broken,
}

impl From<RecordsError> for Refusal {
    fn from(error: RecordsError) -> Self {
        Self::Records(error)
    }
}

impl From<JsonError> for Refusal {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl From<EntityTagError> for Refusal {
    fn from(error: EntityTagError) -> Self {
        Self::BadTag(error)
    }
}

impl From<QuerySyntaxErrors> for Refusal {
    fn from(errors: QuerySyntaxErrors) -> Self {
        Self::Query(errors)
    }
}

impl From<ExecuteError> for Refusal {
    fn from(error: ExecuteError) -> Self {
        Self::Execute(error)
    }
}

impl From<TerminologyError> for Refusal {
    fn from(error: TerminologyError) -> Self {
        Self::Terminology(error)
    }
}

impl From<PatchError> for Refusal {
    fn from(error: PatchError) -> Self {
        Self::Patch(error)
    }
}

impl Refusal {
    /// The answer.
    pub(super) fn into_answer(self) -> Answer {
        if let Self::Records(error) = &self {
            tracing::warn!(%error, "records");
        }
        let mut answer = Answer::outcome(self.status(), outcome::text(&self.findings()));
        if let Self::Method(allowed) = &self {
            answer.allow = HeaderValue::from_str(&allowed.join(", ")).ok();
        }
        if let Self::Gone(_, _, version) = &self {
            answer.version = Some(*version);
        }
        answer
    }
}
