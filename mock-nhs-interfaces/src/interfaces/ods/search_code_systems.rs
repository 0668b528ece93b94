//! `GET /CodeSystem/`: lists the code systems here; with a code, what it means.

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response};

use super::bundle::{base, number};
use super::code_systems::{Content, SYSTEMS, System, VERSION};
use super::error::{CODE_NOT_FOUND, INVALID_API_KEY, INVALID_VALUE, MISSING_API_KEY, Problem};
use super::look_up_code::looked_up;
use super::question::Question;
use super::shape::Format;
use super::{MEDIA_TYPE, answered, nhs_page, parameter};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, FieldKind, Login, Need, Operation};

const TEXT: FieldKind = FieldKind::Text { wildcards: false };

pub(super) const OPERATION: Operation = Operation {
    id: "search_code_systems",
    title: "List code systems",
    summary: "Lists the code systems of the register and the properties of their codes; with a code, looks it up.",
    method: Method::GET,
    path: "/fhir/CodeSystem/",
    logins: &[Login::ApiKey],
    fields: &[
        parameter(
            "system",
            "Code system",
            "Its address; url means the same.",
            TEXT,
            Need::Optional,
            "https://fhir.nhs.uk/Id/ods-organization-code",
        ),
        parameter(
            "code",
            "Code",
            "Looks the code up.",
            TEXT,
            Need::Optional,
            "G81086",
        ),
        parameter(
            "property",
            "Properties",
            "Of the code that is looked up; * for all of them.",
            TEXT,
            Need::OptionalRepeatable,
            "*",
        ),
        parameter(
            "_summary",
            "Without codes",
            "false for the codes of small systems as well.",
            FieldKind::Flag,
            Need::Optional,
            "false",
        ),
        super::APIKEY,
    ],
    examples: &[
        Example::get(
            "The code system of organisations",
            "/fhir/CodeSystem/?system=https://fhir.nhs.uk/Id/ods-organization-code",
            200,
        ),
        Example::get(
            "Every relationship",
            "/fhir/CodeSystem/?system=https://digital.nhs.uk/services/organisation-data-service/CodeSystem/ODSRelationship&_summary=false",
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
    handler: search_code_systems,
};
/// The same without the slash.
pub(super) const WITHOUT_SLASH: Operation = Operation {
    id: "search_code_systems_without_slash",
    title: "List code systems, at the address without a slash",
    path: "/fhir/CodeSystem",
    examples: &[Example::get(
        "The code system of organisations",
        "/fhir/CodeSystem?url=https://fhir.nhs.uk/Id/ods-organization-code",
        200,
    )],
    ..OPERATION
};

fn search_code_systems<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(answered(exchange, search(exchange)))
}

async fn search(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let question = Question::read(exchange.query())?;
    if question.first("code").is_some() {
        return looked_up(exchange).await;
    }
    let wanted = question.first("system").or_else(|| question.first("url"));
    let is_whole = question.first("_summary") == Some("false");
    let found: Vec<&System> = SYSTEMS
        .iter()
        .filter(|system| wanted.is_none_or(|url| url == system.url))
        .collect();
    if is_whole
        && found
            .iter()
            .any(|system| matches!(system.content, Content::Organisations))
    {
        return Err(Problem::new(
            &INVALID_VALUE,
            "The code system of organisations is too large to be answered whole: expand a value set of it.",
        ));
    }
    let base = base(exchange);
    let entries: Vec<Json> = found
        .iter()
        .map(|system| {
            Json::object([
                (
                    "fullUrl",
                    Json::string(format!("{base}/CodeSystem/{}", system.id)),
                ),
                ("resource", resource(system, is_whole)),
                ("search", Json::object([("mode", Json::string("match"))])),
            ])
        })
        .collect();
    let link = Json::object([
        ("relation", Json::string("self")),
        (
            "url",
            Json::string(question.link(&format!("{base}/CodeSystem"), None)),
        ),
    ]);
    let mut members = vec![
        ("resourceType", Json::string("Bundle")),
        ("type", Json::string("searchset")),
        ("total", number(found.len())),
        ("link", Json::Array(vec![link])),
    ];
    if !entries.is_empty() {
        members.push(("entry", Json::Array(entries)));
    }
    Format::wanted(exchange).answer_within_limit(&Json::object(members))
}

fn resource(system: &System, is_whole: bool) -> Json {
    let mut members = vec![
        ("resourceType", Json::string("CodeSystem")),
        ("id", Json::string(system.id)),
        ("url", Json::string(system.url)),
        ("version", Json::string(VERSION)),
        ("name", Json::string(system.id.replace('-', "_"))),
        ("title", Json::string(system.title)),
        ("status", Json::string("active")),
        ("caseSensitive", Json::Bool(true)),
        // The seed has a few of the register's codes.
        ("content", Json::string("fragment")),
    ];
    let properties: Vec<Json> = system
        .properties
        .iter()
        .map(|(code, kind)| Json::object([("code", Json::string(*code)), ("type", Json::string(*kind))]))
        .collect();
    if !properties.is_empty() {
        members.push(("property", Json::Array(properties)));
    }
    if let (true, Content::Codes(codes)) = (is_whole, &system.content) {
        let concepts = codes
            .iter()
            .map(|code| {
                Json::object([
                    ("code", Json::string(code.code)),
                    ("display", Json::string(code.display)),
                ])
            })
            .collect();
        members.push(("concept", Json::Array(concepts)));
    }
    Json::object(members)
}
