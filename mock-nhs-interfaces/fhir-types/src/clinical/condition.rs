//! `Condition`: a problem, a diagnosis, a finding. <https://hl7.org/fhir/R4/condition.html>

use fhir_sdk::r4b::resources::{Condition as FhirCondition, ConditionAbatement, ConditionOnset};

use crate::WriteError;
use crate::authored::{Authored, Code, Concept, Head, When, coded, concept, meta, reference, when};
use crate::part::notes;
use crate::pen::Pen;

/// A problem of somebody's.
#[derive(Clone, Copy, Debug)]
pub struct Condition<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// What it is.
    pub code: Concept<'a>,
    /// Whether it is on the problem list, or a diagnosis of one encounter.
    pub on_problem_list: bool,
    /// How it stands today.
    pub course: Course,
    /// Since when.
    pub onset: When,
    /// When it was written down.
    pub recorded: When,
    /// Reference to the encounter in which it was found; may be empty.
    pub encounter: &'a str,
    /// Reference to who wrote it down; may be empty.
    pub recorder: &'a str,
    /// How bad it is.
    pub severity: Option<Code>,
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

/// How a problem stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It is there.
    Active,
    /// It went away then.
    Resolved(When),
}

impl Authored for Condition<'_> {
    const TYPE: &'static str = "Condition";

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
            .field("category", &built.category)?
            .field("severity", &built.severity)?
            .field("code", &built.code)?
            .field("subject", &built.subject)?
            .field("encounter", &built.encounter)?
            .choice(built.onset.as_ref())?
            .choice(built.abatement.as_ref())?
            .field("recordedDate", &built.recorded_date)?
            .field("recorder", &built.recorder)?
            .field("note", &built.note)?;
        Ok(pen.finish())
    }
}

impl Condition<'_> {
    fn build(&self) -> Result<FhirCondition, WriteError> {
        let mut built = FhirCondition::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .verification_status(coded(&CONFIRMED)?)
            .category(vec![Some(coded(if self.on_problem_list {
                &PROBLEM_LIST_ITEM
            } else {
                &ENCOUNTER_DIAGNOSIS
            })?)])
            .code(concept(&self.code)?)
            .subject(reference(self.patient)?)
            .onset(ConditionOnset::DateTime(when(self.onset)))
            .recorded_date(when(self.recorded))
            .note(notes(self.note)?);
        built = match self.course {
            Course::Active => built.clinical_status(coded(&ACTIVE)?),
            Course::Resolved(at) => built
                .clinical_status(coded(&RESOLVED)?)
                .abatement(ConditionAbatement::DateTime(when(at))),
        };
        if !self.encounter.is_empty() {
            built = built.encounter(reference(self.encounter)?);
        }
        if !self.recorder.is_empty() {
            built = built.recorder(reference(self.recorder)?);
        }
        if let Some(severity) = &self.severity {
            built = built.severity(coded(severity)?);
        }
        Ok(built.build()?)
    }
}

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
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
    system: "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    code: "confirmed",
    display: "Confirmed",
};
const PROBLEM_LIST_ITEM: Code = Code {
    system: CATEGORY,
    code: "problem-list-item",
    display: "Problem List Item",
};
const ENCOUNTER_DIAGNOSIS: Code = Code {
    system: CATEGORY,
    code: "encounter-diagnosis",
    display: "Encounter Diagnosis",
};
