//! Page tokens that were not given out for this very search (rows F9 of the list of hostile input).

use search::execute::ExecuteError;
use search::query::{Filter, Query, Sort, SortBy};

use super::world::{World, query};

fn world() -> World {
    let texts: Vec<String> = (0..9)
        .map(|n| format!(r#"{{"resourceType":"Patient","id":"p{n}"}}"#))
        .collect();
    World::new(&texts)
}

#[test]
fn a_token_belongs_to_its_query() {
    let world = world();
    let first = Query {
        count: Some(2),
        ..query("Patient", Vec::new())
    };
    let token = world.search(&first).unwrap().next.unwrap();
    let with = |query: Query| Query {
        cursor: Some(token.as_str().into()),
        count: Some(2),
        ..query
    };
    assert!(world.search(&with(first.clone())).is_ok());

    let other_filter = query("Patient", vec![Filter::Id(vec!["p1".into()])]);
    let other_type = query("Observation", Vec::new());
    let other_sort = Query {
        sort: vec![Sort {
            by: SortBy::Id,
            descending: false,
        }],
        ..query("Patient", Vec::new())
    };
    for stolen in [other_filter, other_type, other_sort] {
        assert_eq!(world.search(&with(stolen)).unwrap_err(), ExecuteError::Cursor);
    }
}

#[test]
fn no_changed_token_is_taken() {
    let world = world();
    let first = Query {
        count: Some(2),
        ..query("Patient", Vec::new())
    };
    let token = world.search(&first).unwrap().next.unwrap();
    let mut forged = vec![
        String::new(),
        "AAAA".to_owned(),
        "%".to_owned(),
        "A".repeat(100_000),
    ];
    for place in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(changed).unwrap());
        forged.push(token.chars().take(place).collect());
    }
    for token in forged {
        let page = Query {
            cursor: Some(token.into()),
            ..first.clone()
        };
        assert_eq!(world.search(&page).unwrap_err(), ExecuteError::Cursor);
    }
}

#[test]
fn the_last_number_has_nothing_behind_it() {
    let world = world();
    let mut page = Query {
        count: Some(4),
        ..query("Patient", Vec::new())
    };
    let mut sizes = Vec::new();
    loop {
        let result = world.search(&page).unwrap();
        sizes.push(result.matches.len());
        match result.next {
            Some(next) => page.cursor = Some(next.into()),
            None => break,
        }
    }
    assert_eq!(sizes, [4, 4, 1]);
}
