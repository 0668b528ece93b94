//! The people of the course: their names, what they show, and the course of their health, written by hand.

mod acute;
mod edges;
mod families;
mod long_courses;
mod people;
mod rehabilitation;
mod trends;

use fhir_types::patient::{
    AddressUse, AdministrativeGender as Gender, ContactPointSystem, ContactPointUse, Death, DeathStatus,
    NameUse, PatientRecord,
};
use time::Date;
use time::macros::{date, datetime};

use crate::cast::numbers_from;
use crate::chart::Chart;
use crate::{Draft, Standing, part};
use people::PEOPLE;

/// First of the stems that these people's numbers are made from.
const FIRST_STEM: u32 = 999_910_000;

/// A course that was written by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tale {
    HipFracture,
    Diabetes,
    Copd,
    Toddler,
    Pregnancy,
    Polypharmacy,
    Discharge,
    HeartFailure,
    Stroke,
    Dementia,
    ChildWithAsthma,
    BreastCancer,
    ResolvedAllergy,
    TwoPages,
    OnlyBirthYear,
    NothingRecorded,
    LastMonths,
    RefusesSharing,
}

struct Person {
    tale: Tale,
    title: &'static str,
    prefix: &'static str,
    given: &'static [&'static str],
    family: &'static str,
    gender: Gender,
    born: Date,
    /// Practice, house and street, town, postcode, mobile telephone.
    lives: (
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
    ),
    story: &'static str,
    shows: &'static str,
}

/// Everybody of the course, in the order in which they are best met.
pub(crate) fn drafts() -> Vec<Draft> {
    PEOPLE
        .iter()
        .zip(numbers_from(FIRST_STEM))
        .map(|(person, number)| person.draft(&number.to_string()))
        .collect()
}

impl Tale {
    fn person(self) -> Option<&'static Person> {
        PEOPLE.iter().find(|person| person.tale == self)
    }

    /// The story in a few words.
    pub(crate) fn title(self) -> &'static str {
        self.person().map_or("", |person| person.title)
    }

    /// What an app can show with this person.
    pub(crate) fn shows(self) -> &'static str {
        self.person().map_or("", |person| person.shows)
    }

    /// Writes the record.
    pub(crate) fn tell(self, chart: &mut Chart<'_>) {
        match self {
            Self::HipFracture => rehabilitation::hip_fracture(chart),
            Self::Stroke => rehabilitation::stroke(chart),
            Self::Diabetes => trends::diabetes(chart),
            Self::HeartFailure => trends::heart_failure(chart),
            Self::Polypharmacy => long_courses::polypharmacy(chart),
            Self::Dementia => long_courses::dementia(chart),
            Self::BreastCancer => long_courses::breast_cancer(chart),
            Self::Copd => acute::copd(chart),
            Self::Discharge => acute::discharge(chart),
            Self::LastMonths => acute::last_months(chart),
            Self::Toddler => families::toddler(chart),
            Self::Pregnancy => families::pregnancy(chart),
            Self::ChildWithAsthma => families::child_with_asthma(chart),
            Self::ResolvedAllergy => edges::resolved_allergy(chart),
            Self::TwoPages => edges::two_pages(chart),
            Self::OnlyBirthYear => edges::only_birth_year(chart),
            Self::NothingRecorded => edges::nothing_recorded(chart),
            Self::RefusesSharing => edges::refuses_sharing(chart),
        }
    }
}

impl Person {
    fn draft(&self, number: &str) -> Draft {
        let (practice, street, town, postcode, mobile) = self.lives;
        let since = self.born.max(date!(2012 - 04 - 02));
        let mut name = part::name("N1", NameUse::Usual, self.given, self.family, self.born);
        if !self.prefix.is_empty() {
            name = part::titled(self.prefix, name);
        }
        let mut record = PatientRecord {
            nhs_number: number.to_owned(),
            version: 1,
            names: vec![name],
            gender: Some(self.gender),
            birth_date: Some(self.born),
            only_birth_year: self.tale == Tale::OnlyBirthYear,
            addresses: vec![part::address(
                "A1",
                AddressUse::Home,
                &[street, town],
                postcode,
                since,
            )],
            practice: Some(part::practice("P1", practice, since)),
            ..PatientRecord::default()
        };
        if !mobile.is_empty() {
            let (system, kind) = (ContactPointSystem::Phone, ContactPointUse::Mobile);
            record.telecoms = vec![part::telecom("T1", system, kind, mobile, since)];
        }
        if self.tale == Tale::NothingRecorded {
            record.gender = None;
            record.addresses.clear();
        } else if self.tale == Tale::LastMonths {
            record.death = Some(Death {
                at: datetime!(2026-09-12 00:00 UTC),
                status: DeathStatus::Formal,
            });
        }
        Draft {
            record,
            story: self.story.to_owned(),
            standing: Standing::Current,
            tale: Some(self.tale),
        }
    }
}
