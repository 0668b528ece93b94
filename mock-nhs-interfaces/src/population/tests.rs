//! What is true of everybody in the seed.

use std::collections::HashSet;
use std::sync::Arc;

use ::population::Config;

use super::facts::SearchFacts;
use super::{BirthDates, FamilyName, Key, Known, Person, Population, Sound, Standing, folded};
use fhir::json::Json;

fn population(seed: u64, people: u32) -> Population {
    Population::of(Arc::new(::population::Population::generate(Config {
        seed,
        people,
    })))
}

fn everybody(population: &Population) -> impl Iterator<Item = Known<'_>> + '_ {
    (0..population.count()).map(|place| population.at(place).unwrap())
}

#[test]
fn the_same_number_makes_the_same_people() {
    let text = |seed| {
        everybody(&population(seed, 200))
            .map(|person| person.read_body().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(text(7), text(7));
    assert_ne!(text(7), text(8));
    assert_eq!(Population::demo_seed().count(), 1_000);
}

#[test]
fn nobody_is_lost_and_nobody_is_there_twice() {
    let large = population(1, 3_000);
    let numbers: HashSet<_> = everybody(&large).map(|person| person.nhs_number).collect();
    assert_eq!(numbers.len(), 3_000);
    for person in everybody(&large) {
        let found = large.person(person.nhs_number).unwrap();
        assert_eq!(found.read_body().unwrap(), person.read_body().unwrap());
    }
}

#[test]
fn everybody_is_made_up_and_lives_nowhere() {
    for person in everybody(&Population::demo_seed()) {
        let number = person.nhs_number.to_string();
        assert!(
            !person.story.is_empty() && person.story.ends_with('.'),
            "{number}"
        );
        for telecom in &person.facts.telecoms {
            let is_ours = telecom.value.ends_with("@example.com")
                || [
                    "01632960", "07700900", "01134960", "01144960", "01154960", "01164960", "01174960",
                    "01614960", "01914980", "02079460",
                ]
                .iter()
                .any(|drama| telecom.value.starts_with(drama));
            assert!(is_ours, "{number} {}", telecom.value);
        }
        for postcode in person
            .facts
            .addresses
            .iter()
            .filter_map(|address| address.postcode.as_deref())
        {
            // The NHS made up postcodes of its own.
            let is_theirs = !number.starts_with("999");
            assert!(
                is_theirs || postcode.parse::<crate::value::Postcode>().is_ok(),
                "{number} {postcode}"
            );
        }
        let practice = person.facts.practice.as_ref();
        assert!(practice.is_none_or(|practice| practice.ods_code.parse::<crate::value::OdsCode>().is_ok()));
        let family = person
            .facts
            .names
            .iter()
            .filter_map(|name| name.family.as_deref());
        assert!(
            family.into_iter().all(|family| family.chars().count() <= 35),
            "{number}"
        );
    }
}

#[test]
fn a_restricted_record_tells_nothing_about_where_somebody_is() {
    let population = Population::demo_seed();
    let restricted: Vec<_> = everybody(&population)
        .filter(|person| person.is_restricted())
        .collect();
    assert!(restricted.len() >= 3);
    for person in restricted {
        for body in [person.read_body().unwrap(), person.found_body().unwrap()] {
            let body = String::from_utf8(body.to_vec()).unwrap();
            for hidden in [
                "address",
                "telecom",
                "generalPractitioner",
                "\"contact\"",
                "Pharmacy",
                "birthPlace",
            ] {
                assert!(!body.contains(hidden), "{} {hidden}", person.nhs_number);
            }
        }
    }
}

#[test]
fn what_somebody_is_found_by_follows_from_their_text() {
    for person in everybody(&Population::demo_seed()) {
        if person.is_restricted() {
            continue;
        }
        let text = Json::parse(&person.read_body().unwrap()).unwrap();
        let mut expected = person.search.clone();
        // What used to be recorded is in no text.
        let is_in_text = |name: &str| {
            person
                .facts
                .past
                .names
                .iter()
                .all(|past| past.family.as_deref().map(folded).as_deref() != Some(name))
        };
        expected.names.retain(|name| is_in_text(&name.family));
        expected.genders.retain(|held| !held.is_past);
        expected.emails.retain(|held| !held.is_past);
        assert_eq!(SearchFacts::of_json(&text), expected, "{}", person.nhs_number);
    }
}

#[test]
fn who_sounds_so_is_found_as_a_look_at_everybody_finds_them() {
    let population = population(5, 800);
    for words in [&["smith"][..], &["jane", "smyth"], &["mohammed"], &["zzz"]] {
        let sounds: Vec<Sound> = words.iter().map(|word| Sound::of(word).unwrap()).collect();
        let has = |person: &Person| {
            let heard: Vec<Sound> = person
                .search
                .names
                .iter()
                .flat_map(|name| name.given.iter().chain([&name.family]))
                .filter_map(|word| Sound::of(word))
                .collect();
            person.standing == Standing::Current
                && person.search.born.is_some()
                && sounds.iter().all(|sound| heard.contains(sound))
        };
        let expected: Vec<_> = everybody(&population)
            .filter(|person| has(person))
            .map(|person| person.nhs_number)
            .collect();
        let found: Vec<_> = population
            .matching(
                &Key::Sounds(sounds.clone()),
                &BirthDates::default(),
                |number, _| Some(number),
            )
            .map(|(_, number)| number)
            .collect();
        assert_eq!(found, expected, "{words:?}");
    }
}

#[test]
fn the_index_finds_what_a_look_at_everybody_finds() {
    let population = population(3, 500);
    let spans = [
        (None, None),
        (Some(1950), None),
        (None, Some(1950)),
        (Some(1985), Some(1985)),
        (Some(1990), Some(1980)),
    ];
    for family in ["smith", "sm", "o'", "zzz", "twice", "", "mac"] {
        for (earliest, latest) in spans {
            let first_of = |year| time::Date::from_calendar_date(year, time::Month::January, 1).unwrap();
            let last_of = |year| time::Date::from_calendar_date(year, time::Month::December, 31).unwrap();
            let born = BirthDates {
                earliest: earliest.map(first_of),
                latest: latest.map(last_of),
            };
            for family in [
                FamilyName::Exactly(family.to_owned()),
                FamilyName::StartingWith(family.to_owned()),
            ] {
                let matches = |person: &Person| {
                    person.standing == Standing::Current
                        && person.search.born.is_some_and(|date| born.contain(date))
                        && person.search.names.iter().any(|name| match &family {
                            FamilyName::Exactly(text) => name.family == *text,
                            FamilyName::StartingWith(text) => name.family.starts_with(text.as_str()),
                        })
                };
                let expected: Vec<_> = everybody(&population).filter(|person| matches(person)).collect();
                let found: Vec<_> = population
                    .matching(&Key::Family(family.clone()), &born, |_, _| Some(()))
                    .map(|(person, ())| person)
                    .filter(|person| matches(person))
                    .collect();
                let numbers =
                    |people: &[Known<'_>]| people.iter().map(|person| person.nhs_number).collect::<Vec<_>>();
                assert_eq!(numbers(&found), numbers(&expected), "{family:?} {born:?}");
            }
        }
    }
}

#[test]
fn folding_forgets_case_and_extra_spaces_only() {
    let check = |text: &str, expected: &str| assert_eq!(folded(text), expected, "{text:?}");
    check("O'BRIEN", "o'brien");
    check("  Au   Yeung ", "au yeung");
    check("ŁUKASIEWICZ", "łukasiewicz");
    check("", "");
}
