//! The login against NHS England's own OpenAPI document, where it is at hand.

use std::collections::BTreeSet;

use mock_nhs_interfaces::interface::{Operation, Place};
use serde_json::Value;

use super::setup::{app, members};
use crate::contract::document;

const DOCUMENT: &str = "identity-service-api/openapi.bundled.yaml";

fn names(members: &Value) -> BTreeSet<String> {
    members.as_object().unwrap().keys().cloned().collect()
}

fn fields(operation: &Operation, place: Place) -> BTreeSet<String> {
    let fields = operation.fields.iter().filter(|field| field.place == place);
    fields.map(|field| field.name.to_owned()).collect()
}

#[tokio::test]
async fn documented_fields_are_understood_and_documented_answers_are_given() {
    let Some(document) = document(DOCUMENT) else {
        return;
    };
    let app = app().await;
    let mut interfaces = app.client.nhs.interfaces().iter();
    let interface = interfaces.find(|interface| interface.id == "oauth2").unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(!paths.is_empty());
    for (path, item) in paths {
        for (method, documented) in item.as_object().unwrap() {
            let what = format!("{method} {path}");
            let built = interface
                .operations
                .iter()
                .find(|built| built.path == path && built.method.as_str().eq_ignore_ascii_case(method))
                .unwrap_or_else(|| panic!("{what} is not there"));
            let parameters = documented["parameters"].as_array().into_iter().flatten();
            let theirs = parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned());
            assert!(
                fields(built, Place::Query).is_superset(&theirs.collect()),
                "{what}"
            );
            let form = &documented["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
            if form.is_object() {
                let ours = fields(built, Place::Body);
                assert!(ours.is_superset(&names(&form["properties"])), "{what}: {ours:?}");
            }
        }
    }
    let answer = &paths["/token"]["post"]["responses"]["200"]["content"]["application/json"]["schema"];
    let code = app.log_in("656005750104", &[]).await;
    let seen = app.redeem(&code, &[]).await;
    let given: BTreeSet<String> = members(&seen).into_iter().collect();
    assert!(given.is_superset(&names(&answer["properties"])), "{given:?}");
}
