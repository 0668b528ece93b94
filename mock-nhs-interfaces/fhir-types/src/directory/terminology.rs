//! `CodeSystem`, `ValueSet` and `Questionnaire`.
//! <https://hl7.org/fhir/R4/codesystem.html> <https://hl7.org/fhir/R4/valueset.html> <https://hl7.org/fhir/R4/questionnaire.html>

use fhir_sdk::r4b::codes::{CodeSystemContentMode, PublicationStatus, QuestionnaireItemType};
use fhir_sdk::r4b::resources::{
    CodeSystem as FhirCodeSystem, CodeSystemConcept, Questionnaire as FhirQuestionnaire, QuestionnaireItem,
    ValueSet as FhirValueSet, ValueSetCompose, ValueSetComposeInclude, ValueSetComposeIncludeConcept,
};

use crate::WriteError;
use crate::authored::{Authored, Code, Head, meta};
use crate::pen::Pen;

const VERSION: &str = "1.0.0";

/// Codes of our own, or words for the few codes we use of a larger system.
#[derive(Clone, Copy, Debug)]
pub struct CodeSystem<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Its address.
    pub url: &'a str,
    /// Its name, without spaces.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The system that it adds words to; may be empty.
    pub supplements: &'a str,
    /// The codes.
    pub codes: &'a [Code],
}

/// A set of codes.
#[derive(Clone, Copy, Debug)]
pub struct ValueSet<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Its address.
    pub url: &'a str,
    /// Its name, without spaces.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The codes, those of one system next to each other.
    pub codes: &'a [Code],
}

/// Questions to be asked together.
#[derive(Clone, Copy, Debug)]
pub struct Questionnaire<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Its address.
    pub url: &'a str,
    /// Its name, without spaces.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The questions.
    pub questions: &'a [Question<'a>],
}

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Its id.
    pub link_id: &'a str,
    /// The question.
    pub text: &'a str,
    /// What kind of answer it wants.
    pub kind: QuestionKind,
}

/// What kind of answer a question wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    /// Yes or no.
    Boolean,
    /// A whole number.
    Whole,
    /// Words.
    Words,
}

impl Authored for CodeSystem<'_> {
    const TYPE: &'static str = "CodeSystem";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let concepts: Result<Vec<_>, WriteError> = self
            .codes
            .iter()
            .map(|code| {
                Ok(Some(
                    CodeSystemConcept::builder()
                        .code(code.code.to_owned())
                        .display(code.display.to_owned())
                        .build()?,
                ))
            })
            .collect();
        let mut building = FhirCodeSystem::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .url(self.url.to_owned())
            .version(VERSION.to_owned())
            .name(self.name.to_owned())
            .title(self.title.to_owned())
            .status(PublicationStatus::Active)
            .experimental(true)
            .description(self.description.to_owned())
            .content(if self.supplements.is_empty() {
                CodeSystemContentMode::Complete
            } else {
                CodeSystemContentMode::Supplement
            })
            .count(u32::try_from(self.codes.len()).unwrap_or(u32::MAX))
            .concept(concepts?);
        if self.supplements.is_empty() {
            building = building.case_sensitive(true);
        } else {
            building = building.supplements(self.supplements.to_owned());
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("url", &built.url)?
            .field("version", &built.version)?
            .field("name", &built.name)?
            .field("title", &built.title)?
            .field("status", &built.status)?
            .field("experimental", &built.experimental)?
            .field("description", &built.description)?
            .field("caseSensitive", &built.case_sensitive)?
            .field("content", &built.content)?
            .field("supplements", &built.supplements)?
            .field("count", &built.count)?
            .field("concept", &built.concept)?;
        Ok(pen.finish())
    }
}

impl Authored for ValueSet<'_> {
    const TYPE: &'static str = "ValueSet";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let includes: Result<Vec<_>, WriteError> = self
            .codes
            .chunk_by(|one, next| one.system == next.system)
            .map(|codes| include(codes).map(Some))
            .collect();
        let built = FhirValueSet::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .url(self.url.to_owned())
            .version(VERSION.to_owned())
            .name(self.name.to_owned())
            .title(self.title.to_owned())
            .status(PublicationStatus::Active)
            .experimental(true)
            .description(self.description.to_owned())
            .compose(ValueSetCompose::builder().include(includes?).build()?)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("url", &built.url)?
            .field("version", &built.version)?
            .field("name", &built.name)?
            .field("title", &built.title)?
            .field("status", &built.status)?
            .field("experimental", &built.experimental)?
            .field("description", &built.description)?
            .field("compose", &built.compose)?;
        Ok(pen.finish())
    }
}

/// Codes of one system.
fn include(codes: &[Code]) -> Result<ValueSetComposeInclude, WriteError> {
    let concepts: Result<Vec<_>, WriteError> = codes
        .iter()
        .map(|code| {
            Ok(Some(
                ValueSetComposeIncludeConcept::builder()
                    .code(code.code.to_owned())
                    .display(code.display.to_owned())
                    .build()?,
            ))
        })
        .collect();
    let system = codes.first().map(|code| code.system.to_owned());
    Ok(ValueSetComposeInclude::builder()
        .system(system.unwrap_or_default())
        .concept(concepts?)
        .build()?)
}

impl Authored for Questionnaire<'_> {
    const TYPE: &'static str = "Questionnaire";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let items: Result<Vec<_>, WriteError> = self
            .questions
            .iter()
            .map(|question| {
                let kind = match question.kind {
                    QuestionKind::Boolean => QuestionnaireItemType::Boolean,
                    QuestionKind::Whole => QuestionnaireItemType::Integer,
                    QuestionKind::Words => QuestionnaireItemType::String,
                };
                Ok(Some(
                    QuestionnaireItem::builder()
                        .link_id(question.link_id.to_owned())
                        .text(question.text.to_owned())
                        .r#type(kind)
                        .build()?,
                ))
            })
            .collect();
        let built = FhirQuestionnaire::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .url(self.url.to_owned())
            .version(VERSION.to_owned())
            .name(self.name.to_owned())
            .title(self.title.to_owned())
            .status(PublicationStatus::Active)
            .experimental(true)
            .item(items?)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("url", &built.url)?
            .field("version", &built.version)?
            .field("name", &built.name)?
            .field("title", &built.title)?
            .field("status", &built.status)?
            .field("experimental", &built.experimental)?
            .field("item", &built.item)?;
        Ok(pen.finish())
    }
}
