//! Everything that the server refuses: the one table from reason to status and issues.

use fhir::etag::EntityTagError;
use fhir::json::JsonError;
use fhir::media::MediaError;
use fhir::patch::{PatchError, PatchErrorKind};
use fhir_types::outcome::{Finding, IssueSeverity, IssueType};
use http::{HeaderValue, StatusCode};
use search::execute::ExecuteError;
use search::parse::{QueryErrorKind, QuerySyntaxErrors};
use store::StoreError;
use validation::terminology::TerminologyError;

use super::shown::shown;
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
    /// The status of the answer. <https://hl7.org/fhir/R4/http.html#Status-Codes>
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
            Self::Precondition(_) | Self::NoCriteria | Self::MultipleMatches(_) => {
                StatusCode::PRECONDITION_FAILED
            }
            Self::IdTaken(..) => StatusCode::CONFLICT,
            Self::Patch(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotSupported(_) => StatusCode::NOT_IMPLEMENTED,
            Self::Records(error) => records_status(error),
            Self::Terminology(error) => terminology(error).0,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What to tell the caller.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Invalid(findings) => findings.clone(),
            Self::Query(errors) => errors.0.iter().map(query_finding).collect(),
            Self::Json(error) => vec![Finding {
                expression: Some(error.expression.clone()),
                ..outcome::error(IssueType::Structure, error.to_string())
            }],
            Self::WrongType { expected, .. } => vec![Finding {
                expression: Some(format!("{}.resourceType", expected.name())),
                ..outcome::error(IssueType::Invalid, self.sentence())
            }],
            Self::WrongId { .. } => vec![Finding {
                expression: Some("Resource.id".to_owned()),
                ..outcome::error(IssueType::Value, self.sentence())
            }],
            Self::Parameter { name, .. } => vec![Finding {
                expression: Some((*name).to_owned()),
                ..outcome::error(IssueType::Value, self.sentence())
            }],
            Self::UnknownParameter { name, .. } => vec![Finding {
                expression: Some(shown(name)),
                ..outcome::error(IssueType::NotSupported, self.sentence())
            }],
            Self::Patch(error) => vec![Finding {
                expression: Some(format!("operation[{}]", error.operation)),
                ..outcome::error(self.kind(), error.to_string())
            }],
            Self::Entry(place, refusal) => within_entry(*place, refusal.findings()),
            Self::Broken => vec![outcome::finding(
                IssueSeverity::Fatal,
                IssueType::Exception,
                self.sentence(),
            )],
            Self::UnknownType(_)
            | Self::UnknownPath
            | Self::UnknownExport
            | Self::UnknownOperation(_)
            | Self::Method(_)
            | Self::NotAcceptable(_)
            | Self::UnsupportedMedia(_)
            | Self::OtherMedia
            | Self::Encoded
            | Self::TooLarge(_)
            | Self::TooManyEntries(_)
            | Self::AnswerTooLarge(_)
            | Self::BodyBroken
            | Self::BadId(_)
            | Self::NotFound(..)
            | Self::NoVersion(..)
            | Self::Gone(..)
            | Self::Precondition(_)
            | Self::BadTag(_)
            | Self::NoCriteria
            | Self::MultipleMatches(_)
            | Self::NoMatch(_)
            | Self::IdTaken(..)
            | Self::Execute(_)
            | Self::NotSupported(_)
            | Self::Records(_)
            | Self::Terminology(_) => vec![outcome::error(self.kind(), self.sentence())],
        }
    }

    fn kind(&self) -> IssueType {
        match self {
            Self::UnknownType(_)
            | Self::Method(_)
            | Self::UnknownOperation(_)
            | Self::UnknownParameter { .. }
            | Self::NotSupported(_) => IssueType::NotSupported,
            Self::UnknownPath
            | Self::UnknownExport
            | Self::NotFound(..)
            | Self::NoVersion(..)
            | Self::NoMatch(_) => IssueType::NotFound,
            Self::Gone(..) => IssueType::Deleted,
            Self::NotAcceptable(_) | Self::UnsupportedMedia(_) | Self::OtherMedia | Self::Encoded => {
                IssueType::NotSupported
            }
            Self::TooLarge(_) | Self::TooManyEntries(_) | Self::AnswerTooLarge(_) => IssueType::TooLong,
            Self::Entry(_, refusal) => refusal.kind(),
            Self::BodyBroken => IssueType::Incomplete,
            Self::Json(_) | Self::Invalid(_) => IssueType::Structure,
            Self::WrongType { .. } => IssueType::Invalid,
            Self::WrongId { .. }
            | Self::BadId(_)
            | Self::BadTag(_)
            | Self::Query(_)
            | Self::Parameter { .. } => IssueType::Value,
            Self::Precondition(_) | Self::IdTaken(..) => IssueType::Conflict,
            Self::NoCriteria => IssueType::TooCostly,
            Self::MultipleMatches(_) => IssueType::MultipleMatches,
            Self::Patch(error) if matches!(error.kind, PatchErrorKind::TestFailed(_)) => IssueType::Conflict,
            Self::Patch(_) => IssueType::Invalid,
            Self::Execute(ExecuteError::Cursor) => IssueType::Value,
            Self::Execute(ExecuteError::TooCostly { .. } | ExecuteError::Deadline) => IssueType::TooCostly,
            Self::Records(error) => records_kind(error),
            Self::Terminology(error) => terminology(error).1,
            Self::Broken => IssueType::Exception,
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::UnknownType(name) => unknown_type(name),
            Self::UnknownPath => "FHIR R4 has no such address; see https://hl7.org/fhir/R4/http.html".to_owned(),
            Self::UnknownExport => {
                "There is no such export or file of it; exports are kept until newer ones take their place".to_owned()
            }
            Self::UnknownOperation(name) => {
                format!("There is no operation {} here; see /metadata for those there are", shown(name))
            }
            Self::Method(allowed) => format!("This address takes {}", allowed.join(", ")),
            Self::NotAcceptable(error) | Self::UnsupportedMedia(error) => error.to_string(),
            Self::OtherMedia => "This interaction takes another media type: a resource is application/fhir+json, a \
                 JSON Patch application/json-patch+json, the form of a search application/x-www-form-urlencoded"
                .to_owned(),
            Self::Encoded => "Bodies with a Content-Encoding are not taken; send it as it is".to_owned(),
            Self::TooLarge(limit) => format!("The body is larger than {limit} bytes"),
            Self::TooManyEntries(limit) => format!("The Bundle has more than {limit} entries; send it in parts"),
            Self::AnswerTooLarge(limit) => {
                format!("The answer would be larger than {limit} bytes; ask for it in parts")
            }
            Self::Entry(_, refusal) => refusal.sentence(),
            Self::BodyBroken => "The body ended before it was whole".to_owned(),
            Self::WrongType { expected, found } => {
                format!("The body is a {}, the address takes a {}", shown(found), expected.name())
            }
            Self::WrongId { expected, found } => match found {
                Some(found) => format!("The body's id is {}, the address says {}", shown(found), shown(expected)),
                None => format!("The body needs the id that the address names: {}", shown(expected)),
            },
            Self::BadId(id) => format!("{} cannot be an id: 1 to 64 of A-Z a-z 0-9 - .", shown(id)),
            Self::NotFound(kind, id) => format!("There is no {}/{}", kind.name(), shown(id)),
            Self::NoVersion(kind, id, version) => {
                format!("{}/{} has no version {}", kind.name(), shown(id), shown(version))
            }
            Self::Gone(kind, id, version) => format!(
                "{}/{id} was deleted by version {version}; its history is at {}/{id}/_history",
                kind.name(),
                kind.name()
            ),
            Self::Precondition(sentence) | Self::NotSupported(sentence) => sentence.clone(),
            Self::BadTag(error) => error.to_string(),
            Self::NoCriteria => {
                "A conditional interaction needs conditions: without them it would be about every resource".to_owned()
            }
            Self::MultipleMatches(criteria) => format!("More than one resource meets {}", shown(criteria)),
            Self::NoMatch(criteria) => format!("No resource meets {}", shown(criteria)),
            Self::IdTaken(kind, id) => format!(
                "No resource meets the conditions, and the id in the body is that of another: {}/{id}",
                kind.name()
            ),
            Self::UnknownParameter { name, known } => {
                format!("There is no parameter {} here; there are {known}", shown(name))
            }
            Self::Parameter { name, value, wanted } => format!("{name} is {wanted}, not {}", shown(value)),
            Self::Json(error) => error.to_string(),
            Self::Patch(error) => error.to_string(),
            Self::Query(errors) => errors.to_string(),
            Self::Execute(error) => error.to_string(),
            Self::Records(error) => records_sentence(error),
            Self::Terminology(error) => error.to_string(),
            Self::Invalid(_) => "The request cannot be done".to_owned(),
            Self::Broken => "The server failed; it is not the request's fault".to_owned(),
        }
    }

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

