//! What stands in the resources: the mark, dates within a life, codes with words, allergies that are respected.

use std::collections::{BTreeMap, HashSet};

use population::{SEED_DAY, cast};
use serde_json::Value;
use time::Date;
use time::macros::format_description;

use crate::{json, population, records, shared, walk};

/// The NHS's own Jane Smith, who died on the day she was born and whose care goes on.
const JANE_SMITH: &str = "9000000009";
/// Fields that speak of what is planned.
const PLANNED: [&str; 4] = ["dueDate", "validityPeriod", "planningHorizon", "target"];

fn day(text: &str) -> Option<Date> {
    match text.len() {
        4 => Date::from_ordinal_date(text.parse().ok()?, 1).ok(),
        _ => Date::parse(text.get(..10)?, format_description!("[year]-[month]-[day]")).ok(),
    }
}

/// Dates of what has happened, wherever they stand.
fn dates<'v>(name: &'v str, value: &'v Value, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if !PLANNED.contains(&name.as_str()) && name != "meta" {
                    dates(name, value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| dates(name, item, found)),
        Value::String(text) if name.ends_with("DateTime") || DATED.contains(&name) => {
            found.push((name, text))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

const DATED: [&str; 11] = [
    "recordedDate",
    "issued",
    "authoredOn",
    "dateAsserted",
    "date",
    "authored",
    "lastOccurrence",
    "created",
    "start",
    "end",
    "startDate",
];

#[test]
fn everything_is_marked_as_made_up_and_was_written_at_one_time() {
    let population = population(1, 120);
    let mut all = shared(&population);
    all.extend(
        records(&population)
            .into_iter()
            .flat_map(|record| record.resources),
    );
    for resource in &all {
        let meta = &json(resource)["meta"];
        assert_eq!(meta["tag"][0]["code"], "made-up", "{}", resource.id);
        assert_eq!(meta["versionId"], "1", "{}", resource.id);
        assert_eq!(meta["lastUpdated"], "2026-11-01T00:00:00Z", "{}", resource.id);
    }
}

#[test]
fn nothing_happens_before_birth_after_death_or_after_the_seed_day() {
    let population = population(3, 250);
    for (place, record) in (0..).zip(records(&population)) {
        let draft = population.draft(place).unwrap();
        let born = draft.record.birth_date;
        let died = draft.record.death.map(|death| death.at.date());
        let number = draft.record.nhs_number.as_str();
        for resource in &record.resources {
            let value = json(resource);
            // A patient's own parts are PDS's, and appointments and plans reach into the future.
            let is_planned = ["Patient", "Appointment", "CarePlan"].contains(&resource.type_name);
            let mut found = Vec::new();
            dates("", &value, &mut found);
            for (name, text) in found {
                let day = day(text).unwrap_or_else(|| panic!("{number} {name} {text}"));
                let about = format!("{number} {}/{} {name} {text}", resource.type_name, resource.id);
                if let Some(born) = born.filter(|_| resource.type_name != "Patient") {
                    assert!(day >= born, "{about} before birth on {born}");
                }
                if is_planned || name == "end" {
                    continue;
                }
                assert!(day <= SEED_DAY, "{about} after the seed day");
                if let Some(died) = died.filter(|_| number != JANE_SMITH) {
                    assert!(day <= died, "{about} after death on {died}");
                }
            }
        }
    }
}

#[test]
fn every_coding_says_where_it_comes_from_and_what_it_means() {
    let population = population(5, 200);
    let mut words: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut all = shared(&population);
    all.extend(
        records(&population)
            .into_iter()
            .flat_map(|record| record.resources),
    );
    for resource in &all {
        let value = json(resource);
        walk("", &value, &mut |name, coding| {
            if name != "coding" || !coding.is_object() {
                return;
            }
            let text = |field: &str| coding[field].as_str().unwrap_or_default().to_owned();
            let (system, code, display) = (text("system"), text("code"), text("display"));
            assert!(
                !system.is_empty() && !code.is_empty() && !display.is_empty(),
                "{coding}"
            );
            let known = words.entry((system, code)).or_insert_with(|| display.clone());
            assert_eq!(*known, display, "{coding}");
        });
    }
    assert!(words.len() > 150, "{}", words.len());
}

#[test]
fn nobody_is_given_penicillin_who_is_allergic_to_it() {
    let population = population(9, 600);
    let mut allergic = 0;
    for record in records(&population) {
        let texts: Vec<String> = record
            .resources
            .iter()
            .map(|resource| String::from_utf8(resource.text.to_vec()).unwrap())
            .collect();
        let is_allergic = texts.iter().any(|text| {
            text.contains("\"AllergyIntolerance\"")
                && text.contains("\"91936005\"")
                && text.contains("\"code\":\"active\"")
        });
        if is_allergic {
            allergic += 1;
            let given = texts.iter().find(|text| {
                text.contains("\"MedicationRequest\"") && text.contains("amoxicillin-500mg-capsule")
            });
            assert_eq!(given, None);
        }
    }
    assert!(allergic > 20, "{allergic}");
}

#[test]
fn the_three_states_of_allergies_are_all_there() {
    let population = population(1, 300);
    let (mut known, mut none, mut not_recorded) = (0, 0, 0);
    for record in records(&population) {
        for resource in record
            .resources
            .iter()
            .filter(|resource| resource.type_name == "List")
        {
            let list = json(resource);
            if list["title"] != "Allergies and adverse reactions" {
                continue;
            }
            let says_none = record.resources.iter().any(|resource| {
                resource.type_name == "AllergyIntolerance"
                    && json(resource)["code"]["coding"][0]["code"] == "716186003"
            });
            match (list["entry"].is_array(), says_none) {
                (true, true) => none += 1,
                (true, false) => known += 1,
                (false, _) => {
                    assert_eq!(list["emptyReason"]["coding"][0]["code"], "notasked");
                    not_recorded += 1;
                }
            }
        }
    }
    assert!(
        known > 20 && none > 100 && not_recorded > 20,
        "{known} {none} {not_recorded}"
    );
}

#[test]
fn records_are_as_full_as_people_are_old() {
    let population = population(1, 500);
    let records = records(&population);
    let count: usize = records.iter().map(|record| record.resources.len()).sum();
    let average = count / records.len();
    assert!((20..=50).contains(&average), "{average} resources a person");
    let bytes: usize = records
        .iter()
        .flat_map(|record| &record.resources)
        .map(|resource| resource.text.len())
        .sum();
    assert!(
        (400..=1_200).contains(&(bytes / count)),
        "{} bytes a resource",
        bytes / count
    );
    let kinds: HashSet<&str> = records
        .iter()
        .flat_map(|record| &record.resources)
        .map(|resource| resource.type_name)
        .collect();
    for kind in [
        "Patient",
        "Encounter",
        "Condition",
        "Observation",
        "MedicationRequest",
        "MedicationStatement",
        "AllergyIntolerance",
        "Immunization",
        "Procedure",
        "CarePlan",
        "Goal",
        "DocumentReference",
        "ServiceRequest",
        "Appointment",
        "RelatedPerson",
        "Consent",
        "Flag",
        "List",
        "DiagnosticReport",
        "EpisodeOfCare",
        "Coverage",
        "QuestionnaireResponse",
    ] {
        assert!(kinds.contains(kind), "no {kind}");
    }
}

#[test]
fn everybody_with_a_story_has_one_and_a_record() {
    let population = population(1, 0);
    let cast = cast();
    assert_eq!(cast.len(), usize::try_from(population.named_count()).unwrap());
    for member in &cast {
        assert!(
            !member.title.is_empty() && !member.shows.is_empty(),
            "{}",
            member.name
        );
        assert!(
            member.story.ends_with('.') && member.story.len() < 400,
            "{}",
            member.name
        );
        let place = population.place(member.nhs_number).unwrap();
        let record = population.record(place).unwrap().unwrap();
        let is_course = member.title != "Rarely tried with" && member.title != "From the NHS's own tests";
        assert!(!is_course || record.resources.len() >= 2, "{}", member.name);
    }
    let titled = |title: &str| cast.iter().find(|member| member.title == title).unwrap();
    let holroyd = titled("Back on her feet after a broken hip");
    let place = population.place(holroyd.nhs_number).unwrap();
    let seconds: Vec<f64> = population
        .record(place)
        .unwrap()
        .unwrap()
        .resources
        .iter()
        .map(json)
        .filter(|value| value["code"]["coding"][0]["code"] == "timed-up-and-go")
        .filter_map(|value| value["valueQuantity"]["value"].as_f64())
        .collect();
    assert_eq!(seconds, [48.0, 41.5, 33.2, 27.8, 22.4, 18.1, 16.0]);
    let tattersall = titled("In hospital and getting worse");
    let place = population.place(tattersall.nhs_number).unwrap();
    let scores: Vec<i64> = population
        .record(place)
        .unwrap()
        .unwrap()
        .resources
        .iter()
        .map(json)
        .filter(|value| value["code"]["coding"][0]["code"] == "1104051000000101")
        .filter_map(|value| value["valueInteger"].as_i64())
        .collect();
    assert_eq!(scores.last(), Some(&9), "{scores:?}");
}
