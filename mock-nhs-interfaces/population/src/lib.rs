//! The seed: made-up people with believable records, the same on every machine.
//!
//! Everything follows from one number. Nobody here exists: the NHS's own people for testing keep the numbers that NHS
//! England published, everybody else has a number from the 999 range, which is never given out; phones are from Ofcom's
//! ranges for drama, emails at example.com, and no postcode is in use. Of organisations, the few that the NHS's document of
//! its register shows are as it publishes them; all others are made up as well. Any person can be made alone, in any order and on
//! any thread, from the seed and their place in the list.

mod cast;
mod chart;
mod codes;
mod course;
mod demographics;
mod draft;
mod names;
mod nhs_people;
mod number;
mod part;
mod places;
mod random;
mod shared;
mod stories;

use std::collections::HashMap;
use std::ops::Range;

use bytes::Bytes;
pub use fhir_types::WriteError;
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};
use value::NhsNumber;

pub use cast::CastMember;
pub use codes::ods;
pub use draft::{Draft, Standing, hide_location};

/// The last day of everybody's story: nothing that has happened is dated later, what is planned is.
///
/// Fixed, so that the same seed is the same people next year; a workspace whose clock is set to this day meets them as
/// they were meant.
pub const SEED_DAY: Date = date!(2026 - 11 - 01);
/// When every resource of the seed was last updated.
pub const SEED_INSTANT: OffsetDateTime = datetime!(2026-11-01 00:00 UTC);
/// People that there are numbers for, besides those with a story.
pub const MOST_PEOPLE: u32 = number::MOST;

/// Which people to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The number that everything follows from.
    pub seed: u64,
    /// How many people; those with a story are always there, and there are never more than [`MOST_PEOPLE`].
    pub people: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 1,
            people: 1_000,
        }
    }
}

/// Made-up people, made when they are asked for.
#[derive(Debug)]
pub struct Population {
    config: Config,
    named: Vec<Draft>,
    places_of_named: HashMap<NhsNumber, u32>,
}

/// Everything about one person.
#[derive(Clone, Debug)]
pub struct Record {
    /// Their NHS number.
    pub nhs_number: NhsNumber,
    /// Their `Patient` first, then the rest of their record.
    pub resources: Vec<Resource>,
}

/// A FHIR R4 resource, ready to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its type, such as `Observation`.
    pub type_name: &'static str,
    /// Its id, unique among all resources of its type.
    pub id: String,
    /// Its JSON, compact, with id and meta.
    pub text: Bytes,
}

impl Population {
    /// Gets ready to make people; the people themselves are made when they are asked for.
    pub fn generate(config: Config) -> Self {
        let named = cast::named();
        let places_of_named = (0..)
            .zip(&named)
            .filter_map(|(place, draft)| Some((draft.record.nhs_number.parse().ok()?, place)))
            .collect();
        Self {
            config,
            named,
            places_of_named,
        }
    }

    /// What these people follow from.
    pub fn config(&self) -> Config {
        self.config
    }

    /// How many people there are.
    pub fn count(&self) -> u32 {
        self.config.people.min(MOST_PEOPLE).max(self.named_count())
    }

    /// How many people have a story of their own; they come first.
    pub fn named_count(&self) -> u32 {
        u32::try_from(self.named.len()).unwrap_or(u32::MAX)
    }

    /// What is known about the person at this place, from 0; `None` past the last one.
    pub fn draft(&self, place: u32) -> Option<Draft> {
        if place >= self.count() {
            return None;
        }
        match place.checked_sub(self.named_count()) {
            Some(unnamed) => demographics::draft(self.config.seed, unnamed),
            None => self.named.get(usize::try_from(place).ok()?).cloned(),
        }
    }

    /// The place of the person with this number, whatever became of the number.
    pub fn place(&self, number: NhsNumber) -> Option<u32> {
        if let Some(place) = self.places_of_named.get(&number) {
            return Some(*place);
        }
        let place = number::place(self.config.seed, number)?.checked_add(self.named_count())?;
        (place < self.count()).then_some(place)
    }

    /// A number that none of these people has, for somebody who is born or comes to stay: the nth of them, from 0. `None`
    /// when there are no more.
    pub fn spare_number(&self, nth: u32) -> Option<NhsNumber> {
        let used = self.count().checked_sub(self.named_count())?;
        number::of(self.config.seed, used.checked_add(nth)?)
    }

    /// Everything about the person at this place, from 0; `None` past the last one.
    ///
    /// # Errors
    /// When a resource cannot be written; a test walks everybody of the default seed.
    pub fn record(&self, place: u32) -> Option<Result<Record, WriteError>> {
        let draft = self.draft(place)?;
        Some(chart::record(self.config.seed, place, &draft))
    }

    /// Everything about the people at these places, one after the other. Ranges can be walked on several threads at
    /// once: nobody depends on anybody else.
    pub fn people(&self, places: Range<u32>) -> impl Iterator<Item = Result<Record, WriteError>> + '_ {
        places.map_while(|place| self.record(place))
    }

    /// What everybody's records share: organisations, clinicians, diaries, what codes mean. The same for every seed and
    /// for any number of people.
    pub fn shared(&self) -> impl Iterator<Item = Result<Resource, WriteError>> + use<> {
        shared::resources()
    }
}

/// The people with a story, for pages and courses.
pub fn cast() -> Vec<CastMember> {
    cast::members()
}
