//! What the server says of itself is what it does.

use fhir::json::Json;
use validation::check_shape;

use super::client::{BASE_URL, Client};

#[tokio::test]
async fn the_statement_is_valid_and_complete() {
    let client = Client::new();
    let statement = client.get("/metadata").await;
    assert_eq!(statement.status, 200);
    let issues: Vec<_> = check_shape(&statement.tree).into_vec();
    assert!(issues.is_empty(), "{issues:?}");
    assert_eq!(statement.tree.text("fhirVersion"), Some("4.0.1"));
    assert_eq!(
        statement
            .tree
            .at(&["implementation", "url"])
            .and_then(Json::as_str),
        Some(BASE_URL)
    );
    let rest = statement.tree.get("rest").unwrap().items().next().unwrap();
    let resources: Vec<&Json> = rest.get("resource").unwrap().items().collect();
    assert_eq!(resources.len(), definitions::resource_types().len());
    let patient = resources
        .iter()
        .find(|one| one.text("type") == Some("Patient"))
        .unwrap();
    let parameters: Vec<&str> = patient
        .get("searchParam")
        .unwrap()
        .items()
        .filter_map(|one| one.text("name"))
        .collect();
    for name in ["birthdate", "family", "identifier", "_id", "_lastUpdated"] {
        assert!(parameters.contains(&name), "{name} of {parameters:?}");
    }
    assert_eq!(client.get("/metadata?mode=nonsense").await.status, 400);
}

#[tokio::test]
async fn the_code_systems_are_stated() {
    let client = Client::new();
    let statement = client.get("/metadata?mode=terminology").await;
    assert_eq!(statement.status, 200);
    let issues: Vec<_> = check_shape(&statement.tree).into_vec();
    assert!(issues.is_empty(), "{issues:?}");
    assert_eq!(
        statement.tree.text("resourceType"),
        Some("TerminologyCapabilities")
    );
    assert!(
        statement
            .text
            .contains(r#"{"uri":"http://hl7.org/fhir/administrative-gender""#)
    );
}

#[tokio::test]
async fn every_parameter_that_is_stated_is_understood() {
    let client = Client::new();
    let statement = client.get("/metadata").await;
    let rest = statement.tree.get("rest").unwrap().items().next().unwrap();
    for resource in rest.get("resource").unwrap().items() {
        let kind = resource.text("type").unwrap();
        if !matches!(
            kind,
            "Patient" | "Observation" | "Encounter" | "ValueSet" | "MedicationRequest"
        ) {
            continue;
        }
        for parameter in resource.get("searchParam").unwrap().items() {
            let name = parameter.text("name").unwrap();
            let value = match (name, parameter.text("type").unwrap()) {
                ("_filter", _) => "_id%20eq%20x",
                ("_has", _) => continue,
                (_, "date") => "2026",
                (_, "number" | "quantity") => "1",
                (_, "composite") => "a$1",
                _ => "x",
            };
            let path = format!("/{kind}?{name}={value}");
            let answered = client.get(&path).await;
            if answered.status != 200 {
                // A value that it does not take is no parameter that it does not know.
                assert_ne!(
                    answered.issue().0,
                    "not-supported",
                    "{path}: {}",
                    answered.issue().2
                );
            }
        }
    }
}
