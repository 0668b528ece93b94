//! `POST /Patient`: creates a patient, who is given an NHS number.

pub(super) mod number;
pub(super) mod validate;

use axum::body::Body;
use bytes::Bytes;
use fhir::json::Json;
use http::{HeaderValue, Method, Response, StatusCode};
use records::{Change, Draft, ResourceId};

use super::caller::{self, Caller};
use super::error::{
    ACCESS_DENIED, ADDITIONAL_PROPERTIES, CREATE_BY_APPLICATION, INVALID_CREATE, INVALID_VALUE,
    MISSING_VALUE, MULTIPLE_MATCHES, PATIENT_DENIED, Refused, SERVICE_UNAVAILABLE, SINGLE_MATCH,
    TOO_MANY_VALUES_SUBMITTED, UNSUPPORTED_CHARACTERS,
};
use super::patient_answer::patient_answer;
use super::rules::Today;
use super::{by_profile, nhs_page, sandbox, update_patient};
use crate::exchange::Exchange;
use crate::fhir::etag;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};
use crate::population::kept;
use crate::population::residents::{PATIENT, Residents};
use crate::population::{BirthDates, Held};
use crate::population::{FamilyName, Key, SearchFacts, day, folded, folded_code, gender};
use crate::value::NhsNumber;

const fn sent(text: &'static str) -> ExampleBody {
    ExampleBody {
        media_type: "application/json",
        text,
    }
}

const NEW_PATIENT: &str = r#"{"resourceType":"Patient","name":[{"use":"usual","given":["Imogen"],"family":"Newcomer","prefix":["Ms"],"period":{"start":"1990-04-12"}}],"gender":"female","birthDate":"1990-04-12","address":[{"use":"home","period":{"start":"2024-05-09"},"line":["","7 Arrival Road","","Leeds",""],"postalCode":"LS1 6AE"}],"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-RegisteringAuthority","extension":[{"url":"registeringAuthorityType","valueCodeableConcept":{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/UKCore-RegisteringAuthorityType","code":"x"}]}},{"url":"organisationIdentifier","valueString":"RGS"}]}]}"#;

pub(super) const OPERATION: Operation = Operation {
    id: "create_patient",
    title: "Create a patient",
    summary: "Gives somebody whom a search did not find an NHS number; not for births, nor for registering with a practice.",
    method: Method::POST,
    path: "/Patient",
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
            title: "Patient",
            hint: "A Patient with name, address, gender, date of birth and registering authority.",
            kind: FieldKind::Json,
            need: Need::Required,
            example: NEW_PATIENT,
        },
    ],
    examples: &[
        Example::sending("Somebody new", "/Patient", sent(NEW_PATIENT), 201),
        Example::sending(
            "Somebody who has a number",
            "/Patient",
            sent(
                r#"{"name":[{"use":"usual","given":["Mickey"],"family":"McMatch-Single","period":{"start":"1954-10-26"}}],"gender":"male","birthDate":"1954-10-26","address":[{"use":"home","period":{"start":"2024-05-09"},"line":["","317 Stuart Streets","","Glasgow"],"postalCode":"BAP 4WG"}],"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-RegisteringAuthority","extension":[{"url":"registeringAuthorityType","valueCodeableConcept":{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/UKCore-RegisteringAuthorityType","code":"x"}]}},{"url":"organisationIdentifier","valueString":"RGS"}]}]}"#,
            ),
            200,
        ),
        Example::sending(
            "No address",
            "/Patient",
            sent(r#"{"name":[{"use":"usual","family":"Smith"}]}"#),
            400,
        ),
    ],
    faults: &[
        MISSING_VALUE.fault,
        INVALID_VALUE.fault,
        ACCESS_DENIED.fault,
        CREATE_BY_APPLICATION.fault,
        PATIENT_DENIED.fault,
        INVALID_CREATE.fault,
        ADDITIONAL_PROPERTIES.fault,
        TOO_MANY_VALUES_SUBMITTED.fault,
        UNSUPPORTED_CHARACTERS.fault,
        SINGLE_MATCH.fault,
        MULTIPLE_MATCHES.fault,
        SERVICE_UNAVAILABLE.fault,
    ],
    media_type: "application/fhir+json",
    specification: nhs_page!("post-/Patient"),
    handler: create_patient,
};

