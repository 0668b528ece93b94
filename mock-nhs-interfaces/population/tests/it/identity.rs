//! Ids, references and numbers; and that nobody depends on anybody else.

use std::collections::HashSet;

use population::{MOST_PEOPLE, Standing};
use value::NhsNumber;

use crate::{json, population, records, shared, walk};

#[test]
fn the_same_seed_makes_the_same_people_in_any_order() {
    let population = population(7, 160);
    let all = records(&population);
    for place in [0, 1, 40, 99, 130, 159] {
        let alone = population.record(place).unwrap().unwrap();
        let in_line = &all[usize::try_from(place).unwrap()];
        assert_eq!(alone.resources, in_line.resources, "{place}");
        assert_eq!(population.place(alone.nhs_number), Some(place));
    }
    let from_the_middle: Vec<_> = population
        .people(100..110)
        .map(|record| record.unwrap().resources)
        .collect();
    let in_line: Vec<_> = all[100..110]
        .iter()
        .map(|record| record.resources.clone())
        .collect();
    assert_eq!(from_the_middle, in_line);
    let larger = crate::population(7, 5_000);
    assert_eq!(
        larger.record(159).unwrap().unwrap().resources,
        all[159].resources,
        "more people change nobody"
    );
    assert!(population.record(160).is_none());
    assert_ne!(
        crate::population(8, 160).record(159).unwrap().unwrap().resources,
        all[159].resources
    );
}

#[test]
fn there_are_never_more_people_than_numbers_nor_fewer_than_stories() {
    let most = population(1, u32::MAX);
    assert_eq!(most.count(), MOST_PEOPLE);
    assert!(most.draft(MOST_PEOPLE - 1).is_some() && most.draft(MOST_PEOPLE).is_none());
    let fewest = population(1, 0);
    assert_eq!(fewest.count(), fewest.named_count());
    assert!(fewest.named_count() >= 50);
}

#[test]
fn every_number_is_an_nhs_number_and_belongs_to_one_person() {
    let population = population(1, 1_000);
    let mut numbers = HashSet::new();
    for place in 0..population.count() {
        let draft = population.draft(place).unwrap();
        let number: NhsNumber = draft.record.nhs_number.parse().unwrap();
        assert!(numbers.insert(number), "{number} twice");
        assert_eq!(population.place(number), Some(place), "{number}");
        if let Standing::SupersededBy(now) = draft.standing {
            assert!(population.place(now).is_some(), "{number} leads to nobody");
        }
    }
    assert_eq!(population.place("9111231130".parse().unwrap()), None);
}

#[test]
fn ids_are_valid_and_unique_and_every_reference_leads_somewhere() {
    let population = population(1, 300);
    let mut all = shared(&population);
    all.extend(
        records(&population)
            .into_iter()
            .flat_map(|record| record.resources),
    );
    let mut known = HashSet::new();
    for resource in &all {
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        assert!(
            (1..=64).contains(&resource.id.len()) && resource.id.bytes().all(is_id),
            "{}",
            resource.id
        );
        let address = format!("{}/{}", resource.type_name, resource.id);
        assert!(known.insert(address.clone()), "{address} twice");
    }
    for resource in &all {
        let value = json(resource);
        assert_eq!(value["resourceType"], resource.type_name);
        assert_eq!(value["id"], resource.id.as_str());
        walk("", &value, &mut |name, value| {
            if name == "reference" {
                let to = value.as_str().unwrap();
                assert!(
                    known.contains(to),
                    "{}/{} → {to}",
                    resource.type_name,
                    resource.id
                );
            }
        });
    }
}
