//! The issues of every refusal: kind, place, words. <https://hl7.org/fhir/R4/valueset-issue-type.html>

use fhir::patch::PatchErrorKind;
use fhir_types::outcome::{Finding, IssueSeverity, IssueType};
use search::execute::ExecuteError;
use search::parse::QueryErrorKind;
use validation::terminology::TerminologyError;

use super::{Refusal, of_records};
use crate::ResourceType;
use crate::server::outcome;
use crate::server::shown::shown;

impl Refusal {
    /// What to tell the caller.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Invalid(findings) | Self::Unprocessable(findings) => findings.clone(),
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
            | Self::TooManyMatches(..)
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
            Self::Unprocessable(_) => IssueType::BusinessRule,
            Self::WrongType { .. } => IssueType::Invalid,
            Self::WrongId { .. }
            | Self::BadId(_)
            | Self::BadTag(_)
            | Self::Query(_)
            | Self::Parameter { .. } => IssueType::Value,
            Self::Precondition(_) | Self::IdTaken(..) => IssueType::Conflict,
            Self::NoCriteria => IssueType::TooCostly,
            Self::MultipleMatches(_) | Self::TooManyMatches(..) => IssueType::MultipleMatches,
            Self::Patch(error) if matches!(error.kind, PatchErrorKind::TestFailed(_)) => IssueType::Conflict,
            Self::Patch(_) => IssueType::Invalid,
            Self::Execute(ExecuteError::Cursor) => IssueType::Value,
            Self::Execute(ExecuteError::TooCostly { .. } | ExecuteError::Deadline) => IssueType::TooCostly,
            Self::Records(error) => of_records::kind(error),
            Self::Terminology(error) => terminology(error),
            Self::Broken => IssueType::Exception,
        }
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

fn terminology(error: &TerminologyError) -> IssueType {
    match error {
        TerminologyError::NotFound { .. } => IssueType::NotFound,
        TerminologyError::NoSuchCode { .. } => IssueType::CodeInvalid,
        TerminologyError::NotHere { .. } | TerminologyError::Filter { .. } => IssueType::NotSupported,
        TerminologyError::TooCostly { .. } | TerminologyError::TooMuchWork => IssueType::TooCostly,
        TerminologyError::Circle { .. } => IssueType::Processing,
        TerminologyError::Incomplete(_) => IssueType::Required,
    }
}
