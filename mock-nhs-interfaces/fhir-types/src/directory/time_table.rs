//! `Schedule` and `Slot`: when somebody can be seen.
//! <https://hl7.org/fhir/R4/schedule.html> <https://hl7.org/fhir/R4/slot.html>

use fhir_sdk::Instant;
pub use fhir_sdk::r4b::codes::SlotStatus;
use fhir_sdk::r4b::resources::{Schedule as FhirSchedule, Slot as FhirSlot};
use time::OffsetDateTime;

use crate::WriteError;
use crate::authored::{Authored, Concept, Head, Span, concepts, meta, reference, references};
use crate::part::period;
use crate::pen::Pen;

/// The diary of one clinician.
#[derive(Clone, Copy, Debug)]
pub struct Schedule<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Kind of service.
    pub service: Concept<'a>,
    /// References to whose diary it is: clinician, place, service.
    pub actors: &'a [&'a str],
    /// From when to when it is open.
    pub open: Span,
}

/// A piece of time in a diary.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Kind of service.
    pub service: Concept<'a>,
    /// Reference to the diary.
    pub schedule: &'a str,
    /// Whether it is taken.
    pub status: SlotStatus,
    /// From when.
    pub start: OffsetDateTime,
    /// To when.
    pub end: OffsetDateTime,
}

impl Authored for Schedule<'_> {
    const TYPE: &'static str = "Schedule";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = FhirSchedule::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .active(true)
            .service_type(concepts(&self.service)?)
            .actor(references(self.actors)?)
            .planning_horizon(period(&self.open)?)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("active", &built.active)?
            .field("serviceType", &built.service_type)?
            .field("actor", &built.actor)?
            .field("planningHorizon", &built.planning_horizon)?;
        Ok(pen.finish())
    }
}

impl Authored for Slot<'_> {
    const TYPE: &'static str = "Slot";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = FhirSlot::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .service_type(concepts(&self.service)?)
            .schedule(reference(self.schedule)?)
            .status(self.status)
            .start(Instant(self.start))
            .end(Instant(self.end))
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("serviceType", &built.service_type)?
            .field("schedule", &built.schedule)?
            .field("status", &built.status)?
            .field("start", &built.start)?
            .field("end", &built.end)?;
        Ok(pen.finish())
    }
}
