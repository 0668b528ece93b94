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
mod shown;
mod update;
mod vaccine;
mod validate;

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
        "Vaccinations of the seed name the practice that gave them and not the person, as the published document wants it; who it was is in the workspace's records.",
        "Vaccinations that were declined are in the workspace's records alone: this service has none.",
        "A vaccination that is recorded names the patient's record in this workspace, so that other interfaces find it.",
        "Taking a vaccination back is a version of its own: the one after it has the next but one number.",
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
