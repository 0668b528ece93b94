//! Organisations, clinicians and places: reads by id, searches by identifier.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::caller::{self, Scope};
use super::{SPECIFICATION, asked, field};
use crate::exchange::Exchange;
use crate::gp_connect::places::{Read, Shelf, directory_entry};
use crate::gp_connect::refused::{self, GpConnectError};
use crate::gp_connect::slots::searchset;
use crate::gp_connect::stu3::administration::{ODS_SYSTEM, SDS_USER_SYSTEM};
use crate::gp_connect::stu3::shape::items;
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, Field, Login, Need, Operation, Place};
use crate::lookup::escaped;
use crate::value::OdsCode;

macro_rules! interactions {
    ($($name:ident = $end:literal;)+) => {
        $(const $name: &str = concat!("urn:nhs:names:services:gpconnect:fhir:rest:", $end);)+
    };
}
interactions! {
    FIND_ORGANISATION = "search:organization-1";
    ORGANISATION = "read:organization-1";
    FIND_PRACTITIONER = "search:practitioner-1";
    PRACTITIONER = "read:practitioner-1";
    LOCATION = "read:location-1";
}

const fn id(example: &'static str) -> Field {
    field(
        Place::Path,
        ("id", "Id"),
        "As another answer referred to it.",
        Need::Required,
        example,
    )
}

const fn identifier(example: &'static str) -> Field {
    field(
        Place::Query,
        ("identifier", "Identifier"),
        "A system, a vertical bar and a value.",
        Need::Required,
        example,
    )
}

macro_rules! operations {
    ($($constant:ident = $id:literal, $title:literal, $summary:literal, $path:literal, $interaction:ident, [$($field:expr),*], $example:literal, [$($fault:ident),*], $handler:expr;)+) => {
        $(pub(super) const $constant: Operation = Operation {
            id: $id,
            title: $title,
            summary: $summary,
            method: Method::GET,
            path: concat!("/{ods}/STU3/1/appointments/fhir", $path),
            logins: &[Login::Open],
            fields: asked![$interaction; $($field),*],
            examples: &[Example::get($summary, concat!("/T99001/STU3/1/appointments/fhir", $example), 200)],
            faults: &[$(refused::$fault.fault),*],
            media_type: "application/fhir+json",
            specification: SPECIFICATION,
            handler: $handler,
        };)+
    };
}

operations! {
    SEARCH_ORGANISATION = "search_organization", "Find an organisation", "Tells which organisation has an ODS code.",
        "/Organization", FIND_ORGANISATION, [identifier("https://fhir.nhs.uk/Id/ods-organization-code|T99001")],
        "/Organization?identifier=https://fhir.nhs.uk/Id/ods-organization-code%7CT99001", [BAD_REQUEST, INVALID_IDENTIFIER_SYSTEM, INVALID_IDENTIFIER_VALUE, INVALID_PARAMETER],
        |exchange| Box::pin(async {
            search(exchange, FIND_ORGANISATION, "Organization", ODS_SYSTEM).await.unwrap_or_else(Refused::answer)
        });
    READ_ORGANISATION = "read_organization", "Read an organisation", "Tells what an organisation is called and where it is.",
        "/Organization/{id}", ORGANISATION, [id("T99001")], "/Organization/T99001", [BAD_REQUEST, ORGANISATION_NOT_FOUND],
        |exchange| Box::pin(async {
            read(exchange, ORGANISATION, "Organization", &refused::ORGANISATION_NOT_FOUND).await.unwrap_or_else(Refused::answer)
        });
    SEARCH_PRACTITIONER = "search_practitioner", "Find a clinician", "Tells which clinician has an SDS user id.",
        "/Practitioner", FIND_PRACTITIONER, [identifier("https://fhir.nhs.uk/Id/sds-user-id|T99001-gp1")],
        "/Practitioner?identifier=https://fhir.nhs.uk/Id/sds-user-id%7CT99001-gp1", [BAD_REQUEST, INVALID_IDENTIFIER_SYSTEM, INVALID_IDENTIFIER_VALUE, INVALID_PARAMETER],
        |exchange| Box::pin(async {
            search(exchange, FIND_PRACTITIONER, "Practitioner", SDS_USER_SYSTEM).await.unwrap_or_else(Refused::answer)
        });
    READ_PRACTITIONER = "read_practitioner", "Read a clinician", "Tells what a clinician is called.",
        "/Practitioner/{id}", PRACTITIONER, [id("T99001-gp1")], "/Practitioner/T99001-gp1", [BAD_REQUEST, PRACTITIONER_NOT_FOUND],
        |exchange| Box::pin(async {
            read(exchange, PRACTITIONER, "Practitioner", &refused::PRACTITIONER_NOT_FOUND).await.unwrap_or_else(Refused::answer)
        });
    READ_LOCATION = "read_location", "Read a place", "Tells what a place is called, where it is and whose.",
        "/Location/{id}", LOCATION, [id("T99001")], "/Location/T99001", [BAD_REQUEST, NO_RECORD_FOUND],
        |exchange| Box::pin(async {
            read(exchange, LOCATION, "Location", &refused::NO_RECORD_FOUND).await.unwrap_or_else(Refused::answer)
        });
}

async fn read(
    exchange: &Exchange<'_>,
    interaction: &str,
    kind: &str,
    missing: &'static GpConnectError,
) -> Result<Response<Body>, Refused> {
    caller::check(exchange, interaction, Scope::OrganisationRead)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    // The id ends the path, whatever the type is.
    let id = exchange.path.rsplit('/').next().unwrap_or_default();
    let found = shelf.read(kind, id).as_ref().and_then(directory_entry);
    let found = found.ok_or(Refused::plainly(missing))?;
    Ok(answer::versioned(StatusCode::OK, &found))
}

async fn search(
    exchange: &Exchange<'_>,
    interaction: &str,
    kind: &str,
    system: &str,
) -> Result<Response<Body>, Refused> {
    let query = caller::check(exchange, interaction, Scope::OrganisationRead)?;
    let value = query.identifier(system)?;
    let is_possible = if system == ODS_SYSTEM {
        value.parse::<OdsCode>().is_ok()
    } else {
        // The seed's own SDS user ids have a hyphen.
        value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if !is_possible {
        return Err(Refused::saying(
            &refused::INVALID_IDENTIFIER_VALUE,
            format!("identifier has a value that {system} does not have"),
        ));
    }
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let has = |read: &Read| items(&read.r4, "identifier").any(|one| one.text("value") == Some(value));
    let found: Vec<Read> = match shelf.read(kind, value).filter(has) {
        Some(read) => vec![read],
        None => shelf.find(kind, &format!("identifier={}", escaped(value)))?,
    };
    let mut resources: Vec<_> = found.iter().filter_map(directory_entry).collect();
    if kind == "Practitioner" {
        for read in &found {
            resources.extend(shelf.roles(read.id())?.iter().filter_map(directory_entry));
        }
    }
    Ok(answer::resource(StatusCode::OK, &searchset(resources)))
}
