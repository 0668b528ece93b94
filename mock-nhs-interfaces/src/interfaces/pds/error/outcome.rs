//! PDS's `OperationOutcome`. Written here and not by the typed resources: one of PDS's kinds of issue is not FHIR's.

use bytes::Bytes;
use serde::Serialize;

use crate::interface::Fault;

const SPINE_SYSTEM: &str = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode";
/// Ours: for what no NHS interface answers.
const OWN_SYSTEM: &str = "https://code4health.example/CodeSystem/sandbox-outcome";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    resource_type: &'static str,
    issue: [Issue<'a>; 1],
}

#[derive(Serialize)]
struct Issue<'a> {
    severity: &'static str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostics: Option<&'a str>,
}

#[derive(Serialize)]
struct Details<'a> {
    coding: [Coding<'a>; 1],
}

#[derive(Serialize)]
struct Coding<'a> {
    system: &'static str,
    version: &'static str,
    code: &'a str,
    display: &'a str,
}

pub(super) fn body(
    fault: &Fault,
    kind: &'static str,
    severity: &'static str,
    is_ours: bool,
    diagnostics: Option<&str>,
) -> Bytes {
    let system = if is_ours { OWN_SYSTEM } else { SPINE_SYSTEM };
    written(Issue {
        severity,
        code: kind,
        details: Some(Details {
            coding: [Coding {
                system,
                version: "1",
                code: fault.code,
                display: fault.display,
            }],
        }),
        diagnostics,
    })
}

fn written(issue: Issue<'_>) -> Bytes {
    let outcome = Outcome {
        resource_type: "OperationOutcome",
        issue: [issue],
    };
    serde_json::to_vec(&outcome).map_or_else(
        |_| {
            Bytes::from_static(
                br#"{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]}"#,
            )
        },
        Bytes::from,
    )
}
