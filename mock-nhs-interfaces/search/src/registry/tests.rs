//! Whether the parameters of R4 compile.

use std::collections::{BTreeMap, BTreeSet};

use definitions::SearchParameterKind;

use super::Registry;
use crate::query::ResourceType;

#[test]
fn all_definitions_but_two_compile_on_all_their_types() {
    let registry = Registry::r4();
    let mut failed = BTreeMap::new();
    let mut compiled = BTreeSet::new();
    for resource_type in ResourceType::all() {
        for (id, error) in registry.failed(resource_type) {
            let parameter = registry.get(*id).unwrap();
            failed.insert(
                parameter.definition.url,
                format!("{}: {error}", resource_type.name()),
            );
        }
        compiled.extend(
            registry
                .of_type(resource_type)
                .iter()
                .map(|parameter| parameter.definition.url),
        );
    }
    compiled.retain(|url| !failed.contains_key(url));
    // `_content` has no expression and is answered by reading; `_query` is not registered at all.
    assert_eq!(
        failed.keys().copied().collect::<Vec<_>>(),
        ["http://hl7.org/fhir/SearchParameter/Resource-content"],
        "{failed:#?}"
    );
    assert_eq!(compiled.len(), definitions::search_parameters().len() - 2);
}

#[test]
fn every_type_has_the_parameters_of_all_resources() {
    let registry = Registry::r4();
    for resource_type in ResourceType::all() {
        for code in [
            "_id",
            "_lastUpdated",
            "_tag",
            "_profile",
            "_security",
            "_source",
            "_content",
        ] {
            assert!(
                registry.find(resource_type, code).is_some(),
                "{} {code}",
                resource_type.name()
            );
        }
    }
    let patient = ResourceType::parse("Patient").unwrap();
    let birthdate = registry.find(patient, "birthdate").unwrap();
    assert_eq!(birthdate.kind(), SearchParameterKind::Date);
    assert_eq!(registry.get(birthdate.id).unwrap().id, birthdate.id);
    assert!(registry.find(patient, "birthDate").is_none());
    assert!(registry.len() < usize::from(u16::MAX));
}

#[test]
fn codes_imply_their_systems() {
    let registry = Registry::r4();
    for (resource_type, code, system) in [
        ("Patient", "gender", "http://hl7.org/fhir/administrative-gender"),
        ("Observation", "status", "http://hl7.org/fhir/observation-status"),
        (
            "Patient",
            "active",
            "http://terminology.hl7.org/CodeSystem/special-values",
        ),
    ] {
        let parameter = registry
            .find(ResourceType::parse(resource_type).unwrap(), code)
            .unwrap();
        assert_eq!(registry.traits(parameter).implied_systems, [system]);
    }
    let phone = registry
        .find(ResourceType::parse("Patient").unwrap(), "phone")
        .unwrap();
    assert!(registry.traits(phone).is_contact);
}
