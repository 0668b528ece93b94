//! The immunisation history: a vaccination is recorded, found, corrected, taken back and recorded again.

use axum::body::Body;
use http::{Method, Request};
use mock_nhs_interfaces::Profile;
use serde_json::{Value, json};

use crate::client::{Client, Seen, TOKEN};

const PATIENT: &str = "9736363120";

async fn ask(client: &Client, method: Method, path: &str, e_tag: Option<&str>, body: &Value) -> Seen {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/immunisation-fhir-api/FHIR/R4/Immunization{path}"))
        .header("Authorization", format!("Bearer {TOKEN}"));
    if let Some(e_tag) = e_tag {
        request = request.header("E-Tag", e_tag);
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    client.send(Profile::Int, request.body(body).unwrap()).await
}

fn vaccination(identifier: &str, day: &str) -> Value {
    json!({
        "resourceType": "Immunization",
        "contained": [{
            "resourceType": "Patient", "id": "Pat1",
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": PATIENT }],
            "name": [{ "family": "Knapp" }],
        }],
        "identifier": [{ "system": "https://supplier.example/vaccinations", "value": identifier }],
        "status": "completed",
        "vaccineCode": { "text": "A vaccine" },
        "patient": { "reference": "#Pat1" },
        "occurrenceDateTime": format!("{day}T10:00:00+00:00"),
        "recorded": day,
        "primarySource": true,
        "protocolApplied": [{ "targetDisease": [
            { "coding": [{ "system": "http://snomed.info/sct", "code": "14189004" }] },
            { "coding": [{ "system": "http://snomed.info/sct", "code": "36989005" }] },
            { "coding": [{ "system": "http://snomed.info/sct", "code": "36653000" }] },
        ], "doseNumberPositiveInt": 1 }],
    })
}

async fn found(client: &Client, rest: &str) -> Vec<Value> {
    let path = format!("?patient.identifier=https://fhir.nhs.uk/Id/nhs-number%7C{PATIENT}&{rest}");
    let seen = ask(client, Method::GET, &path, None, &Value::Null).await;
    assert_eq!(seen.status, 200);
    seen.json()["entry"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_vaccination_lives_through_all_its_versions() {
    let client = Client::new();
    let sent = vaccination("v-1", "2026-01-10");
    let created = ask(&client, Method::POST, "", None, &sent).await;
    assert_eq!(
        (created.status.as_u16(), created.header("e-tag")),
        (201, Some("1"))
    );
    let id = created
        .header("location")
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let path = format!("/{id}");

    let read = ask(&client, Method::GET, &path, None, &Value::Null).await;
    assert_eq!(read.header("e-tag"), Some("1"));
    assert_eq!(read.json()["patient"], json!({ "reference": "#Pat1" }));
    assert_eq!(read.json()["contained"], sent["contained"]);

    let again = ask(&client, Method::POST, "", None, &sent).await;
    assert_eq!(again.status, 422);
    let words = &again.json()["issue"][0]["diagnostics"];
    assert_eq!(
        words,
        "The provided identifier: https://supplier.example/vaccinations#v-1 is duplicated"
    );

    let mut corrected = vaccination("v-1", "2026-01-11");
    corrected["id"] = id.clone().into();
    for (e_tag, status) in [(None, 400), (Some("2"), 400), (Some("1"), 200), (Some("1"), 400)] {
        let seen = ask(&client, Method::PUT, &path, e_tag, &corrected).await;
        assert_eq!(seen.status.as_u16(), status, "{e_tag:?}");
    }
    let mut renamed = vaccination("v-2", "2026-01-11");
    renamed["id"] = id.clone().into();
    let seen = ask(&client, Method::PUT, &path, Some("2"), &renamed).await;
    assert!(
        seen.json()["issue"][0]["diagnostics"]
            .as_str()
            .unwrap()
            .contains("identifier[0].value")
    );

    assert_eq!(
        ask(&client, Method::DELETE, &path, None, &Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        ask(&client, Method::GET, &path, None, &Value::Null).await.status,
        404
    );
    assert_eq!(
        ask(&client, Method::DELETE, &path, None, &Value::Null)
            .await
            .status,
        404
    );
    assert_eq!(
        ask(&client, Method::PUT, &path, Some("3"), &corrected)
            .await
            .status,
        200,
        "reinstated"
    );
    assert_eq!(
        ask(&client, Method::GET, &path, None, &Value::Null).await.status,
        200
    );
}

#[tokio::test]
async fn vaccinations_are_found_by_kind_disease_and_day() {
    let client = Client::new();
    let before = found(&client, "-immunization.target=MMR")
        .await
        .iter()
        .filter(|entry| entry["search"]["mode"] == "match")
        .count();
    for (identifier, day) in [("a", "2026-01-10"), ("b", "2026-02-10")] {
        assert_eq!(
            ask(&client, Method::POST, "", None, &vaccination(identifier, day))
                .await
                .status,
            201
        );
    }
    let count = async |rest: &str| {
        let entries = found(&client, rest).await;
        entries
            .iter()
            .filter(|entry| entry["search"]["mode"] == "match")
            .count()
    };
    assert_eq!(count("-immunization.target=MMR").await, before + 2);
    assert_eq!(
        count("-immunization.target=MMR&-date.from=2026-01-11&-date.to=2026-02-10").await,
        1
    );
    assert_eq!(count("-immunization.target=MMR&-date.from=2026-02-11").await, 0);
    assert_eq!(count("-immunization.target=MMRV").await, 0);
    assert_eq!(
        count("target-disease=http://snomed.info/sct%7C14189004&-date.from=2026-01-01").await,
        2
    );
    let entries = found(&client, "-immunization.target=MMR,mmr&-date.from=2026-01-01").await;
    let modes: Vec<&str> = entries
        .iter()
        .map(|entry| entry["search"]["mode"].as_str().unwrap())
        .collect();
    assert_eq!(modes, ["match", "match", "include", "outcome"]);
    let patient = &entries[2];
    assert_eq!(entries[0]["resource"]["patient"]["reference"], patient["fullUrl"]);
    assert_eq!(patient["resource"]["identifier"][0]["value"], PATIENT);
    assert!(entries[0]["resource"].get("contained").is_none());
    let path = "?identifier=https://supplier.example/vaccinations%7Ca&_elements=id,meta";
    let by_identifier = ask(&client, Method::GET, path, None, &Value::Null).await.json();
    let resource = &by_identifier["entry"][0]["resource"];
    assert_eq!(resource["meta"], json!({ "versionId": "1" }));
    assert!(resource["id"].is_string() && resource.get("status").is_none());
}
