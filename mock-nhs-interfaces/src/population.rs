//! The seed: made-up people that every workspace starts from, held in memory, ready to be served and found.
//!
//! Everything follows from one number, so the same number makes the same people on every machine. Nobody here exists:
//! the NHS's own people for testing keep the numbers that NHS England published, everybody else has a number from the
//! 999 range, which is never given out; phones are from Ofcom's ranges for drama, emails at example.com.

mod cast;
mod generate;
mod index;
mod names;
mod nhs_people;
mod part;
mod person;
mod places;
mod random;
mod views;

use std::collections::HashMap;

use fhir_types::patient::PatientRecord;

use crate::value::NhsNumber;
use index::SearchIndex;

pub(crate) use index::{BirthDates, FamilyName, SearchFacts, folded, folded_code};
pub use person::{Person, Standing};

/// People in the seed that workspaces start from: enough for every kind of search, and still a list one can read.
pub const DEFAULT_PEOPLE: usize = 100;
/// The number that the demo's seed follows from.
pub const DEMO_SEED: u64 = 1;

/// Made-up people.
#[derive(Debug)]
pub struct Population {
    people: Vec<Person>,
    by_number: HashMap<NhsNumber, usize>,
    index: SearchIndex,
}

/// What stands under an NHS number.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// A person with this number.
    Person(&'a Person),
    /// A person who has this other number now.
    Superseding(&'a Person),
    /// A record that was marked as invalid.
    Invalidated,
    /// Nobody.
    Nobody,
}

impl Population {
    /// The people that workspaces start from.
    pub fn demo_seed() -> Self {
        Self::generate(DEMO_SEED)
    }

    /// [`DEFAULT_PEOPLE`] people who follow from this number.
    pub fn generate(seed_number: u64) -> Self {
        Self::generate_people(seed_number, DEFAULT_PEOPLE)
    }

    /// People who follow from this number. Those with a story are always there, so there are never fewer than they.
    pub fn generate_people(seed_number: u64, people: usize) -> Self {
        let mut drafts = nhs_people::drafts();
        drafts.extend(cast::drafts());
        let taken = drafts
            .iter()
            .map(|draft| draft.record.nhs_number.clone())
            .collect();
        let still_missing = people.saturating_sub(drafts.len());
        drafts.extend(generate::drafts(seed_number, still_missing, taken));
        Self::of(drafts)
    }

    fn of(drafts: Vec<Draft>) -> Self {
        let mut people = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let nhs_number = draft.record.nhs_number.clone();
            match Person::new(draft) {
                Ok(person) => people.push(person),
                // A test walks everybody; this keeps a mistake in one record from taking the program down.
                Err(error) => tracing::error!(%error, %nhs_number, "a made-up person could not be written"),
            }
        }
        let by_number = people
            .iter()
            .enumerate()
            .map(|(place, person)| (person.nhs_number, place))
            .collect::<HashMap<_, _>>();
        let index = SearchIndex::of(&people);
        Self {
            people,
            by_number,
            index,
        }
    }

    /// Everybody, those with a story of their own first.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// What stands under this number.
    pub fn find(&self, number: NhsNumber) -> Found<'_> {
        let Some(person) = self.person(number) else {
            return Found::Nobody;
        };
        match person.standing {
            Standing::Current => Found::Person(person),
            Standing::Invalidated => Found::Invalidated,
            Standing::SupersededBy(now) => self.person(now).map_or(Found::Nobody, Found::Superseding),
        }
    }

    /// The person in the list with this number, whatever became of the number.
    pub fn person(&self, number: NhsNumber) -> Option<&Person> {
        self.by_number
            .get(&number)
            .and_then(|place| self.people.get(*place))
    }

    /// Everybody who can be found under such a family name and was born on one of these dates, each once, in the order
    /// of [`Population::people`]. Costs a look at the smaller of the two groups, never at everybody.
    pub(crate) fn candidates(&self, family: &FamilyName, born: &BirthDates) -> Vec<&Person> {
        self.index
            .candidates(family, born)
            .into_iter()
            .filter_map(|place| self.people.get(place))
            .collect()
    }
}

/// What somebody is made from.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) record: PatientRecord,
    pub(crate) story: String,
    pub(crate) standing: Standing,
}

#[cfg(test)]
mod tests;
