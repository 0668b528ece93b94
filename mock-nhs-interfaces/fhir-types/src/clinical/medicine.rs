//! `MedicationRequest` and `MedicationStatement`: what is prescribed, and what is taken.
//! <https://hl7.org/fhir/R4/medicationrequest.html> <https://hl7.org/fhir/R4/medicationstatement.html>

use fhir_sdk::r4b::resources::{
    MedicationRequest as FhirRequest, MedicationRequestDispenseRequest, MedicationRequestMedication,
    MedicationRequestSubstitution, MedicationRequestSubstitutionAllowed,
    MedicationStatement as FhirStatement, MedicationStatementEffective, MedicationStatementMedication,
};

use crate::WriteError;
use crate::authored::{
    Amount, Authored, Code, Concept, Head, Span, When, coded, concept, concepts, meta, reference, references,
    when,
};
use crate::part::{dosage, identifier, notes, period, quantity};
use crate::pen::Pen;

/// How a medicine is taken.
#[derive(Clone, Copy, Debug)]
pub struct Dose<'a> {
    /// As it stands on the label.
    pub words: &'a str,
    /// How often in how many days; `None` where that is not said in numbers.
    pub times_in_days: Option<(u32, u32)>,
    /// Only when needed.
    pub as_needed: bool,
    /// How it gets into the body.
    pub route: Option<Code>,
    /// How much at a time.
    pub amount: Option<Amount>,
}

/// How much is handed out.
#[derive(Clone, Copy, Debug)]
pub struct Supply {
    /// How much at a time.
    pub amount: Amount,
    /// Issues after the first that need no new request.
    pub repeats: u32,
    /// From when to when it may be issued.
    pub valid: Span,
}

/// A prescription.
#[derive(Clone, Copy, Debug)]
pub struct MedicationRequest<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Status in FHIR's words, such as `active`.
    pub status: &'static str,
    /// Intent in FHIR's words: `plan` for a repeat template, `order` for an issue.
    pub intent: &'static str,
    /// Where it is taken, such as in the community.
    pub category: Code,
    /// What.
    pub medicine: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the encounter; may be empty.
    pub encounter: &'a str,
    /// When it was written.
    pub authored: When,
    /// Reference to who wrote it.
    pub requester: &'a str,
    /// Reference to the problem it is for; may be empty.
    pub reason: &'a str,
    /// Reference to the template that it was issued from; may be empty.
    pub based_on: &'a str,
    /// Whether it is acute, repeat or for a while.
    pub therapy: Option<Code>,
    /// Why it was stopped; says nothing while it was not.
    pub stopped_because: Concept<'a>,
    /// How it is taken.
    pub dose: Dose<'a>,
    /// How much is handed out.
    pub supply: Option<Supply>,
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

/// What somebody takes, as far as is known.
#[derive(Clone, Copy, Debug)]
pub struct MedicationStatement<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// System and value of its identifier.
    pub identifier: (&'static str, &'a str),
    /// Status in FHIR's words, such as `active`.
    pub status: &'static str,
    /// What.
    pub medicine: Concept<'a>,
    /// Reference to the person.
    pub patient: &'a str,
    /// From when to when.
    pub span: Span,
    /// When this was said.
    pub asserted: When,
    /// Reference to who said it; may be empty.
    pub source: &'a str,
    /// Reference to the prescription it follows from; may be empty.
    pub based_on: &'a str,
    /// Reference to the problem it is for; may be empty.
    pub reason: &'a str,
    /// How it is taken.
    pub dose: Dose<'a>,
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

impl Authored for MedicationRequest<'_> {
    const TYPE: &'static str = "MedicationRequest";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let built = self.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("statusReason", &built.status_reason)?
            .field("intent", &built.intent)?
            .field("category", &built.category)?
            .choice(Some(&built.medication))?
            .field("subject", &built.subject)?
            .field("encounter", &built.encounter)?
            .field("authoredOn", &built.authored_on)?
            .field("requester", &built.requester)?
            .field("reasonReference", &built.reason_reference)?
            .field("basedOn", &built.based_on)?
            .field("courseOfTherapyType", &built.course_of_therapy_type)?
            .field("note", &built.note)?
            .field("dosageInstruction", &built.dosage_instruction)?
            .field("dispenseRequest", &built.dispense_request)?
            .field("substitution", &built.substitution)?;
        Ok(pen.finish())
    }
}

impl MedicationRequest<'_> {
    fn build(&self) -> Result<FhirRequest, WriteError> {
        let mut built = FhirRequest::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(self.status.to_owned())
            .intent(self.intent.to_owned())
            .category(concepts(&Concept::of(&self.category))?)
            .medication(MedicationRequestMedication::CodeableConcept(concept(
                &self.medicine,
            )?))
            .subject(reference(self.patient)?)
            .authored_on(when(self.authored))
            .requester(reference(self.requester)?)
            .reason_reference(references(&[self.reason])?)
            .based_on(references(&[self.based_on])?)
            .note(notes(self.note)?)
            // What was prescribed is what is dispensed: the NHS knows no substitution in the community.
            .substitution(
                MedicationRequestSubstitution::builder()
                    .allowed(MedicationRequestSubstitutionAllowed::Boolean(false))
                    .build()?,
            )
            .dosage_instruction(vec![Some(dosage(&self.dose)?)]);
        if !self.encounter.is_empty() {
            built = built.encounter(reference(self.encounter)?);
        }
        if let Some(therapy) = &self.therapy {
            built = built.course_of_therapy_type(coded(therapy)?);
        }
        if !self.stopped_because.text.is_empty() || !self.stopped_because.codes.is_empty() {
            built = built.status_reason(concept(&self.stopped_because)?);
        }
        if let Some(supply) = &self.supply {
            built = built.dispense_request(
                MedicationRequestDispenseRequest::builder()
                    .validity_period(period(&supply.valid)?)
                    .number_of_repeats_allowed(supply.repeats)
                    .quantity(quantity(&supply.amount)?)
                    .build()?,
            );
        }
        Ok(built.build()?)
    }
}

impl Authored for MedicationStatement<'_> {
    const TYPE: &'static str = "MedicationStatement";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let (system, value) = self.identifier;
        let mut building = FhirStatement::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .identifier(vec![Some(identifier(system, value)?)])
            .status(self.status.to_owned())
            .medication(MedicationStatementMedication::CodeableConcept(concept(
                &self.medicine,
            )?))
            .subject(reference(self.patient)?)
            .effective(MedicationStatementEffective::Period(period(&self.span)?))
            .date_asserted(when(self.asserted))
            .based_on(references(&[self.based_on])?)
            .reason_reference(references(&[self.reason])?)
            .note(notes(self.note)?)
            .dosage(vec![Some(dosage(&self.dose)?)]);
        if !self.source.is_empty() {
            building = building.information_source(reference(self.source)?);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("identifier", &built.identifier)?
            .field("basedOn", &built.based_on)?
            .field("status", &built.status)?
            .choice(Some(&built.medication))?
            .field("subject", &built.subject)?
            .choice(built.effective.as_ref())?
            .field("dateAsserted", &built.date_asserted)?
            .field("informationSource", &built.information_source)?
            .field("reasonReference", &built.reason_reference)?
            .field("note", &built.note)?
            .field("dosage", &built.dosage)?;
        Ok(pen.finish())
    }
}
