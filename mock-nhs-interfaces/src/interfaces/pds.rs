//! The Personal Demographics Service, FHIR API: who somebody is. See the README in this file's folder.

mod bundle;
mod caller;
mod coverage;
mod create_patient;
mod error;
mod list_related_people;
mod patient_answer;
mod read_coverage;
mod read_patient;
mod refusal;
mod register_birth;
mod rules;
mod sandbox;
mod search_patients;
mod update_coverage;
mod update_patient;

use axum::body::Body;
use http::Response;

use crate::Profile;
use crate::exchange::Exchange;
use crate::failure::in_own_shape;
use crate::interface::{FhirVersion, Field, FieldKind, Interface, Login, Need, Place};
use error::Refused;

const SPECIFICATION: &str =
    "https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir";

/// NHS England's page about one operation.
macro_rules! nhs_page {
    ($anchor:literal) => {
        concat!(
            "https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir#",
            $anchor
        )
    };
}
use nhs_page;

pub(super) const INTERFACE: Interface = Interface {
    id: "pds",
    title: "Personal Demographics Service",
    summary: "Finds a patient and tells who they are: name, date of birth, address, practice.",
    path_prefix: "/personal-demographics/FHIR/R4",
    specification: SPECIFICATION,
    fhir_version: Some(FhirVersion::R4),
    profiles: &[Profile::Int, Profile::Sandbox],
    logins: &[Login::Application, Login::HealthcareWorker, Login::Citizen],
    operations: &[
        read_patient::OPERATION,
        search_patients::OPERATION,
        update_patient::OPERATION,
        create_patient::OPERATION,
        register_birth::OPERATION,
        list_related_people::OPERATION,
        read_coverage::OPERATION,
        update_coverage::OPERATION,
    ],
    missing: &[],
    deviations: &[
        "On the host sandbox.api.service.nhs.uk, patients who are canned have the NHS's numbers, names, dates and versions, and addresses of our own; a search for Me*, DN17*, historic and multiple people has scores and people of the NHS's, not every one of them.",
        "On the host sandbox.api.service.nhs.uk, a wrong path or method and a body that is not JSON are refused as on the other host; the NHS's sandbox answers 200 without a body, or fails.",
        "On the host sandbox.api.service.nhs.uk, the insurance of whoever is not Jane Smith is an empty Bundle; the NHS's sandbox answers without a body.",
        "A healthcare worker has three roles here, whose numbers /oauth2/userinfo tells; with the workspace's own token any digits will do.",
        "A score is 1 for a search without wildcards and 0.8343 for one with; a fuzzy search has scores of our own: the NHS computes scores that we cannot know.",
        "A given name without wildcard matches any of the patient's given names; with a wildcard, the first only.",
        "Accents count in a search that is not fuzzy; case and extra spaces do not.",
        "A wildcard in the first two characters, a name of more than 35 characters, an empty value and a parameter given twice that may be given once answer INVALID_VALUE; the NHS's own words for these are not published.",
        "More than 100 parameters answer TOO_MANY_VALUES_SUBMITTED, and so do more than 50 items in a list; more than 500 patches answer INVALID_UPDATE.",
        "A method that a path does not have answers UNSUPPORTED_SERVICE; the NHS's own answer is not published.",
        "The NHS publishes the words of some broken rules of an update only; the others have words of our own, after the same beginning.",
        "A code of an organisation in an update must look like one; whether the organisation exists is not looked up, and addresses are not completed from the postcode file.",
        "With X-Sync-Wait below one second an update is not made, and answers 503: the NHS may make it all the same.",
        "Somebody's version here is one higher after every change, through PDS or through the FHIR server.",
        "Somebody who was created in the FHIR server under an id that is not their NHS number is not found here.",
    ],
    refuse: refusal::refuse,
    fail: in_own_shape,
};

/// Answers as the profile wants it: with what is canned, or with what `real` finds.
async fn by_profile(
    exchange: &Exchange<'_>,
    canned: impl FnOnce(&Exchange<'_>) -> Result<Response<Body>, Refused>,
    real: impl Future<Output = Result<Response<Body>, Refused>>,
) -> Response<Body> {
    let answer = match exchange.profile {
        Profile::Sandbox => canned(exchange),
        Profile::Int => real.await,
    };
    answer.unwrap_or_else(|refused| refused.answer(exchange.profile))
}

/// The number in the path.
const NHS_NUMBER: Field = Field {
    name: "id",
    place: Place::Path,
    title: "NHS number",
    hint: "Ten digits without spaces.",
    kind: FieldKind::NhsNumber,
    need: Need::Required,
    example: "9000000009",
};
/// The version that is changed.
const IF_MATCH_FIELD: Field = Field {
    name: "If-Match",
    place: Place::Header,
    title: "Version",
    hint: "The ETag of the patient as you read them; an update of another version is refused.",
    kind: FieldKind::EntityTag,
    need: Need::Required,
    example: "W/\"2\"",
};
/// The headers that every operation reads.
const X_REQUEST_ID: Field = Field {
    name: "X-Request-ID",
    place: Place::Header,
    title: "Request id",
    hint: "A new UUID for every request; the answer carries it back.",
    kind: FieldKind::Uuid,
    need: Need::Required,
    example: "60E0B220-8136-4CA5-AE46-1D97EF59D068",
};
const X_CORRELATION_ID: Field = Field {
    name: "X-Correlation-ID",
    place: Place::Header,
    title: "Correlation id",
    hint: "Anything that ties several requests together; the answer carries it back.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Optional,
    example: "11C46F5F-CDEF-4865-94B2-0EE0EDCC26DA",
};
const AUTHORIZATION: Field = Field {
    name: "Authorization",
    place: Place::Header,
    title: "Access token",
    hint: "The word Bearer, a space, and the token.",
    kind: FieldKind::Credential,
    need: Need::Required,
    example: "Bearer TOKEN",
};
const SESSION_URID: Field = Field {
    name: "NHSD-Session-URID",
    place: Place::Header,
    title: "Role of the healthcare worker",
    hint: "Which of their roles the healthcare worker acts in: a number that /oauth2/userinfo tells.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Optional,
    example: "555254240100",
};
const END_USER_ORGANISATION: Field = Field {
    name: "NHSD-End-User-Organisation-ODS",
    place: Place::Header,
    title: "Organisation of the user",
    hint: "ODS code of the organisation that the user works for.",
    kind: FieldKind::OdsCode,
    need: Need::Optional,
    example: "Y12345",
};
