//! People with a story each: the NHS's own, those of the course, and what an app will meet one day and is rarely tried
//! with.

mod members;

use fhir_types::patient::{
    AddressUse, AdministrativeGender as Gender, BirthPlace, Communication, ContactPointSystem,
    ContactPointUse, ContactPreference, Death, DeathStatus, EmergencyContact, NameUse, PatientRecord,
    PostalAddress, Removal,
};
use time::Date;
use time::macros::{date, datetime};

use value::NhsNumber;

use crate::{Draft, Standing, nhs_people, part, stories};
use members::MEMBERS;

/// Somebody with a story.
#[derive(Clone, Debug)]
pub struct CastMember {
    /// Their NHS number.
    pub nhs_number: NhsNumber,
    /// Their name as people say it.
    pub name: String,
    /// Their story in a few words.
    pub title: &'static str,
    /// Their story in a sentence or two.
    pub story: String,
    /// What an app can show with them.
    pub shows: &'static str,
}

/// Everybody with a story: the NHS's own people, those of the course, and those who are rarely tried with.
pub(crate) fn named() -> Vec<Draft> {
    let mut all = nhs_people::drafts();
    all.extend(stories::drafts());
    all.extend(drafts());
    all.extend(nhs_people::more());
    all
}

/// Everybody with a story, for pages.
pub(crate) fn members() -> Vec<CastMember> {
    let member = |draft: Draft| {
        let (title, shows) = match draft.tale {
            Some(tale) => (tale.title(), tale.shows()),
            None if draft.record.nhs_number.starts_with("999") => (
                "Rarely tried with",
                "Whether an app copes with records that are not like the others",
            ),
            None => (
                "From the NHS's own tests",
                "The same answers as on the NHS's own test hosts",
            ),
        };
        Some(CastMember {
            nhs_number: draft.record.nhs_number.parse().ok()?,
            name: draft.display_name(),
            title,
            story: draft.story,
            shows,
        })
    };
    named().into_iter().filter_map(member).collect()
}

/// First of the stems that these people's numbers are made from: in the 999 range, which is never given out.
const FIRST_STEM: u32 = 999_900_000;
/// How far the stems of two people are apart: room for the stems that no check digit belongs to.
const STEM_STEP: u32 = 10;

fn drafts() -> Vec<Draft> {
    let mut numbers = numbers_from(FIRST_STEM);
    let mut drafts: Vec<Draft> = MEMBERS
        .iter()
        .zip(&mut numbers)
        .map(|(member, number)| member.draft(number))
        .collect();
    supersede(&mut drafts);
    drafts
}

/// Numbers whose stems are [`STEM_STEP`] apart, from this stem on.
pub(crate) fn numbers_from(first_stem: u32) -> impl Iterator<Item = NhsNumber> {
    (0_u32..).filter_map(move |place| first_number_from(first_stem + place * STEM_STEP))
}

fn first_number_from(stem: u32) -> Option<NhsNumber> {
    (stem..stem + STEM_STEP).find_map(NhsNumber::from_stem)
}

/// The record marked as superseded gives way to the one after it.
fn supersede(drafts: &mut [Draft]) {
    let pair = MEMBERS
        .iter()
        .position(|member| matches!(member.twist, Twist::SupersededByTheNext));
    let now = pair
        .and_then(|place| drafts.get(place + 1))
        .and_then(|draft| draft.record.nhs_number.parse().ok());
    if let (Some(old), Some(now)) = (pair.and_then(|place| drafts.get_mut(place)), now) {
        old.standing = Standing::SupersededBy(now);
    }
}

struct Member {
    given: &'static [&'static str],
    family: &'static str,
    gender: Gender,
    born: Date,
    twist: Twist,
    story: &'static str,
}

