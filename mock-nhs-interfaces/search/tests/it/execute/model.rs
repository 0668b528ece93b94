//! Random worlds, random changes, random queries: the executor finds what looking at everything finds, in the same order,
//! whichever way it goes.

use std::collections::BTreeMap;

use proptest::prelude::*;
use search::execute::{Limits, TotalCount, Tuning};
use search::operand::{DateTest, Operand, Prefix, ReferenceTest, StringTest, SystemTest, TokenTest};
use search::query::{
    Chain, Direction, Filter, Has, Hierarchy, Query, Sort, SortBy, Target, Total, ValueFilter,
};
use search::value::DateRange;

use super::naive;
use super::world::{World, kind, parameter};

/// What a filter of the test may be about.
const TYPES: [&str; 2] = ["Patient", "Observation"];

/// A patient, or an observation of one, of which there are few of each value.
fn resource() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["Anna", "Annabel", "Bea", "Zoë", "zoe", ""]);
    let day = prop::sample::select(vec![
        "",
        "1950",
        "1950-03",
        "1950-03-04",
        "2001-01-01",
        "2001-01-01T10:00:00Z",
    ]);
    let patient = (
        0..12,
        name.clone(),
        name,
        prop::sample::select(vec!["male", "female", ""]),
        day.clone(),
    )
        .prop_map(|(id, given, family, gender, birth)| {
            let mut text = format!(r#"{{"resourceType":"Patient","id":"p{id}""#);
            if !given.is_empty() || !family.is_empty() {
                text += &format!(r#","name":[{{"given":["{given} x"],"family":"{family} y"}}]"#);
            }
            if !gender.is_empty() {
                text += &format!(r#","gender":"{gender}""#);
            }
            if birth.len() > 3 && birth.len() < 11 {
                text += &format!(r#","birthDate":"{birth}""#);
            }
            text + "}"
        });
    let codes = prop::collection::vec(("[ab]", "[12]"), 0..3);
    let observation = (0..24, 0..14, 0..26, codes, day.clone(), day).prop_map(
        |(id, subject, member, codes, start, end)| {
            let codings: Vec<String> = codes
                .iter()
                .map(|(system, code)| format!(r#"{{"system":"http://{system}","code":"{code}"}}"#))
                .collect();
            let mut text = format!(
                r#"{{"resourceType":"Observation","id":"o{id}","code":{{"coding":[{}]}}"#,
                codings.join(",")
            );
            if subject < 13 {
                text += &format!(r#","subject":{{"reference":"Patient/p{subject}"}}"#);
            }
            if member < 24 {
                text += &format!(r#","hasMember":[{{"reference":"Observation/o{member}"}}]"#);
            }
            if !start.is_empty() && !end.is_empty() {
                text += &format!(r#","effectivePeriod":{{"start":"{start}","end":"{end}"}}"#);
            } else if !start.is_empty() {
                text += &format!(r#","effectiveDateTime":"{start}""#);
            }
            text + "}"
        },
    );
    prop_oneof![patient, observation]
}

/// Something that happens to a world.
#[derive(Debug, Clone)]
enum Change {
    Put(String, i64),
    Delete(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (resource(), 900_i64..1_100).prop_map(|(text, at)| Change::Put(text, at)),
        1 => any::<prop::sample::Index>().prop_map(Change::Delete),
    ]
}

fn world() -> impl Strategy<Value = World> {
    let base = prop::collection::vec(resource(), 0..40);
    let changes = prop::collection::vec(change(), 0..16);
    (base, changes).prop_map(|(base, changes)| {
        // An id is given once: the parts of a text between quotes are `resourceType`, its value, `id`, its value.
        let identity = |text: &String| {
            let parts: Vec<&str> = text.split('"').collect();
            (parts[3].to_owned(), parts[7].to_owned())
        };
        let base: BTreeMap<_, String> = base.into_iter().map(|text| (identity(&text), text)).collect();
        let mut world = World::new(&base.into_values().collect::<Vec<_>>());
        for change in changes {
            match change {
                Change::Put(text, at) => {
                    world.put(&text, at);
                }
                Change::Delete(which) => {
                    let docs: Vec<u32> = world.records.keys().copied().collect();
                    if !docs.is_empty() {
                        world.delete(docs[which.index(docs.len())]);
                    }
                }
            }
        }
        world
    })
}

fn date_test() -> impl Strategy<Value = DateTest> {
    let years = prop::sample::select(vec![
        (-630_000_000_000_000, -600_000_000_000_000),
        (-625_000_000_000_000, -624_900_000_000_000),
        (978_307_200_000_000, 978_393_600_000_000),
        (990, 1_010),
        (0, 1),
    ]);
    (prop::sample::select(Prefix::ALL.to_vec()), years).prop_map(|(prefix, (low, high))| DateTest {
        prefix,
        range: DateRange { low, high },
    })
}

fn value_filter(of: &'static str) -> BoxedStrategy<Filter> {
    let build = |code: &'static str, operand: BoxedStrategy<Operand>| {
        (prop::collection::vec(operand, 1..4), prop::bool::weighted(0.2))
            .prop_map(move |(any_of, negated)| {
                Filter::Value(ValueFilter {
                    parameter: parameter(of, code),
                    any_of,
                    negated,
                })
            })
            .boxed()
    };
    let date = date_test().prop_map(Operand::Date).boxed();
    if of == "Patient" {
        let text = prop::sample::select(vec!["a", "anna", "anna x", "zoe", "b", ""]);
        let string = (text, 0..4)
            .prop_map(|(text, how)| {
                Operand::String(match how {
                    0 => StringTest::Starts(text.into()),
                    1 => StringTest::Contains(text.into()),
                    2 => StringTest::Is(text.into()),
                    _ => StringTest::Exact(text.into()),
                })
            })
            .boxed();
        let gender = prop::sample::select(vec!["male", "female", "other"])
            .prop_map(|code| Operand::Token(TokenTest::code(SystemTest::Any, code)))
            .boxed();
        prop_oneof![
            build("name", string.clone()),
            build("given", string),
            build("gender", gender),
            build("birthdate", date)
        ]
        .boxed()
    } else {
        let system = prop_oneof![
            Just(SystemTest::Any),
            Just(SystemTest::None),
            Just(SystemTest::Is("http://a".into())),
        ];
        let code = prop_oneof![
            (system, "[123]").prop_map(|(system, code)| Operand::Token(TokenTest::code(system, &code))),
            Just(Operand::Token(TokenTest::System("http://b".into()))),
        ]
        .boxed();
        let subject = (prop::option::of(Just(kind("Patient"))), 0..13)
            .prop_map(|(resource_type, id)| {
                Operand::Reference(ReferenceTest::Local {
                    resource_type,
                    id: format!("p{id}").into(),
                    url: None,
                })
            })
            .boxed();
        prop_oneof![
            build("code", code),
            build("subject", subject),
            build("date", date)
        ]
        .boxed()
    }
}

fn filter(of: &'static str, depth: u32) -> BoxedStrategy<Filter> {
    let codes = if of == "Patient" {
        ["name", "birthdate"]
    } else {
        ["subject", "date"]
    };
    let leaf = prop_oneof![
        6 => value_filter(of),
        1 => (prop::sample::select(codes.to_vec()), any::<bool>())
            .prop_map(move |(code, missing)| Filter::Missing { parameter: parameter(of, code), missing }),
        1 => prop::collection::vec("[po][0-9]", 0..4)
            .prop_map(|ids| Filter::Id(ids.into_iter().map(Into::into).collect())),
        1 => prop::collection::vec(date_test(), 1..3).prop_map(Filter::LastUpdated),
        1 => prop::sample::select(vec!["anna", "http", "nobody"])
            .prop_map(|word| Filter::Content(vec![word.into()])),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = move || filter(of, depth - 1);
    let across = if of == "Patient" {
        filter("Observation", depth - 1)
            .prop_map(|filter| {
                Filter::Has(Has {
                    source: kind("Observation"),
                    parameter: parameter("Observation", "subject"),
                    filter: Box::new(filter),
                })
            })
            .boxed()
    } else {
        let subject = filter("Patient", depth - 1).prop_map(|filter| {
            Filter::Chain(Chain {
                parameter: parameter("Observation", "subject"),
                targets: vec![(kind("Patient"), filter)],
            })
        });
        let member = filter("Observation", depth - 1).prop_map(|filter| {
            Filter::Chain(Chain {
                parameter: parameter("Observation", "has-member"),
                targets: vec![(kind("Observation"), filter)],
            })
        });
        // No real hierarchy, but one with circles and with several wholes of a part.
        let place = (0..26, any::<bool>()).prop_map(|(id, above)| {
            Filter::Hierarchy(Hierarchy {
                parameter: parameter("Observation", "has-member"),
                resource_type: kind("Observation"),
                id: format!("o{id}").into(),
                url_before_id: "http://here/Observation/".into(),
                up: vec![parameter("Observation", "has-member")],
                direction: if above { Direction::Above } else { Direction::Below },
            })
        });
        prop_oneof![subject, member, place].boxed()
    };
    prop_oneof![
        4 => leaf,
        2 => across,
        1 => prop::collection::vec(inner(), 0..3).prop_map(Filter::And),
        1 => prop::collection::vec(inner(), 0..3).prop_map(Filter::Or),
        1 => inner().prop_map(|filter| Filter::Not(Box::new(filter))),
    ]
    .boxed()
}

fn sort(of: &'static str) -> impl Strategy<Value = Sort> {
    let codes = if of == "Patient" {
        ["name", "gender", "birthdate"]
    } else {
        ["code", "date", "subject"]
    };
    let by = prop_oneof![
        1 => Just(SortBy::Id),
        1 => Just(SortBy::LastUpdated),
        4 => prop::sample::select(codes.to_vec())
            .prop_map(move |code| SortBy::Parameter(vec![(kind(of), parameter(of, code))])),
    ];
    (by, any::<bool>()).prop_map(|(by, descending)| Sort { by, descending })
}

fn with_order(targets: Vec<Target>, sort: Vec<Sort>, count: usize, total: Total) -> Query {
    Query {
        text: format!("{targets:?}{sort:?}{count}"),
        targets,
        sort,
        count: Some(count),
        total,
        ..Query::default()
    }
}

fn total() -> impl Strategy<Value = Total> {
    prop::sample::select(vec![
        Total::Unasked,
        Total::None,
        Total::Estimate,
        Total::Accurate,
    ])
}

/// Any filters, one type or two, sorted or not.
fn query() -> impl Strategy<Value = Query> {
    let target = |of: &'static str| {
        prop::collection::vec(filter(of, 2), 0..3).prop_map(move |filters| Target {
            resource_type: kind(of),
            filters,
        })
    };
    let targets = prop_oneof![
        target(TYPES[0]).prop_map(|one| vec![one]),
        target(TYPES[1]).prop_map(|one| vec![one]),
        (target(TYPES[0]), target(TYPES[1])).prop_map(|(one, other)| vec![one, other]),
    ];
    let sort = prop::sample::select(TYPES.to_vec()).prop_flat_map(|of| prop::collection::vec(sort(of), 0..3));
    (targets, sort, 1_usize..8, total())
        .prop_map(|(targets, sort, count, total)| with_order(targets, sort, count, total))
}

/// One type, few filters, sorted by its own parameters.
fn sorted_query() -> impl Strategy<Value = Query> {
    prop::sample::select(TYPES.to_vec()).prop_flat_map(|of| {
        let filters = prop::collection::vec(filter(of, 0), 0..2);
        let sort = prop::collection::vec(sort(of), 1..3);
        (filters, sort, 1_usize..8, total()).prop_map(move |(filters, sort, count, total)| {
            let target = Target {
                resource_type: kind(of),
                filters,
            };
            with_order(vec![target], sort, count, total)
        })
    })
}

/// Every way of answering: nothing collected ahead, everything walked, no patience at all, and as it is.
fn tuning() -> impl Strategy<Value = Tuning> {
    let usual = Tuning::default();
    (
        prop::sample::select(vec![0, 300, usual.prompt_cost]),
        prop::sample::select(vec![0, usual.sort_in_memory]),
        prop::sample::select(vec![0, 4, usual.patience]),
        prop::sample::select(vec![0, 3, usual.check_one_by_one]),
    )
        .prop_map(
            |(prompt_cost, sort_in_memory, patience, check_one_by_one)| Tuning {
                prompt_cost,
                sort_in_memory,
                patience,
                check_one_by_one,
            },
        )
}

fn check(world: &World, query: &Query, tuning: Tuning) {
    let limits = Limits {
        tuning,
        ..Limits::default()
    };
    let expected = naive::matches(world, query);
    let mut found = Vec::new();
    let mut page = query.clone();
    let (mut before, mut last);
    loop {
        let result = world.search_within(&page, limits).unwrap();
        match (query.total, result.total) {
            (_, TotalCount::Accurate(total)) => assert_eq!(total, expected.len() as u64),
            (Total::Accurate, other) => panic!("asked for an accurate total, got {other:?}"),
            (Total::Estimate, TotalCount::Unknown) => panic!("asked for an estimate, got none"),
            (_, TotalCount::Estimate(total)) => assert!(total >= expected.len() as u64),
            (_, TotalCount::Unknown) => {}
        }
        assert!(result.next.is_none() || result.matches.len() == query.count.unwrap());
        assert_eq!(result.previous.is_some(), page.cursor.is_some());
        before = result.previous;
        last = result.matches.len();
        found.extend(result.matches);
        match result.next {
            Some(next) => page.cursor = Some(next.into()),
            None => break,
        }
        assert!(found.len() <= expected.len(), "pages without end");
    }
    check_backwards(
        world,
        &page,
        limits,
        before,
        &expected[..expected.len() - last.min(expected.len())],
    );
    assert_eq!(
        found,
        expected,
        "{}",
        world.search_within(query, limits).unwrap().explain
    );
    let counted = world
        .search_within(
            &Query {
                count: Some(0),
                ..query.clone()
            },
            limits,
        )
        .unwrap();
    assert_eq!(counted.total, TotalCount::Accurate(expected.len() as u64));
    assert_eq!(counted.matches, Vec::new());
}

/// Goes back from a page to the first; the pages hold what comes before it, and lead forward again.
fn check_backwards(
    world: &World,
    query: &Query,
    limits: Limits<'_>,
    before: Option<String>,
    expected: &[u32],
) {
    let size = query.count.unwrap();
    let mut rest = expected;
    let mut before = before;
    while let Some(token) = before {
        let page = Query {
            cursor: Some(token.into()),
            ..query.clone()
        };
        let result = world.search_within(&page, limits).unwrap();
        let (front, back) = rest.split_at(rest.len().saturating_sub(size));
        assert_eq!(result.matches, back, "{}", result.explain);
        assert!(result.is_backwards);
        assert_eq!(result.next.is_some(), !back.is_empty());
        rest = front;
        before = result.previous;
        assert_eq!(before.is_some(), !rest.is_empty());
    }
    assert!(rest.is_empty());
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (doc, held) in &self.records {
            writeln!(f, "{doc} {} {}", held.last_updated, held.text)?;
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn finds_what_looking_at_everything_finds(world in world(), query in query(), tuning in tuning()) {
        check(&world, &query, tuning);
    }

    #[test]
    fn walks_in_the_order_that_sorting_gives(world in world(), query in sorted_query(), tuning in tuning()) {
        check(&world, &query, Tuning { sort_in_memory: 0, ..tuning });
    }
}
