//! `GET /documents/Patient/{id}`: the patient, by NHS number, before their documents are asked for.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use crate::exchange::Exchange;
use crate::gp_connect::patient_facing::{Caller, NHS_NUMBER, asked, faults};
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, ONLY, Published, Sent};
use crate::gp_connect::slots::searchset;
use crate::gp_connect::{Refused, answer};
use crate::interface::{Answer, Example, Login, Operation};
use crate::value::NhsNumber;

const PATH: &str = "/documents/Patient/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "find_patient",
    title: "Find a patient",
    summary: "Tells who has an NHS number, with the id that documents are asked by; nobody is an empty Bundle.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Citizen],
    fields: asked![NHS_NUMBER],
    examples: &[
        Example::get("A patient", "/documents/Patient/9999100007", 200),
        Example::get(
            "A restricted patient is not found",
            "/documents/Patient/9000000025",
            200,
        ),
    ],
    faults: faults![canned: INVALID_NHS_NUMBER; INVALID_NHS_NUMBER, NO_ORGANISATION_CONSENT],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: find_patient,
};

static PUBLISHED: Published = Published {
    status: StatusCode::OK,
    answers: &[(ONLY, include_str!("published/patient.json"))],
    refusal: &refused::INVALID_NHS_NUMBER,
    query: &[],
    body: Sent::Nothing,
};

fn find_patient<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, found(exchange)))
}

async fn found(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let id = exchange.path_value(PATH, "id");
    if id.parse::<NhsNumber>().is_err() {
        return Err(Refused::plainly(&refused::INVALID_NHS_NUMBER));
    }
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let patient = match caller.patient(&shelf, &id) {
        Ok((patient, _)) => vec![patient.stu3()],
        Err(refused) if refused.is(&refused::PATIENT_NOT_FOUND) => Vec::new(),
        Err(refused) => return Err(refused),
    };
    Ok(answer::resource(StatusCode::OK, &searchset(patient)))
}
