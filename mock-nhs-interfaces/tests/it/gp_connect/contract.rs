//! The patient-facing interfaces against NHS England's own OpenAPI documents, where these are at hand.

use std::collections::BTreeSet;

use mock_nhs_interfaces::interface::{Operation, Place};
use serde_json::Value;

use super::send;
use crate::client::Client;
use crate::contract::{document, resolved};

const RECORD: &str = "gp-connect-access-record-fhir/openapi.yaml";
pub(super) const DOCUMENTS: [(&str, &str); 2] = [
    ("gp-connect-access-record", RECORD),
    (
        "gp-connect-appointments",
        "gp-connect-appointments-management-fhir/openapi.bundled.yaml",
    ),
];

/// Name and place of the parameters that an operation of a document has.
fn theirs(document: &Value, operation: &Value) -> BTreeSet<String> {
    let parameters = operation["parameters"].as_array().unwrap();
    let named = |parameter: &Value| {
        let parameter = resolved(document, parameter);
        format!(
            "{} {}",
            parameter["in"].as_str().unwrap(),
            parameter["name"].as_str().unwrap()
        )
    };
    parameters.iter().map(named).collect()
}

fn ours(operation: &Operation) -> BTreeSet<String> {
    let fields = operation.fields.iter();
    fields
        .filter_map(|field| {
            let place = match field.place {
                Place::Path => "path",
                Place::Query => "query",
                Place::Header => "header",
                Place::Body => return None,
            };
            Some(format!("{place} {}", field.name))
        })
        .collect()
}

#[test]
fn every_documented_operation_is_there_with_its_parameters_and_no_others() {
    let client = Client::new();
    for (id, path) in DOCUMENTS {
        let Some(document) = document(path) else { continue };
        let mut interfaces = client.nhs.interfaces().iter();
        let interface = interfaces.find(|interface| interface.id == id).unwrap();
        let mut documented = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let built = interface
                    .operations
                    .iter()
                    .find(|built| built.path == path && built.method.as_str().eq_ignore_ascii_case(method))
                    .unwrap_or_else(|| panic!("{id}: {method} {path} is not there"));
                assert_eq!(ours(built), theirs(&document, operation), "{method} {path}");
                documented += 1;
            }
        }
        assert_eq!(documented, interface.operations.len(), "{id}");
    }
}

#[tokio::test]
async fn the_published_request_for_a_whole_record_is_understood() {
    let client = Client::new();
    let Some(document) = document(RECORD) else { return };
    let prefix = "/gp-connect/patient-facing/access-record-fhir/FHIR/STU3";
    let path = "/Patient/$gpc.getstructuredrecord";
    let body = &document["paths"][path]["post"]["requestBody"]["content"]["application/fhir+json"];
    let mut asked = body["examples"]["fullRecordRequest"]["value"].clone();
    // The NHS's own example asks for somebody who, by PDS, is dead.
    asked["parameter"][0]["valueIdentifier"]["value"] = "9999100007".into();
    let seen = send(&client, "POST", &format!("{prefix}{path}"), &[], &asked).await;
    assert_eq!(seen.status, 200, "{}", seen.json());
    assert!(!seen.json().to_string().contains("unrecognised parameter"));
}
