//! What is refused, and in which words.

mod refused;

use definitions::terminology::{SystemCode, Terminology};

use super::{Handling, QueryErrorKind as Kind, Request, Scope, fuzz_query, parse};
use crate::query::{Compartment, Filter, Include, Query, ResourceType, SortBy, Summary, Total};
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
fn search_bombs_end_as_too_costly() {
    let chain = format!("{}.status=final", ["has-member:Observation"; 9].join("."));
    let has = format!("{}code=x", "_has:Observation:has-member:".repeat(10));
    let open = "entity.subject.subject.subject.name=x".to_owned();
    for (scope, text) in [
        ("Patient", "name=a&".repeat(1_000)),
        ("Patient", format!("name={}", "a,".repeat(10_000))),
        ("Patient", format!("name={}", "a".repeat(100_000))),
        ("Observation", chain),
        ("Observation", has),
        ("AuditEvent", open),
        (
            "Patient",
            format!("_filter={}name eq a{}", "(".repeat(100), ")".repeat(100)),
        ),
        ("Patient", format!("_filter={}", ["name eq a"; 100].join(" or "))),
        ("Patient", format!("_filter=name eq {}", "a".repeat(20_000))),
        ("Patient", format!("_text={}", "word ".repeat(100))),
        ("Patient", format!("_sort={}", ["name"; 50].join(","))),
        ("Patient", "_include=Patient:link&".repeat(50)),
        (
            "Patient",
            format!(
                "_filter={}name eq a{}",
                "link[".repeat(12),
                "] pr true".repeat(12)
            ),
        ),
    ] {
        let errors = understand(&of(scope), &text, Handling::Strict).unwrap_err().0;
        let shown = text.get(..40).unwrap_or(&text);
        assert!(
            errors.iter().any(|error| error.kind == Kind::TooCostly),
            "{shown}: {errors:?}"
        );
    }
}

