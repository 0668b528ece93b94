//! `CodeSystem/$lookup`: <https://hl7.org/fhir/R4/codesystem-operation-lookup.html>.

use axum::body::Body;
use fhir::json::Json;
use validation::terminology::LookupAnswer;

use super::code::{ask, codes};
use super::inputs::Inputs;
use super::outputs::Outputs;
use crate::server::{Answer, Call, Refusal};

const KNOWN: &str = "code, system, version, coding, property";

/// Tells what is known about a code.
pub(super) async fn look_up_code(call: &Call<'_>, body: Body) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN).await?;
    let coded = codes(&inputs, inputs.text("system"), "version")
        .into_iter()
        .next();
    let coded = coded.and_then(|coded| Some((coded.system?, coded.version, coded.code)));
    let (system, version, code) = coded.ok_or_else(|| Refusal::Parameter {
        name: "code",
        value: inputs.text("code").unwrap_or_default().to_owned(),
        wanted: "a code with its system, or a coding",
    })?;
    let found = ask(call, move |library| {
        Ok(library.lookup(&system, version.as_deref(), &code)?)
    })
    .await?;
    Ok(outputs(&found, &inputs.texts("property")))
}

/// Without a list of properties, all are answered.
fn outputs(found: &LookupAnswer, wanted: &[&str]) -> Answer {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&name) || wanted.contains(&"*");
    let mut outputs = Outputs::default();
    outputs.text("name", "valueString", Some(&found.name));
    outputs.text("version", "valueString", found.version.as_deref());
    outputs.text(
        "display",
        "valueString",
        found.display.as_deref().or(Some(&found.code)),
    );
    if is_wanted("abstract") && found.is_abstract {
        outputs.add("abstract", "valueBoolean", Json::Bool(true));
    }
    for designation in found.designations.iter().filter(|_| is_wanted("designation")) {
        let mut parts = Outputs::default();
        parts.text("language", "valueCode", designation.language.as_deref());
        if let Some(used_as) = &designation.used_as {
            parts.add("use", "valueCoding", used_as.clone());
        }
        parts.text("value", "valueString", Some(&designation.value));
        outputs.parts("designation", parts);
    }
    if let Some(definition) = found.definition.as_deref().filter(|_| is_wanted("definition")) {
        let mut parts = Outputs::default();
        parts.text("code", "valueCode", Some("definition"));
        parts.text("value", "valueString", Some(definition));
        outputs.parts("property", parts);
    }
    for property in found
        .properties
        .iter()
        .filter(|property| is_wanted(&property.code))
    {
        let mut parts = Outputs::default();
        parts.text("code", "valueCode", Some(&property.code));
        parts.add("value", &property.key, property.value.clone());
        parts.text("description", "valueString", property.description.as_deref());
        outputs.parts("property", parts);
    }
    outputs.into_answer()
}
