//! What everybody's records share: organisations, places, clinicians, services, diaries, what codes mean.

mod diary;
mod directory;
mod places;
mod register;
mod words;

use bytes::Bytes;
use fhir_types::authored::{Authored, Head};

pub(crate) use diary::{free_slot, slot_time};
pub(crate) use words::FALLS_QUESTIONNAIRE;

use crate::{Resource, SEED_INSTANT, WriteError};

/// A practice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Practice {
    pub(crate) ods_code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) city: &'static str,
    pub(crate) postcode: &'static str,
    pub(crate) phone: &'static str,
    /// ODS code of the hospital nearby.
    pub(crate) hospital: &'static str,
}

/// The practice with this code; the first of our own for people without one, who are seen somewhere all the same.
pub(crate) fn practice(ods_code: Option<&str>) -> &'static Practice {
    const NONE: &Practice = &places::FIRST_PRACTICE;
    places::PRACTICES
        .iter()
        .find(|practice| Some(practice.ods_code) == ods_code)
        .unwrap_or(NONE)
}

/// Everything, in an order in which nothing refers to what comes later.
pub(crate) fn resources() -> impl Iterator<Item = Result<Resource, WriteError>> + use<> {
    let mut all = Vec::new();
    register::write(&mut all);
    directory::write(&mut all);
    diary::write(&mut all);
    words::write(&mut all);
    all.into_iter()
}

type All = Vec<Result<Resource, WriteError>>;

fn add<A: Authored>(all: &mut All, resource: &A) {
    all.push(resource.write().map(|text| Resource {
        type_name: A::TYPE,
        id: resource.id().to_owned(),
        text: Bytes::from(text),
    }));
}

fn head<'a>(id: &'a str, profiles: &'static [&'static str]) -> Head<'a> {
    Head {
        id,
        updated: SEED_INSTANT,
        profiles,
        restricted: false,
    }
}
