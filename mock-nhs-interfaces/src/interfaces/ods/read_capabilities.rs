//! `GET /metadata`: what can be asked of the register.

use fhir::json::Json;
use http::{Method, StatusCode};

use super::error::{INVALID_API_KEY, MISSING_API_KEY};
use super::shape::Format;
use super::{MEDIA_TYPE, PARAMETERS_OF_AFFILIATION, PARAMETERS_OF_ORGANIZATION, bundle, caller, nhs_page};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Login, Operation};

pub(super) const OPERATION: Operation = Operation {
    id: "read_capabilities",
    title: "Read what can be asked",
    summary: "Answers the capability statement: resource types, parameters of searches, operations.",
    method: Method::GET,
    path: "/fhir/metadata",
    logins: &[Login::ApiKey],
    fields: &[super::APIKEY],
    examples: &[Example::get("The capability statement", "/fhir/metadata", 200)],
    faults: &[MISSING_API_KEY, INVALID_API_KEY],
    media_type: MEDIA_TYPE,
    specification: nhs_page!("get-/metadata"),
    handler: read_capabilities,
};

/// A resource type: its name, parameters of its search, what can be included, operations.
struct Offered {
    type_name: &'static str,
    interactions: &'static [&'static str],
    parameters: &'static [&'static str],
    includes: &'static [&'static str],
    reverse_includes: &'static [&'static str],
    operations: &'static [&'static str],
}

const ENDS: &[&str] = &[
    "OrganizationAffiliation:primary-organization",
    "OrganizationAffiliation:participating-organization",
];
const NOTHING: Offered = Offered {
    type_name: "",
    interactions: &[],
    parameters: &[],
    includes: &[],
    reverse_includes: &[],
    operations: &[],
};
const OFFERED: [Offered; 5] = [
    Offered {
        type_name: "Organization",
        interactions: &["read", "search-type"],
        parameters: PARAMETERS_OF_ORGANIZATION,
        reverse_includes: ENDS,
        ..NOTHING
    },
    Offered {
        type_name: "OrganizationAffiliation",
        interactions: &["read", "search-type"],
        parameters: PARAMETERS_OF_AFFILIATION,
        includes: ENDS,
        ..NOTHING
    },
    Offered {
        type_name: "List",
        interactions: &["read"],
        ..NOTHING
    },
    Offered {
        type_name: "CodeSystem",
        interactions: &["search-type"],
        parameters: &["system", "url"],
        operations: &["lookup", "validate-code"],
        ..NOTHING
    },
    Offered {
        type_name: "ValueSet",
        operations: &["expand"],
        ..NOTHING
    },
];

fn read_capabilities<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange).await {
            return *refusal;
        }
        let rest = Json::object([
            ("mode", Json::string("server")),
            (
                "security",
                Json::object([
                    ("cors", Json::Bool(false)),
                    (
                        "description",
                        Json::string(
                            "On the int host an API key in the header apikey; on the sandbox host nothing.",
                        ),
                    ),
                ]),
            ),
            ("resource", Json::Array(OFFERED.iter().map(resource).collect())),
        ]);
        let statement = Json::object([
            ("resourceType", Json::string("CapabilityStatement")),
            ("id", Json::string("ods")),
            ("name", Json::string("OrganisationDataTerminology")),
            ("title", Json::string("Organisation Data and Terminology")),
            ("status", Json::string("active")),
            ("date", Json::string(super::code_systems::VERSION)),
            ("kind", Json::string("instance")),
            (
                "software",
                Json::object([
                    ("name", Json::string("Code4Health Sandbox")),
                    ("version", Json::string(env!("CARGO_PKG_VERSION"))),
                ]),
            ),
            (
                "implementation",
                Json::object([
                    ("description", Json::string("Made-up organisations, not for care")),
                    ("url", Json::string(bundle::base(exchange))),
                ]),
            ),
            ("fhirVersion", Json::string("4.0.1")),
            (
                "format",
                Json::Array(vec![
                    Json::string("application/fhir+json"),
                    Json::string("application/fhir+xml"),
                ]),
            ),
            ("rest", Json::Array(vec![rest])),
        ]);
        Format::wanted(exchange).answer(StatusCode::OK, &statement)
    })
}

fn resource(offered: &Offered) -> Json {
    let texts = |all: &[&'static str]| Json::Array(all.iter().map(|text| Json::string(*text)).collect());
    let mut members = vec![("type", Json::string(offered.type_name))];
    let mut list = |name: &'static str, items: Vec<Json>| {
        if !items.is_empty() {
            members.push((name, Json::Array(items)));
        }
    };
    let interactions = offered.interactions.iter();
    list(
        "interaction",
        interactions
            .map(|code| Json::object([("code", Json::string(*code))]))
            .collect(),
    );
    for (name, all) in [
        ("searchInclude", offered.includes),
        ("searchRevInclude", offered.reverse_includes),
    ] {
        list(name, texts(all).items().cloned().collect());
    }
    list(
        "searchParam",
        offered
            .parameters
            .iter()
            .map(|name| Json::object([("name", Json::string(*name)), ("type", Json::string(kind(name)))]))
            .collect(),
    );
    list(
        "operation",
        offered
            .operations
            .iter()
            .map(|name| {
                let definition = format!(
                    "http://hl7.org/fhir/OperationDefinition/{}-{name}",
                    offered.type_name
                );
                Json::object([
                    ("name", Json::string(*name)),
                    ("definition", Json::string(definition)),
                ])
            })
            .collect(),
    );
    Json::object(members)
}

/// FHIR's type of a parameter.
fn kind(parameter: &str) -> &'static str {
    match parameter {
        "name" | "phonetic" | "_content" | "_text" => "string",
        "lastChangeDate" | "_lastUpdated" | "date" => "date",
        "_profile" | "_source" | "system" | "url" => "uri",
        "partof" | "endpoint" | "location" | "network" | "service" => "reference",
        other if other.ends_with("-organization") => "reference",
        other if other.starts_with("address") && other != "address-use" => "string",
        _ => "token",
    }
}
