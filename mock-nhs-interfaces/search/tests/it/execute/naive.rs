//! Searching by looking at everything: slow, short, and hard to get wrong.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use fhir::json::Json;
use search::extract::content_matches;
use search::index::Doc;
use search::key::{COMPOSITE, LOW, REFERENCE, STRING, TOKEN, URL, main_key};
use search::query::{Direction, Filter, Hierarchy, ParameterId, Query, ResourceType, SortBy};
use search::value::{DateRange, Reference, Value};

use super::world::{Held, World};

/// All matches of a query in its order.
pub(crate) fn matches(world: &World, query: &Query) -> Vec<Doc> {
    let mut found: Vec<Doc> = world
        .records
        .iter()
        .filter(|(_, held)| {
            query.targets.iter().any(|target| {
                target.resource_type == held.of
                    && target.filters.iter().all(|filter| holds(world, held, filter))
            })
        })
        .map(|(doc, _)| *doc)
        .collect();
    found.sort_by(|a, b| compare(world, query, *a, *b));
    found
}

/// Whether a record meets a filter.
pub(crate) fn holds(world: &World, held: &Held, filter: &Filter) -> bool {
    match filter {
        Filter::Value(wanted) => {
            let some = values(held, wanted.parameter)
                .any(|value| wanted.any_of.iter().any(|operand| operand.matches(value)));
            some != wanted.negated
        }
        Filter::Missing { parameter, missing } => values(held, *parameter).next().is_none() == *missing,
        Filter::Hierarchy(place) => hierarchy(world, place).iter().any(|id| {
            values(held, place.parameter).any(|value| {
                let local = Reference::Local {
                    resource_type: place.resource_type,
                    id: id.clone().into(),
                };
                *value == Value::Reference(local)
            })
        }),
        Filter::Chain(chain) => chain.targets.iter().any(|(of, inner)| {
            world
                .records
                .values()
                .any(|end| end.of == *of && points_at(held, chain.parameter, end) && holds(world, end, inner))
        }),
        Filter::Has(has) => world.records.values().any(|source| {
            source.of == has.source
                && points_at(source, has.parameter, held)
                && holds(world, source, &has.filter)
        }),
        Filter::Id(ids) => ids.iter().any(|id| **id == *held.id),
        Filter::LastUpdated(tests) => {
            let instant = DateRange {
                low: held.last_updated,
                high: held.last_updated + 1,
            };
            tests.iter().any(|test| test.matches(instant))
        }
        Filter::List(ids) => world.records.values().any(|list| {
            list.of.name() == "List"
                && ids.iter().any(|id| **id == *list.id)
                && list.text.contains(&format!("\"{}/{}\"", held.of.name(), held.id))
        }),
        Filter::Content(words) => content_matches(&Json::parse(held.text.as_bytes()).unwrap(), words),
        Filter::And(filters) => filters.iter().all(|filter| holds(world, held, filter)),
        Filter::Or(filters) => filters.iter().any(|filter| holds(world, held, filter)),
        Filter::Not(filter) => !holds(world, held, filter),
    }
}

/// The ids of a resource and of what is above or below it, by going on until there is nothing new.
fn hierarchy(world: &World, place: &Hierarchy) -> BTreeSet<String> {
    let mut ids = BTreeSet::from([place.id.to_string()]);
    let of_type = || {
        world
            .records
            .values()
            .filter(|held| held.of == place.resource_type)
    };
    loop {
        let leads = |from: &Held, to: &Held| place.up.iter().any(|up| points_at(from, *up, to));
        let more: Vec<String> = of_type()
            .filter(|held| {
                of_type()
                    .filter(|known| ids.contains(&known.id))
                    .any(|known| match place.direction {
                        Direction::Above => leads(known, held),
                        Direction::Below => leads(held, known),
                    })
            })
            .map(|held| held.id.clone())
            .filter(|id| !ids.contains(id))
            .collect();
        if more.is_empty() {
            return ids;
        }
        ids.extend(more);
    }
}

fn values(held: &Held, parameter: ParameterId) -> impl Iterator<Item = &Value> {
    held.values
        .iter()
        .filter(move |(own, _)| *own == parameter)
        .map(|(_, value)| value)
}

/// Whether a record points at another by a parameter.
pub(crate) fn points_at(source: &Held, parameter: ParameterId, end: &Held) -> bool {
    values(source, parameter).any(|value| {
        if let Value::Reference(Reference::Local { resource_type, id }) = value {
            *resource_type == end.of && **id == *end.id
        } else {
            false
        }
    })
}

fn compare(world: &World, query: &Query, a: Doc, b: Doc) -> Ordering {
    for sort in &query.sort {
        let key = |doc| sort_key(&world.records[&doc], &sort.by, sort.descending);
        let ordering = match (key(a), key(b)) {
            (Some(a), Some(b)) if sort.descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    a.cmp(&b)
}

fn sort_key(held: &Held, by: &SortBy, greatest: bool) -> Option<Vec<u8>> {
    let keys = match by {
        SortBy::Id => return Some(held.id.clone().into_bytes()),
        SortBy::LastUpdated => return Some((held.last_updated + (1 << 40)).to_be_bytes().into()),
        SortBy::Parameter(parameters) => {
            let of: ResourceType = held.of;
            let (_, parameter) = parameters.iter().find(|(own, _)| *own == of)?;
            values(held, *parameter)
                .filter_map(main_key)
                .filter(|key| [COMPOSITE, LOW, REFERENCE, STRING, TOKEN, URL].contains(&key[0]))
        }
    };
    if greatest { keys.max() } else { keys.min() }
}
