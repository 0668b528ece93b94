//! Appointments at a practice, for other organisations: slots, booking, listing, reading, amending and cancelling.

pub(super) mod book;
pub(super) mod change;
pub(super) mod list;
pub(super) mod read;
pub(super) mod search_slots;

use super::field;
use crate::interface::{Field, FieldKind, Need, Place};

const SPECIFICATION: &str =
    "https://digital.nhs.uk/developer/api-catalogue/gp-connect-appointment-management-fhir";
const JSON: &str = "application/fhir+json";

macro_rules! interactions {
    ($($name:ident = $end:literal;)+) => {
        $(const $name: &str = concat!("urn:nhs:names:services:gpconnect:fhir:rest:", $end);)+
    };
}
interactions! {
    SLOTS = "search:slot-1";
    CREATE = "create:appointment-1";
    OF_PATIENT = "search:patient_appointments-1";
    READING = "read:appointment-1";
    UPDATE = "update:appointment-1";
    CANCEL = "cancel:appointment-1";
}

const LIST_PATH: &str = "/{ods}/STU3/1/appointments/fhir/Patient/{id}/Appointment";
const ONE_PATH: &str = "/{ods}/STU3/1/appointments/fhir/Appointment/{id}";

const BODY: Field = Field {
    name: "body",
    place: Place::Body,
    title: "Appointment",
    hint: "An Appointment with who books, whom for, where, when and which slot.",
    kind: FieldKind::Json,
    need: Need::Required,
    example: book::BOOKING,
};
const APPOINTMENT_ID: Field = field(
    Place::Path,
    ("id", "Id of the appointment"),
    "As it was given when the appointment was booked.",
    Need::Required,
    "p59-54",
);

const fn query(name: &'static str, title: &'static str, hint: &'static str, example: &'static str) -> Field {
    field(Place::Query, (name, title), hint, Need::Required, example)
}
