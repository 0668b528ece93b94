//! A body that has become a resource: parsed once, checked once, kept as it was written.

use fhir::json::Json;
use fhir_types::outcome::{Finding, IssueSeverity, IssueType};
use validation::{Issue, Severity, check_shape};

use super::{Refusal, outcome};
use crate::ResourceType;

/// A resource as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    /// As it was written.
    pub(crate) text: String,
    /// The same as a tree.
    pub(crate) tree: Json,
    /// Its type.
    pub(crate) kind: ResourceType,
}

impl Accepted {
    /// Reads and checks a body that is to be a resource of this type.
    pub(crate) fn parse(body: &[u8], expected: ResourceType) -> Result<Self, Refusal> {
        let tree = Json::parse(body)?;
        // Json::parse has seen to it that it is UTF-8.
        let text = std::str::from_utf8(body).map_err(|_| Refusal::Broken)?.to_owned();
        Self::check(text, tree, expected)
    }

    /// The same for a resource that was taken from a larger text, or changed.
    pub(crate) fn of_tree(tree: Json, expected: ResourceType) -> Result<Self, Refusal> {
        Self::check(tree.to_text(), tree, expected)
    }

    fn check(text: String, tree: Json, expected: ResourceType) -> Result<Self, Refusal> {
        let found = tree.text("resourceType").unwrap_or_default();
        if ResourceType::parse(found).is_some_and(|found| found != expected) {
            return Err(Refusal::WrongType {
                expected,
                found: found.to_owned(),
            });
        }
        let issues = check_shape(&tree);
        if issues.has_errors() {
            return Err(Refusal::Invalid(findings(issues.into_vec())));
        }
        Ok(Self {
            text,
            tree,
            kind: expected,
        })
    }

    /// The id that it brings.
    pub(crate) fn id(&self) -> Option<&str> {
        self.tree.text("id")
    }
}

/// What validation found, as issues of an outcome.
pub(crate) fn findings(issues: Vec<Issue>) -> Vec<Finding> {
    issues
        .into_iter()
        .map(|issue| Finding {
            severity: match issue.severity {
                Severity::Information => IssueSeverity::Information,
                Severity::Warning => IssueSeverity::Warning,
                Severity::Error => IssueSeverity::Error,
            },
            kind: issue.code.code().parse().unwrap_or(IssueType::Processing),
            diagnostics: issue.diagnostics,
            expression: Some(issue.expression).filter(|expression| !expression.is_empty()),
        })
        .collect()
}

/// Reads a body that need not be a resource: a JSON Patch.
pub(crate) fn json(body: &[u8]) -> Result<Json, Refusal> {
    Ok(Json::parse(body)?)
}

/// That something was done, for `Prefer: return=OperationOutcome`.
pub(crate) fn done(sentence: &str) -> bytes::Bytes {
    outcome::text(&[outcome::finding(
        IssueSeverity::Information,
        IssueType::Informational,
        sentence,
    )])
}
