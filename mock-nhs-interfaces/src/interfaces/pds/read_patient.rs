//! `GET /Patient/{id}`: reads a patient by NHS number.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::error::{FAULTS_OF_ONE, Refused};
use super::patient_answer::{asked_about, patient_answer};
use super::{by_profile, nhs_page, sandbox};
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
    faults: &FAULTS_OF_ONE,
    media_type: "application/fhir+json",
    specification: nhs_page!("get-/Patient/-id-"),
    handler: read_patient,
};

fn read_patient<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    let canned = |exchange: &Exchange<'_>| sandbox::read_patient(exchange, &exchange.path_value(PATH, "id"));
    Box::pin(by_profile(exchange, canned, read(exchange)))
}

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let (_, resident) = asked_about(exchange, PATH).await?;
    let body = resident.read_body().map_err(|error| Refused::records(&error))?;
    Ok(patient_answer(StatusCode::OK, resident.etag(), body))
}
