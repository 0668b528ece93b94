//! `Goal`: what somebody wants to reach. <https://hl7.org/fhir/R4/goal.html>

use fhir_sdk::Date as FhirDate;
pub use fhir_sdk::r4b::codes::GoalLifecycleStatus as GoalStatus;
use fhir_sdk::r4b::resources::{Goal as FhirGoal, GoalStart, GoalTarget, GoalTargetDetail, GoalTargetDue};
use time::Date;

use crate::WriteError;
use crate::authored::{Amount, Authored, Code, Concept, Head, coded, concept, meta, reference, references};
use crate::part::{notes, quantity};
use crate::pen::Pen;

/// A goal.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// How it stands.
    pub status: GoalStatus,
    /// How far it is reached.
    pub achievement: Option<Code>,
    /// What it is.
    pub description: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Since when.
    pub since: Date,
    /// What is to be reached, and when.
    pub target: Option<Target<'a>>,
    /// References to the problems it addresses.
    pub addresses: &'a [&'a str],
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

/// What is to be reached.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// What is measured.
    pub measure: Concept<'a>,
    /// What it should be.
    pub value: Amount,
    /// By when.
    pub due: Date,
}

impl Authored for Goal<'_> {
    const TYPE: &'static str = "Goal";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut building = FhirGoal::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .lifecycle_status(self.status)
            .description(concept(&self.description)?)
            .subject(reference(self.patient)?)
            .start(GoalStart::Date(FhirDate::Date(self.since)))
            .addresses(references(self.addresses)?)
            .note(notes(self.note)?);
        if let Some(achievement) = &self.achievement {
            building = building.achievement_status(coded(achievement)?);
        }
        if let Some(target) = &self.target {
            building = building.target(vec![Some(target.build()?)]);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("lifecycleStatus", &built.lifecycle_status)?
            .field("achievementStatus", &built.achievement_status)?
            .field("description", &built.description)?
            .field("subject", &built.subject)?
            .choice(built.start.as_ref())?
            .field("target", &built.target)?
            .field("addresses", &built.addresses)?
            .field("note", &built.note)?;
        Ok(pen.finish())
    }
}

impl Target<'_> {
    fn build(&self) -> Result<GoalTarget, WriteError> {
        Ok(GoalTarget::builder()
            .measure(concept(&self.measure)?)
            .detail(GoalTargetDetail::Quantity(quantity(&self.value)?))
            .due(GoalTargetDue::Date(FhirDate::Date(self.due)))
            .build()?)
    }
}
