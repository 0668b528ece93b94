//! Pages while the world changes under them.

use search::execute::{Limits, Tuning};
use search::query::{Query, Sort, SortBy};

use super::world::{World, ids, kind, parameter, query};

fn patient(id: &str, family: &str) -> String {
    format!(r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"{family}"}}],"gender":"male"}}"#)
}

/// Reads all pages of three; before each but the first a patient is created and one that was not shown yet is changed.
fn pages_while_people_come(sort: Vec<Sort>, tuning: Tuning) {
    let base: Vec<String> = (0..20)
        .map(|n| patient(&format!("p{n:02}"), &format!("f{}", n % 4)))
        .collect();
    let mut world = World::new(&base);
    let limits = Limits {
        tuning,
        ..Limits::default()
    };
    let mut page = Query {
        count: Some(3),
        sort,
        ..query("Patient", Vec::new())
    };
    let mut found = Vec::new();
    for round in 0.. {
        let result = world.search_within(&page, limits).unwrap();
        found.extend(ids(&world, result.matches));
        let Some(next) = result.next else { break };
        page.cursor = Some(next.into());
        if round < 5 {
            world.put(&patient(&format!("new{round}"), &format!("f{round}")), 2_000);
            let untouched = base.len() - 1 - round;
            world.put(
                &patient(&format!("p{untouched:02}"), &format!("f{}", untouched % 4)),
                3_000,
            );
        }
    }
    let mut old: Vec<&String> = found.iter().filter(|id| id.starts_with('p')).collect();
    old.sort();
    let expected: Vec<String> = (0..20).map(|n| format!("p{n:02}")).collect();
    assert_eq!(old, expected.iter().collect::<Vec<_>>(), "{page:?}");
    let mut all = found.clone();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), found.len(), "{found:?}");
}

#[test]
fn everyone_is_shown_once_while_people_come() {
    let by = |by| {
        vec![Sort {
            by,
            descending: false,
        }]
    };
    let name = || SortBy::Parameter(vec![(kind("Patient"), parameter("Patient", "family"))]);
    let descending = vec![
        Sort {
            by: name(),
            descending: true,
        },
        Sort {
            by: SortBy::Id,
            descending: true,
        },
    ];
    let usual = Tuning::default();
    for tuning in [
        usual,
        Tuning {
            sort_in_memory: 0,
            ..usual
        },
    ] {
        for sort in [Vec::new(), by(name()), by(SortBy::Id), descending.clone()] {
            pages_while_people_come(sort, tuning);
        }
    }
}

#[test]
fn who_is_created_later_is_on_the_last_page() {
    let mut world = World::new(&[patient("a", "x"), patient("b", "x")]);
    world.put(&patient("c", "x"), 2_000);
    world.put(&patient("a", "changed"), 2_000);
    let all = world.search(&query("Patient", Vec::new())).unwrap();
    assert_eq!(ids(&world, all.matches), ["a", "b", "c"]);
}
