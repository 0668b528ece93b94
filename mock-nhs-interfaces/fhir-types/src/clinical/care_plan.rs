//! `CarePlan`: what is to be done for somebody, and towards what. <https://hl7.org/fhir/R4/careplan.html>

pub use fhir_sdk::r4b::codes::{CarePlanActivityStatus as ActivityStatus, RequestStatus};
use fhir_sdk::r4b::resources::{CarePlan as FhirCarePlan, CarePlanActivity, CarePlanActivityDetail};

use crate::WriteError;
use crate::authored::{Authored, Code, Concept, Head, Span, coded, concept, meta, reference, references};
use crate::part::{notes, period};
use crate::pen::Pen;

/// A plan of care.
#[derive(Clone, Copy, Debug)]
pub struct CarePlan<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// How it stands.
    pub status: RequestStatus,
    /// Kind of plan.
    pub category: Code,
    /// Its title.
    pub title: &'a str,
    /// What it is about; may be empty.
    pub description: &'a str,
    /// Reference to the person.
    pub patient: &'a str,
    /// From when to when.
    pub span: Span,
    /// Reference to who wrote it; may be empty.
    pub author: &'a str,
    /// References to the problems it addresses.
    pub addresses: &'a [&'a str],
    /// References to its goals.
    pub goals: &'a [&'a str],
    /// What is to be done.
    pub activities: &'a [Activity<'a>],
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

/// One thing to be done.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// What kind of thing.
    pub code: Concept<'a>,
    /// How it stands.
    pub status: ActivityStatus,
    /// What exactly.
    pub description: &'a str,
}

impl Authored for CarePlan<'_> {
    const TYPE: &'static str = "CarePlan";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = self.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("intent", &built.intent)?
            .field("category", &built.category)?
            .field("title", &built.title)?
            .field("description", &built.description)?
            .field("subject", &built.subject)?
            .field("period", &built.period)?
            .field("author", &built.author)?
            .field("addresses", &built.addresses)?
            .field("goal", &built.goal)?
            .field("activity", &built.activity)?
            .field("note", &built.note)?;
        Ok(pen.finish())
    }
}

impl CarePlan<'_> {
    fn build(&self) -> Result<FhirCarePlan, WriteError> {
        let activities: Result<Vec<_>, WriteError> = self
            .activities
            .iter()
            .map(|activity| activity.build().map(Some))
            .collect();
        let mut built = FhirCarePlan::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(self.status)
            .intent("plan".to_owned())
            .category(vec![Some(coded(&self.category)?)])
            .title(self.title.to_owned())
            .subject(reference(self.patient)?)
            .period(period(&self.span)?)
            .addresses(references(self.addresses)?)
            .goal(references(self.goals)?)
            .activity(activities?)
            .note(notes(self.note)?);
        if !self.description.is_empty() {
            built = built.description(self.description.to_owned());
        }
        if !self.author.is_empty() {
            built = built.author(reference(self.author)?);
        }
        Ok(built.build()?)
    }
}

impl Activity<'_> {
    fn build(&self) -> Result<CarePlanActivity, WriteError> {
        let detail = CarePlanActivityDetail::builder()
            .code(concept(&self.code)?)
            .status(self.status)
            .description(self.description.to_owned())
            .build()?;
        Ok(CarePlanActivity::builder().detail(detail).build()?)
    }
}
