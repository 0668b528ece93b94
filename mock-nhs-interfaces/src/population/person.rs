//! One person of the seed: what is known about them, and their record as bytes that are ready to be sent.

use std::sync::OnceLock;

use ::population::{Draft, Standing};
use bytes::Bytes;
use fhir_types::WriteError;
use fhir_types::patient::{PatientRecord, patient};
use http::HeaderValue;
use thiserror::Error;

use super::facts::SearchFacts;
use super::views;
use crate::fhir::etag;
use crate::value::{NhsNumber, NhsNumberError};

/// One made-up person.
#[derive(Debug)]
pub struct Person {
    /// Their NHS number.
    pub nhs_number: NhsNumber,
    /// Their usual name as people say it; "No name recorded" where there is none.
    pub display_name: String,
    /// What is special about them, in one plain sentence.
    pub story: String,
    /// What became of their number.
    pub standing: Standing,
    /// The facts their record is written from.
    pub facts: PatientRecord,
    /// The record's version, as a header.
    pub(crate) etag: HeaderValue,
    /// What they can be found by.
    pub(crate) search: SearchFacts,
    read_body: OnceLock<Bytes>,
    found_body: OnceLock<Bytes>,
}

fn written_once(
    room: &OnceLock<Bytes>,
    write: impl FnOnce() -> Result<Vec<u8>, WriteError>,
) -> Result<Bytes, WriteError> {
    if let Some(body) = room.get() {
        return Ok(body.clone());
    }
    let body = Bytes::from(write()?);
    Ok(room.get_or_init(|| body).clone())
}

/// Why somebody could not be made.
#[derive(Debug, Error)]
pub(crate) enum PersonError {
    #[error("{0}")]
    Number(#[from] NhsNumberError),
}

impl Person {
    pub(super) fn new(draft: Draft) -> Result<Self, PersonError> {
        let display_name = draft.display_name();
        let Draft {
            record,
            story,
            standing,
            ..
        } = draft;
        Ok(Self {
            nhs_number: record.nhs_number.parse()?,
            display_name,
            story,
            standing,
            etag: etag::weak(record.version),
            read_body: OnceLock::new(),
            found_body: OnceLock::new(),
            search: SearchFacts::of(&record),
            facts: record,
        })
    }

    /// The record as PDS answers it to a read; written once, when it is first asked for.
    pub(crate) fn read_body(&self) -> Result<Bytes, WriteError> {
        written_once(&self.read_body, || patient(&views::read(&self.facts)))
    }

    /// The record as PDS answers it among search results; written once, when it is first asked for.
    pub(crate) fn found_body(&self) -> Result<Bytes, WriteError> {
        written_once(&self.found_body, || patient(&views::found(&self.facts)))
    }

    /// Whether where they live is kept from those who ask.
    pub fn is_restricted(&self) -> bool {
        self.facts.restricted
    }
}
