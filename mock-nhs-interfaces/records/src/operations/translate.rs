//! `ConceptMap/$translate`: <https://hl7.org/fhir/R4/conceptmap-operation-translate.html>.

use axum::body::Body;
use fhir::json::Json;
use validation::terminology::{Coded, Translation};

use super::code::{ask, canonical, codes};
use super::inputs::Inputs;
use super::outputs::Outputs;
use super::validate_code::system_of;
use crate::server::operation::Subject;
use crate::server::{Answer, Call, Refusal};

const KNOWN: &str =
    "url, conceptMapVersion, code, system, version, coding, codeableConcept, target, targetsystem";

/// Translates a code by concept maps.
pub(super) async fn translate_code(
    call: &Call<'_>,
    subject: Subject<'_>,
    body: Body,
) -> Result<Answer, Refusal> {
    let inputs = Inputs::read(call, body, KNOWN).await?;
    let codes = codes(&inputs, inputs.text("system"), "version");
    let named = inputs
        .text("url")
        .map(|url| canonical(url, inputs.text("conceptMapVersion")));
    let map = system_of(call, subject, named.as_deref()).await?;
    let target = inputs
        .text("targetsystem")
        .or_else(|| inputs.text("target"))
        .map(str::to_owned);
    let found = ask(call, move |library| {
        let mut best: Option<Translation> = None;
        for coded in &codes {
            let found = library.translate(map.as_deref(), coded, target.as_deref())?;
            if found.result {
                return Ok(found);
            }
            best.get_or_insert(found);
        }
        best.ok_or(Refusal::Parameter {
            name: "code",
            value: String::new(),
            wanted: "a code with its system, a coding, or a codeableConcept",
        })
    });
    Ok(outputs(&found.await?))
}

fn outputs(found: &Translation) -> Answer {
    let mut outputs = Outputs::default();
    outputs.add("result", "valueBoolean", Json::Bool(found.result));
    outputs.text("message", "valueString", found.message.as_deref());
    for one in &found.matches {
        let mut parts = Outputs::default();
        parts.text("equivalence", "valueCode", Some(&one.equivalence));
        if let Some(concept) = &one.concept {
            parts.add("concept", "valueCoding", coding(concept));
        }
        parts.text("source", "valueUri", Some(&one.source));
        outputs.parts("match", parts);
    }
    outputs.into_answer()
}

fn coding(coded: &Coded) -> Json {
    let members = [
        ("system", coded.system.as_deref()),
        ("version", coded.version.as_deref()),
        ("code", Some(coded.code.as_str())),
        ("display", coded.display.as_deref()),
    ];
    Json::object(
        members
            .into_iter()
            .filter_map(|(key, value)| Some((key, Json::string(value?)))),
    )
}
