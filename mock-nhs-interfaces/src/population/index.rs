//! Finding people without looking at everybody: sorted lists by family name and by date of birth.

use std::ops::Range;

use ::population::{Draft, Standing};
use fhir_types::patient::{
    AddressUse, AdministrativeGender, ContactPointSystem, ContactPointUse, NameUse, PatientRecord,
};
use time::Date;

/// What somebody can be found by, folded so that two texts match when they are equal. Current facts only.
#[derive(Clone, Debug)]
pub(crate) struct SearchFacts {
    pub(crate) names: Vec<SearchableName>,
    pub(crate) gender: Option<AdministrativeGender>,
    pub(crate) born: Option<Date>,
    pub(crate) died: Option<Date>,
    pub(crate) postcodes: Vec<String>,
    pub(crate) practice: Option<String>,
    pub(crate) phones: Vec<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) restricted: bool,
}

/// A name in use: usual, nickname or temporary.
#[derive(Clone, Debug)]
pub(crate) struct SearchableName {
    pub(crate) family: String,
    pub(crate) given: Vec<String>,
}

/// A family name to look for, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FamilyName {
    /// Exactly this one.
    Exactly(String),
    /// Any that starts like this.
    StartingWith(String),
}

/// Dates of birth to look for; both ends included, `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BirthDates {
    pub(crate) earliest: Option<Date>,
    pub(crate) latest: Option<Date>,
}

impl BirthDates {
    pub(crate) fn contain(&self, date: Date) -> bool {
        self.earliest.is_none_or(|earliest| earliest <= date)
            && self.latest.is_none_or(|latest| date <= latest)
    }
}

/// Lower case, and one space where there are several: what makes two spellings of a name the same in a search.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// Capitals without spaces: what makes two spellings of a postcode the same in a search.
pub(crate) fn folded_code(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

impl SearchFacts {
    pub(crate) fn of(record: &PatientRecord) -> Self {
        let names = record
            .names
            .iter()
            .filter(|name| matches!(name.kind, NameUse::Usual | NameUse::Nickname | NameUse::Temp))
            .map(|name| SearchableName {
                family: folded(name.family.as_deref().unwrap_or_default()),
                given: name.given.iter().map(|given| folded(given)).collect(),
            })
            .collect();
        let telecoms = |system: ContactPointSystem| {
            record
                .telecoms
                .iter()
                .filter(move |telecom| telecom.system == system && telecom.kind != Some(ContactPointUse::Old))
                .map(|telecom| telecom.value.as_str())
        };
        Self {
            names,
            gender: record.gender,
            // Who is only known by year is not found by date.
            born: record.birth_date.filter(|_| !record.only_birth_year),
            died: record.death.map(|death| death.at.date()),
            postcodes: record
                .addresses
                .iter()
                .filter(|address| address.kind != AddressUse::Old)
                .filter_map(|address| address.postcode.as_deref())
                .map(folded_code)
                .collect(),
            practice: record
                .practice
                .as_ref()
                .map(|practice| folded_code(&practice.ods_code)),
            phones: telecoms(ContactPointSystem::Phone).map(str::to_owned).collect(),
            emails: telecoms(ContactPointSystem::Email).map(folded).collect(),
            restricted: record.restricted,
        }
    }
}

/// Rows hold places of people. Invalidated and superseded records are in neither list: no search finds them.
#[derive(Debug, Default)]
pub(super) struct SearchIndex {
    by_family: Vec<(Box<str>, Date, u32)>,
    by_birth: Vec<(Date, u32)>,
}

impl SearchIndex {
    /// Takes somebody up; [`Self::sort`] comes last.
    pub(super) fn add(&mut self, place: u32, draft: &Draft) {
        if draft.standing != Standing::Current {
            return;
        }
        let facts = SearchFacts::of(&draft.record);
        // A search always asks for a date of birth: without one nobody is found.
        let Some(born) = facts.born else { return };
        self.by_birth.push((born, place));
        for name in facts.names {
            self.by_family.push((name.family.into_boxed_str(), born, place));
        }
    }

    pub(super) fn sort(&mut self) {
        self.by_family.sort_unstable();
        self.by_birth.sort_unstable();
    }

    pub(super) fn candidates(&self, family: &FamilyName, born: &BirthDates) -> Vec<u32> {
        let named = self.named(family);
        let born_then = self.born(born);
        let mut places: Vec<u32> = if named.len() <= born_then.len() {
            let rows = self.by_family.get(named).unwrap_or_default();
            rows.iter()
                .filter(|(_, date, _)| born.contain(*date))
                .map(|(_, _, place)| *place)
                .collect()
        } else {
            let rows = self.by_birth.get(born_then).unwrap_or_default();
            rows.iter().map(|(_, place)| *place).collect()
        };
        places.sort_unstable();
        places.dedup();
        places
    }

    fn named(&self, family: &FamilyName) -> Range<usize> {
        let (text, is_prefix) = match family {
            FamilyName::Exactly(name) => (name.as_str(), false),
            FamilyName::StartingWith(prefix) => (prefix.as_str(), true),
        };
        let start = self
            .by_family
            .partition_point(|(name, _, _)| name.as_ref() < text);
        let length = self
            .by_family
            .get(start..)
            .unwrap_or_default()
            .partition_point(|(name, _, _)| {
                if is_prefix {
                    name.starts_with(text)
                } else {
                    name.as_ref() == text
                }
            });
        start..start + length
    }

    fn born(&self, born: &BirthDates) -> Range<usize> {
        let start = self
            .by_birth
            .partition_point(|(date, _)| born.earliest.is_some_and(|earliest| *date < earliest));
        let end = self
            .by_birth
            .partition_point(|(date, _)| born.latest.is_none_or(|latest| *date <= latest));
        start..end.max(start)
    }
}
