//! `List`: what belongs together in a record, such as everything somebody is allergic to.
//! <https://hl7.org/fhir/R4/list.html>

use fhir_sdk::r4b::codes::{ListMode, ListStatus};
use fhir_sdk::r4b::resources::{List as FhirList, ListEntry};

use crate::WriteError;
use crate::authored::{Authored, Code, Concept, Head, When, coded, meta, reference, when};
use crate::part::notes;
use crate::pen::Pen;

/// A list.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Its title.
    pub title: &'a str,
    /// What it lists.
    pub code: Code,
    /// Reference to the person.
    pub patient: &'a str,
    /// When it was put together.
    pub at: When,
    /// Reference to who did; may be empty.
    pub source: &'a str,
    /// References to what is on it.
    pub entries: &'a [String],
    /// Why there is nothing on it.
    pub empty_because: Option<Code>,
    /// In somebody's own words; may be empty.
    pub note: &'a str,
}

impl Authored for List<'_> {
    const TYPE: &'static str = "List";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let entries: Result<Vec<_>, WriteError> = self
            .entries
            .iter()
            .map(|entry| Ok(Some(ListEntry::builder().item(reference(entry)?).build()?)))
            .collect();
        let mut building = FhirList::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(ListStatus::Current)
            .mode(ListMode::Snapshot)
            .title(self.title.to_owned())
            .code(crate::authored::concept(&Concept::of(&self.code))?)
            .subject(reference(self.patient)?)
            .date(when(self.at))
            .note(notes(self.note)?)
            .entry(entries?);
        if !self.source.is_empty() {
            building = building.source(reference(self.source)?);
        }
        if let Some(reason) = &self.empty_because {
            building = building.empty_reason(coded(reason)?);
        }
        let built = building.build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("mode", &built.mode)?
            .field("title", &built.title)?
            .field("code", &built.code)?
            .field("subject", &built.subject)?
            .field("date", &built.date)?
            .field("source", &built.source)?
            .field("note", &built.note)?
            .field("entry", &built.entry)?
            .field("emptyReason", &built.empty_reason)?;
        Ok(pen.finish())
    }
}
