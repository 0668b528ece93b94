//! `List`: what was taken out of the register of organisations.
//! <https://hl7.org/fhir/R4/list.html>

use fhir_sdk::r4b::codes::{ListMode, ListStatus};
use fhir_sdk::r4b::resources::{List, ListEntry};
use fhir_sdk::r4b::types::Reference;
use time::OffsetDateTime;

use crate::WriteError;
use crate::authored::{Authored, Head, When, meta, when};
use crate::part::{identifier, notes};
use crate::pen::Pen;

/// Something that was taken out.
#[derive(Clone, Copy, Debug)]
pub struct Deletion<'a> {
    /// When.
    pub at: OffsetDateTime,
    /// System of its identifier.
    pub system: &'a str,
    /// Its identifier.
    pub value: &'a str,
}

/// A list of what was taken out.
#[derive(Clone, Copy, Debug)]
pub struct Deletions<'a> {
    /// Id, profiles and time of change.
    pub head: Head<'a>,
    /// Its title.
    pub title: &'a str,
    /// What it is for.
    pub note: &'a str,
    /// When it was last added to.
    pub at: OffsetDateTime,
    /// The type of what is on it; empty where that is no resource.
    pub type_name: &'a str,
    /// What is on it.
    pub entries: &'a [Deletion<'a>],
}

impl Authored for Deletions<'_> {
    const TYPE: &'static str = "List";

    fn id(&self) -> &str {
        self.head.id
    }

    fn write(&self) -> Result<Vec<u8>, WriteError> {
        let entries: Result<Vec<_>, WriteError> = self
            .entries
            .iter()
            .map(|deletion| {
                let mut item = Reference::builder().identifier(identifier(deletion.system, deletion.value)?);
                if !self.type_name.is_empty() {
                    item = item.r#type(self.type_name.to_owned());
                }
                Ok(Some(
                    ListEntry::builder()
                        .date(when(When::At(deletion.at)))
                        .item(item.build()?)
                        .build()?,
                ))
            })
            .collect();
        let built = List::builder()
            .id(self.head.id.to_owned())
            .meta(meta(&self.head)?)
            .status(ListStatus::Current)
            .mode(ListMode::Working)
            .title(self.title.to_owned())
            .date(when(When::At(self.at)))
            .note(notes(self.note)?)
            .entry(entries?)
            .build()?;
        let mut pen = Pen::new(Self::TYPE);
        pen.field("id", &built.id)?
            .field("meta", &built.meta)?
            .field("status", &built.status)?
            .field("mode", &built.mode)?
            .field("title", &built.title)?
            .field("date", &built.date)?
            .field("note", &built.note)?
            .field("entry", &built.entry)?;
        Ok(pen.finish())
    }
}
