//! What a query that can be understood is taken to mean.

use super::{of, understand};
use crate::parse::{Handling, PAGE, QueryErrorKind as Kind, Scope};
use crate::query::{Compartment, Filter, Include, ResourceType, SortBy, Summary, Total};

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
    assert_eq!((query.count, query.cursor.as_deref()), (Some(PAGE), Some("abc")));
    let query = understand(&of("Patient"), "_count=99999999999999999999999", Handling::Strict).unwrap();
    assert_eq!(query.count, Some(PAGE));
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
