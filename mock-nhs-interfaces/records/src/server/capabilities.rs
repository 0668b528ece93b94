//! `GET metadata`: what this server does, made from what it does. <https://hl7.org/fhir/R4/capabilitystatement.html>

mod terminology;

use std::fmt::Write as _;
use std::sync::OnceLock;

use bytes::Bytes;
use definitions::SearchParameterKind;
use fhir::json::write_string;
use http::StatusCode;
use search::registry::{Parameter, Registry};

use super::operation::{Level, Operation};
use super::{Answer, Call, Refusal, parameters};
use crate::operations::OPERATIONS;
use crate::{ResourceType, bundle};

/// When what is stated here last changed.
const DATE: &str = "2026-11-26";

/// The interactions of every type.
const INTERACTIONS: &[&str] = &[
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
];

/// Reads the statement.
pub(super) async fn read_capabilities(call: &Call<'_>) -> Result<Answer, Refusal> {
    match parameters::value(call.query(), "mode").as_deref() {
        None | Some("full" | "normative" | "") => {}
        Some("terminology") => return terminology::read_terminology_capabilities(call).await,
        Some(other) => {
            return Err(Refusal::Parameter {
                name: "mode",
                value: other.to_owned(),
                wanted: "full, normative or terminology",
            });
        }
    }
    let mut text = String::with_capacity(rest().len().saturating_add(1024));
    let _ = write!(
        text,
        r#"{{"resourceType":"CapabilityStatement","status":"active","date":"{DATE}","publisher":"Code4Health Sandbox","kind":"instance","software":{{"name":"c4h","version":"{}"}},"implementation":{{"description":"The records of one workspace: made-up people only","url":"#,
        env!("CARGO_PKG_VERSION")
    );
    write_string(&call.tenant.base_url, &mut text);
    text.push_str(
        r#"},"fhirVersion":"4.0.1","format":["application/fhir+json","json"],"patchFormat":["application/json-patch+json","application/fhir+json"],"rest":["#,
    );
    text.push_str(rest());
    text.push_str("]}");
    Ok(Answer::text(StatusCode::OK, Bytes::from(text)))
}

/// What is the same for every workspace.
fn rest() -> &'static str {
    static REST: OnceLock<String> = OnceLock::new();
    REST.get_or_init(|| {
        let mut out = String::from(
            r#"{"mode":"server","documentation":"Text is kept as it was sent, but for id and meta. References are not checked. An unknown parameter is an error unless Prefer: handling=lenient.","resource":["#,
        );
        for (place, kind) in ResourceType::all().enumerate() {
            if place > 0 {
                out.push(',');
            }
            resource(kind, &mut out);
        }
        out.push_str(r#"],"interaction":["#);
        let system = ["history-system", "search-system"];
        list(system.iter().chain(bundle::INTERACTIONS), &mut out, |code, out| {
            let _ = write!(out, r#"{{"code":"{code}"}}"#);
        });
        out.push(']');
        operations(&mut out, |operation| operation.levels.contains(&Level::System));
        out.push_str(r#","compartment":["#);
        list(definitions::compartment_names(), &mut out, |name, out| {
            let _ = write!(out, r#""http://hl7.org/fhir/CompartmentDefinition/{}""#, name.to_lowercase());
        });
        out.push_str("]}");
        out
    })
}

fn list<T>(items: impl IntoIterator<Item = T>, out: &mut String, mut write: impl FnMut(T, &mut String)) {
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write(item, out);
    }
}

fn resource(kind: ResourceType, out: &mut String) {
    let name = kind.name();
    let _ = write!(
        out,
        r#"{{"type":"{name}","profile":"http://hl7.org/fhir/StructureDefinition/{name}","interaction":["#
    );
    list(INTERACTIONS, out, |code, out| {
        let _ = write!(out, r#"{{"code":"{code}"}}"#);
    });
    out.push_str(
        r#"],"versioning":"versioned-update","readHistory":true,"updateCreate":true,"conditionalCreate":true,"conditionalRead":"full-support","conditionalUpdate":true,"conditionalDelete":"multiple","referencePolicy":["literal","logical"],"#,
    );
    let own = Registry::r4().of_type(kind);
    let references = own
        .iter()
        .filter(|parameter| parameter.kind() == SearchParameterKind::Reference);
    out.push_str(r#""searchInclude":["*""#);
    for parameter in references {
        let _ = write!(out, r#","{name}:{}""#, parameter.definition.code);
    }
    out.push(']');
    let pointing: Vec<String> = pointing_at(kind).collect();
    if !pointing.is_empty() {
        out.push_str(r#","searchRevInclude":["#);
        list(pointing, out, |one, out| {
            let _ = write!(out, r#""{one}""#);
        });
        out.push(']');
    }
    out.push_str(r#","searchParam":["#);
    list(own, out, search_parameter);
    out.push(']');
    if name == "Subscription" {
        let _ = write!(
            out,
            r#","documentation":"Creates and updates that meet the criteria are told by rest-hook, into this workspace's own apps only: POST without a payload, PUT of the resource to [endpoint]/[type]/[id] with one. Status requested becomes active, or error with a reason."#
        );
        out.push('"');
    }
    operations(out, |operation| {
        operation.takes(kind) && operation.levels.iter().any(|level| *level != Level::System)
    });
    out.push('}');
}

/// `Observation:subject` and whatever else can point at a resource of this type.
fn pointing_at(kind: ResourceType) -> impl Iterator<Item = String> {
    ResourceType::all().flat_map(move |source| {
        let references = Registry::r4().of_type(source).iter().filter(move |parameter| {
            parameter.kind() == SearchParameterKind::Reference
                && parameter.definition.targets.contains(&kind.name())
        });
        references.map(move |parameter| format!("{}:{}", source.name(), parameter.definition.code))
    })
}

fn search_parameter(parameter: &Parameter, out: &mut String) {
    let kind = match parameter.kind() {
        SearchParameterKind::Number => "number",
        SearchParameterKind::Date => "date",
        SearchParameterKind::String => "string",
        SearchParameterKind::Token => "token",
        SearchParameterKind::Reference => "reference",
        SearchParameterKind::Composite => "composite",
        SearchParameterKind::Quantity => "quantity",
        SearchParameterKind::Uri => "uri",
        SearchParameterKind::Special => "special",
    };
    let definition = parameter.definition;
    let _ = write!(
        out,
        r#"{{"name":"{}","definition":"{}","type":"{kind}"}}"#,
        definition.code, definition.url
    );
}

fn operations(out: &mut String, here: impl Fn(&Operation) -> bool) {
    let mut begun = false;
    let stated = OPERATIONS
        .iter()
        .filter(|operation| !operation.definition.is_empty());
    for operation in stated.filter(|operation| here(operation)) {
        out.push_str(if begun { "," } else { r#","operation":["# });
        begun = true;
        let name = operation.name.trim_start_matches('$');
        let _ = write!(
            out,
            r#"{{"name":"{name}","definition":"{}"}}"#,
            operation.definition
        );
    }
    if begun {
        out.push(']');
    }
}
