//! `ValueSet/$validate-code` and `CodeSystem/$validate-code`:
//! <https://hl7.org/fhir/R4/valueset-operation-validate-code.html>, <https://hl7.org/fhir/R4/codesystem-operation-validate-code.html>.

use axum::body::Body;
use fhir::json::Json;
use validation::terminology::CodeAnswer;

use super::code::{ask, canonical, codes, subject as subject_of};
use super::inputs::Inputs;
use super::outputs::Outputs;
use crate::server::operation::Subject;
use crate::server::{Answer, Call, Refusal};

const KNOWN_OF_SET: &str =
    "url, valueSet, valueSetVersion, code, system, systemVersion, display, coding, codeableConcept";
const KNOWN_OF_SYSTEM: &str = "url, code, version, display, coding, codeableConcept";

/// Whether a code is in a value set.
pub(super) async fn validate_code_in_set(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN_OF_SET).await?;
    let codes = codes(&inputs, inputs.text("system"), "systemVersion");
    let given = match subject_of(&call.view().await?, subject)? {
        Some(value_set) => Some(value_set),
        None => inputs
            .value("valueSet")
            .filter(|value| value.as_object().is_some())
            .cloned(),
    };
    let url = inputs
        .text("url")
        .map(|url| canonical(url, inputs.text("valueSetVersion")));
    let answer = ask(call, move |library| match (given, url) {
        (Some(value_set), _) => Ok(library.validate_code_in_resource(&value_set, &codes)?),
        (None, Some(url)) => Ok(library.validate_code(&url, &codes)?),
        (None, None) => Err(no_url("the canonical address of a value set")),
    });
    Ok(outputs(&answer.await?))
}

/// Whether a code system has a code.
pub(super) async fn validate_code_of_system(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN_OF_SYSTEM).await?;
    let codes = codes(&inputs, None, "version");
    let system = system_of(call, subject, inputs.text("url")).await?;
    let system = system.or_else(|| codes.iter().find_map(|coded| coded.system.clone()));
    let answer = ask(call, move |library| match system {
        Some(system) => Ok(library.validate_code_of_system(&system, &codes)?),
        None => Err(no_url("the canonical address of a code system")),
    });
    Ok(outputs(&answer.await?))
}

/// The code system that is meant: the one that the operation is called on, or the one that is named.
pub(super) async fn system_of(
    call: &Call<'_>,
    subject: Subject<'_>,
    named: Option<&str>,
) -> Result<Option<String>, Refusal> {
    match subject_of(&call.view().await?, subject)? {
        Some(resource) => match resource.text("url") {
            Some(url) => Ok(Some(url.to_owned())),
            None => Err(no_url("in the resource: without it, its codes have no system")),
        },
        None => Ok(named.map(str::to_owned)),
    }
}

fn no_url(wanted: &'static str) -> Refusal {
    Refusal::Parameter {
        name: "url",
        value: String::new(),
        wanted,
    }
}

fn outputs(answer: &CodeAnswer) -> Answer {
    let mut outputs = Outputs::default();
    outputs.add("result", "valueBoolean", Json::Bool(answer.result));
    outputs.text("message", "valueString", answer.message.as_deref());
    outputs.text("display", "valueString", answer.display.as_deref());
    outputs.text("system", "valueUri", answer.system.as_deref());
    outputs.text("code", "valueCode", answer.code.as_deref());
    outputs.into_answer()
}
