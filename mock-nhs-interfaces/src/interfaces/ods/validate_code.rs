//! `GET /CodeSystem/$validate-code`: tells whether there is such a code.

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response};

use super::code_systems::{VERSION, system};
use super::error::{CODE_NOT_FOUND, INVALID_API_KEY, INVALID_VALUE, MISSING_API_KEY, Problem};
use super::question::Question;
use super::shape::Format;
use super::{MEDIA_TYPE, answered, nhs_page, parameter};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, FieldKind, Login, Need, Operation};

const TEXT: FieldKind = FieldKind::Text { wildcards: false };

pub(super) const OPERATION: Operation = Operation {
    id: "validate_code",
    title: "Check a code",
    summary: "Tells whether a code system has a code, and whether its properties are as somebody believes.",
    method: Method::GET,
    path: "/fhir/CodeSystem/$validate-code",
    logins: &[Login::ApiKey],
    fields: &[
        parameter(
            "url",
            "Code system",
            "Its address.",
            TEXT,
            Need::Optional,
            "https://fhir.nhs.uk/Id/ods-organization-code",
        ),
        parameter(
            "code",
            "Code",
            "Such as an ODS code.",
            TEXT,
            Need::Optional,
            "RR8",
        ),
        parameter(
            "display",
            "Name",
            "What the code is believed to mean.",
            TEXT,
            Need::Optional,
            "LEEDS TEACHING HOSPITALS NHS TRUST",
        ),
        parameter(
            "status",
            "Status",
            "Whether an organisation is believed to be active or inactive.",
            TEXT,
            Need::Optional,
            "active",
        ),
        super::APIKEY,
    ],
    examples: &[
        Example::get(
            "An organisation that is active",
            "/fhir/CodeSystem/$validate-code?url=https://fhir.nhs.uk/Id/ods-organization-code&code=RR8&status=active",
            200,
        ),
        Example::get(
            "One that there is not: the answer is false",
            "/fhir/CodeSystem/$validate-code?url=https://fhir.nhs.uk/Id/ods-organization-code&code=NOBODY",
            200,
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
    handler: validate_code,
};

fn validate_code<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(answered(exchange, validated(exchange)))
}

async fn validated(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let question = Question::read(exchange.query())?;
    let (Some(url), Some(code)) = (question.first("url"), question.first("code")) else {
        return Err(Problem::new(
            &INVALID_VALUE,
            "A code is checked by the parameters url and code.",
        ));
    };
    let system = system(url)?;
    let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
    let (display, message) = match system.concept(exchange, &view, code, true) {
        Err(_) => (
            None,
            Some(format!(
                "The code '{}' is not in '{}'.",
                crate::api_platform::shortened(code),
                system.url
            )),
        ),
        Ok(concept) => {
            let differs = question.pairs.iter().find(|(name, value)| {
                if name == "display" {
                    return *value != concept.display;
                }
                let mut said = concept
                    .properties
                    .iter()
                    .filter(|property| property.code == *name)
                    .peekable();
                let is_property = system.properties.iter().any(|(property, _)| property == name);
                is_property && !said.any(|property| property.comparable() == *value)
            });
            let message = differs.map(|(name, _)| {
                format!(
                    "The {} of '{}' is another one.",
                    crate::api_platform::shortened(name),
                    concept.code
                )
            });
            (Some(concept.display), message)
        }
    };
    let value = |name: &str, key: &'static str, value: Json| {
        Json::object([("name", Json::string(name)), (key, value)])
    };
    let mut all = vec![value("result", "valueBoolean", Json::Bool(message.is_none()))];
    all.push(value("system", "valueUri", Json::string(system.url)));
    all.push(value("version", "valueString", Json::string(VERSION)));
    if let Some(display) = display {
        all.push(value("display", "valueString", Json::string(display)));
    }
    if let Some(message) = message {
        all.push(value("message", "valueString", Json::string(message)));
    }
    Format::wanted(exchange).answer_within_limit(&Json::object([
        ("resourceType", Json::string("Parameters")),
        ("parameter", Json::Array(all)),
    ]))
}
