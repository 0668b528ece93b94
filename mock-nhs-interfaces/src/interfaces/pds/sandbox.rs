//! PDS as the NHS's own sandbox answers: canned, stateless, open. Nothing here reads or changes the workspace's records.
//!
//! Which requests have an answer, and the order of checks, are those of the sandbox:
//! <https://github.com/NHSDigital/personal-demographics-service-api>.

mod create;
mod people;
mod search;
mod update;

use axum::body::Body;
use bytes::Bytes;
use fhir::json::Json;
use http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG};
use http::{Response, StatusCode};
use records::ResourceType;

use super::bundle::{self, searchset_without_scores};
use super::caller;
use super::error::{
    ACCESS_DENIED, INVALID_RESOURCE_ID, RESOURCE_NOT_FOUND, RESOURCE_VERSION_MISMATCH, Refused,
    UNSUPPORTED_SERVICE,
};
use super::patient_answer::{number_of, patient_answer};
use super::{coverage, list_related_people, read_coverage, update_coverage, update_patient};
use crate::exchange::{Exchange, reply};
use crate::fhir::etag;
use crate::fhir::media_type::FHIR_JSON;

pub(super) use create::{create_patient, register_birth};
pub(super) use search::search_patients;
pub(super) use update::update_patient;

type Answered = Result<Response<Body>, Refused>;

/// Request id, then token: nobody has to send one, but who does must send one that could be one.
fn check_headers(exchange: &Exchange<'_>) -> Result<(), Refused> {
    caller::check_request_id(exchange.headers())?;
    let Some(given) = exchange
        .headers()
        .get(AUTHORIZATION)
        .filter(|given| !given.is_empty())
    else {
        return Ok(());
    };
    let denied = |why: &str| Err(Refused::saying(&ACCESS_DENIED, why));
    let text = given.to_str().unwrap_or_default();
    match text.split(' ').collect::<Vec<_>>().as_slice() {
        ["Bearer", token] if is_token(token) => Ok(()),
        ["Bearer", token] if !token.is_empty() => denied("Invalid Access Token"),
        _ => denied("Missing access token"),
    }
}

/// Letters and digits, at least one of each, and at most one underscore inside.
fn is_token(token: &str) -> bool {
    let mut parts = token.split('_');
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(is_plain)
        && parts.next().is_none_or(is_plain)
        && parts.next().is_none()
        && token.bytes().any(|byte| byte.is_ascii_alphabetic())
        && token.bytes().any(|byte| byte.is_ascii_digit())
}

/// Reads one of the sandbox's patients.
pub(super) fn read_patient(exchange: &Exchange<'_>, given: &str) -> Answered {
    check_headers(exchange)?;
    number_of(given)?;
    let record = people::readable(exchange.population(), given)
        .ok_or_else(|| Refused::plainly(&RESOURCE_NOT_FOUND))?;
    let body = people::read_text(&record)?;
    Ok(patient_answer(
        StatusCode::OK,
        etag::weak(record.version),
        Bytes::from(body),
    ))
}

/// A resource as every workspace begins with it.
fn base_resource(exchange: &Exchange<'_>, kind: &str, id: &str) -> Option<Json> {
    let base = exchange.world.records.base();
    let text = base.text(base.find(ResourceType::parse(kind)?, id)?)?;
    Json::parse(&text).ok()
}

/// Lists the related people of the two patients who have some.
pub(super) fn list_related_people(exchange: &Exchange<'_>, given: &str) -> Answered {
    check_headers(exchange)?;
    let number = number_of(given)?;
    let ids: &[&str] = match given {
        "9000000009" => &["507B7621", "B3380E98"],
        "9000000017" => &["F4CF8B96"],
        "9111231130" => return Err(Refused::plainly(&RESOURCE_NOT_FOUND)),
        _ => &[],
    };
    let entries: Vec<_> = ids
        .iter()
        .filter_map(|id| {
            let kept = base_resource(exchange, "RelatedPerson", id)?;
            let full_url = format!("{}/Patient/{number}/RelatedPerson/{id}", bundle::AT_THE_NHS);
            Some((full_url, list_related_people::to_pds(&kept, number)))
        })
        .collect();
    let body = searchset_without_scores(exchange.now(), None, &entries)?;
    Ok(reply(StatusCode::OK, FHIR_JSON, body))
}

fn coverage_answer(
    exchange: &Exchange<'_>,
    status: StatusCode,
    version: u32,
    card: Option<(String, Json)>,
) -> Answered {
    let entries: Vec<_> = card.into_iter().collect();
    let body = searchset_without_scores(exchange.now(), Some(version), &entries)?;
    let mut response = reply(status, FHIR_JSON, body);
    response.headers_mut().insert(ETAG, etag::weak(version));
    Ok(response)
}

/// Reads the one card that there is.
pub(super) fn read_coverage(exchange: &Exchange<'_>) -> Answered {
    check_headers(exchange)?;
    let given = read_coverage::subscriber(exchange.query()).ok_or_else(read_coverage::wrong_search)?;
    let number = number_of(&given).map_err(|_| Refused::plainly(&INVALID_RESOURCE_ID))?;
    let has_card = given == "9000000009";
    let card = has_card
        .then(|| base_resource(exchange, "Coverage", "ehic-9000000009"))
        .flatten()
        .map(|kept| (coverage::full_url(number), coverage::to_pds(&kept)));
    coverage_answer(exchange, StatusCode::OK, if has_card { 2 } else { 1 }, card)
}

/// Answers as if the card were kept.
pub(super) fn update_coverage(exchange: &Exchange<'_>) -> Answered {
    let version = update_patient::version_wanted(exchange.headers())?;
    if !exchange.headers().contains_key(CONTENT_TYPE) {
        return Err(Refused::plainly(&UNSUPPORTED_SERVICE));
    }
    check_headers(exchange)?;
    let body = Json::parse(&exchange.body).unwrap_or_default();
    let subscriber = update_coverage::validate::subscriber(&body)?;
    update_coverage::validate::check(&body)?;
    if version != etag::weak(2) {
        return Err(Refused::plainly(&RESOURCE_VERSION_MISMATCH));
    }
    let number = number_of(&subscriber)?;
    let card = coverage::to_pds(&coverage::to_kept(&body, number));
    coverage_answer(
        exchange,
        StatusCode::CREATED,
        3,
        Some((coverage::full_url(number), card)),
    )
}

#[cfg(test)]
mod tests {
    use super::is_token;

    #[test]
    fn a_token_could_be_one() {
        for (token, expected) in [
            ("abc123", true),
            ("g1112R_ccQ1Ebbb4gtHBP1aaaNM", true),
            ("HEALTHCARE_WORKER", false),
            ("123456", false),
            ("abc123_def_ghi", false),
            ("abc.123", false),
            ("_a1", false),
            ("", false),
        ] {
            assert_eq!(is_token(token), expected, "{token}");
        }
    }
}
