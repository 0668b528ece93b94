//! An `OperationOutcome` with any number of issues, each with the place that it is about.

use fhir_sdk::r4b::codes::{IssueSeverity, IssueType};
use fhir_sdk::r4b::resources::{OperationOutcome, OperationOutcomeIssue};
use serde::Serialize;

use crate::WriteError;

/// One of several issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: IssueSeverity,
    /// What kind it is, in FHIR's words.
    pub kind: IssueType,
    /// What to know about this one case.
    pub diagnostics: String,
    /// What it is about, as a path into the resource: `Patient.name[0].given`; of a query's parameter, its name.
    pub expression: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    resource_type: &'static str,
    issue: &'a [Option<OperationOutcomeIssue>],
}

/// The JSON of an `OperationOutcome` with these issues, in this order.
///
/// # Errors
/// When it cannot be built or written; no caller has seen that happen.
pub fn operation_outcome_of(findings: &[Finding]) -> Result<Vec<u8>, WriteError> {
    let issues = findings.iter().map(|finding| {
        let mut issue = OperationOutcomeIssue::builder()
            .severity(finding.severity)
            .code(finding.kind)
            .diagnostics(finding.diagnostics.clone());
        if let Some(expression) = &finding.expression {
            issue = issue.expression(vec![Some(expression.clone())]);
        }
        Ok(Some(issue.build()?))
    });
    let outcome = OperationOutcome::builder()
        .issue(issues.collect::<Result<Vec<_>, WriteError>>()?)
        .build()?;
    let written = Written {
        resource_type: "OperationOutcome",
        issue: &outcome.issue,
    };
    Ok(serde_json::to_vec(&written)?)
}

#[cfg(test)]
mod tests {
    use super::{Finding, operation_outcome_of};
    use crate::outcome::{IssueSeverity, IssueType};

    #[test]
    fn issues_stay_in_order_and_say_where() {
        let finding = |diagnostics: &str, expression: Option<&str>| Finding {
            severity: IssueSeverity::Error,
            kind: IssueType::Value,
            diagnostics: diagnostics.to_owned(),
            expression: expression.map(str::to_owned),
        };
        let findings = [finding("a", Some("Patient.name[0]")), finding("<b>", None)];
        assert_eq!(
            String::from_utf8(operation_outcome_of(&findings).unwrap()).unwrap(),
            r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"value","diagnostics":"a","expression":["Patient.name[0]"]},{"severity":"error","code":"value","diagnostics":"<b>"}]}"#
        );
    }
}