#[test]
fn errors_repeat_little_of_what_was_sent_and_nothing_that_moves() {
    let text = format!("{}=1", "<script>\u{202e}\u{7}".repeat(1_000));
    let errors = understand(&of("Patient"), &text, Handling::Strict).unwrap_err().0;
    let error = errors.first().unwrap();
    assert!(error.message.len() < 8_000 && error.parameter.len() < 4_000);
    assert!(!error.message.contains(['\u{202e}', '\u{7}']));
    let dates = format!("birthdate={}", "9".repeat(5_000));
    let errors = understand(&of("Patient"), &dates, Handling::Strict)
        .unwrap_err()
        .0;
    assert!(errors.first().unwrap().message.len() < 400);
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

#[test]
fn the_text_of_a_query_is_what_was_understood() {
    for (scope, text, expected) in [
        (
            of("Patient"),
            "family=O%27Brien&_cursor=abc&_format=json",
            "family=O%27Brien",
        ),
        (
            of("Patient"),
            "identifier=http://x|1%2C2",
            "identifier=http://x%7C1,2",
        ),
        (of("Patient"), "&&name=a+b&", "name=a%20b"),
        (
            of("Patient"),
            "_count=1000&_sort=-birthdate",
            "_count=1000&_sort=-birthdate",
        ),
        (
            Scope::System,
            "_type=Patient,Observation&_id=1",
            "_type=Patient,Observation&_id=1",
        ),
    ] {
        let query = understand(&scope, text, Handling::Strict).unwrap();
        assert_eq!(query.text, expected);
        let again = understand(&scope, &query.text, Handling::Strict).unwrap();
        assert_eq!(
            (again.targets, again.sort, again.count),
            (query.targets, query.sort, query.count)
        );
    }
    let query = understand(&of("Patient"), "_count=1000&_cursor=abc", Handling::Strict).unwrap();
    assert_eq!(
        (query.count, query.cursor.as_deref()),
        (Some(super::PAGE), Some("abc"))
    );
    let query = understand(&of("Patient"), "_count=99999999999999999999999", Handling::Strict).unwrap();
    assert_eq!(query.count, Some(super::PAGE));
    assert_eq!(
        understand(&of("Patient"), "_count=0", Handling::Strict)
            .unwrap()
            .count,
        Some(0)
    );
}

#[test]
fn types_come_from_the_address_and_from_the_parameter() {
    let names = |scope: &Scope, text: &str| -> Vec<&str> {
        let query = understand(scope, text, Handling::Strict).unwrap();
        query
            .targets
            .iter()
            .map(|target| target.resource_type.name())
            .collect()
    };
    assert_eq!(names(&of("Patient"), "_id=1"), ["Patient"]);
    assert_eq!(
        names(&Scope::System, "_type=Observation,Patient&identifier=1"),
        ["Observation", "Patient"]
    );
    assert_eq!(
        names(&Scope::System, "_id=1").len(),
        definitions::resource_types().len()
    );
    assert_eq!(
        names(&Scope::System, "_type=Patient,Group&_type=Group"),
        ["Group"]
    );
    let errors = understand(&Scope::System, "_type=Patient,Ptient", Handling::Strict)
        .unwrap_err()
        .0;
    assert_eq!(errors.first().unwrap().kind, Kind::UnknownType);
    // A parameter that only some of the types have.
    let errors = understand(
        &Scope::System,
        "_type=Patient,Observation&birthdate=1970",
        Handling::Strict,
    )
    .unwrap_err()
    .0;
    assert_eq!(errors.first().unwrap().kind, Kind::UnknownParameter);
}

#[test]
fn compartments_add_who_belongs() {
    let patient = Compartment {
        resource_type: ResourceType::parse("Patient").unwrap(),
        id: "1".into(),
    };
    let scope =
        |member: Option<&str>| Scope::Compartment(patient.clone(), member.and_then(ResourceType::parse));
    let query = understand(&scope(Some("Observation")), "code=x", Handling::Strict).unwrap();
    let filters = &query.targets.first().unwrap().filters;
    // By subject or by performer.
    assert!(
        matches!(filters.first(), Some(Filter::Or(any)) if any.len() == 2),
        "{filters:?}"
    );
    assert_eq!(filters.len(), 2);
    let all = understand(&scope(None), "", Handling::Strict).unwrap();
    assert!(all.targets.len() > 60 && all.targets.iter().all(|target| target.filters.len() == 1));
    assert!(
        all.targets
            .iter()
            .any(|target| target.resource_type == patient.resource_type)
    );
    let narrowed = understand(&scope(None), "_type=Condition", Handling::Strict).unwrap();
    assert_eq!(narrowed.targets.len(), 1);
    for member in ["Medication", "Organization"] {
        let errors = understand(&scope(Some(member)), "", Handling::Strict)
            .unwrap_err()
            .0;
        assert!(
            errors.first().unwrap().message.contains("never belongs"),
            "{errors:?}"
        );
    }
    let group = Compartment {
        resource_type: ResourceType::parse("Group").unwrap(),
        id: "1".into(),
    };
    let errors = understand(&Scope::Compartment(group, None), "", Handling::Strict)
        .unwrap_err()
        .0;
    assert!(
        errors.first().unwrap().message.contains("compartment `Group`"),
        "{errors:?}"
    );
}

fn only_filter(scope: &str, text: &str) -> Filter {
    let mut query =
        understand(&of(scope), text, Handling::Strict).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let mut target = query.targets.pop().unwrap();
    assert_eq!(target.filters.len(), 1, "{text}");
    target.filters.pop().unwrap()
}

#[test]
fn chains_lead_to_every_type_that_has_what_follows() {
    for (scope, text, types) in [
        ("Observation", "subject:Patient.name=x", vec!["Patient"]),
        ("Observation", "subject.gender=male", vec!["Patient"]),
        (
            "Observation",
            "subject.identifier=x",
            vec!["Device", "Group", "Location", "Patient"],
        ),
        (
            "Observation",
            "patient.general-practitioner:Organization.name:exact=x",
            vec!["Patient"],
        ),
        ("Observation", "subject:Patient._id=1", vec!["Patient"]),
        (
            "Observation",
            "subject:Patient._has:Encounter:patient:status=planned",
            vec!["Patient"],
        ),
        ("Observation", "_filter=subject.gender eq male", vec!["Patient"]),
    ] {
        let Filter::Chain(chain) = only_filter(scope, text) else {
            panic!("{text}")
        };
        let mut found: Vec<&str> = chain.targets.iter().map(|(target, _)| target.name()).collect();
        found.sort_unstable();
        assert_eq!(found, types, "{text}");
    }
    let Filter::Chain(chain) = only_filter("Observation", "patient.general-practitioner:Organization.name=x")
    else {
        panic!("no chain")
    };
    assert!(matches!(chain.targets.first(), Some((_, Filter::Chain(inner))) if inner.targets.len() == 1));
}

#[test]
fn has_leads_back() {
    let text = "_has:Observation:patient:_has:AuditEvent:entity:agent:Practitioner.name=x";
    let Filter::Has(outer) = only_filter("Patient", text) else {
        panic!("no `_has`")
    };
    assert_eq!(outer.source.name(), "Observation");
    let Filter::Has(inner) = *outer.filter else {
        panic!("no inner `_has`")
    };
    assert_eq!(inner.source.name(), "AuditEvent");
    assert!(matches!(*inner.filter, Filter::Chain(_)));
}

#[test]
fn includes_and_sorting() {
    let text = "_include=Observation:patient&_include:iterate=Patient:general-practitioner:Organization&_include=*\
        &_revinclude=Provenance:target&_revinclude=AuditEvent:*&_sort=-date,_id,-_lastUpdated&_total=accurate&_summary=data\
        &_elements=code,value,Observation.status";
    let query = understand(&of("Observation"), text, Handling::Strict).unwrap();
    let names = |includes: &[Include]| -> Vec<_> {
        includes
            .iter()
            .map(|one| {
                (
                    one.source.map(ResourceType::name),
                    one.target.map(ResourceType::name),
                    one.iterate,
                )
            })
            .collect()
    };
    let expected = [
        (Some("Observation"), None, false),
        (Some("Patient"), Some("Organization"), true),
        (None, None, false),
    ];
    assert_eq!(names(&query.includes), expected);
    assert_eq!(
        names(&query.reverse_includes),
        [
            (Some("Provenance"), None, false),
            (Some("AuditEvent"), None, false)
        ]
    );
    let directions: Vec<bool> = query.sort.iter().map(|key| key.descending).collect();
    assert_eq!(directions, [true, false, true]);
    assert!(matches!(query.sort.first().map(|key| &key.by), Some(SortBy::Parameter(of)) if of.len() == 1));
    assert_eq!((query.total, query.summary), (Total::Accurate, Summary::Data));
    assert_eq!(query.elements, ["code".into(), "value".into(), "status".into()]);
}

/// Queries that once were, or easily could be, misread.
const CORPUS: &[&str] = &[
    "code=http://loinc.org|8480-6&value-quantity=gt140|http://unitsofmeasure.org|mm[Hg]",
    "_has:Observation:patient:_has:AuditEvent:entity:agent=x",
    "subject:Patient.general-practitioner:Practitioner.name:exact=a\\,b",
    "_filter=(code eq x or not(status eq final)) and subject[active eq true].name co \"a\\\"b\"",
    "code-value-quantity=8480-6$gt1",
    "_include=*&_revinclude:iterate=Provenance:target",
    "date=ap9999&date=ne0001",
    "near=51.5|-0.1|5|km",
    "_content=%F0%9F%92%89&_text=a,b",
    "subject=\\|\\$\\,\\\\",
    "=&==&:=1&.=1&_has=1&_has:=1&_has:::=1&a.b.c.d.e.f=1",
    "_sort=-,_id",
    "value-quantity=ap-0.00e-400",
    "_id=%EF%BF%BF,%ED%A0%80",
];

#[test]
fn the_corpus_is_read_without_harm() {
    CORPUS.iter().for_each(|text| fuzz_query(text.as_bytes()));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
        fuzz_query(&bytes);
    }

    #[test]
    fn pieces_of_queries_are_read_without_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..14)) {
        fuzz_query(pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "code",
    "date",
    "subject",
    "value-quantity",
    "_id",
    "_filter",
    "_has:",
    "Observation",
    "Patient",
    "name",
    ":",
    ".",
    "=",
    "&",
    ",",
    "|",
    "$",
    "\\",
    "gt",
    "ap",
    "ne",
    "1",
    "-0.50",
    "1e5",
    "2020-02",
    "9999",
    "http://x/y",
    "%20",
    "+",
    "(",
    ")",
    "[",
    "]",
    " and ",
    " or ",
    "not",
    " eq ",
    " co ",
    "\"",
    "missing",
    "true",
    "_sort",
    "_include",
    "*",
    "_type",
    "é",
    "_text",
    "identifier",
    "not",
];