/// Says of findings about an entry which entry it is: `Patient.name[0]` becomes `Bundle.entry[3].resource.name[0]`.
fn within_entry(place: usize, findings: Vec<Finding>) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|finding| {
            let entry = format!("Bundle.entry[{place}]");
            let inner = finding.expression.as_deref().unwrap_or_default();
            let first = inner.split(['.', '[']).next().unwrap_or_default();
            let expression = match inner.strip_prefix(first) {
                Some(rest) if first == "Resource" || ResourceType::parse(first).is_some() => {
                    format!("{entry}.resource{rest}")
                }
                _ if matches!(first, "request" | "resource" | "fullUrl") => format!("{entry}.{inner}"),
                _ => entry,
            };
            Finding {
                expression: Some(expression),
                ..finding
            }
        })
        .collect()
}

fn query_finding(error: &search::parse::QuerySyntaxError) -> Finding {
    let kind = match error.kind {
        QueryErrorKind::UnknownParameter | QueryErrorKind::UnknownModifier | QueryErrorKind::NotSupported => {
            IssueType::NotSupported
        }
        QueryErrorKind::UnknownType | QueryErrorKind::InvalidValue | QueryErrorKind::Encoding => {
            IssueType::Value
        }
        QueryErrorKind::EmptyValue => IssueType::Required,
        QueryErrorKind::UnknownCode => IssueType::CodeInvalid,
        QueryErrorKind::TooCostly => IssueType::TooCostly,
    };
    let named = !error.parameter.is_empty();
    Finding {
        expression: named.then(|| error.parameter.to_string()),
        ..outcome::error(
            kind,
            if named {
                format!("{}: {}", error.parameter, error.message)
            } else {
                error.message.clone()
            },
        )
    }
}

