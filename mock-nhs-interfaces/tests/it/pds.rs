//! PDS keeps what it is told, and so does the FHIR server behind the same records.

use axum::body::Body;
use http::Request;
use mock_nhs_interfaces::{Profile, Whom};
use serde_json::{Value, json};

use crate::client::{Client, REQUEST_ID, Seen};

const PREFIX: &str = "/personal-demographics/FHIR/R4";

/// Sends patches for a version of a patient.
async fn patch(client: &Client, number: &str, version: u32, patches: Value) -> Seen {
    let request = Request::patch(format!("{PREFIX}/Patient/{number}"))
        .header("X-Request-ID", REQUEST_ID)
        .header("Authorization", client.bearer(Whom::HealthcareWorker))
        .header("Content-Type", "application/json-patch+json")
        .header("If-Match", format!("W/\"{version}\""))
        .body(Body::from(json!({ "patches": patches }).to_string()))
        .unwrap();
    client.send(Profile::Int, request).await
}

async fn read(client: &Client, number: &str) -> Value {
    client.get(&format!("{PREFIX}/Patient/{number}")).await.json()
}

/// NHS numbers that a search finds, in order.
async fn found(client: &Client, query: &str) -> Vec<String> {
    let json = client.get(&format!("{PREFIX}/Patient?{query}")).await.json();
    let entries = json["entry"].as_array().cloned().unwrap_or_default();
    let id = |entry: &Value| entry["resource"]["id"].as_str().unwrap().to_owned();
    entries.iter().map(id).collect()
}

/// The patient as the FHIR server keeps them.
async fn kept(client: &Client, number: &str) -> Value {
    let record = client.read_record("Patient", number).await.unwrap();
    serde_json::from_slice(&record).unwrap()
}

