//! GP Connect (Patient Facing) Access Record: patients read their record at the practice. See the README in this file's
//! folder.

mod find_patient;
mod get_structured_record;
mod read_document;
mod search_documents;

use crate::Profile;
use crate::failure::in_own_shape;
use crate::gp_connect::sandbox;
use crate::interface::{FhirVersion, Field, FieldKind, Interface, Login, Need, Place};

const SPECIFICATION: &str =
    "https://digital.nhs.uk/developer/api-catalogue/gp-connect-patient-facing-access-record-fhir";

pub(super) const INTERFACE: Interface = Interface {
    id: "gp-connect-access-record",
    title: "GP Connect: record for patients",
    summary: "Tells a patient what their practice has written down: medicines, allergies, problems, consultations, documents.",
    path_prefix: "/gp-connect/patient-facing/access-record-fhir/FHIR/STU3",
    specification: SPECIFICATION,
    fhir_version: Some(FhirVersion::Stu3),
    profiles: &[Profile::Sandbox, Profile::Int],
    logins: &[Login::Citizen],
    operations: &[
        get_structured_record::OPERATION,
        find_patient::OPERATION,
        search_documents::OPERATION,
        read_document::OPERATION,
    ],
    missing: &[],
    deviations: &[
        "The workspace's own token stands for whichever patient is asked about; a token of NHS login at level P9 opens that patient's own record only.",
        "A problem is major unless the record says that it is mild.",
        "The permission level that a practice sets for a patient is not simulated: everything that is not restricted is shown.",
        "A combination of parameters that is not permitted answers 422; the NHS's page has 404 in its table, and 422 for its like.",
        "On the host sandbox.api.service.nhs.uk, the answers are those of Prism 5.14 over the published document, tried by us; the NHS's own sandbox was not reached.",
        "On the host sandbox.api.service.nhs.uk, the header Authorization is not looked at, as the NHS's document says; whether the NHS's proxy puts one in for this interface, as it does for appointments, is not known.",
        "Prefer: dynamic=true answers the example all the same; Prism makes something up that means nothing.",
        "Medicines that the seed has no national code for have a code of code4health.example.",
    ],
    refuse: sandbox::refuse,
    fail: in_own_shape,
};

const PATIENT_NHS_NUMBER: Field = Field {
    name: "patientNHSNumber",
    place: Place::Query,
    title: "NHS number",
    hint: "Ten digits without spaces: whose documents.",
    kind: FieldKind::NhsNumber,
    need: Need::Required,
    example: "9999100007",
};