fn unknown_type(name: &str) -> String {
    let near = definitions::near(name, definitions::resource_types().iter().copied());
    let mut sentence = format!("FHIR R4 has no resource type {}", shown(name));
    if !near.is_empty() {
        sentence.push_str("; did you mean ");
        sentence.push_str(&near.join(" or "));
        sentence.push('?');
    }
    sentence
}

fn terminology(error: &TerminologyError) -> (StatusCode, IssueType) {
    match error {
        TerminologyError::NotFound { .. } => (StatusCode::NOT_FOUND, IssueType::NotFound),
        TerminologyError::NoSuchCode { .. } => (StatusCode::NOT_FOUND, IssueType::CodeInvalid),
        TerminologyError::NotHere { .. } => (StatusCode::UNPROCESSABLE_ENTITY, IssueType::NotSupported),
        TerminologyError::TooCostly { .. } | TerminologyError::TooMuchWork => {
            (StatusCode::UNPROCESSABLE_ENTITY, IssueType::TooCostly)
        }
        TerminologyError::Circle { .. } => (StatusCode::UNPROCESSABLE_ENTITY, IssueType::Processing),
        TerminologyError::Filter { .. } => (StatusCode::UNPROCESSABLE_ENTITY, IssueType::NotSupported),
        TerminologyError::Incomplete(_) => (StatusCode::BAD_REQUEST, IssueType::Required),
    }
}

fn records_status(error: &RecordsError) -> StatusCode {
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

fn records_kind(error: &RecordsError) -> IssueType {
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
fn records_sentence(error: &RecordsError) -> String {
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
