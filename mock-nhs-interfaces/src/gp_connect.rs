//! GP Connect: what its interfaces share. Records of a practice told in FHIR STU3, appointments at it, and its errors.
//!
//! The patient-facing interfaces and the classic one answer from the same rules; what differs is in their folders.
//! Source: <https://developer.nhs.uk/apis/gpconnect/>

pub(crate) mod answer;
pub(crate) mod appointments;
pub(crate) mod booking;
pub(crate) mod changes;
pub(crate) mod consent;
pub(crate) mod dates;
pub(crate) mod documents;
pub(crate) mod parameters;
pub(crate) mod patient_facing;
pub(crate) mod patients;
pub(crate) mod places;
pub(crate) mod query;
pub(crate) mod refused;
pub(crate) mod sandbox;
pub(crate) mod slots;
pub(crate) mod structured;
pub(crate) mod stu3;

pub(crate) use refused::Refused;
