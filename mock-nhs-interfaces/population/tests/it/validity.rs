//! Every resource is what R4 says it is, and what the profiles that it claims say as far as they are R4's own.

use std::collections::BTreeMap;

use fhir::json::Json;
use population::Resource;
use validation::{Library, Severity, Validator, check_shape};

use crate::{population, records, shared};

/// Resources of each type that are checked against all rules; their shape is checked of every one.
const OF_EACH_TYPE: u32 = 12;
/// 1 November 2026, in microseconds.
const NOW_MICROS: i64 = 1_793_491_200_000_000;

#[test]
fn every_resource_is_what_r4_says_it_is() {
    let population = population(1, 160);
    let mut all: Vec<Resource> = shared(&population);
    all.extend(
        records(&population)
            .into_iter()
            .flat_map(|record| record.resources),
    );
    let library = Library::new(Vec::new(), []);
    let validator = Validator::new(&library, NOW_MICROS);
    let mut checked: BTreeMap<&str, u32> = BTreeMap::new();
    for resource in &all {
        let json = Json::parse(&resource.text).unwrap();
        let turn = checked.entry(resource.type_name).or_default();
        *turn += 1;
        let issues = if *turn <= OF_EACH_TYPE {
            validator.validate(&json, &[])
        } else {
            check_shape(&json)
        };
        let errors: Vec<_> = issues
            .iter()
            .filter(|issue| issue.severity == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{}", json.to_text());
    }
    assert!(checked.len() >= 30, "{checked:?}");
}
