//! What includes add to a page, and where they stop.

use search::execute::{Included, Limits, Warning};
use search::query::{Filter, Include, IncludeParameter, Query};

use super::world::{World, ids, kind, parameter, query};

fn include(of: &str, code: &str, iterate: bool) -> Include {
    let parameter = if code == "*" {
        IncludeParameter::All
    } else {
        IncludeParameter::One(parameter(of, code))
    };
    Include {
        source: Some(kind(of)),
        parameter,
        target: None,
        iterate,
    }
}

fn one(of: &str, id: &str) -> Query {
    query(of, vec![Filter::Id(vec![id.into()])])
}

/// What was included, as `depth id`.
fn included(world: &World, found: &[Included]) -> Vec<String> {
    found
        .iter()
        .map(|one| format!("{} {}", one.depth, world.records[&one.doc].id))
        .collect()
}

/// Observations in a ring: each has the next as its member.
fn ring(length: usize) -> World {
    let texts: Vec<String> = (0..length)
        .map(|n| {
            let next = (n + 1) % length;
            format!(
                r#"{{"resourceType":"Observation","id":"o{n}","hasMember":[{{"reference":"Observation/o{next}"}}]}}"#
            )
        })
        .collect();
    World::new(&texts)
}

/// A patient that many observations are about.
fn star(points: usize) -> World {
    let mut texts = vec![r#"{"resourceType":"Patient","id":"p"}"#.to_owned()];
    texts.extend((0..points).map(|n| {
        format!(r#"{{"resourceType":"Observation","id":"o{n}","subject":{{"reference":"Patient/p"}}}}"#)
    }));
    World::new(&texts)
}

#[test]
fn a_ring_is_followed_three_times_and_says_that_it_goes_on() {
    let world = ring(100);
    let query = Query {
        includes: vec![include("Observation", "has-member", true)],
        ..one("Observation", "o7")
    };
    let page = world.search(&query).unwrap();
    assert_eq!(ids(&world, page.matches), ["o7"]);
    assert_eq!(included(&world, &page.included), ["1 o8", "2 o9", "3 o10"]);
    assert_eq!(page.warnings, [Warning::IterationCut { depth: 3 }]);
}

#[test]
fn a_small_ring_ends_by_itself() {
    for length in [1, 2, 3, 4] {
        let world = ring(length);
        let query = Query {
            includes: vec![include("Observation", "has-member", true)],
            ..one("Observation", "o0")
        };
        let page = world.search(&query).unwrap();
        assert_eq!(page.included.len(), length - 1);
        assert_eq!(page.warnings, []);
    }
}

#[test]
fn without_iterate_only_matches_are_followed() {
    let world = ring(10);
    let query = Query {
        includes: vec![include("Observation", "has-member", false)],
        ..one("Observation", "o0")
    };
    let page = world.search(&query).unwrap();
    assert_eq!(included(&world, &page.included), ["1 o1"]);
    assert_eq!(page.warnings, []);
}

#[test]
fn a_star_is_cut_at_a_thousand_and_says_so() {
    let world = star(5_000);
    for code in ["subject", "*"] {
        let query = Query {
            reverse_includes: vec![include("Observation", code, false)],
            ..one("Patient", "p")
        };
        let page = world.search(&query).unwrap();
        assert_eq!(page.included.len(), 1_000);
        assert_eq!(page.warnings, [Warning::IncludesCut { limit: 1_000 }]);
    }
}

#[test]
fn a_star_that_just_fits_is_not_cut() {
    let world = star(1_000);
    let query = Query {
        reverse_includes: vec![include("Observation", "subject", true)],
        ..one("Patient", "p")
    };
    let page = world.search(&query).unwrap();
    assert_eq!((page.included.len(), page.warnings), (1_000, vec![]));
}

#[test]
fn one_patient_of_many_matches_is_included_once() {
    let world = star(50);
    let query = Query {
        includes: vec![
            include("Observation", "subject", false),
            include("Observation", "patient", false),
        ],
        ..query("Observation", Vec::new())
    };
    let page = world.search(&query).unwrap();
    assert_eq!(page.matches.len(), Limits::default().page);
    assert_eq!(included(&world, &page.included), ["1 p"]);
}

#[test]
fn everything_every_way_round_ends() {
    let world = star(30);
    let all = Include {
        source: None,
        parameter: IncludeParameter::All,
        target: None,
        iterate: true,
    };
    let query = Query {
        includes: vec![all.clone()],
        reverse_includes: vec![all],
        ..one("Observation", "o3")
    };
    let page = world.search(&query).unwrap();
    assert_eq!(page.included.len(), 30);
    assert_eq!(page.warnings, []);
}

#[test]
fn types_narrow_what_is_followed() {
    let mut world = star(1);
    world.put(r#"{"resourceType":"Group","id":"g"}"#, 0);
    world.put(
        r#"{"resourceType":"Observation","id":"of-group","subject":{"reference":"Group/g"}}"#,
        0,
    );
    let target = |of: &str| Include {
        target: Some(kind(of)),
        ..include("Observation", "subject", false)
    };
    let check = |of: &str, expected: &str| {
        let query = Query {
            includes: vec![target(of)],
            ..query("Observation", Vec::new())
        };
        let page = world.search(&query).unwrap();
        assert_eq!(included(&world, &page.included), [expected]);
    };
    check("Group", "1 g");
    check("Patient", "1 p");
    let wrong = Query {
        reverse_includes: vec![target("Group")],
        ..one("Patient", "p")
    };
    assert_eq!(world.search(&wrong).unwrap().included, []);
}

#[test]
fn canonical_urls_are_links_too() {
    let texts = [
        r#"{"resourceType":"Questionnaire","id":"q","url":"http://x/q","version":"1"}"#,
        r#"{"resourceType":"QuestionnaireResponse","id":"r","questionnaire":"http://x/q|1"}"#,
    ];
    let world = World::new(&texts);
    let forth = Query {
        includes: vec![include("QuestionnaireResponse", "questionnaire", false)],
        ..one("QuestionnaireResponse", "r")
    };
    assert_eq!(included(&world, &world.search(&forth).unwrap().included), ["1 q"]);
    let back = Query {
        reverse_includes: vec![include("QuestionnaireResponse", "questionnaire", false)],
        ..one("Questionnaire", "q")
    };
    assert_eq!(included(&world, &world.search(&back).unwrap().included), ["1 r"]);
}

#[test]
fn what_was_deleted_or_moved_is_not_included() {
    let mut world = star(3);
    world.put(r#"{"resourceType":"Observation","id":"o1"}"#, 1);
    let query = Query {
        reverse_includes: vec![include("Observation", "subject", false)],
        ..one("Patient", "p")
    };
    let page = world.search(&query).unwrap();
    assert_eq!(included(&world, &page.included), ["1 o0", "1 o2"]);
    world.delete(page.included[0].doc);
    let page = world.search(&query).unwrap();
    assert_eq!(included(&world, &page.included), ["1 o2"]);
}
