//! `GET /Patient/{id}`: reads a patient by NHS number.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::error::{
    ACCESS_DENIED, INVALID_RESOURCE_ID, INVALID_VALUE, INVALIDATED_RESOURCE, MISSING_VALUE, PATIENT_DENIED,
    RESOURCE_NOT_FOUND, Refused,
};
use super::patient_answer::{number_of, patient_answer, resident};
use super::{caller, nhs_page, sandbox};
use crate::Profile;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Login, Operation};

const PATH: &str = "/Patient/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "read_patient",
    title: "Read a patient",
    summary: "Tells who has an NHS number: name, date of birth, address, practice and more.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Application, Login::HealthcareWorker, Login::Citizen],
    fields: &[
        super::NHS_NUMBER,
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
        super::AUTHORIZATION,
        super::SESSION_URID,
        super::END_USER_ORGANISATION,
    ],
    examples: &[
        Example::get(
            "A patient with every part a record can have",
            "/Patient/9000000009",
            200,
        ),
        Example::get(
            "A restricted patient: no address, phone or practice",
            "/Patient/9000000025",
            200,
        ),
        Example::get(
            "A patient about whom almost nothing is known",
            "/Patient/9000000033",
            200,
        ),
        Example::get(
            "A superseded number: the answer has another id",
            "/Patient/5900053636",
            200,
        )
        .only_in(Profile::Int),
        Example::get("A patient who has died", "/Patient/9733163201", 200).only_in(Profile::Int),
        Example::get("A number that nobody has", "/Patient/9111231130", 404),
        Example::get("A number with a wrong check digit", "/Patient/9000000000", 400),
    ],
    faults: &[
        MISSING_VALUE.fault,
        INVALID_VALUE.fault,
        ACCESS_DENIED.fault,
        INVALID_RESOURCE_ID.fault,
        PATIENT_DENIED.fault,
        RESOURCE_NOT_FOUND.fault,
        INVALIDATED_RESOURCE.fault,
    ],
    media_type: "application/fhir+json",
    specification: nhs_page!("get-/Patient/-id-"),
    handler: read_patient,
};

fn read_patient<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async {
        let answer = match exchange.profile {
            Profile::Sandbox => sandbox::read_patient(exchange, &exchange.path_value(PATH, "id")),
            Profile::Int => read(exchange).await,
        };
        answer.unwrap_or_else(|refused| refused.answer(exchange.profile))
    })
}

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = caller::check(exchange)?;
    let given = exchange.path_value(PATH, "id");
    caller.may_see(&given)?;
    let number = number_of(&given)?;
    let residents = exchange
        .residents()
        .await
        .map_err(|error| Refused::records(&error))?;
    let resident = resident(&residents, number)?;
    let body = resident.read_body().map_err(|error| Refused::records(&error))?;
    Ok(patient_answer(StatusCode::OK, resident.etag(), body))
}
