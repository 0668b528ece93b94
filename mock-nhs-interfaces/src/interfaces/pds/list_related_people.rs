//! `GET /Patient/{id}/RelatedPerson`: who can be contacted about a patient.

mod find;

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response, StatusCode};

use super::bundle::{AT_THE_NHS, searchset_without_scores};
use super::error::{FAULTS_OF_ONE, Refused};
use super::patient_answer::asked_about;
use super::{by_profile, nhs_page, sandbox};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::FHIR_JSON;
use crate::interface::{Answer, Example, Login, Operation};
use crate::value::NhsNumber;

const PATH: &str = "/Patient/{id}/RelatedPerson";
/// What PDS says of somebody who is related, in its order.
const MEMBERS: [&str; 7] = [
    "active",
    "period",
    "name",
    "relationship",
    "extension",
    "telecom",
    "address",
];
const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

pub(super) const OPERATION: Operation = Operation {
    id: "list_related_people",
    title: "List the people related to a patient",
    summary: "Lists next of kin, guardians and others who can be contacted about a patient.",
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
        Example::get("Several people", "/Patient/9000000009/RelatedPerson", 200),
        Example::get(
            "A restricted patient: nobody",
            "/Patient/9000000025/RelatedPerson",
            200,
        ),
        Example::get(
            "A number that nobody has",
            "/Patient/9111231130/RelatedPerson",
            404,
        ),
        Example::get(
            "A number with a wrong check digit",
            "/Patient/9000000000/RelatedPerson",
            400,
        ),
    ],
    faults: &FAULTS_OF_ONE,
    media_type: "application/fhir+json",
    specification: nhs_page!("get-/Patient/-id-/RelatedPerson"),
    handler: list_related_people,
};

fn list_related_people<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    let canned =
        |exchange: &Exchange<'_>| sandbox::list_related_people(exchange, &exchange.path_value(PATH, "id"));
    Box::pin(by_profile(exchange, canned, list(exchange)))
}

async fn list(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let (residents, patient) = asked_about(exchange, PATH).await?;
    let mut entries = Vec::new();
    // Whom they know could tell where somebody is.
    if !patient.is_restricted() {
        for kept in find::of_patient(exchange, residents.view(), patient.number())? {
            let id = kept.text("id").unwrap_or_default();
            let full_url = format!("{AT_THE_NHS}/Patient/{}/RelatedPerson/{id}", patient.number());
            entries.push((full_url, to_pds(&kept, patient.number())));
        }
    }
    let body = searchset_without_scores(exchange.now(), None, &entries)?;
    Ok(reply(StatusCode::OK, FHIR_JSON, body))
}

/// Somebody who is related, as PDS writes them: known by their own NHS number, if they have one.
pub(super) fn to_pds(kept: &Json, patient: NhsNumber) -> Json {
    let identifiers = kept.get("identifier").into_iter().flat_map(Json::items);
    let own = identifiers
        .filter(|identifier| identifier.text("system") == Some(NHS_NUMBER_SYSTEM))
        .find_map(|identifier| identifier.text("value"));
    let number = own.map_or_else(|| patient.to_string(), str::to_owned);
    let mut pds = Json::object([
        ("id", kept.get("id").cloned().unwrap_or_default()),
        ("resourceType", "RelatedPerson".into()),
        (
            "patient",
            Json::object([(
                "identifier",
                Json::object([
                    ("system", Json::from(NHS_NUMBER_SYSTEM)),
                    ("value", number.into()),
                ]),
            )]),
        ),
    ]);
    for member in MEMBERS {
        if let Some(value) = kept.get(member) {
            pds.set(member, value.clone());
        }
    }
    for name in pds
        .get_mut("name")
        .and_then(Json::as_array_mut)
        .into_iter()
        .flatten()
    {
        if name.get("use").is_none() {
            name.set("use", "usual".into());
        }
    }
    pds
}
