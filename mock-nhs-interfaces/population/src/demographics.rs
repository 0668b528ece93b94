//! People without a story of their own, to fill lists and searches.

use fhir_types::patient::{
    AddressUse, AdministrativeGender, Communication, ContactPointSystem, ContactPointUse, Death, DeathStatus,
    NameUse, PatientRecord,
};
use time::macros::{date, time};
use time::{Date, Duration};

use crate::names::{BACKGROUNDS, Background};
use crate::places::{INWARD_LETTERS, REGIONS, Region, STREETS};
use crate::random::Random;
use crate::{Draft, SEED_DAY, Standing, number, part};

/// Everybody is born a week before the seed day, and has an address by then.
const LAST_DAY: Date = match SEED_DAY.checked_sub(Duration::days(7)) {
    Some(day) => day,
    None => SEED_DAY,
};
/// Numbers of the sequence that facts about somebody take, apart from those that their course takes.
const FACTS: u64 = 0x5EED_FAC7;

/// The person at this place among those without a story; `None` when there is no number for them.
pub(crate) fn draft(seed: u64, place: u32) -> Option<Draft> {
    let number = number::of(seed, place)?;
    let mut random = Random::of_person(seed ^ FACTS, place);
    Some(made(&mut random, number.to_string()))
}

fn made(random: &mut Random, number: String) -> Draft {
    let born = birth_date(random);
    let death = death(random, born);
    let last = death.map_or(LAST_DAY, |death| {
        death.at.date().saturating_sub(Duration::days(1))
    });
    let region = random.pick(REGIONS);
    let is_woman = random.happens(51);
    let place = usize::try_from(random.below(u32::MAX)).unwrap_or_default() % BACKGROUNDS.len().max(1);
    let background = BACKGROUNDS.get(place);
    let since = random.date(born, last.max(born));
    let mut record = PatientRecord {
        nhs_number: number,
        death,
        version: 1 + random.below(9),
        gender: Some(if is_woman {
            AdministrativeGender::Female
        } else {
            AdministrativeGender::Male
        }),
        birth_date: Some(born),
        practice: Some(part::practice(&random.item_id(), region.practice, since)),
        ..PatientRecord::default()
    };
    if let Some(background) = background {
        add_name(random, &mut record, background, born, is_woman);
        if let Some((code, words)) = background.language.filter(|_| random.happens(30)) {
            record.communication = Some(Communication {
                language_code: code.to_owned(),
                language: words.to_owned(),
                interpreter_required: random.happens(60),
            });
        }
    }
    add_address(random, &mut record, &region, since);
    add_telecoms(random, &mut record, &region, since);
    let story = story(&record, &region);
    Draft {
        record,
        story,
        standing: Standing::Current,
        tale: None,
    }
}

/// From a newborn to more than a hundred years, most of them in between.
fn birth_date(random: &mut Random) -> Date {
    match random.below(20) {
        0 => random.date(date!(2025 - 11 - 01), LAST_DAY),
        1..=4 => random.date(date!(2008 - 01 - 01), date!(2025 - 10 - 31)),
        5..=13 => random.date(date!(1960 - 01 - 01), date!(2007 - 12 - 31)),
        14..=18 => random.date(date!(1930 - 01 - 01), date!(1959 - 12 - 31)),
        _ => random.date(date!(1915 - 01 - 01), date!(1929 - 12 - 31)),
    }
}

fn add_name(
    random: &mut Random,
    record: &mut PatientRecord,
    background: &Background,
    born: Date,
    is_woman: bool,
) {
    let firsts = if is_woman {
        background.women
    } else {
        background.men
    };
    let mut given = vec![random.pick(firsts)];
    if random.happens(40) {
        given.push(random.pick(firsts));
        given.dedup();
    }
    let family = random.pick(background.families);
    let name = part::name(&random.item_id(), NameUse::Usual, &given, family, born);
    let is_grown_up = born <= date!(2008 - 10 - 31);
    let title = match (is_grown_up, is_woman) {
        (true, true) => random.pick(&["Mrs", "Ms", "Miss", "Dr"]),
        (true, false) => random.pick(&["Mr", "Mr", "Mr", "Dr"]),
        (false, true) => "Miss",
        (false, false) => "Master",
    };
    record.names = vec![if random.happens(80) {
        part::titled(title, name)
    } else {
        name
    }];
}

fn add_address(random: &mut Random, record: &mut PatientRecord, region: &Region, since: Date) {
    let house = 1 + random.below(180);
    let street = format!("{house} {}", random.pick(STREETS));
    let district = region.first_unused_district + random.below(10);
    let (first, second) = (random.pick(INWARD_LETTERS), random.pick(INWARD_LETTERS));
    let postcode = format!("{}{district} {}{first}{second}", region.area, random.below(10));
    let lines = [street.as_str(), region.city, region.county];
    record.addresses = vec![part::address(
        &random.item_id(),
        AddressUse::Home,
        &lines,
        &postcode,
        since,
    )];
}

fn add_telecoms(random: &mut Random, record: &mut PatientRecord, region: &Region, since: Date) {
    if random.happens(60) {
        let phone = format!("{}{:03}", region.drama_phone, random.below(1000));
        let id = random.item_id();
        record.telecoms.push(part::telecom(
            &id,
            ContactPointSystem::Phone,
            ContactPointUse::Home,
            &phone,
            since,
        ));
    }
    if random.happens(70) {
        // Ofcom's range of mobile numbers for drama.
        let phone = format!("07700900{:03}", random.below(1000));
        let id = random.item_id();
        record.telecoms.push(part::telecom(
            &id,
            ContactPointSystem::Phone,
            ContactPointUse::Mobile,
            &phone,
            since,
        ));
    }
    if random.happens(60) {
        let email = format!("person.{}@example.com", record.nhs_number);
        let id = random.item_id();
        record.telecoms.push(part::telecom(
            &id,
            ContactPointSystem::Email,
            ContactPointUse::Home,
            &email,
            since,
        ));
    }
}

fn death(random: &mut Random, born: Date) -> Option<Death> {
    let percent = if born < date!(1935 - 01 - 01) { 40 } else { 3 };
    if !random.happens(percent) || born > date!(2015 - 12 - 31) {
        return None;
    }
    let earliest = born
        .saturating_add(Duration::days(365))
        .max(date!(2010 - 01 - 01));
    let day = random.date(earliest, LAST_DAY);
    let status = if random.happens(70) {
        DeathStatus::Formal
    } else {
        DeathStatus::Informal
    };
    Some(Death {
        at: day.with_time(time!(0:00)).assume_utc(),
        status,
    })
}

fn story(record: &PatientRecord, region: &Region) -> String {
    let born = record.birth_date.map(Date::year).unwrap_or_default();
    let life = record.death.map_or_else(
        || format!("Born {born}, lives in {}", region.city),
        |death| format!("Born {born}, died {}, lived in {}", death.at.year(), region.city),
    );
    let language = record
        .communication
        .as_ref()
        .map(|spoken| {
            let need = if spoken.interpreter_required {
                ", needs an interpreter"
            } else {
                ""
            };
            format!("; speaks {}{need}", spoken.language)
        })
        .unwrap_or_default();
    format!("{life}{language}; nothing unusual in the record.")
}
