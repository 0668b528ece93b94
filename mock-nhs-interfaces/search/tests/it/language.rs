//! Tables of resource, query and whether they match; every row is asked of the values and of their keys.

mod composite;
mod date;
mod filter;
mod number;
mod order;
mod reference;
mod special;
mod string;
mod token;
mod uri;

use std::collections::BTreeSet;

use definitions::terminology::{SystemCode, Terminology};
use fhir::json::Json;
use search::extract::{content_matches, extract};
use search::key::{PRESENT, keys};
use search::operand::Operand;
use search::parse::{Handling, Request, Scope, parse};
use search::query::{Filter, ParameterId, Query, ResourceType};
use search::registry::Registry;
use search::value::Value;

/// 2026-11-26T00:00:00Z.
const NOW_US: i64 = 1_795_651_200_000_000;

/// Diabetes and what is below it.
struct Diabetes;

impl Terminology for Diabetes {
    fn in_value_set(&self, _: &str, _: Option<&str>, _: &str) -> Option<bool> {
        None
    }

    fn codes_in_value_set(&self, value_set: &str) -> Option<Vec<SystemCode>> {
        let code = |code: &str| SystemCode {
            system: "http://snomed.info/sct".to_owned(),
            code: code.to_owned(),
        };
        (value_set == "http://x/diabetes").then(|| vec![code("73211009"), code("44054006")])
    }

    fn codes_below(&self, _: &str, code: &str) -> Option<Vec<String>> {
        (code == "73211009").then(|| vec!["73211009".to_owned(), "44054006".to_owned()])
    }

    fn codes_above(&self, _: &str, code: &str) -> Option<Vec<String>> {
        (code == "44054006").then(|| vec!["73211009".to_owned(), "44054006".to_owned()])
    }
}

fn understand(resource_type: ResourceType, text: &str) -> Query {
    let request = Request {
        scope: &Scope::Type(resource_type),
        texts: &[text],
        handling: Handling::Strict,
        base_url: "http://here/fhir",
        now_us: NOW_US,
        terminology: &Diabetes,
    };
    parse(Registry::r4(), &request).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// A resource, read.
struct Read {
    resource_type: ResourceType,
    resource: Json,
    values: Vec<(ParameterId, Value)>,
}

impl Read {
    fn new(text: &str) -> Self {
        let resource = Json::parse(text.as_bytes()).unwrap();
        let resource_type = ResourceType::parse(resource.text("resourceType").unwrap()).unwrap();
        let values = extract(Registry::r4(), resource_type, &resource);
        Self {
            resource_type,
            resource,
            values,
        }
    }

    fn of(&self, parameter: ParameterId) -> impl Iterator<Item = &Value> {
        self.values
            .iter()
            .filter(move |(own, _)| *own == parameter)
            .map(|(_, value)| value)
    }

    /// The keys that an index would hold.
    fn keys(&self, parameter: ParameterId) -> BTreeSet<Vec<u8>> {
        let mut all = BTreeSet::new();
        for value in self.of(parameter) {
            keys(value, &mut |key| {
                all.insert(key.to_vec());
            });
        }
        all
    }

    fn meets(&self, filter: &Filter) -> bool {
        match filter {
            Filter::Value(value) => {
                let any = value
                    .any_of
                    .iter()
                    .any(|operand| self.has(value.parameter, operand));
                any != value.negated
            }
            Filter::Missing { parameter, missing } => {
                let is_present = self.of(*parameter).next().is_some();
                assert_eq!(is_present, self.keys(*parameter).contains(&vec![PRESENT]));
                is_present != *missing
            }
            Filter::Id(ids) => ids.iter().any(|id| self.resource.text("id") == Some(id)),
            Filter::Content(words) => content_matches(&self.resource, words),
            Filter::And(filters) => filters.iter().all(|filter| self.meets(filter)),
            Filter::Or(filters) => filters.iter().any(|filter| self.meets(filter)),
            Filter::Not(filter) => !self.meets(filter),
            Filter::LastUpdated(_)
            | Filter::List(_)
            | Filter::Hierarchy(_)
            | Filter::Chain(_)
            | Filter::Has(_) => {
                panic!("needs more than one resource: {filter:?}")
            }
        }
    }

    /// Whether a value matches an operand; values and keys must agree.
    fn has(&self, parameter: ParameterId, operand: &Operand) -> bool {
        let by_value = self.of(parameter).any(|value| operand.matches(value));
        let ranges = operand.ranges();
        let within = |key: &Vec<u8>| ranges.iter().any(|range| range.contains(key));
        let keys = self.keys(parameter);
        let by_key = keys.iter().any(|key| within(key) && operand.accepts(key));
        assert_eq!(by_value, by_key, "{operand:?} of {keys:?}");
        if operand.is_tight() {
            assert!(
                keys.iter().all(|key| !within(key) || operand.accepts(key)),
                "{operand:?} of {keys:?}"
            );
        }
        by_value
    }
}

/// Asks a resource many queries.
fn check(resource: &str, rows: &[(&str, bool)]) {
    let read = Read::new(resource);
    for (text, expected) in rows {
        let query = understand(read.resource_type, &text.replace('|', "%7C").replace('"', "%22"));
        let filters = &query.targets.first().unwrap().filters;
        let is_match = filters.iter().all(|filter| read.meets(filter));
        assert_eq!(
            is_match, *expected,
            "{text} of {resource}\n{filters:?}\n{:?}",
            read.values
        );
    }
}
