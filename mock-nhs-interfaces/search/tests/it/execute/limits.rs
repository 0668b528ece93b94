//! Searches that would cost too much are stopped (row F7 of the list of hostile input).

use std::cell::Cell;

use search::execute::{ExecuteError, Limits, TotalCount};
use search::operand::{Operand, StringTest};
use search::query::{Filter, Query, ValueFilter};

use super::world::{World, parameter, query};

fn world() -> World {
    let texts: Vec<String> = (0..20_000)
        .map(|n| format!(r#"{{"resourceType":"Patient","id":"p{n}","name":[{{"family":"f{n}"}}]}}"#))
        .collect();
    World::new(&texts)
}

fn contains(text: &str) -> Query {
    let operand = Operand::String(StringTest::Contains(text.into()));
    let parameter = parameter("Patient", "name");
    query(
        "Patient",
        vec![Filter::Value(ValueFilter {
            parameter,
            any_of: vec![operand],
            negated: false,
        })],
    )
}

fn content(word: &str) -> Query {
    query("Patient", vec![Filter::Content(vec![word.into()])])
}

#[test]
fn opening_too_many_texts_is_too_costly() {
    let world = world();
    let limits = Limits {
        opened: 500,
        ..Limits::default()
    };
    let error = world.search_within(&content("nobody"), limits).unwrap_err();
    assert_eq!(error, ExecuteError::TooCostly { examined: 500 });
    // What is found early costs little: a page needs no more.
    let page = world.search_within(&content("f1"), limits).unwrap();
    assert_eq!(page.matches.len(), 20);
    assert!(page.explain.opened < 500);
}

#[test]
fn looking_at_too_many_keys_is_too_costly() {
    let limits = Limits {
        examined: 10_000,
        ..Limits::default()
    };
    let error = world()
        .search_within(
            &Query {
                count: Some(0),
                ..contains("")
            },
            limits,
        )
        .unwrap_err();
    assert_eq!(error, ExecuteError::TooCostly { examined: 10_000 });
}

#[test]
fn time_runs_out() {
    let world = world();
    let asked = Cell::new(0);
    let expired = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    let limits = Limits {
        expired: &expired,
        ..Limits::default()
    };
    let error = world
        .search_within(
            &Query {
                count: Some(0),
                ..contains("x")
            },
            limits,
        )
        .unwrap_err();
    assert_eq!(error, ExecuteError::Deadline);
    assert_eq!(asked.get(), 3);
}

#[test]
fn an_identifier_looks_at_few_records_however_many_there_are() {
    let world = world();
    let exact = Operand::String(StringTest::Is("f77".into()));
    let parameter = parameter("Patient", "family");
    let filter = ValueFilter {
        parameter,
        any_of: vec![exact],
        negated: false,
    };
    let page = world
        .search(&query("Patient", vec![Filter::Value(filter)]))
        .unwrap();
    assert_eq!(page.total, TotalCount::Accurate(1));
    assert!(page.explain.examined < 20, "{}", page.explain);
}
