//! `GET /Patient/{id}/DocumentReference`: which documents a patient has.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::{PATIENT_NHS_NUMBER, SPECIFICATION};
use crate::exchange::Exchange;
use crate::gp_connect::documents::{self, Wanted};
use crate::gp_connect::patient_facing::{Caller, asked, faults};
use crate::gp_connect::places::Shelf;
use crate::gp_connect::query::Query;
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, ONLY, Published, Rule, Sent};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};
use crate::value::NhsNumber;

const PATH: &str = "/Patient/{id}/DocumentReference";

/// What can be added to what is found.
const INCLUDES: [&str; 4] = [
    "DocumentReference:subject:Patient",
    "DocumentReference:custodian:Organization",
    "DocumentReference:author:Organization",
    "DocumentReference:author:Practitioner",
];
const RECURSED: [&str; 1] = ["PractitionerRole:practitioner"];

pub(super) const OPERATION: Operation = Operation {
    id: "search_documents",
    title: "Find a patient's documents",
    summary: "Lists the letters and reports in a record, with the addresses of their contents.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Citizen],
    fields: asked![
        Field {
            name: "id",
            place: Place::Path,
            title: "Id of the patient",
            hint: "As it was found by the NHS number.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Required,
            example: "9999100007",
        },
        PATIENT_NHS_NUMBER,
        Field {
            name: "_include",
            place: Place::Query,
            title: "What to add",
            hint: "The patient, and organisations and clinicians that the documents name.",
            kind: FieldKind::Choice(&INCLUDES),
            need: Need::OptionalRepeatable,
            example: "DocumentReference:subject:Patient",
        },
        Field {
            name: "_revinclude:recurse",
            place: Place::Query,
            title: "Posts",
            hint: "Posts of the clinicians that are added.",
            kind: FieldKind::Choice(&RECURSED),
            need: Need::Optional,
            example: "PractitionerRole:practitioner",
        },
        Field {
            name: "created",
            place: Place::Query,
            title: "When it was written",
            hint: "The letters eq, ge or le, and a day.",
            kind: FieldKind::DateRange,
            need: Need::OptionalRepeatable,
            example: "ge2022-01-15",
        },
        Field {
            name: "author",
            place: Place::Query,
            title: "Who wrote it",
            hint: "An ODS code with its system.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Optional,
            example: "https://fhir.nhs.uk/Id/ods-organization-code|T99H01",
        },
        Field {
            name: "description",
            place: Place::Query,
            title: "Description",
            hint: "Words of the description.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Optional,
            example: "Discharge",
        },
    ],
    examples: &[Example::get(
        "All documents, with the patient and who wrote them",
        "/Patient/9999100007/DocumentReference?patientNHSNumber=9999100007\
         &_include=DocumentReference:subject:Patient&_include=DocumentReference:author:Practitioner\
         &_revinclude:recurse=PractitionerRole:practitioner",
        200,
    )],
    faults: faults![canned: PATIENT_NOT_FOUND;
        INVALID_NHS_NUMBER,
        NO_ORGANISATION_CONSENT,
        PATIENT_NOT_FOUND,
        INVALID_PARAMETER,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: search_documents,
};

static PUBLISHED: Published = Published {
    status: StatusCode::OK,
    answers: &[(ONLY, include_str!("published/documents.json"))],
    refusal: &refused::PATIENT_NOT_FOUND,
    query: &[
        Rule::required("patientNHSNumber"),
        Rule::optional("_include").list().one_of(&INCLUDES),
        Rule::optional("_revinclude:recurse").list().one_of(&RECURSED),
        Rule::optional("created"),
        Rule::optional("author"),
        Rule::optional("description"),
    ],
    body: Sent::Nothing,
};

fn search_documents<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, found(exchange)))
}

async fn found(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let query = Query::parse(exchange.query())?;
    let number = nhs_number(&query)?;
    if number != exchange.path_value(PATH, "id") {
        return Err(Refused::plainly(&refused::PATIENT_NOT_FOUND));
    }
    let wanted = Wanted::of(&query, &[])?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let (patient, _) = caller.patient(&shelf, &number)?;
    let base = format!("{}/documents", exchange.interface_url());
    let bundle = documents::search(&shelf, &patient, &wanted, &query, &base)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}

/// The parameter `patientNHSNumber`.
///
/// # Errors
/// It is missing, or no NHS number.
pub(super) fn nhs_number(query: &Query) -> Result<String, Refused> {
    let given = query.first("patientNHSNumber").ok_or(Refused::saying(
        &refused::INVALID_PARAMETER,
        "patientNHSNumber is missing.",
    ))?;
    let number: NhsNumber = given
        .parse()
        .map_err(|_| Refused::plainly(&refused::INVALID_NHS_NUMBER))?;
    Ok(number.to_string())
}
