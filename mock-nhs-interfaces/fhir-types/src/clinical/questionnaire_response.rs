//! `QuestionnaireResponse`: what somebody answered. <https://hl7.org/fhir/R4/questionnaireresponse.html>

use fhir_sdk::r4b::codes::QuestionnaireResponseStatus;
use fhir_sdk::r4b::resources::{
    QuestionnaireResponse as FhirResponse, QuestionnaireResponseItem, QuestionnaireResponseItemAnswer,
    QuestionnaireResponseItemAnswerValue,
};

use crate::WriteError;
use crate::authored::{Authored, Head, When, meta, reference, when};
use crate::pen::Pen;

/// Answers to the questions of one questionnaire.
#[derive(Clone, Copy, Debug)]
pub struct QuestionnaireResponse<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Address of the questionnaire.
    pub questionnaire: &'static str,
    /// Reference to the person.
    pub patient: &'a str,
    /// Reference to the encounter; may be empty.
    pub encounter: &'a str,
    /// When.
    pub at: When,
    /// Reference to who wrote the answers down.
    pub author: &'a str,
    /// The answers.
    pub answers: &'a [Answered<'a>],
}

/// The answer to one question.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// Id of the question.
    pub link_id: &'a str,
    /// The question.
    pub question: &'a str,
    /// The answer.
    pub answer: Answer<'a>,
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'a> {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Whole(i32),
    /// Words.
    Words(&'a str),
}

impl Authored for QuestionnaireResponse<'_> {
    const TYPE: &'static str = "QuestionnaireResponse";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let items: Result<Vec<_>, WriteError> = self
            .answers
            .iter()
            .map(|answer| answer.build().map(Some))
            .collect();
        let mut building = FhirResponse::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .questionnaire(self.questionnaire.to_owned())
            .status(QuestionnaireResponseStatus::Completed)
            .subject(reference(self.patient)?)
            .authored(when(self.at))
            .author(reference(self.author)?)
            .item(items?);
        if !self.encounter.is_empty() {
            building = building.encounter(reference(self.encounter)?);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("questionnaire", &built.questionnaire)?
            .field("status", &built.status)?
            .field("subject", &built.subject)?
            .field("encounter", &built.encounter)?
            .field("authored", &built.authored)?
            .field("author", &built.author)?
            .field("item", &built.item)?;
        Ok(pen.finish())
    }
}

impl Answered<'_> {
    fn build(&self) -> Result<QuestionnaireResponseItem, WriteError> {
        let value = match self.answer {
            Answer::Boolean(yes) => QuestionnaireResponseItemAnswerValue::Boolean(yes),
            Answer::Whole(number) => QuestionnaireResponseItemAnswerValue::Integer(number),
            Answer::Words(words) => QuestionnaireResponseItemAnswerValue::String(words.to_owned()),
        };
        let answer = QuestionnaireResponseItemAnswer::builder().value(value).build()?;
        Ok(QuestionnaireResponseItem::builder()
            .link_id(self.link_id.to_owned())
            .text(self.question.to_owned())
            .answer(vec![Some(answer)])
            .build()?)
    }
}
