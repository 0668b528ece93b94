//! The Personal Demographics Service, FHIR API: who somebody is. See the README in this file's folder.

mod caller;
mod error;
mod read_patient;
mod refusal;
mod search_patients;

use http::Method;

use crate::Profile;
use crate::interface::{FhirVersion, Field, FieldKind, Interface, Login, MissingOperation, Need, Place};

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
    profiles: &[Profile::Int],
    logins: &[Login::HealthcareWorker],
    operations: &[read_patient::OPERATION, search_patients::OPERATION],
    missing: &[
        MissingOperation {
            title: "Update a patient",
            method: Method::PATCH,
            path: "/Patient/{id}",
            specification: nhs_page!("patch-/Patient/-id-"),
        },
        MissingOperation {
            title: "Create a patient and give them an NHS number",
            method: Method::POST,
            path: "/Patient",
            specification: nhs_page!("post-/Patient"),
        },
        MissingOperation {
            title: "Register a birth",
            method: Method::POST,
            path: "/Patient/$process-birth-details",
            specification: SPECIFICATION,
        },
        MissingOperation {
            title: "List the people related to a patient",
            method: Method::GET,
            path: "/Patient/{id}/RelatedPerson",
            specification: nhs_page!("get-/Patient/-id-/RelatedPerson"),
        },
        MissingOperation {
            title: "Read a patient's European health insurance",
            method: Method::GET,
            path: "/Coverage",
            specification: nhs_page!("get-/Coverage"),
        },
        MissingOperation {
            title: "Update a patient's European health insurance",
            method: Method::POST,
            path: "/Coverage",
            specification: nhs_page!("post-/Coverage"),
        },
    ],
    deviations: &[
        "The host sandbox.api.service.nhs.uk is not answered yet: the answer is 501 and names the int host.",
        "A fuzzy search (_fuzzy-match=true) and a search through history (_history=true) answer 501, never a wrong match.",
        "Updating, creating, related people and European health insurance answer 501.",
        "Only one token is known, the workspace's own, which is that of a healthcare worker: nobody is application-restricted or a patient.",
        "Any digits are accepted as the role in the header NHSD-Session-URID; the NHS checks that the user has the role.",
        "A score is 1 for a search without wildcards and 0.8343 for one with; the NHS computes scores that we cannot know.",
        "A given name without wildcard matches any of the patient's given names; with a wildcard, the first only.",
        "Accents count in a search; case and extra spaces do not.",
        "A wildcard in the first two characters, a name of more than 35 characters, an empty value and a parameter given twice that may be given once answer INVALID_VALUE; the NHS's own words for these are not published.",
        "More than 100 parameters answer TOO_MANY_VALUES_SUBMITTED.",
        "A method that a path does not have answers UNSUPPORTED_SERVICE; the NHS's own answer is not published.",
        "The rate is not limited yet.",
        "Every patient carries one more mark in meta.tag, which says that the person is made up.",
    ],
    refuse: refusal::refuse,
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
    hint: "Digits: which of their roles the healthcare worker acts in.",
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
