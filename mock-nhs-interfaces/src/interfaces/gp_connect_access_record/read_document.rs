//! `GET /documents/Binary/{id}`: the contents of a document.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::search_documents::nhs_number;
use super::{PATIENT_NHS_NUMBER, SPECIFICATION};
use crate::exchange::Exchange;
use crate::gp_connect::patient_facing::{Caller, asked, faults};
use crate::gp_connect::places::Shelf;
use crate::gp_connect::query::Query;
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, ONLY, Published, Rule, Sent};
use crate::gp_connect::{Refused, answer, documents};
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

const PATH: &str = "/documents/Binary/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "read_document",
    title: "Read a document",
    summary: "Tells the bytes of a letter or a report, in base64.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Citizen],
    fields: asked![
        Field {
            name: "id",
            place: Place::Path,
            title: "Id of the document",
            hint: "The end of the address that the search told.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Required,
            example: "p19-70",
        },
        PATIENT_NHS_NUMBER,
    ],
    examples: &[Example::get(
        "A discharge summary",
        "/documents/Binary/p19-70?patientNHSNumber=9999100007",
        200,
    )],
    faults: faults![canned: NO_RECORD_FOUND;
        INVALID_NHS_NUMBER,
        NO_ORGANISATION_CONSENT,
        NO_RECORD_FOUND,
        INVALID_PARAMETER,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: read_document,
};

static PUBLISHED: Published = Published {
    status: StatusCode::OK,
    answers: &[(ONLY, include_str!("published/document.json"))],
    refusal: &refused::NO_RECORD_FOUND,
    query: &[Rule::required("patientNHSNumber")],
    body: Sent::Nothing,
};

fn read_document<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, read(exchange)))
}

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let query = Query::parse(exchange.query())?;
    let number = nhs_number(&query)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let (patient, _) = caller.patient(&shelf, &number)?;
    let binary = documents::binary(&shelf, &patient, &exchange.path_value(PATH, "id"))?;
    Ok(answer::resource(StatusCode::OK, &binary))
}
