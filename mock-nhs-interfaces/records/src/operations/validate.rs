//! `$validate`: <https://hl7.org/fhir/R4/resource-operation-validate.html>.
//!
//! What was found is the answer, with status 200 also when it is errors: the operation did what it was asked.

use axum::body::Body;
use fhir::json::Json;
use fhir_types::outcome::{Finding, IssueSeverity, IssueType};
use http::StatusCode;
use validation::Validator;

use super::code::{ask, subject as subject_of};
use super::inputs::{Inputs, read_body};
use crate::ResourceType;
use crate::server::accepted::findings;
use crate::server::operation::Subject;
use crate::server::shown::shown;
use crate::server::{Answer, Call, Refusal, outcome};

const KNOWN: &str = "resource, mode, profile";

/// Checks a resource that is sent, or one that is here.
pub(super) async fn validate_resource(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let body = read_body(call, body).await?;
    let (inputs, sent) = match body {
        Some(body) if is_question(&body, subject) => {
            let inputs = Inputs::of(call, Some(&body), KNOWN)?;
            let sent = inputs.value("resource").cloned();
            (inputs, sent)
        }
        other => (Inputs::of(call, None, KNOWN)?, other),
    };
    let here = subject_of(&call.view().await?, subject)?;
    if let Some(mode) = inputs.text("mode")
        && !matches!(mode, "create" | "update" | "delete" | "profile")
    {
        return Err(Refusal::Parameter {
            name: "mode",
            value: mode.to_owned(),
            wanted: "create, update, delete or profile",
        });
    }
    let resource = match (sent, here) {
        (None, Some(_)) if inputs.text("mode") == Some("delete") => {
            // Nothing is asked about who refers to it, so it can always be deleted.
            return Ok(answer(Vec::new(), "It can be deleted"));
        }
        (Some(resource), _) | (None, Some(resource)) => resource,
        (None, None) => {
            return Err(Refusal::Parameter {
                name: "resource",
                value: String::new(),
                wanted: "a resource to check, as the body or inside Parameters",
            });
        }
    };
    let kind = match subject {
        Subject::Type(kind) | Subject::Instance(kind, _) => Some(kind),
        Subject::System => None,
    };
    let wrong_type = kind.and_then(|kind| wrong_type(&resource, kind));
    let profiles: Vec<String> = inputs.texts("profile").into_iter().map(str::to_owned).collect();
    let now = call.now;
    let issues = ask(call, move |library| {
        let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
        Ok(Validator::new(&library, now.micros()).validate(&resource, &profiles))
    });
    let mut found = findings(issues.await?.into_vec());
    found.extend(wrong_type);
    Ok(answer(found, "No errors were found"))
}

/// Whether the body is a question, and not itself what is to be checked.
fn is_question(body: &Json, subject: Subject<'_>) -> bool {
    let checks_parameters = matches!(subject, Subject::Type(kind) if kind.name() == "Parameters");
    let mut parameters = body.get("parameter").into_iter().flat_map(Json::items);
    body.text("resourceType") == Some("Parameters")
        && (!checks_parameters || parameters.any(|parameter| parameter.get("resource").is_some()))
}

fn wrong_type(resource: &Json, kind: ResourceType) -> Option<Finding> {
    let found = resource.text("resourceType").unwrap_or_default();
    (found != kind.name()).then(|| Finding {
        expression: Some("Resource.resourceType".to_owned()),
        ..outcome::error(
            IssueType::Invalid,
            format!("The address takes a {}, not a {}", kind.name(), shown(found)),
        )
    })
}

/// Errors first; without any, that comes first.
fn answer(mut found: Vec<Finding>, good: &str) -> Answer {
    let is_error =
        |finding: &Finding| matches!(finding.severity, IssueSeverity::Error | IssueSeverity::Fatal);
    found.sort_by_key(|finding| !is_error(finding));
    if !found.first().is_some_and(is_error) {
        found.insert(
            0,
            outcome::finding(IssueSeverity::Information, IssueType::Informational, good),
        );
    }
    Answer::text(StatusCode::OK, outcome::text(&found))
}
