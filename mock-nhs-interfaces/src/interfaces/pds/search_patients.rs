//! `GET /Patient?...`: finds patients by what is known about them.

mod criteria;
mod matching;
pub(super) mod parameters;

use axum::body::Body;
use http::{Method, Response};

use super::bundle::{self, full_url};
use super::caller::{self, Caller};
use super::error::{
    ACCESS_DENIED, ADDITIONAL_PROPERTIES, INVALID_SEARCH_DATA, INVALID_VALUE, MISSING_VALUE,
    MORE_THAN_ONE_RESULT, PATIENT_DENIED, Refused, TOO_MANY_MATCHES, TOO_MANY_VALUES_SUBMITTED,
    UNSUPPORTED_SERVICE,
};
use super::{by_profile, nhs_page, sandbox};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};
use crate::population::residents::Match;
use criteria::Criteria;
use parameters::Parameters;

const fn parameter(
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    kind: FieldKind,
    need: Need,
    example: &'static str,
) -> Field {
    Field {
        name,
        place: Place::Query,
        title,
        hint,
        kind,
        need,
        example,
    }
}

/// Every parameter that PDS knows, in the order in which a form shows them.
const PARAMETERS: [Field; 14] = [
    parameter(
        "family",
        "Family name",
        "Not case sensitive, 35 characters at most; * from the third character on stands for anything.",
        FieldKind::Text { wildcards: true },
        Need::Required,
        "Smith",
    ),
    parameter(
        "given",
        "Given name",
        "Once for each given name; * stands for the rest of the first one.",
        FieldKind::Text { wildcards: true },
        Need::OptionalRepeatable,
        "Jane",
    ),
    parameter(
        "birthdate",
        "Date of birth",
        "With eq, ge or le before it; ge and le together make a range.",
        FieldKind::DateRange,
        Need::RequiredRepeatable,
        "eq2010-10-22",
    ),
    parameter(
        "gender",
        "Gender",
        "As on official documents.",
        FieldKind::Choice(&["male", "female", "other", "unknown"]),
        Need::Optional,
        "female",
    ),
    parameter(
        "address-postalcode",
        "Postcode",
        "Of any address; spaces do not count; * from the third character on stands for anything.",
        FieldKind::Text { wildcards: true },
        Need::Optional,
        "LS1 6AE",
    ),
    parameter(
        "address-postcode",
        "Postcode (old spelling)",
        "As address-postalcode, and not together with it.",
        FieldKind::Text { wildcards: true },
        Need::Optional,
        "LS1 6AE",
    ),
    parameter(
        "general-practitioner",
        "GP practice",
        "ODS code of the practice; not case sensitive.",
        FieldKind::OdsCode,
        Need::Optional,
        "Y12345",
    ),
    parameter(
        "phone",
        "Telephone",
        "Exactly as recorded.",
        FieldKind::Text { wildcards: false },
        Need::Optional,
        "01632960587",
    ),
    parameter(
        "email",
        "Email",
        "Exactly as recorded; not case sensitive.",
        FieldKind::Text { wildcards: false },
        Need::Optional,
        "jane.smith@example.com",
    ),
    parameter(
        "death-date",
        "Date of death",
        "With eq, ge or le before it; ge and le together make a range.",
        FieldKind::DateRange,
        Need::OptionalRepeatable,
        "eq2010-10-22",
    ),
    parameter(
        "_exact-match",
        "Exact matches only",
        "Keeps only results with a score of 1.",
        FieldKind::Flag,
        Need::Optional,
        "false",
    ),
    parameter(
        "_max-results",
        "Most results",
        "More matches than this answer TOO_MANY_MATCHES instead of a list.",
        FieldKind::Number { least: 1, most: 50 },
        Need::Optional,
        "1",
    ),
    parameter(
        "_fuzzy-match",
        "Fuzzy search",
        "Finds names that sound the same, names the wrong way round and what used to be recorded; no wildcards.",
        FieldKind::Flag,
        Need::Optional,
        "false",
    ),
    parameter(
        "_history",
        "Search history too",
        "Finds what used to be recorded, such as a name before marriage.",
        FieldKind::Flag,
        Need::Optional,
        "false",
    ),
];

pub(super) const OPERATION: Operation = Operation {
    id: "search_patients",
    title: "Search for a patient",
    summary: "Finds patients by family name and date of birth, and by more where it is known.",
    method: Method::GET,
    path: "/Patient",
    logins: &[Login::Application, Login::HealthcareWorker],
    fields: &{
        let [p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13] = PARAMETERS;
        [
            p0,
            p1,
            p2,
            p3,
            p4,
            p5,
            p6,
            p7,
            p8,
            p9,
            p10,
            p11,
            p12,
            p13,
            super::X_REQUEST_ID,
            super::X_CORRELATION_ID,
            super::AUTHORIZATION,
            super::SESSION_URID,
            super::END_USER_ORGANISATION,
        ]
    },
    examples: &[
        Example::get(
            "One patient",
            "/Patient?family=Smith&gender=female&birthdate=eq2010-10-22",
            200,
        ),
        Example::get(
            "A range of dates of birth",
            "/Patient?family=Smith&birthdate=ge2010-10-21&birthdate=le2010-10-23",
            200,
        ),
        Example::get(
            "A wildcard finds several",
            "/Patient?family=Sm*&birthdate=eq2010-10-22",
            200,
        ),
        Example::get(
            "More matches than wanted: no list, and status 200 all the same",
            "/Patient?family=YOUDS&birthdate=eq1970-01-24&_max-results=1",
            200,
        ),
        Example::get(
            "A restricted patient",
            "/Patient?family=Godsoe&birthdate=eq1936-02-24",
            200,
        ),
        Example::get(
            "No match: a Bundle without entry",
            "/Patient?family=Spiderman&birthdate=eq1962-07-31",
            200,
        ),
        Example::get("No date of birth", "/Patient?family=Smith", 400),
    ],
    faults: &[
        MISSING_VALUE.fault,
        INVALID_VALUE.fault,
        ACCESS_DENIED.fault,
        UNSUPPORTED_SERVICE.fault,
        ADDITIONAL_PROPERTIES.fault,
        INVALID_SEARCH_DATA.fault,
        TOO_MANY_VALUES_SUBMITTED.fault,
        TOO_MANY_MATCHES.fault,
        PATIENT_DENIED.fault,
        MORE_THAN_ONE_RESULT.fault,
    ],
    media_type: "application/fhir+json",
    specification: nhs_page!("get-/Patient"),
    handler: search_patients,
};

fn search_patients<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(by_profile(exchange, sandbox::search_patients, search(exchange)))
}

async fn search(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = caller::check(exchange)?;
    if let Caller::Patient(_) = caller {
        return Err(caller::patient_denied());
    }
    let parameters = Parameters::read(exchange.query())?;
    let criteria = Criteria::from_parameters(&parameters, caller)?;
    let residents = exchange
        .residents()
        .await
        .map_err(|error| Refused::records(&error))?;
    let matches = matching::find(&residents, &criteria)?;
    if matches.len() > criteria.max_results {
        return Err(Refused::plainly(&TOO_MANY_MATCHES));
    }
    let mut found = Vec::with_capacity(matches.len());
    for Match { resident, score } in matches {
        let body = resident.found_body().map_err(|error| Refused::records(&error))?;
        found.push((full_url(resident.number()), body, score));
    }
    bundle::answer(exchange, &found)
}
