//! GP Connect (Patient Facing) Appointment Management: patients book and cancel at their practice. See the README in this
//! file's folder.

mod book_appointment;
mod cancel_appointment;
mod list_appointments;
mod read_appointment;
mod search_slots;

use crate::Profile;
use crate::failure::in_own_shape;
use crate::gp_connect::sandbox;
use crate::interface::{FhirVersion, Field, FieldKind, Interface, Login, Need, Place};

const SPECIFICATION: &str =
    "https://digital.nhs.uk/developer/api-catalogue/gp-connect-patient-facing-appointment-management-fhir";

pub(super) const INTERFACE: Interface = Interface {
    id: "gp-connect-appointments",
    title: "GP Connect: appointments for patients",
    summary: "Finds free slots at a patient's practice, books one, lists and cancels appointments.",
    path_prefix: "/gp-connect/patient-facing/appointments-management-fhir/FHIR/STU3",
    specification: SPECIFICATION,
    fhir_version: Some(FhirVersion::Stu3),
    profiles: &[Profile::Sandbox, Profile::Int],
    logins: &[Login::Citizen],
    operations: &[
        search_slots::OPERATION,
        book_appointment::OPERATION,
        list_appointments::OPERATION,
        read_appointment::OPERATION,
        cancel_appointment::OPERATION,
    ],
    missing: &[],
    deviations: &[
        "A practice that shares nothing answers 403; the NHS's page has 400 in its table, and its guidance on errors 403.",
        "The workspace's own token stands for whichever patient is asked about; a token of NHS login at level P9 opens that patient's own appointments only.",
        "The workspace's own token names no patient, so a search for slots with it names the practice in searchFilter.",
        "Every slot is In-person, and open to every organisation: searchFilter does not narrow what is found.",
        "Practices never switch cancelling off: 403 for that is not answered.",
        "On the host sandbox.api.service.nhs.uk, the answers are those of Prism 5.14 over the published document, tried by us; the NHS's page says that its sandbox is not available yet.",
        "Prefer: dynamic=true answers the example all the same; Prism makes something up that means nothing.",
        "An appointment that began through another interface or the FHIR server is told as if the practice had booked it.",
    ],
    refuse: sandbox::refuse,
    fail: in_own_shape,
};

/// What can be added to appointments.
const INCLUDED_ACTORS: [&str; 2] = ["Appointment:actor:Practitioner", "Appointment:actor:Location"];
const INCLUDE_ACTORS: Field = Field {
    name: "_include:recurse",
    place: Place::Query,
    title: "What to add",
    hint: "Clinicians and places that the appointments name.",
    kind: FieldKind::Choice(&INCLUDED_ACTORS),
    need: Need::OptionalRepeatable,
    example: "Appointment:actor:Practitioner",
};
const ID: Field = Field {
    name: "id",
    place: Place::Path,
    title: "Id of the appointment",
    hint: "As it was given when the appointment was booked.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Required,
    example: "p9-21",
};
