//! The people of the seed as PDS knows them, held in memory, ready to be served and found.
//!
//! Who they are comes from the package `population`; here they are written as PDS writes them. Those with a story are
//! kept whole, everybody else is made again when they are asked for, so that a hundred thousand people take no more
//! memory than their rows in the index.

mod index;
mod person;
mod views;

use std::ops::Deref;
use std::sync::Arc;

use ::population::{Config, Draft};
use index::SearchIndex;

pub use ::population::Standing;
pub(crate) use index::{BirthDates, FamilyName, SearchFacts, folded, folded_code};
pub use person::Person;

use crate::value::NhsNumber;

/// Made-up people.
#[derive(Debug)]
pub struct Population {
    source: Arc<::population::Population>,
    named: Vec<Person>,
    index: SearchIndex,
}

/// What stands under an NHS number.
#[derive(Debug)]
pub enum Found<'a> {
    /// A person with this number.
    Person(Known<'a>),
    /// A person who has this other number now.
    Superseding(Known<'a>),
    /// A record that was marked as invalid.
    Invalidated,
    /// Nobody.
    Nobody,
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

    /// People who can be found under such a family name, were born on one of these dates and match, each once, in the
    /// order of their places; no more than `most` of them. Costs a look at the smaller of the two groups, never at
    /// everybody, and only who matches is written.
    pub(crate) fn matching(
        &self,
        family: &FamilyName,
        born: &BirthDates,
        matches: impl Fn(&SearchFacts) -> bool,
        most: usize,
    ) -> Vec<Known<'_>> {
        let is_match = |place: &u32| match self.named(*place) {
            Some(person) => matches(&person.search),
            None => self
                .source
                .draft(*place)
                .is_some_and(|draft| matches(&SearchFacts::of(&draft.record))),
        };
        self.index
            .candidates(family, born)
            .into_iter()
            .filter(is_match)
            .filter_map(|place| self.at(place))
            .take(most)
            .collect()
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
