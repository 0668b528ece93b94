//! Documents of a practice's patients: which there are, and their bytes.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::caller::{self, Scope};
use super::{PATIENT_ID, asked, field, practice};
use crate::exchange::Exchange;
use crate::gp_connect::documents::{self, Wanted};
use crate::gp_connect::patients::Patient;
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::stu3::shape::{items, referred};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, Field, FieldKind, Login, Need, Operation, Place};

const SPECIFICATION: &str = "https://digital.nhs.uk/developer/api-catalogue/gp-connect-access-document-fhir";
const SEARCH_INTERACTION: &str =
    "urn:nhs:names:services:gpconnect:documents:fhir:rest:search:documentreference-1";
const READ_INTERACTION: &str = "urn:nhs:names:services:gpconnect:documents:fhir:rest:read:binary-1";
const SEARCH_PATH: &str = "/{ods}/STU3/1/documents/fhir/Patient/{id}/DocumentReference";
const READ_PATH: &str = "/{ods}/STU3/1/documents/fhir/Binary/{id}";
/// What every search must ask for.
const INCLUDES: [&str; 3] = [
    "DocumentReference:subject:Patient",
    "DocumentReference:custodian:Organization",
    "DocumentReference:author:Practitioner",
];

pub(super) const SEARCH: Operation = Operation {
    id: "search_documents",
    title: "Find a patient's documents",
    summary: "Lists the letters and reports in a record, with the addresses of their contents.",
    method: Method::GET,
    path: SEARCH_PATH,
    logins: &[Login::Open],
    fields: asked![
        SEARCH_INTERACTION;
        PATIENT_ID,
        Field {
            kind: FieldKind::Choice(&INCLUDES),
            ..field(
                Place::Query,
                ("_include", "What to add"),
                "Patient, keeper and author: all three must be asked for.",
                Need::RequiredRepeatable,
                "DocumentReference:subject:Patient&_include=DocumentReference:custodian:Organization\
                 &_include=DocumentReference:author:Practitioner",
            )
        },
    ],
    examples: &[Example::get(
        "All documents",
        "/T99001/STU3/1/documents/fhir/Patient/9999100007/DocumentReference\
         ?_include=DocumentReference:subject:Patient&_include=DocumentReference:custodian:Organization\
         &_include=DocumentReference:author:Practitioner&_revinclude:recurse=PractitionerRole:practitioner",
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::PATIENT_NOT_FOUND.fault,
        refused::INVALID_PARAMETER.fault,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { found(exchange).await.unwrap_or_else(Refused::answer) }),
};

pub(super) const READ: Operation = Operation {
    id: "read_document",
    title: "Read a document",
    summary: "Tells the bytes of a letter or a report, in base64.",
    method: Method::GET,
    path: READ_PATH,
    logins: &[Login::Open],
    fields: asked![
        READ_INTERACTION;
        field(
            Place::Path,
            ("id", "Id of the document"),
            "The end of the address that the search told.",
            Need::Required,
            "p19-70",
        ),
    ],
    examples: &[Example::get(
        "A discharge summary",
        "/T99001/STU3/1/documents/fhir/Binary/p19-70",
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::NO_RECORD_FOUND.fault,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { read(exchange).await.unwrap_or_else(Refused::answer) }),
};

async fn found(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let query = caller::check(exchange, SEARCH_INTERACTION, Scope::PatientRead)?;
    let wanted = Wanted::of(&query, &INCLUDES)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let practice = practice(exchange, &shelf)?;
    let patient = Patient::find_at(&shelf, &exchange.path_value(SEARCH_PATH, "id"), &practice.code)?;
    patient.check_consent(&shelf)?;
    let base = format!(
        "{}/{}/STU3/1/documents/fhir",
        exchange.interface_url(),
        practice.code
    );
    let bundle = documents::search(&shelf, &patient, &wanted, &query, &base)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    caller::check(exchange, READ_INTERACTION, Scope::PatientRead)?;
    let id = exchange.path_value(READ_PATH, "id");
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let practice = practice(exchange, &shelf)?;
    let missing = || Refused::plainly(&refused::NO_RECORD_FOUND);
    let stored = shelf.read("DocumentReference", &id).ok_or_else(missing)?;
    let whose = items(&stored.r4, "subject")
        .find_map(|one| referred(one, "Patient"))
        .ok_or_else(missing)?;
    let patient = Patient::find_at(&shelf, whose, &practice.code).map_err(|_| missing())?;
    patient.check_consent(&shelf)?;
    let binary = documents::binary(&shelf, &patient, &id)?;
    Ok(answer::resource(StatusCode::OK, &binary))
}
