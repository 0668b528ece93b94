//! `OperationOutcome`: FHIR's way to say what went wrong. <https://hl7.org/fhir/R4/operationoutcome.html>

mod several;

pub use fhir_sdk::r4b::codes::{IssueSeverity, IssueType};
use fhir_sdk::r4b::resources::{OperationOutcome, OperationOutcomeIssue};
use fhir_sdk::r4b::types::{CodeableConcept, Coding as FhirCoding};
use serde::Serialize;
pub use several::{Finding, operation_outcome_of};

use crate::WriteError;

/// The one issue of an outcome.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'a> {
    /// How bad it is.
    pub severity: IssueSeverity,
    /// What kind it is, in FHIR's words.
    pub kind: IssueType,
    /// What it is, in the interface's words.
    pub coding: Coding<'a>,
    /// What to know about this one case.
    pub diagnostics: Option<&'a str>,
}

/// A code and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Coding<'a> {
    /// The code system.
    pub system: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The code.
    pub code: &'a str,
    /// The code in words.
    pub display: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    resource_type: &'static str,
    issue: &'a [Option<OperationOutcomeIssue>],
}

/// The JSON of an `OperationOutcome` with one issue.
///
/// # Errors
/// When it cannot be built or written; no caller has seen that happen.
pub fn operation_outcome(issue: &Issue<'_>) -> Result<Vec<u8>, WriteError> {
    let coding = FhirCoding::builder()
        .system(issue.coding.system.to_owned())
        .version(issue.coding.version.to_owned())
        .code(issue.coding.code.to_owned())
        .display(issue.coding.display.to_owned())
        .build()?;
    let details = CodeableConcept::builder().coding(vec![Some(coding)]).build()?;
    let mut built = OperationOutcomeIssue::builder()
        .severity(issue.severity)
        .code(issue.kind)
        .details(details);
    if let Some(diagnostics) = issue.diagnostics {
        built = built.diagnostics(diagnostics.to_owned());
    }
    let outcome = OperationOutcome::builder()
        .issue(vec![Some(built.build()?)])
        .build()?;
    let written = Written {
        resource_type: "OperationOutcome",
        issue: &outcome.issue,
    };
    Ok(serde_json::to_vec(&written)?)
}

#[cfg(test)]
mod tests {
    use super::{Coding, Issue, IssueSeverity, IssueType, operation_outcome};

    #[test]
    fn an_outcome_has_one_coded_issue() {
        let issue = Issue {
            severity: IssueSeverity::Error,
            kind: IssueType::NotFound,
            coding: Coding {
                system: "urn:s",
                version: "1",
                code: "C",
                display: "It is \"C\"",
            },
            diagnostics: Some("why"),
        };
        let written = String::from_utf8(operation_outcome(&issue).unwrap()).unwrap();
        assert_eq!(
            written,
            r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found","details":{"coding":[{"system":"urn:s","version":"1","code":"C","display":"It is \"C\""}]},"diagnostics":"why"}]}"#
        );
    }
}
