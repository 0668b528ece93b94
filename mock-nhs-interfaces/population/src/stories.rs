//! The people of the course: their names, what they show, and the course of their health, written by hand.

mod acute;
mod edges;
mod families;
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
            Self::Polypharmacy => trends::polypharmacy(chart),
            Self::Dementia => trends::dementia(chart),
            Self::BreastCancer => trends::breast_cancer(chart),
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

const PEOPLE: &[Person] = &[
    Person {
        tale: Tale::HipFracture,
        title: "Back on her feet after a broken hip",
        prefix: "Mrs",
        given: &["Margaret", "Ann"],
        family: "Holroyd",
        gender: Gender::Female,
        born: date!(1943 - 02 - 17),
        lives: (
            "T99001",
            "12 Peppercombe Rise",
            "Leeds",
            "LS33 4DE",
            "07700900101",
        ),
        story: "83, lives alone. Fell in the kitchen in June 2026 and broke her hip; had it replaced in part, went to \
                rehabilitation and home. Her Timed Up and Go falls from 48 to 16 seconds; she wants to walk to the shop.",
        shows: "A trend of care: gait and function against goals, with where each number came from",
    },
    Person {
        tale: Tale::Diabetes,
        title: "Ten years with type 2 diabetes",
        prefix: "Mr",
        given: &["Anil"],
        family: "Desai-Marlow",
        gender: Gender::Male,
        born: date!(1968 - 07 - 09),
        lives: (
            "T99004",
            "31 Velveteen Crescent",
            "Leicester",
            "LE34 2FG",
            "07700900102",
        ),
        story: "58, bus driver. Diagnosed in 2016; HbA1c rose to 86, came down to 54 with a second medicine, a third and \
                eighteen kilograms less, and is creeping up again.",
        shows: "A trend over years with changes of treatment on it, and a review that is due",
    },
    Person {
        tale: Tale::Copd,
        title: "In hospital and getting worse",
        prefix: "Mr",
        given: &["Raymond"],
        family: "Tattersall",
        gender: Gender::Male,
        born: date!(1951 - 11 - 30),
        lives: ("T99006", "4 Thimble Yard", "Manchester", "M72 8HJ", "07700900103"),
        story: "74, smoked for fifty years. In hospital since yesterday with a worsening of COPD; his NEWS2 went from 3 to \
                9 in a day. His saturation is judged on scale 2.",
        shows: "NEWS2 on scale 2, every measure beside the score, and when to call somebody",
    },
    Person {
        tale: Tale::Toddler,
        title: "A toddler with a vaccine due",
        prefix: "",
        given: &["Aisha", "Noor"],
        family: "Begum-Farrow",
        gender: Gender::Female,
        born: date!(2025 - 03 - 20),
        lives: (
            "T99007",
            "9 Larkwhistle Avenue",
            "Newcastle upon Tyne",
            "NE53 7KL",
            "07700900104",
        ),
        story: "19 months old, born at 36 weeks. Grows along a low line that it keeps to; had the one year vaccines late, \
                and those of 18 months are due.",
        shows: "Growth at every review, and which vaccines of the 2026 schedule are given, due and coming",
    },
    Person {
        tale: Tale::Pregnancy,
        title: "Thirty weeks pregnant",
        prefix: "Ms",
        given: &["Chidinma", "Grace"],
        family: "Okwuosa-Reed",
        gender: Gender::Female,
        born: date!(1994 - 05 - 26),
        lives: (
            "T99008",
            "77 Bumblethorpe Road",
            "London",
            "SE43 5MN",
            "07700900105",
        ),
        story: "32, expecting her second child; the first was born by caesarean section. Had diabetes in that pregnancy \
                and has it again.",
        shows: "A pregnancy week by week, with an earlier one that matters for it",
    },
    Person {
        tale: Tale::Polypharmacy,
        title: "Eleven medicines and two allergies",
        prefix: "Mrs",
        given: &["Dorothy", "Joan"],
        family: "Wainscott",
        gender: Gender::Female,
        born: date!(1938 - 09 - 04),
        lives: ("T99005", "2 Marzipan Terrace", "Bristol", "BS54 6PQ", ""),
        story: "88. Eleven repeats, one stopped because of a bleed, one given by the hospital only, one bought. Allergic \
                to penicillin (rash as a child) and to aspirin (swelling of the face).",
        shows: "Medicines whole: current, stopped, from elsewhere, last issue; allergies on top",
    },
    Person {
        tale: Tale::Discharge,
        title: "Home from hospital last week",
        prefix: "Mr",
        given: &["Gwilym"],
        family: "Pritchard-Owen",
        gender: Gender::Male,
        born: date!(1957 - 01 - 22),
        lives: (
            "T99005",
            "15 Quillfeather Lane",
            "Bristol",
            "BS52 1RS",
            "07700900107",
        ),
        story: "69. Heart attack on 18 October 2026, two stents, home on 22 October with five new medicines; his \
                naproxen was stopped. His practice has not acted on the letter yet.",
        shows: "One discharge, told twice: for the patient and for the practice",
    },
    Person {
        tale: Tale::HeartFailure,
        title: "A weight that creeps up",
        prefix: "Mr",
        given: &["Leonard"],
        family: "Ackroyd",
        gender: Gender::Male,
        born: date!(1946 - 06 - 15),
        lives: (
            "T99002",
            "40 Twelvebadger Close",
            "Sheffield",
            "S53 9TU",
            "07700900108",
        ),
        story: "80, heart failure. Weighs himself at home; four kilograms more in two weeks and breathless at night.",
        shows: "Home measurements that tell of trouble before anybody is called",
    },
    Person {
        tale: Tale::Stroke,
        title: "Learning to walk after a stroke",
        prefix: "Ms",
        given: &["Ewa"],
        family: "Kowalczyk",
        gender: Gender::Female,
        born: date!(1964 - 12 - 11),
        lives: (
            "T99003",
            "6 Nettlewick Gardens",
            "Nottingham",
            "NG44 3VW",
            "07700900109",
        ),
        story: "61. Stroke in March 2026 with weakness of the right side. Walks ten metres in 14 seconds now, from 41; \
                speaks Polish at home.",
        shows: "Rehabilitation against goals, and reaching somebody in her own language",
    },
    Person {
        tale: Tale::Dementia,
        title: "Living with dementia, cared for by her daughter",
        prefix: "Mrs",
        given: &["Irene"],
        family: "Sugden",
        gender: Gender::Female,
        born: date!(1941 - 04 - 28),
        lives: ("T99001", "3 Gooseberry Fold", "Leeds", "LS34 7XY", ""),
        story: "85, Alzheimer's disease since 2022. Her daughter holds the power of attorney and is called first; a care \
                plan says what calms her.",
        shows: "Whom to call, what matters to her, and what she has agreed to",
    },
    Person {
        tale: Tale::ChildWithAsthma,
        title: "A child who uses the blue inhaler too often",
        prefix: "",
        given: &["Kofi"],
        family: "Asante-Bell",
        gender: Gender::Male,
        born: date!(2017 - 08 - 02),
        lives: ("T99009", "18 Thimble Street", "London", "E34 2ZA", "07700900111"),
        story: "9. Asthma since he was four; seven blue inhalers and two brown ones issued in twelve months, two visits to \
                the emergency department.",
        shows: "What the issues of medicines tell that no single visit does",
    },
    Person {
        tale: Tale::BreastCancer,
        title: "Five years after breast cancer",
        prefix: "Dr",
        given: &["Helen", "Mary"],
        family: "Thornbury",
        gender: Gender::Female,
        born: date!(1970 - 10 - 08),
        lives: ("T99011", "21 Oldcastle Mews", "Oxford", "OX54 8BC", "07700900112"),
        story: "56. Found by screening in 2021, operated, on letrozole; her five years end and somebody must decide what \
                comes next.",
        shows: "A long course in short: what was done, what is taken, what is to be decided",
    },
    Person {
        tale: Tale::ResolvedAllergy,
        title: "Not allergic after all",
        prefix: "Mr",
        given: &["Tobias"],
        family: "Fenwick",
        gender: Gender::Male,
        born: date!(1986 - 03 - 03),
        lives: (
            "T99012",
            "5 Gooseberry Hill",
            "Brighton",
            "BN62 4DF",
            "07700900113",
        ),
        story: "Was said to be allergic to penicillin since childhood; tested in 2025 and found not to be. The old entry \
                is there, resolved.",
        shows: "Whether an app can tell an allergy that was from one that is",
    },
    Person {
        tale: Tale::TwoPages,
        title: "More of everything than fits on a page",
        prefix: "Mr",
        given: &["Bernard"],
        family: "Longfellow-Pages",
        gender: Gender::Male,
        born: date!(1949 - 05 - 05),
        lives: (
            "T99010",
            "100 Velveteen Crescent",
            "Plymouth",
            "PL42 5GH",
            "07700900114",
        ),
        story: "Measures his blood pressure every day and comes every week: more than a hundred readings, sixty visits.",
        shows: "Whether an app asks for the next page",
    },
    Person {
        tale: Tale::OnlyBirthYear,
        title: "Born in 1962, nobody knows which day",
        prefix: "Mr",
        given: &["Yonas"],
        family: "Tesfaye",
        gender: Gender::Male,
        born: date!(1962 - 01 - 01),
        lives: ("T99008", "1 Bumblethorpe Court", "London", "SE42 1JK", ""),
        story: "Came as a refugee without papers; only his year of birth is known.",
        shows: "Dates that are years",
    },
    Person {
        tale: Tale::NothingRecorded,
        title: "Registered yesterday",
        prefix: "",
        given: &["Robin"],
        family: "Newcombe",
        gender: Gender::Unknown,
        born: date!(1998 - 08 - 08),
        lives: ("T99003", "", "", "", ""),
        story: "Registered yesterday: no gender, no address, and nobody has asked about allergies.",
        shows: "A record with hardly anything in it",
    },
    Person {
        tale: Tale::LastMonths,
        title: "Died at home, as he wished",
        prefix: "Mr",
        given: &["Stanley"],
        family: "Ormerod",
        gender: Gender::Male,
        born: date!(1939 - 12 - 19),
        lives: ("T99006", "8 Marzipan Terrace", "Manchester", "M71 3LM", ""),
        story: "Died on 12 September 2026 at 86, of heart failure, at home. His wishes were written down in spring; an \
                appointment in October was never cancelled.",
        shows: "That nothing is offered to somebody who has died",
    },
    Person {
        tale: Tale::RefusesSharing,
        title: "Does not want her record shared",
        prefix: "Ms",
        given: &["Sorcha"],
        family: "Ní Dhomhnaill",
        gender: Gender::Female,
        born: date!(1979 - 02 - 06),
        lives: ("T99009", "27 Thimble Street", "London", "E33 6NP", "07700900118"),
        story: "Has opted out of sharing her record. What is there is for her practice alone.",
        shows: "That an app asks before it shows, and takes no for an answer",
    },
];
