//! One made-up person: what is known about them, and their record as bytes that are ready to be sent.

use ::population::{Draft, Standing};
use bytes::Bytes;
use fhir_types::WriteError;
use fhir_types::patient::{PatientRecord, patient};
use http::HeaderValue;
use thiserror::Error;

use super::index::SearchFacts;
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
    /// The record as PDS answers it to a read.
    pub(crate) read_body: Bytes,
    /// The record as PDS answers it among search results.
    pub(crate) found_body: Bytes,
    /// The record's version, as a header.
    pub(crate) etag: HeaderValue,
    /// The record's address at the NHS, which search results carry whatever host was asked.
    pub(crate) full_url: String,
    pub(crate) search: SearchFacts,
}

/// Why somebody could not be made.
#[derive(Debug, Error)]
pub(crate) enum PersonError {
    #[error("{0}")]
    Number(#[from] NhsNumberError),
    #[error("{0}")]
    Write(#[from] WriteError),
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
            read_body: Bytes::from(patient(&views::read(&record))?),
            found_body: Bytes::from(patient(&views::found(&record))?),
            etag: etag::weak(record.version),
            full_url: format!(
                "https://api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/{}",
                record.nhs_number
            ),
            search: SearchFacts::of(&record),
            facts: record,
        })
    }

    /// Whether where they live is kept from those who ask.
    pub fn is_restricted(&self) -> bool {
        self.facts.restricted
    }
}