fn create_patient<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(by_profile(exchange, sandbox::create_patient, create(exchange)))
}

async fn create(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    check_caller(exchange)?;
    update_patient::check_wait(exchange.headers())?;
    let body = Json::parse(&exchange.body).unwrap_or_default();
    let parts = validate::parts(&body, &Today::of(exchange.now()))?;
    let (etag, body) = exchange
        .change(|draft| {
            let residents = exchange.residents_of(draft.view().clone());
            check_nobody_is_like(&residents, &parts)?;
            let number = number::next(exchange.population(), draft.view())?;
            keep(draft, number, &parts)
        })
        .await?;
    Ok(patient_answer(StatusCode::CREATED, etag, body))
}

/// Only healthcare workers create anybody.
///
/// # Errors
/// When somebody else asks, or something is wrong with the headers.
pub(super) fn check_caller(exchange: &Exchange<'_>) -> Result<(), Refused> {
    match caller::check(exchange)? {
        Caller::Worker => Ok(()),
        Caller::Application => Err(Refused::saying(
            &CREATE_BY_APPLICATION,
            "Your app has insufficient permissions to use this method. Please contact support.",
        )),
        Caller::Patient(_) => Err(caller::patient_denied()),
    }
}

/// Keeps somebody who is new.
///
/// # Errors
/// When the records cannot be written.
pub(super) fn keep(
    draft: &mut Draft,
    number: NhsNumber,
    parts: &Json,
) -> Result<(HeaderValue, Bytes), Refused> {
    let kept = kept::new_kept(number, parts);
    let id = ResourceId::parse(&number.to_string())
        .ok_or_else(|| Refused::records(&std::io::Error::other("an NHS number is no id")))?;
    draft.put(*PATIENT, &id, &kept.to_text(), Change::Created)?;
    let pds = kept::to_pds(&kept, number, 1, None);
    Ok((etag::weak(1), Bytes::from(kept::shown(&pds).to_text())))
}

/// Nobody is given a second number: whoever has the family name, day of birth, gender and postcode is the same person,
/// unless their given names differ.
///
/// # Errors
/// `SINGLE_MATCH` and `MULTIPLE_MATCHES`.
pub(super) fn check_nobody_is_like(residents: &Residents<'_>, parts: &Json) -> Result<(), Refused> {
    let name = parts.get("name").and_then(|name| name.items().next());
    let family = folded(name.and_then(|name| name.text("family")).unwrap_or_default());
    let given = name.and_then(|name| name.get("given")?.items().next()?.as_str());
    let given = given.map(folded);
    let born = parts.text("birthDate").and_then(day);
    let gender = parts.text("gender").and_then(gender);
    let address = parts.get("address").and_then(|address| address.items().next());
    let postcode = address
        .and_then(|address| address.text("postalCode"))
        .map(folded_code);
    let is_like = |facts: &SearchFacts| {
        let has_name = facts.names.iter().filter(|name| !name.is_past).any(|name| {
            let has_given =
                name.given.is_empty() || given.as_ref().is_none_or(|given| name.given.contains(given));
            name.family == family && has_given
        });
        let is_it = has_name
            && !facts.restricted
            && facts.genders.iter().any(|held| Some(held.value) == gender)
            && holds(&facts.postcodes, postcode.as_ref());
        is_it.then_some(1.0)
    };
    let days = BirthDates {
        earliest: born,
        latest: born,
    };
    let found = residents
        .matching(
            &Key::Family(FamilyName::Exactly(family.clone())),
            &days,
            is_like,
            2,
        )
        .map_err(|error| Refused::records(&error))?;
    match found.as_slice() {
        [] => Ok(()),
        [only] => Err(Refused::saying(
            &SINGLE_MATCH,
            format!(
                "Unable to create new patient. NHS number {} found for supplied demographic data.",
                only.resident.number()
            ),
        )),
        _ => Err(Refused::saying(
            &MULTIPLE_MATCHES,
            "Unable to create new patient. Multiple matches found for supplied demographic data.",
        )),
    }
}

fn holds(held: &[Held<String>], wanted: Option<&String>) -> bool {
    wanted.is_none_or(|wanted| held.iter().any(|held| held.value == *wanted && !held.is_past))
}