#[tokio::test]
async fn an_update_is_kept_and_is_what_the_fhir_server_has() {
    let client = Client::new();
    let before = kept(&client, "9000000009").await;
    let seen = patch(
        &client,
        "9000000009",
        2,
        json!([
            { "op": "replace", "path": "/address/0/id", "value": "456" },
            { "op": "replace", "path": "/address/0/line", "value": ["", "2 Whitehall Quay", "", "Leeds", ""] },
            { "op": "replace", "path": "/address/0/postalCode", "value": "LS1 4BU" },
        ]),
    )
    .await;
    assert_eq!(seen.status, 200, "{}", seen.json());
    let answered = seen.json();
    assert_eq!(answered, read(&client, "9000000009").await);
    assert_eq!(answered["meta"]["versionId"], "3");
    assert_eq!(
        answered["address"][0]["line"],
        json!(["2 Whitehall Quay", "Leeds"])
    );
    // What nobody touched is as it was, also what UK Core does not know.
    assert_eq!(
        answered["address"][1]["extension"][0]["extension"][1]["valueString"],
        "12345678"
    );
    assert_eq!(
        answered["telecom"][2]["extension"][0]["valueCoding"]["code"],
        "textphone"
    );
    let mut after = kept(&client, "9000000009").await;
    assert_eq!(after["address"][0]["postalCode"], "LS1 4BU");
    assert_eq!(after["meta"]["versionId"], "2");
    for member in ["address", "meta"] {
        after[member] = before[member].clone();
    }
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_change_through_the_fhir_server_is_seen_in_pds() {
    let client = Client::new();
    let mut patient = kept(&client, "9000000009").await;
    patient["gender"] = "male".into();
    patient["name"][0]["family"] = "Jones".into();
    patient["maritalStatus"] = json!({ "text": "Married" });
    client
        .put_record("Patient", "9000000009", &patient.to_string())
        .await;
    let seen = read(&client, "9000000009").await;
    assert_eq!(seen["meta"]["versionId"], "3");
    assert_eq!(
        (&seen["gender"], &seen["name"][0]["family"]),
        (&"male".into(), &"Jones".into())
    );
    assert!(seen.get("maritalStatus").is_none() && seen.get("active").is_none());
    assert!(seen["generalPractitioner"][0].get("reference").is_none());
    assert_eq!(
        seen["address"][0]["extension"][1]["extension"][1]["valueString"],
        "123456789012"
    );
    // And PDS leaves what it does not know.
    let seen = patch(
        &client,
        "9000000009",
        3,
        json!([{ "op": "replace", "path": "/gender", "value": "unknown" }]),
    )
    .await;
    assert_eq!(seen.status, 200, "{}", seen.json());
    let after = kept(&client, "9000000009").await;
    assert_eq!(after["maritalStatus"]["text"], "Married");
    assert_eq!(after["gender"], "unknown");
}

#[tokio::test]
async fn a_search_sees_what_was_changed_made_and_deleted() {
    let client = Client::new();
    assert_eq!(
        found(&client, "family=Knapp&birthdate=1943-07-03").await,
        ["9736363120"]
    );
    let seen = patch(
        &client,
        "9736363120",
        1,
        json!([
            { "op": "replace", "path": "/name/0/id", "value": "N3120" },
            { "op": "replace", "path": "/name/0/family", "value": "Newname" },
        ]),
    )
    .await;
    assert_eq!(seen.status, 200, "{}", seen.json());
    assert!(
        found(&client, "family=Knapp&birthdate=1943-07-03")
            .await
            .is_empty()
    );
    assert_eq!(
        found(&client, "family=New*&birthdate=1943-07-03").await,
        ["9736363120"]
    );
    assert_eq!(
        found(&client, "family=Knapp&birthdate=1943-07-03&_history=true").await,
        ["9736363120"]
    );
    assert_eq!(
        found(
            &client,
            "family=Napp&given=Kathy&birthdate=ge1943-01-01&birthdate=le1943-12-31&_fuzzy-match=true"
        )
        .await,
        Vec::<String>::new()
    );
    assert_eq!(
        found(
            &client,
            "family=Knap&given=Kathie&birthdate=ge1943-01-01&birthdate=le1943-12-31&_fuzzy-match=true"
        )
        .await,
        ["9736363120"]
    );
    client.delete_record("Patient", "9693632966").await;
    assert!(
        found(&client, "family=Massam&birthdate=1920-08-11")
            .await
            .is_empty()
    );
    let gone = client.get(&format!("{PREFIX}/Patient/9693632966")).await;
    assert_eq!(gone.outcome_code().as_deref(), Some("RESOURCE_NOT_FOUND"));
}

#[tokio::test]
async fn somebody_who_is_created_is_there_and_cannot_be_created_twice() {
    let client = Client::new();
    let patient = client.nhs.interfaces()[0]
        .operations
        .iter()
        .find(|operation| operation.id == "create_patient")
        .unwrap()
        .examples[0]
        .body
        .unwrap()
        .text;
    let create = async || {
        let request = Request::post(format!("{PREFIX}/Patient"))
            .header("X-Request-ID", REQUEST_ID)
            .header("Authorization", client.bearer(Whom::HealthcareWorker))
            .body(Body::from(patient))
            .unwrap();
        client.send(Profile::Int, request).await
    };
    let created = create().await;
    assert_eq!(created.status, 201, "{}", created.json());
    let number = created.json()["id"].as_str().unwrap().to_owned();
    assert!(number.starts_with("999"), "{number}");
    assert_eq!(created.json(), read(&client, &number).await);
    assert_eq!(
        found(&client, "family=Newcomer&birthdate=1990-04-12").await,
        std::slice::from_ref(&number)
    );
    assert_eq!(kept(&client, &number).await["meta"]["tag"][0]["code"], "made-up");
    let again = create().await;
    assert_eq!(again.outcome_code().as_deref(), Some("SINGLE_MATCH"));
    assert!(
        again.json()["issue"][0]["diagnostics"]
            .as_str()
            .unwrap()
            .contains(&number)
    );
}

#[tokio::test]
async fn whoever_was_replaced_in_the_fhir_server_leads_to_who_replaced_them() {
    let client = Client::new();
    let mut patient = kept(&client, "9736363120").await;
    patient["link"] = json!([{ "type": "replaced-by", "other": { "reference": "Patient/9693632966" } }]);
    patient["active"] = false.into();
    client
        .put_record("Patient", "9736363120", &patient.to_string())
        .await;
    assert_eq!(read(&client, "9736363120").await["id"], "9693632966");
    assert!(
        found(&client, "family=Knapp&birthdate=1943-07-03")
            .await
            .is_empty()
    );
    patient.as_object_mut().unwrap().remove("link");
    client
        .put_record("Patient", "9736363120", &patient.to_string())
        .await;
    let seen = client.get(&format!("{PREFIX}/Patient/9736363120")).await;
    assert_eq!(seen.outcome_code().as_deref(), Some("INVALIDATED_RESOURCE"));
}

#[tokio::test]
async fn one_of_two_updates_of_one_version_is_refused() {
    let client = Client::new();
    let patches = json!([{ "op": "replace", "path": "/gender", "value": "male" }]);
    let first = patch(&client, "9000000009", 2, patches.clone()).await;
    let second = patch(&client, "9000000009", 2, patches).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 409));
}

#[tokio::test]
async fn a_failed_patch_changes_nothing() {
    let client = Client::new();
    let before = read(&client, "9000000009").await;
    let seen = patch(
        &client,
        "9000000009",
        2,
        json!([
            { "op": "replace", "path": "/gender", "value": "male" },
            { "op": "remove", "path": "/birthDate" },
        ]),
    )
    .await;
    assert_eq!(seen.outcome_code().as_deref(), Some("FORBIDDEN_UPDATE"));
    assert_eq!(read(&client, "9000000009").await, before);
}
