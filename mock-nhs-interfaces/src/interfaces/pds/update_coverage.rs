//! `POST /Coverage`: gives a patient a European health insurance in place of the one before.

pub(super) mod validate;

use axum::body::Body;
use fhir::json::Json;
use http::header::ETAG;
use http::{Method, Response, StatusCode};
use records::{Change, Draft, ResourceId};

use super::bundle::searchset_without_scores;
use super::error::{
    ACCESS_DENIED, COVERAGE_SENT_BY_APPLICATION, COVERAGE_SENT_BY_WORKER, FORBIDDEN_UPDATE, INVALID_VALUE,
    MISSING_VALUE, PRECONDITION_FAILED, RESOURCE_NOT_FOUND, RESOURCE_VERSION_MISMATCH, Refused,
    SERVICE_UNAVAILABLE, TOO_MANY_VALUES_SUBMITTED,
};
use super::patient_answer::resident;
use super::{by_profile, caller, coverage, nhs_page, sandbox, update_patient};
use crate::exchange::{Exchange, reply};
use crate::fhir::etag;
use crate::fhir::media_type::FHIR_JSON;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};
use crate::population::residents::PATIENT;
use crate::value::NhsNumber;

const CARD: &str = r#"{"resourceType":"Coverage","status":"active","subscriber":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}},"identifier":[{"value":"29401395498043123948","assigner":{"identifier":{"system":"urn:iso:std:iso:3166","value":"FRA"}}}],"payor":[{"identifier":{"value":"92847ADGJL"}}],"beneficiary":{"identifier":{"value":"178705ABC"}},"period":{"end":"2030-12-31"}}"#;

const fn sent(text: &'static str) -> ExampleBody {
    ExampleBody {
        media_type: "application/json",
        text,
    }
}

pub(super) const OPERATION: Operation = Operation {
    id: "update_coverage",
    title: "Update a patient's European health insurance",
    summary: "Records what is on a patient's European Health Insurance Card, in place of the card before.",
    method: Method::POST,
    path: "/Coverage",
    logins: &[Login::Citizen],
    fields: &[
        super::IF_MATCH_FIELD,
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
        super::AUTHORIZATION,
        super::END_USER_ORGANISATION,
        Field {
            name: "body",
            place: Place::Body,
            title: "Card",
            hint: "A Coverage with the number of the card, its country, who pays, and when it ends.",
            kind: FieldKind::Json,
            need: Need::Required,
            example: CARD,
        },
    ],
    examples: &[
        Example::sending("A new card", "/Coverage", sent(CARD), 201),
        Example::sending(
            "Without the number of the card",
            "/Coverage",
            sent(
                r#"{"resourceType":"Coverage","status":"active","subscriber":{"identifier":{"value":"9000000009"}},"identifier":[{"assigner":{"identifier":{"system":"urn:iso:std:iso:3166","value":"FRA"}}}],"payor":[{"identifier":{"value":"92847ADGJL"}}],"beneficiary":{"identifier":{"value":"178705ABC"}},"period":{"end":"2030-12-31"}}"#,
            ),
            400,
        ),
        Example::sending(
            "A version that the record does not have",
            "/Coverage",
            sent(CARD),
            409,
        )
        .with_headers(&[("if-match", "W/\"1\"")]),
    ],
    faults: &[
        MISSING_VALUE.fault,
        INVALID_VALUE.fault,
        ACCESS_DENIED.fault,
        COVERAGE_SENT_BY_WORKER.fault,
        PRECONDITION_FAILED.fault,
        RESOURCE_NOT_FOUND.fault,
        FORBIDDEN_UPDATE.fault,
        RESOURCE_VERSION_MISMATCH.fault,
        TOO_MANY_VALUES_SUBMITTED.fault,
        SERVICE_UNAVAILABLE.fault,
    ],
    media_type: "application/fhir+json",
    specification: nhs_page!("post-/Coverage"),
    handler: update_coverage,
};

fn update_coverage<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(by_profile(exchange, sandbox::update_coverage, update(exchange)))
}

async fn update(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = caller::check(exchange)?;
    let own = coverage::patient(caller, &COVERAGE_SENT_BY_APPLICATION, &COVERAGE_SENT_BY_WORKER)?;
    let version = update_patient::version_wanted(exchange.headers())?;
    update_patient::check_wait(exchange.headers())?;
    let body = Json::parse(&exchange.body).unwrap_or_default();
    let subscriber = validate::subscriber(&body)?;
    coverage::own(own, &subscriber)?;
    validate::check(&body)?;
    let version = exchange
        .change(|draft| {
            let residents = exchange.residents_of(draft.view().clone());
            let patient = resident(&residents, own)?;
            if patient.number() != own {
                return Err(Refused::forbidden_update(
                    "Update Failed - NHS No. supplied has been superseded in a merge",
                ));
            }
            if *version != patient.etag() {
                return Err(Refused::plainly(&RESOURCE_VERSION_MISMATCH));
            }
            keep(draft, own, &body)?;
            Ok(patient.version().saturating_add(1))
        })
        .await?;
    let card = coverage::of_patient(&exchange.view().await?, own);
    let entries: Vec<_> = card
        .map(|card| (coverage::full_url(own), card))
        .into_iter()
        .collect();
    let body = searchset_without_scores(exchange.now(), Some(version), &entries)?;
    let mut response = reply(StatusCode::CREATED, FHIR_JSON, body);
    response.headers_mut().insert(ETAG, etag::weak(version));
    Ok(response)
}

/// Keeps the card. PDS counts its versions with the patient's: the patient gets a new one, too.
fn keep(draft: &mut Draft, patient: NhsNumber, body: &Json) -> Result<(), Refused> {
    let (Some(kind), Some(id)) = (coverage::kind(), coverage::id(patient)) else {
        return Err(Refused::plainly(&RESOURCE_NOT_FOUND));
    };
    let text = coverage::to_kept(body, patient).to_text();
    draft.put(kind, &id, &text, Change::Updated)?;
    let number = patient.to_string();
    let (Some(record), Some(id)) = (draft.view().read(*PATIENT, &number), ResourceId::parse(&number)) else {
        return Err(Refused::plainly(&RESOURCE_NOT_FOUND));
    };
    let text = String::from_utf8_lossy(&record.text).into_owned();
    draft.put(*PATIENT, &id, &text, Change::Updated)?;
    Ok(())
}
