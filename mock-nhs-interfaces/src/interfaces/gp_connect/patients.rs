//! `GET Patient?identifier=` and `GET Patient/{id}`: a practice's patients.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::caller::{self, Scope};
use super::{PATIENT_ID, SPECIFICATION, asked, field, practice};
use crate::exchange::Exchange;
use crate::gp_connect::patients::Patient;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::query::Query;
use crate::gp_connect::refused;
use crate::gp_connect::slots::searchset;
use crate::gp_connect::{Refused, answer};
use crate::interface::{Answer, Example, Field, Login, Need, Operation, Place};
use crate::value::NhsNumber;

const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";
const SEARCH_INTERACTION: &str = "urn:nhs:names:services:gpconnect:fhir:rest:search:patient-1";
const SEARCH_FOR_DOCUMENTS_INTERACTION: &str =
    "urn:nhs:names:services:gpconnect:documents:fhir:rest:search:patient-1";
const READ_INTERACTION: &str = "urn:nhs:names:services:gpconnect:fhir:rest:read:patient-1";
const READ_PATH: &str = "/{ods}/STU3/1/appointments/fhir/Patient/{id}";

const IDENTIFIER: Field = field(
    Place::Query,
    ("identifier", "NHS number"),
    "The NHS number with its system.",
    Need::Required,
    "https://fhir.nhs.uk/Id/nhs-number|9999100007",
);

macro_rules! searches {
    ($($constant:ident = $id:literal, $title:literal, $base:literal, $interaction:ident;)+) => {
        $(pub(super) const $constant: Operation = Operation {
            id: $id,
            title: $title,
            summary: "Tells who of a practice's patients has an NHS number; nobody is an empty Bundle.",
            method: Method::GET,
            path: concat!("/{ods}/STU3/1/", $base, "/fhir/Patient"),
            logins: &[Login::Open],
            fields: asked![$interaction; IDENTIFIER],
            examples: &[Example::get(
                "A patient of the practice",
                concat!(
                    "/T99001/STU3/1/",
                    $base,
                    "/fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C9999100007"
                ),
                200,
            )],
            faults: &[
                refused::BAD_REQUEST.fault,
                refused::INVALID_NHS_NUMBER.fault,
                refused::INVALID_IDENTIFIER_SYSTEM.fault,
                refused::NO_ORGANISATION_CONSENT.fault,
                refused::ORGANISATION_NOT_FOUND.fault,
                refused::UNSUPPORTED_MEDIA_TYPE.fault,
                refused::INVALID_PARAMETER.fault,
            ],
            media_type: "application/fhir+json",
            specification: SPECIFICATION,
            handler: |exchange| {
                Box::pin(async { found(exchange, $interaction).await.unwrap_or_else(Refused::answer) })
            },
        };)+
    };
}

// The same at both bases, because the systems behind them may differ.
searches! {
    SEARCH = "search_patient", "Find a patient", "appointments", SEARCH_INTERACTION;
    SEARCH_FOR_DOCUMENTS = "search_patient_for_documents", "Find a patient, to ask for documents",
        "documents", SEARCH_FOR_DOCUMENTS_INTERACTION;
}

pub(super) const READ: Operation = Operation {
    id: "read_patient",
    title: "Read a patient",
    summary: "Tells who a patient of a practice is.",
    method: Method::GET,
    path: READ_PATH,
    logins: &[Login::Open],
    fields: asked![READ_INTERACTION; PATIENT_ID],
    examples: &[Example::get(
        "A patient of the practice",
        "/T99001/STU3/1/appointments/fhir/Patient/9999100007",
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::PATIENT_NOT_FOUND.fault,
        refused::ORGANISATION_NOT_FOUND.fault,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: read_patient,
};

fn read_patient<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { read(exchange).await.unwrap_or_else(Refused::answer) })
}

async fn found(exchange: &Exchange<'_>, interaction: &str) -> Result<Response<Body>, Refused> {
    let query = caller::check(exchange, interaction, Scope::PatientRead)?;
    let number = nhs_number(&query)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let practice = practice(exchange, &shelf)?;
    let patient = Patient::look_up(&shelf, &number.to_string()).filter(|one| one.practice == practice.code);
    let bundle = searchset(patient.iter().map(Patient::stu3).collect());
    Ok(answer::resource(StatusCode::OK, &bundle))
}

/// The one identifier of a query: a system, and an NHS number.
///
/// # Errors
/// It is missing or there twice, has another system or none, or no NHS number.
pub(super) fn nhs_number(query: &Query) -> Result<NhsNumber, Refused> {
    query
        .identifier(NHS_NUMBER_SYSTEM)?
        .parse()
        .map_err(|_| Refused::plainly(&refused::INVALID_NHS_NUMBER))
}

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    caller::check(exchange, READ_INTERACTION, Scope::PatientRead)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let practice = practice(exchange, &shelf)?;
    let patient = Patient::find_at(&shelf, &exchange.path_value(READ_PATH, "id"), &practice.code)?;
    Ok(answer::versioned(StatusCode::OK, &patient.stu3()))
}
