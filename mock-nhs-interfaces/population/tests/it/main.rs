//! What is true of everybody in the seed and of everything in their records.

mod content;
mod golden;
mod identity;
mod validity;

use population::{Config, Population, Record, Resource};
use serde_json::Value;

fn population(seed: u64, people: u32) -> Population {
    Population::generate(Config { seed, people })
}

fn records(population: &Population) -> Vec<Record> {
    population
        .people(0..population.count())
        .collect::<Result<_, _>>()
        .expect("everybody can be written")
}

fn shared(population: &Population) -> Vec<Resource> {
    population
        .shared()
        .collect::<Result<_, _>>()
        .expect("everything shared can be written")
}

fn json(resource: &Resource) -> Value {
    serde_json::from_slice(&resource.text).expect("a resource is JSON")
}

/// Calls `visit` with every value below this one and the name of the field it is in.
fn walk<'v>(name: &'v str, value: &'v Value, visit: &mut impl FnMut(&'v str, &'v Value)) {
    visit(name, value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(name, item, visit)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| walk(name, value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
