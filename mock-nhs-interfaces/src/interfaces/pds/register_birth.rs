//! `POST /Patient/$process-birth-details`: registers a birth; the child is given an NHS number.

mod validate;

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response, StatusCode};
use records::{Change, Draft, ResourceId, ResourceType};

use super::create_patient::{self, check_caller, check_nobody_is_like};
use super::error::{
    ACCESS_DENIED, CHILD_OVER_SIX_MONTHS, CREATE_BY_APPLICATION, DEATH_STATUS_INCONSISTENT, INVALID_CREATE,
    INVALID_VALUE, MISSING_VALUE, PATIENT_DENIED, Refused, SINGLE_MATCH, TOO_FEW_VALUES_SUBMITTED,
};
use super::patient_answer::patient_answer;
use super::{SPECIFICATION, by_profile, create_patient::number};
use super::{rules::Today, sandbox};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};
use crate::value::NhsNumber;

const BIRTH: &str = include_str!("register_birth/example.json");

pub(super) const OPERATION: Operation = Operation {
    id: "register_birth",
    title: "Register a birth",
    summary: "Gives a newborn child an NHS number, from what the maternity unit knows about child and mother.",
    method: Method::POST,
    path: "/Patient/$process-birth-details",
    logins: &[Login::HealthcareWorker],
    fields: &[
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
        super::AUTHORIZATION,
        super::SESSION_URID,
        super::END_USER_ORGANISATION,
        Field {
            name: "body",
            place: Place::Body,
            title: "Birth",
            hint: "A transaction Bundle: the child, observations of the birth, the mother, and who cares for them.",
            kind: FieldKind::Json,
            need: Need::Required,
            example: BIRTH,
        },
    ],
    examples: &[
        Example::sending(
            "A birth",
            "/Patient/$process-birth-details",
            ExampleBody {
                media_type: "application/fhir+json",
                text: BIRTH,
            },
            201,
        ),
        Example::sending(
            "Without the child",
            "/Patient/$process-birth-details",
            ExampleBody {
                media_type: "application/fhir+json",
                text: r#"{"resourceType":"Bundle","type":"transaction","entry":[]}"#,
            },
            400,
        ),
    ],
    faults: &[
        MISSING_VALUE.fault,
        INVALID_VALUE.fault,
        ACCESS_DENIED.fault,
        CREATE_BY_APPLICATION.fault,
        PATIENT_DENIED.fault,
        TOO_FEW_VALUES_SUBMITTED.fault,
        INVALID_CREATE.fault,
        DEATH_STATUS_INCONSISTENT.fault,
        CHILD_OVER_SIX_MONTHS.fault,
        SINGLE_MATCH.fault,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: register_birth,
};

fn register_birth<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(by_profile(exchange, sandbox::register_birth, register(exchange)))
}

async fn register(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    check_caller(exchange)?;
    let body = Json::parse(&exchange.body).unwrap_or_default();
    let today = Today::of(exchange.now());
    let birth = validate::birth(&body, &today)?;
    let (etag, body) = exchange
        .change(|draft| {
            let residents = exchange.residents_of(draft.view().clone());
            check_nobody_is_like(&residents, &birth.child)?;
            validate::check_age(&birth.child, &today)?;
            let number = number::next(exchange.population(), draft.view())?;
            let answer = create_patient::keep(draft, number, &birth.child)?;
            keep_mother(draft, number, &birth)?;
            Ok::<_, Refused>(answer)
        })
        .await?;
    Ok(patient_answer(StatusCode::CREATED, etag, body))
}

/// The mother is related to the child.
fn keep_mother(draft: &mut Draft, child: NhsNumber, birth: &validate::Birth<'_>) -> Result<(), Refused> {
    let Some(kind) = ResourceType::parse("RelatedPerson") else {
        return Ok(());
    };
    let mut mother = Json::object([
        ("resourceType", Json::from("RelatedPerson")),
        ("active", true.into()),
        (
            "patient",
            Json::object([("reference", Json::from(format!("Patient/{child}")))]),
        ),
    ]);
    let parts = [
        ("identifier", birth.link.get("identifier")),
        ("relationship", birth.link.get("relationship")),
        ("name", birth.mother.get("name")),
    ];
    for (member, value) in parts {
        if let Some(value) = value {
            mother.set(member, value.clone());
        }
    }
    draft.put(kind, &ResourceId::random(), &mother.to_text(), Change::Created)?;
    Ok(())
}
