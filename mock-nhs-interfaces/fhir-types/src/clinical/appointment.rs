//! `Appointment`: when somebody is to be seen. <https://hl7.org/fhir/R4/appointment.html>

use fhir_sdk::Instant;
pub use fhir_sdk::r4b::codes::AppointmentStatus;
use fhir_sdk::r4b::codes::ParticipationStatus;
use fhir_sdk::r4b::resources::{Appointment as FhirAppointment, AppointmentParticipant};
use time::OffsetDateTime;

use crate::WriteError;
use crate::authored::{Authored, Concept, Head, When, concept, concepts, meta, reference, references, when};
use crate::pen::Pen;

/// An appointment.
#[derive(Clone, Copy, Debug)]
pub struct Appointment<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// How it stands.
    pub status: AppointmentStatus,
    /// Why it was cancelled; says nothing when it was not.
    pub cancelled_because: Concept<'a>,
    /// Kind of service.
    pub service: Concept<'a>,
    /// What it is about.
    pub description: &'a str,
    /// From when.
    pub start: OffsetDateTime,
    /// To when.
    pub end: OffsetDateTime,
    /// When it was made.
    pub created: When,
    /// Reference to the slot that it takes; may be empty.
    pub slot: &'a str,
    /// Reference to the request it follows from; may be empty.
    pub based_on: &'a str,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to who sees them.
    pub clinician: &'a str,
    /// Reference to the place; may be empty.
    pub location: &'a str,
}

impl Authored for Appointment<'_> {
    const TYPE: &'static str = "Appointment";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let participants: Result<Vec<_>, WriteError> = [self.patient, self.clinician, self.location]
            .into_iter()
            .filter(|actor| !actor.is_empty())
            .map(|actor| {
                Ok(Some(
                    AppointmentParticipant::builder()
                        .actor(reference(actor)?)
                        .status(ParticipationStatus::Accepted)
                        .build()?,
                ))
            })
            .collect();
        let mut building = FhirAppointment::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(self.status)
            .service_type(concepts(&self.service)?)
            .description(self.description.to_owned())
            .start(Instant(self.start))
            .end(Instant(self.end))
            .slot(references(&[self.slot])?)
            .created(when(self.created))
            .based_on(references(&[self.based_on])?)
            .participant(participants?);
        if !self.cancelled_because.text.is_empty() || !self.cancelled_because.codes.is_empty() {
            building = building.cancelation_reason(concept(&self.cancelled_because)?);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("cancelationReason", &built.cancelation_reason)?
            .field("serviceType", &built.service_type)?
            .field("description", &built.description)?
            .field("start", &built.start)?
            .field("end", &built.end)?
            .field("slot", &built.slot)?
            .field("created", &built.created)?
            .field("basedOn", &built.based_on)?
            .field("participant", &built.participant)?;
        Ok(pen.finish())
    }
}
