//! Writing an `OperationOutcome`.

use bytes::Bytes;
use fhir_types::outcome::{Finding, IssueSeverity, IssueType, operation_outcome_of};

/// Issues that one answer lists at most; what finds more says so itself.
const MAX_ISSUES: usize = 101;

/// An error.
pub(crate) fn error(kind: IssueType, diagnostics: impl Into<String>) -> Finding {
    finding(IssueSeverity::Error, kind, diagnostics)
}

/// Something that is no error.
pub(crate) fn finding(severity: IssueSeverity, kind: IssueType, diagnostics: impl Into<String>) -> Finding {
    Finding {
        severity,
        kind,
        diagnostics: diagnostics.into(),
        expression: None,
    }
}

/// The text of an outcome with these issues.
pub(crate) fn text(findings: &[Finding]) -> Bytes {
    let listed = findings.get(..MAX_ISSUES).unwrap_or(findings);
    match operation_outcome_of(listed) {
        Ok(text) => Bytes::from(text),
        Err(error) => {
            tracing::error!(%error, "an OperationOutcome could not be written");
            Bytes::from_static(
                br#"{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]}"#,
            )
        }
    }
}
