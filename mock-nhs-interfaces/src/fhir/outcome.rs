//! FHIR's own way to say what went wrong.

use bytes::Bytes;
pub(crate) use fhir_types::outcome::{Coding, Issue, IssueSeverity, IssueType};

/// The body of an `OperationOutcome` with this one issue.
pub(crate) fn body(issue: &Issue<'_>) -> Bytes {
    fhir_types::outcome::operation_outcome(issue).map_or_else(
        |error| {
            tracing::error!(%error, "an OperationOutcome could not be written");
            Bytes::from_static(
                br#"{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]}"#,
            )
        },
        Bytes::from,
    )
}
