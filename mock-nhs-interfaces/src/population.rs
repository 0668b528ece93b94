//! The people of the seed as PDS knows them, held in memory, ready to be served and found.
//!
//! Who they are comes from the package `population`; here they are written as PDS writes them. Those with a story are
//! kept whole, everybody else is made again when they are asked for, so that a hundred thousand people take no more
//! memory than their rows in the index.

mod changes;
mod facts;
mod index;
pub(crate) mod kept;
mod person;
pub(crate) mod residents;
mod sound;
pub(crate) mod views;

use std::ops::Deref;
use std::sync::Arc;

use ::population::{Config, Draft};
use index::SearchIndex;

pub use ::population::Standing;
pub(crate) use changes::Changes;
pub(crate) use facts::{Held, SearchFacts, SearchableName, day, folded, folded_code, gender};
pub(crate) use index::{BirthDates, FamilyName, Key};
pub use person::Person;
pub(crate) use sound::{Sound, plain};

use crate::value::NhsNumber;

/// Made-up people.
#[derive(Debug)]
pub struct Population {
    source: Arc<::population::Population>,
    named: Vec<Person>,
    index: SearchIndex,
}

/// A person: one who is kept, or one who was made again just now.
#[derive(Debug)]
pub enum Known<'a> {
    /// Kept.
    Kept(&'a Person),
    /// Made.
    Made(Box<Person>),
}

impl Deref for Known<'_> {
    type Target = Person;

    fn deref(&self) -> &Person {
        match self {
            Self::Kept(person) => person,
            Self::Made(person) => person,
        }
    }
}

impl Population {
    /// The people that workspaces start from.
    pub fn demo_seed() -> Self {
        Self::of(Arc::new(::population::Population::generate(Config::default())))
    }

    /// These people.
    pub fn of(source: Arc<::population::Population>) -> Self {
        let named = (0..source.named_count())
            .filter_map(|place| written(source.draft(place)?))
            .collect();
        let mut index = SearchIndex::default();
        for place in 0..source.count() {
            if let Some(draft) = source.draft(place) {
                index.add(place, &draft);
            }
        }
        index.sort();
        Self { source, named, index }
    }

    /// A number that nobody has, for somebody who is new: the nth of them, from 0.
    pub(crate) fn spare_number(&self, nth: u32) -> Option<NhsNumber> {
        self.source.spare_number(nth)
    }

    /// Who these people are, with all their records.
    pub fn source(&self) -> &Arc<::population::Population> {
        &self.source
    }

    /// How many people there are.
    pub fn count(&self) -> u32 {
        self.source.count()
    }

    /// Those with a story of their own, whom pages list.
    pub fn people(&self) -> &[Person] {
        &self.named
    }

    /// The person with this number, whatever became of the number.
    pub fn person(&self, number: NhsNumber) -> Option<Known<'_>> {
        self.at(self.source.place(number)?)
    }

    fn at(&self, place: u32) -> Option<Known<'_>> {
        match self.named(place) {
            Some(person) => Some(Known::Kept(person)),
            None => written(self.source.draft(place)?).map(|person| Known::Made(Box::new(person))),
        }
    }

    fn named(&self, place: u32) -> Option<&Person> {
        self.named.get(usize::try_from(place).ok()?)
    }

    /// People whom the key and the dates of birth lead to and who match, each once, in the order of their places, with
    /// what `matches` says of them. Costs a look at the smallest group, never at everybody, and only who matches is
    /// written.
    pub(crate) fn matching<'p, M, F>(
        &'p self,
        key: &Key,
        born: &BirthDates,
        matches: F,
    ) -> impl Iterator<Item = (Known<'p>, M)> + use<'p, M, F>
    where
        F: Fn(NhsNumber, &SearchFacts) -> Option<M>,
    {
        self.index
            .candidates(key, born)
            .into_iter()
            .filter_map(move |place| {
                let person = self.at(place)?;
                let found = matches(person.nhs_number, &person.search)?;
                Some((person, found))
            })
    }
}

fn written(draft: Draft) -> Option<Person> {
    let nhs_number = draft.record.nhs_number.clone();
    match Person::new(draft) {
        Ok(person) => Some(person),
        // A test walks everybody; this keeps a mistake in one record from taking the program down.
        Err(error) => {
            tracing::error!(%error, %nhs_number, "a made-up person could not be written");
            None
        }
    }
}

#[cfg(test)]
mod tests;
