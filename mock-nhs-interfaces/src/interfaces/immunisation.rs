//! Immunisation history, FHIR API: which vaccinations somebody had. See the README in this file's folder.

mod caller;
mod create;
mod delete;
mod error;
mod failure;
mod read;
mod record;
mod refusal;
mod search;
mod update;
mod vaccine;

use crate::Profile;
use crate::interface::{FhirVersion, Field, FieldKind, Interface, Login, Need, Place};

const SPECIFICATION: &str = "https://digital.nhs.uk/developer/api-catalogue/immunisation-fhir";

pub(super) const INTERFACE: Interface = Interface {
    id: "immunisation",
    title: "Immunisation history",
    summary: "Records vaccinations and tells which ones a patient had.",
    path_prefix: "/immunisation-fhir-api/FHIR/R4",
    specification: SPECIFICATION,
    fhir_version: Some(FhirVersion::R4),
    profiles: &[Profile::Sandbox, Profile::Int],
    logins: &[Login::Application, Login::HealthcareWorker],
    operations: &[
        create::OPERATION,
        search::POSTED,
        search::OPERATION,
        read::OPERATION,
        update::OPERATION,
        delete::OPERATION,
    ],
    missing: &[],
    deviations: &[
        "On the sandbox host nothing is kept: a vaccination that is recorded there cannot be read back.",
        "Every application may see and record every kind of vaccination; at the NHS each is allowed some.",
        "What a vaccination must say is checked as far as apps meet it: person, date, vaccine, disease, identifier, status.",
        "Vaccinations of the seed have no identifier of a supplier and no patient inside them; they name the patient by reference.",
        "A vaccination that is recorded names the patient's record in this workspace, so that other interfaces find it.",
        "The identifier of a deleted vaccination can be used again, for a new record or by updating the old one.",
    ],
    refuse: refusal::refuse,
    fail: failure::fail,
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
const X_REQUEST_ID: Field = Field {
    name: "X-Request-ID",
    place: Place::Header,
    title: "Request id",
    hint: "A new UUID for every request; the answer carries it back.",
    kind: FieldKind::Uuid,
    need: Need::Optional,
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
const ID: Field = Field {
    name: "id",
    place: Place::Path,
    title: "Vaccination",
    hint: "The id at the end of the address that came back when it was recorded.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Required,
    example: "p0-8",
};