enum Twist {
    None,
    Restricted,
    Died(DeathStatus),
    Invalidated,
    SupersededByTheNext,
    BareBones,
    Nickname(&'static str),
    BornBeside(i32),
    Student,
    NoFixedAbode,
    SignsAndReadsBraille,
    LeftForScotland,
    EverythingToReach,
    NoPractice,
    Reached(&'static str, &'static str),
}

impl Member {
    fn draft(&self, number: NhsNumber) -> Draft {
        let since = self.born;
        let given = self.given;
        let family = self.family;
        let mut record = PatientRecord {
            nhs_number: number.to_string(),
            version: 1,
            names: vec![part::name("N1", NameUse::Usual, given, family, since)],
            gender: Some(self.gender),
            birth_date: Some(self.born),
            addresses: vec![part::address(
                "A1",
                AddressUse::Home,
                &["7 Gooseberry Fold", "Leeds", "West Yorkshire"],
                "LS31 4AB",
                since,
            )],
            practice: Some(part::practice("P1", "T99001", since)),
            ..PatientRecord::default()
        };
        let standing = if matches!(self.twist, Twist::Invalidated) {
            Standing::Invalidated
        } else {
            Standing::Current
        };
        self.twist.apply(&mut record, family);
        Draft {
            record,
            story: self.story.to_owned(),
            standing,
            tale: None,
        }
    }
}

impl Twist {
    fn apply(&self, record: &mut PatientRecord, family: &str) {
        let since = date!(2024 - 09 - 01);
        match self {
            Self::None | Self::Invalidated | Self::SupersededByTheNext => {}
            Self::Restricted => record.restricted = true,
            Self::Died(status) => {
                record.death = Some(Death {
                    at: datetime!(2025-03-09 00:00 UTC),
                    status: *status,
                });
            }
            Self::BareBones => {
                record.gender = None;
                record.addresses.clear();
                record.practice = None;
            }
            Self::Nickname(short) => {
                record
                    .names
                    .push(part::name("N2", NameUse::Nickname, &[short], family, since));
            }
            Self::BornBeside(place) => record.multiple_birth = Some(*place),
            Self::Student => record.addresses.push(student_room(since)),
            Self::NoFixedAbode => {
                // The postcode that the NHS writes for people without a home.
                record.addresses = vec![part::address(
                    "A1",
                    AddressUse::Home,
                    &["No fixed abode"],
                    "ZZ99 3VZ",
                    since,
                )];
            }
            Self::SignsAndReadsBraille => prefer_signing(record),
            Self::LeftForScotland => {
                record.practice = None;
                record.removal = Some(Removal {
                    reason: ("SCT".to_owned(), "Transferred to Scotland".to_owned()),
                    from: datetime!(2025-02-01 00:00 UTC),
                    until: datetime!(2099-12-31 00:00 UTC),
                });
            }
            Self::EverythingToReach => add_everything_to_reach(record, since),
            Self::NoPractice => record.practice = None,
            Self::Reached(phone, email) => {
                let home = ContactPointUse::Home;
                record.telecoms = vec![
                    part::telecom("T1", ContactPointSystem::Phone, home, phone, since),
                    part::telecom("T2", ContactPointSystem::Email, home, email, since),
                ];
            }
        }
    }
}

fn student_room(since: Date) -> PostalAddress {
    PostalAddress {
        text: Some("Student Accommodation".to_owned()),
        until: Some(date!(2027 - 06 - 30)),
        ..part::address(
            "A2",
            AddressUse::Temp,
            &["Room 12", "3 Nettlewick Gardens", "Sheffield"],
            "S52 8QT",
            since,
        )
    }
}

fn prefer_signing(record: &mut PatientRecord) {
    record.communication = Some(Communication {
        language_code: "q4".to_owned(),
        language: "British Sign Language".to_owned(),
        interpreter_required: true,
    });
    record.contact_preference = Some(ContactPreference {
        written_format: ("12".to_owned(), "Braille".to_owned()),
        method: ("4".to_owned(), "Email".to_owned()),
        times: "Never by telephone".to_owned(),
    });
}

fn add_everything_to_reach(record: &mut PatientRecord, since: Date) {
    use ContactPointSystem::{Email, Phone};
    use ContactPointUse::{Home, Mobile, Work};
    record.telecoms = [
        ("T1", Phone, Home, "01134960123"),
        ("T2", Phone, Mobile, "07700900123"),
        ("T3", Phone, Work, "01632960456"),
        ("T4", Email, Home, "Reachable.Person@example.com"),
    ]
    .map(|(id, system, kind, value)| part::telecom(id, system, kind, value, since))
    .to_vec();
    record.emergency_contacts = vec![EmergencyContact {
        id: "C1".to_owned(),
        since: Some(since),
        until: None,
        phone: "07700900456".to_owned(),
    }];
    record.birth_place = Some(BirthPlace {
        city: "Cardiff".to_owned(),
        district: "South Glamorgan".to_owned(),
        country: "GBR".to_owned(),
    });
    record.nominated_pharmacy = Some("FT999".to_owned());
}
