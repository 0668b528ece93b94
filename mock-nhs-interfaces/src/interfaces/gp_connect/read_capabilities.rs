//! `GET metadata` of each base: what can be asked there, made from the statement of this interface.

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response, StatusCode};

use super::caller::{self, Scope};
use super::{SPECIFICATION, addressed, asked};
use crate::exchange::Exchange;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::stu3::shape::{Shape, reference};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, Login, Operation};

macro_rules! operations {
    ($($constant:ident = $id:literal, $base:literal, $interaction:literal, $title:literal;)+) => {
        $(pub(super) const $constant: Operation = Operation {
            id: $id,
            title: $title,
            summary: "Tells which resources and operations a practice answers for at this base.",
            method: Method::GET,
            path: concat!("/{ods}/STU3/1/", $base, "/fhir/metadata"),
            logins: &[Login::Open],
            fields: asked![$interaction;],
            examples: &[Example::get("A practice's", concat!("/T99001/STU3/1/", $base, "/fhir/metadata"), 200)],
            faults: &[refused::BAD_REQUEST.fault, refused::ORGANISATION_NOT_FOUND.fault],
            media_type: "application/fhir+json",
            specification: SPECIFICATION,
            handler: |exchange| {
                Box::pin(async { read(exchange, $base, $interaction).await.unwrap_or_else(Refused::answer) })
            },
        };)+
    };
}

operations! {
    STRUCTURED = "read_record_capabilities", "structured",
        "urn:nhs:names:services:gpconnect:structured:fhir:rest:read:metadata-1", "Read what can be asked of records";
    APPOINTMENTS = "read_capabilities", "appointments",
        "urn:nhs:names:services:gpconnect:fhir:rest:read:metadata-1", "Read what can be asked";
    DOCUMENTS = "read_document_capabilities", "documents",
        "urn:nhs:names:services:gpconnect:documents:fhir:rest:read:metadata-1", "Read what can be asked of documents";
}

async fn read(exchange: &Exchange<'_>, base: &str, interaction: &str) -> Result<Response<Body>, Refused> {
    caller::check(exchange, interaction, Scope::OrganisationRead)?;
    let view = exchange.view().await?;
    addressed(exchange, &Shelf::of(exchange, &view))?;
    Ok(answer::resource(
        StatusCode::OK,
        &statement(exchange.interface.operations, base),
    ))
}

/// What an operation's address says it does at this base: a type and FHIR's word for the interaction, or the name of an operation.
fn interaction_of(operation: &Operation, base: &str) -> Option<(&'static str, &'static str)> {
    let below = below(operation, base)?;
    let last = below.rsplit('/').next()?;
    if last.starts_with('$') || last == "metadata" {
        return None;
    }
    let is_one = last.starts_with('{');
    let kind = if is_one { below.split('/').next()? } else { last };
    let code = match (operation.method.as_str(), is_one) {
        ("GET", true) => "read",
        ("GET", false) => "search-type",
        ("POST", _) => "create",
        _ => "update",
    };
    Some((kind, code))
}

/// The part of an operation's path below this base, if it is there.
fn below(operation: &Operation, base: &str) -> Option<&'static str> {
    let (before, below) = operation.path.split_once("/fhir/")?;
    (before.rsplit('/').next() == Some(base)).then_some(below)
}

fn statement(operations: &[Operation], base: &str) -> Json {
    let mut by_type: Vec<(&str, Vec<&str>)> = Vec::new();
    for (kind, code) in operations.iter().filter_map(|one| interaction_of(one, base)) {
        match by_type.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, codes)) => codes.push(code),
            None => by_type.push((kind, vec![code])),
        }
    }
    let resources = by_type.into_iter().map(|(kind, codes)| {
        let codes = codes
            .into_iter()
            .map(|code| Json::object([("code", Json::from(code))]))
            .collect();
        let includes: &[&str] = match kind {
            "Slot" => &[
                "Slot:schedule",
                "Schedule:actor:Practitioner",
                "Schedule:actor:Location",
                "Location:managingOrganization",
            ],
            "Appointment" => &["Appointment:actor:Practitioner", "Appointment:actor:Location"],
            _ => &[],
        };
        Shape::new()
            .with("type", kind)
            .with_list("interaction", codes)
            .with_list(
                "searchInclude",
                includes.iter().map(|one| Json::from(*one)).collect(),
            )
            .json()
    });
    let named = operations
        .iter()
        .filter_map(|one| below(one, base)?.rsplit('/').next()?.strip_prefix('$'));
    let named = named.map(|name| {
        let definition = match name {
            "gpc.registerpatient" => "GPConnect-RegisterPatient-Operation-1",
            _ => "GPConnect-GetStructuredRecord-Operation-1",
        };
        let address = format!("https://fhir.nhs.uk/STU3/OperationDefinition/{definition}");
        Json::object([("name", Json::from(name)), ("definition", reference(&address))])
    });
    let rest = Shape::new()
        .with("mode", "server")
        .with_list("resource", resources.collect())
        .with_list("operation", named.collect())
        .json();
    let software = Json::object([
        ("name", Json::from("Code4Health Sandbox")),
        ("version", env!("CARGO_PKG_VERSION").into()),
    ]);
    Shape::new()
        .with("resourceType", "CapabilityStatement")
        .with("version", "1.6.0")
        .with("name", "GP Connect")
        .with("status", "active")
        .with("date", "2026-11-01")
        .with("description", "What a practice of the sandbox answers for.")
        .with("kind", "capability")
        .with("software", software)
        .with("fhirVersion", "3.0.1")
        .with("acceptUnknown", "both")
        .with("format", vec![Json::from("application/fhir+json")])
        .with("rest", vec![rest])
        .json()
}
