//! `GET /CodeSystem/$lookup`: tells what a code means.

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response};

use super::code_systems::{Concept, System, VERSION, system};
use super::error::{CODE_NOT_FOUND, INVALID_API_KEY, INVALID_VALUE, MISSING_API_KEY, Problem};
use super::question::Question;
use super::shape::Format;
use super::{MEDIA_TYPE, answered, nhs_page, parameter};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation};

const TEXT: FieldKind = FieldKind::Text { wildcards: false };
const SYSTEM: Field = parameter(
    "system",
    "Code system",
    "Its address.",
    TEXT,
    Need::Optional,
    "https://fhir.nhs.uk/Id/ods-organization-code",
);
const CODE: Field = parameter(
    "code",
    "Code",
    "Such as an ODS code.",
    TEXT,
    Need::Optional,
    "G81086",
);
const PROPERTY: Field = parameter(
    "property",
    "Properties",
    "Which properties are answered; * for all of them.",
    TEXT,
    Need::OptionalRepeatable,
    "*",
);

pub(super) const OPERATION: Operation = Operation {
    id: "look_up_code",
    title: "Look up a code",
    summary: "Tells what a code means: everything that the register knows about an organisation, or the name of a role.",
    method: Method::GET,
    path: "/fhir/CodeSystem/$lookup",
    logins: &[Login::ApiKey],
    fields: &[SYSTEM, CODE, PROPERTY, super::APIKEY],
    examples: &[
        Example::get(
            "A practice, with all that is known about it",
            "/fhir/CodeSystem/$lookup?system=https://fhir.nhs.uk/Id/ods-organization-code&code=G81086&property=*",
            200,
        ),
        Example::get(
            "What RO177 means",
            "/fhir/CodeSystem/$lookup?system=https://digital.nhs.uk/services/organisation-data-service/CodeSystem/ODSOrganisationRole&code=RO177",
            200,
        ),
        Example::get(
            "A code that there is not",
            "/fhir/CodeSystem/$lookup?system=https://fhir.nhs.uk/Id/ods-organization-code&code=NOBODY",
            404,
        ),
    ],
    faults: &[
        CODE_NOT_FOUND.fault,
        INVALID_VALUE.fault,
        MISSING_API_KEY,
        INVALID_API_KEY,
    ],
    media_type: MEDIA_TYPE,
    specification: nhs_page!("get-/CodeSystem/"),
    handler: look_up_code,
};

fn look_up_code<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(answered(exchange, looked_up(exchange)))
}

/// What the code means that the question names.
///
/// # Errors
/// When it names none, or one that there is not.
pub(super) async fn looked_up(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let question = Question::read(exchange.query())?;
    let url = question.first("system").or_else(|| question.first("url"));
    let (Some(url), Some(code)) = (url, question.first("code")) else {
        return Err(Problem::new(
            &INVALID_VALUE,
            "A code is looked up by the parameters system and code.",
        ));
    };
    let system = system(url)?;
    let wanted: Vec<&str> = question.all("property").collect();
    let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
    let concept = system.concept(exchange, &view, code, !wanted.is_empty())?;
    Format::wanted(exchange).answer_within_limit(&parameters(system, &concept, &wanted))
}

fn parameters(system: &System, concept: &Concept, wanted: &[&str]) -> Json {
    let is_wanted = |code: &str| wanted.contains(&"*") || wanted.contains(&code);
    let value = |name: &str, key: &'static str, value: Json| {
        Json::object([("name", Json::string(name)), (key, value)])
    };
    let text = |name: &str, key: &'static str, given: &str| value(name, key, Json::string(given));
    let used_as = Json::object([
        (
            "system",
            Json::string("http://terminology.hl7.org/CodeSystem/designation-usage"),
        ),
        ("code", Json::string("display")),
    ]);
    let mut all = vec![
        text("code", "valueCode", &concept.code),
        text("display", "valueString", &concept.display),
        text("name", "valueString", system.title),
        text("system", "valueUri", system.url),
        text("version", "valueString", VERSION),
        part(
            "designation",
            vec![
                value("use", "valueCoding", used_as),
                text("value", "valueString", &concept.display),
            ],
        ),
    ];
    for property in concept
        .properties
        .iter()
        .filter(|property| is_wanted(&property.code))
    {
        let mut parts = vec![text("code", "valueCode", &property.code)];
        // The server behind the register says most values twice: also under the name that older clients look for.
        if property.key != "valueCode" {
            parts.push(value(property.key, property.key, property.value.clone()));
        }
        parts.push(value("value", property.key, property.value.clone()));
        all.push(part("property", parts));
    }
    Json::object([
        ("resourceType", Json::string("Parameters")),
        ("parameter", Json::Array(all)),
    ])
}

fn part(name: &str, parts: Vec<Json>) -> Json {
    Json::object([("name", Json::string(name)), ("part", Json::Array(parts))])
}
