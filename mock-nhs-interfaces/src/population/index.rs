//! Finding people of the seed without looking at everybody: sorted lists by family name, by date of birth, by sound.

use std::ops::Range;

use ::population::{Draft, Standing};
use time::Date;

use super::facts::SearchFacts;
use super::sound::Sound;

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

    /// Whether they are one day.
    pub(crate) fn are_one_day(&self) -> bool {
        self.earliest.is_some() && self.earliest == self.latest
    }
}

/// By what people are looked up, besides their date of birth. Everybody who can match is among those found; not
/// everybody found matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// By a family name, also one of old.
    Family(FamilyName),
    /// By names that sound like each of these, family and given names, also those of old. Never empty.
    Sounds(Vec<Sound>),
    /// By nothing else.
    Birth,
}

/// Rows hold places of people. Invalidated and superseded records are in none of the lists: no search finds them.
#[derive(Debug, Default)]
pub(super) struct SearchIndex {
    by_family: Vec<(Box<str>, Date, u32)>,
    by_birth: Vec<(Date, u32)>,
    by_sound: Vec<(Sound, Date, u32)>,
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
            let words = name.given.iter().chain([&name.family]);
            let rows = words
                .filter_map(|word| Sound::of(word))
                .map(|sound| (sound, born, place));
            self.by_sound.extend(rows);
            self.by_family.push((name.family.into_boxed_str(), born, place));
        }
    }

    pub(super) fn sort(&mut self) {
        self.by_family.sort_unstable();
        self.by_family.shrink_to_fit();
        self.by_birth.sort_unstable();
        self.by_sound.sort_unstable();
        self.by_sound.dedup();
        self.by_sound.shrink_to_fit();
    }

    /// The places of those whom the key and the dates of birth lead to, in order, each once. Costs a look at the
    /// smallest group, never at everybody.
    pub(super) fn candidates(&self, key: &Key, born: &BirthDates) -> Vec<u32> {
        let born_then = self.born(born);
        let mut places: Vec<u32> = match key {
            Key::Family(family) => {
                let named = self.named(family);
                if named.len() <= born_then.len() {
                    let rows = self.by_family.get(named).unwrap_or_default();
                    rows.iter()
                        .filter(|(_, date, _)| born.contain(*date))
                        .map(|(_, _, place)| *place)
                        .collect()
                } else {
                    self.places_of(born_then)
                }
            }
            Key::Sounds(sounds) => return self.sounding(sounds, born),
            Key::Birth => self.places_of(born_then),
        };
        places.sort_unstable();
        places.dedup();
        places
    }

    fn places_of(&self, born_then: Range<usize>) -> Vec<u32> {
        let rows = self.by_birth.get(born_then).unwrap_or_default();
        rows.iter().map(|(_, place)| *place).collect()
    }

    /// Who has a name for each of the sounds.
    fn sounding(&self, sounds: &[Sound], born: &BirthDates) -> Vec<u32> {
        let mut groups: Vec<&[(Sound, Date, u32)]> =
            sounds.iter().map(|sound| self.heard(*sound, born)).collect();
        groups.sort_unstable_by_key(|group| group.len());
        let mut groups = groups.into_iter();
        let mut places: Vec<u32> = groups
            .next()
            .unwrap_or_default()
            .iter()
            .map(|(_, _, place)| *place)
            .collect();
        places.sort_unstable();
        places.dedup();
        for group in groups {
            let mut others: Vec<u32> = group.iter().map(|(_, _, place)| *place).collect();
            others.sort_unstable();
            places.retain(|place| others.binary_search(place).is_ok());
        }
        places
    }

    /// The rows of a sound; narrowed by the dates of birth, which are in order within it.
    fn heard(&self, sound: Sound, born: &BirthDates) -> &[(Sound, Date, u32)] {
        let earliest = born.earliest.unwrap_or(Date::MIN);
        let latest = born.latest.unwrap_or(Date::MAX);
        let start = self
            .by_sound
            .partition_point(|(heard, date, _)| (*heard, *date) < (sound, earliest));
        let end = self
            .by_sound
            .partition_point(|(heard, date, _)| (*heard, *date) <= (sound, latest));
        self.by_sound.get(start..end.max(start)).unwrap_or_default()
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
