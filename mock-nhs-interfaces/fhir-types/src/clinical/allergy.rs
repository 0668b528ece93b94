//! `AllergyIntolerance`: what somebody does not tolerate, or that nothing of the kind is known.
//! <https://hl7.org/fhir/R4/allergyintolerance.html>

use fhir_sdk::r4b::codes::AllergyIntoleranceSeverity;
pub use fhir_sdk::r4b::codes::{
    AllergyIntoleranceCategory as AllergyCategory, AllergyIntoleranceCriticality as Criticality,
    AllergyIntoleranceType as AllergyKind,
};
use fhir_sdk::r4b::resources::{AllergyIntolerance, AllergyIntoleranceReaction};

use crate::WriteError;
use crate::authored::{Authored, Code, Concept, Head, When, coded, concept, concepts, meta, reference, when};
use crate::part::notes;
use crate::pen::Pen;

/// An allergy or intolerance, or the statement that none is known.
#[derive(Clone, Copy, Debug)]
pub struct Allergy<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Whether it is there still.
    pub resolved: bool,
    /// Whether it is an allergy or an intolerance; `None` where none is known.
    pub kind: Option<AllergyKind>,
    /// What to in general; `None` where none is known.
    pub category: Option<AllergyCategory>,
    /// How dangerous.
    pub criticality: Option<Criticality>,
    /// What to.
    pub code: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// When it was written down.
    pub recorded: When,
    /// Reference to who wrote it down; may be empty.
    pub recorder: &'a str,
    /// When it last happened.
    pub last: Option<When>,
    /// What happened.
    pub reaction: Option<Reaction<'a>>,
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub struct Reaction<'a> {
    /// How it showed.
    pub manifestation: Concept<'a>,
    /// Whether it was severe; else it was mild.
    pub severe: bool,
}

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const ACTIVE: Code = Code {
    system: CLINICAL,
    code: "active",
    display: "Active",
};
const RESOLVED: Code = Code {
    system: CLINICAL,
    code: "resolved",
    display: "Resolved",
};
const CONFIRMED: Code = Code {
    system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
    code: "confirmed",
    display: "Confirmed",
};

impl Authored for Allergy<'_> {
    const TYPE: &'static str = "AllergyIntolerance";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = self.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("clinicalStatus", &built.clinical_status)?
            .field("verificationStatus", &built.verification_status)?
            .field("type", &built.r#type)?
            .field("category", &built.category)?
            .field("criticality", &built.criticality)?
            .field("code", &built.code)?
            .field("patient", &built.patient)?
            .field("recordedDate", &built.recorded_date)?
            .field("recorder", &built.recorder)?
            .field("lastOccurrence", &built.last_occurrence)?
            .field("note", &built.note)?
            .field("reaction", &built.reaction)?;
        Ok(pen.finish())
    }
}

impl Allergy<'_> {
    fn build(&self) -> Result<AllergyIntolerance, WriteError> {
        let status = if self.resolved { &RESOLVED } else { &ACTIVE };
        let mut built = AllergyIntolerance::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .clinical_status(coded(status)?)
            .verification_status(coded(&CONFIRMED)?)
            .category(self.category.map(Some).into_iter().collect())
            .code(concept(&self.code)?)
            .patient(reference(self.patient)?)
            .recorded_date(when(self.recorded))
            .note(notes(self.note)?);
        if let Some(kind) = self.kind {
            built = built.r#type(kind);
        }
        if let Some(criticality) = self.criticality {
            built = built.criticality(criticality);
        }
        if !self.recorder.is_empty() {
            built = built.recorder(reference(self.recorder)?);
        }
        if let Some(last) = self.last {
            built = built.last_occurrence(when(last));
        }
        if let Some(reaction) = &self.reaction {
            let severity = if reaction.severe {
                AllergyIntoleranceSeverity::Severe
            } else {
                AllergyIntoleranceSeverity::Mild
            };
            let reaction = AllergyIntoleranceReaction::builder()
                .manifestation(concepts(&reaction.manifestation)?)
                .severity(severity)
                .build()?;
            built = built.reaction(vec![Some(reaction)]);
        }
        Ok(built.build()?)
    }
}
