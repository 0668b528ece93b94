//! What is refused, and in which words.

mod hostile;
mod refused;
mod understood;

use definitions::terminology::{SystemCode, Terminology};

use super::{Handling, QueryErrorKind as Kind, Request, Scope, parse};
use crate::query::{Query, ResourceType};
use crate::registry::Registry;
use refused::REFUSED;

struct Animals;

impl Terminology for Animals {
    fn in_value_set(&self, _: &str, _: Option<&str>, _: &str) -> Option<bool> {
        None
    }

    fn codes_in_value_set(&self, value_set: &str) -> Option<Vec<SystemCode>> {
        let code = SystemCode {
            system: "http://animals".to_owned(),
            code: "cat".to_owned(),
        };
        (value_set == "http://pets").then(|| vec![code])
    }

    fn codes_below(&self, system: &str, code: &str) -> Option<Vec<String>> {
        (system == "http://animals").then(|| vec![code.to_owned(), format!("small {code}")])
    }

    fn codes_above(&self, _: &str, _: &str) -> Option<Vec<String>> {
        None
    }
}

pub(super) fn understand(
    scope: &Scope,
    text: &str,
    handling: Handling,
) -> Result<Query, super::QuerySyntaxErrors> {
    let request = Request {
        scope,
        texts: &[text],
        handling,
        base_url: "http://here/fhir",
        now_us: 1_795_000_000_000_000,
        terminology: &Animals,
    };
    parse(Registry::r4(), &request)
}

fn of(name: &str) -> Scope {
    Scope::Type(ResourceType::parse(name).unwrap())
}

#[test]
fn what_cannot_be_understood_is_named_with_what_is_near() {
    for (scope, text, kind, words) in REFUSED.iter().copied() {
        let errors = understand(&of(scope), text, Handling::Strict).expect_err(text).0;
        let error = errors.first().unwrap();
        assert_eq!((errors.len(), error.kind), (1, kind), "{text}: {}", error.message);
        assert!(error.message.contains(words), "{text}: {}", error.message);
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let errors = understand(
        &of("Patient"),
        "nam=a&birthdate=x&gender=mal&_count=x",
        Handling::Strict,
    )
    .unwrap_err();
    let names: Vec<&str> = errors.0.iter().map(|error| &*error.parameter).collect();
    assert_eq!(names, ["nam", "birthdate", "gender", "_count"]);
    let many: String = (0..60).map(|number| format!("x{number}=1&")).collect();
    assert_eq!(
        understand(&of("Patient"), &many, Handling::Strict)
            .unwrap_err()
            .0
            .len(),
        super::ERRORS
    );
}

#[test]
fn leniently_only_unknown_and_empty_parameters_are_dropped() {
    let query = understand(&of("Patient"), "nam=a&family=Smith&given=", Handling::Lenient).unwrap();
    assert_eq!(query.ignored, ["nam".into()]);
    assert_eq!(query.text, "family=Smith");
    assert_eq!(query.targets.first().unwrap().filters.len(), 1);
    for text in ["family:exat=a", "birthdate=x", "general-practitioner.nam=x"] {
        assert!(
            understand(&of("Patient"), text, Handling::Lenient).is_err(),
            "{text}"
        );
    }
}

#[test]
fn a_parameter_without_a_value_is_passed_over_but_not_in_criteria() {
    for text in [
        "family=",
        "family",
        "family:exact=",
        "general-practitioner:Practitioner.family=",
        "general-practitioner.family=",
        "_has:Observation:patient:code=",
        "_id=",
        "_lastUpdated=",
        "_list=",
        "_filter=",
        "_text=",
        "_content=",
        "birthdate=",
        "family:missing=",
        "_sort=",
        "_count=",
        "_summary=",
        "_include=",
        "_elements=",
    ] {
        let given = format!("gender=male&{text}");
        for handling in [Handling::Strict, Handling::Lenient] {
            let query = understand(&of("Patient"), &given, handling).unwrap();
            assert_eq!(query.text, "gender=male", "{text}");
            assert!(query.ignored.is_empty(), "{text}");
            assert_eq!(query.targets.first().unwrap().filters.len(), 1, "{text}");
        }
        let errors = understand(&of("Patient"), &given, Handling::Criteria).unwrap_err();
        let kinds: Vec<Kind> = errors.0.iter().map(|error| error.kind).collect();
        assert_eq!(kinds, [Kind::EmptyValue], "{text}");
    }
    for unknown in [
        "famly=",
        "family:exat=",
        "general-practitioner.famly=",
        "family=,",
    ] {
        assert!(
            understand(&of("Patient"), unknown, Handling::Strict).is_err(),
            "{unknown}"
        );
    }
}

#[test]
fn dates_at_the_edges_are_valid_or_refused() {
    for (text, is_valid) in [
        ("9999", true),
        ("9999-12-31T23:59:59Z", true),
        ("0001-01-01", true),
        ("2016-12-31T23:59:60Z", true),
        ("2020-01-01T10:00:00%2B14:00", true),
        ("2020-01-01T10:00:00+14:00", true),
        ("2020-01-01T10:00:00-14:01", false),
        ("2020-01-01T24:00:00Z", false),
        ("10000", false),
        ("-0001", false),
        ("ap0001", true),
        ("sa9999", true),
    ] {
        let query = format!("birthdate={text}");
        assert_eq!(
            understand(&of("Patient"), &query, Handling::Strict).is_ok(),
            is_valid,
            "{text}"
        );
    }
}
