//! What a token's scopes let its holder do.

use mock_nhs_interfaces::auth::ClientType;
use serde_json::{Value, json};

use super::setup::{Smart, smart};

impl Smart {
    async fn status(&self, path: &str, token: &str) -> u16 {
        self.get(path, Some(token)).await.status.as_u16()
    }
}

fn observation(patient: &str) -> Value {
    json!({
        "resourceType": "Observation", "status": "final", "code": { "text": "Mood" },
        "subject": { "reference": format!("Patient/{patient}") },
    })
}

#[tokio::test]
async fn without_a_token_the_server_stays_open() {
    let smart = smart(ClientType::Public).await;
    for token in [None, Some("anything"), Some(crate::client::TOKEN)] {
        assert_eq!(smart.get("/Patient?_count=1", token).await.status.as_u16(), 200);
    }
    assert_eq!(smart.status("/Patient?_count=1", "smart-unknown").await, 401);
}

#[tokio::test]
async fn patient_scopes_reach_one_patient() {
    let smart = smart(ClientType::Public).await;
    let [own, other] = smart.patients.clone();
    let token = smart.token("launch patient/*.rs").await;
    assert_eq!(smart.status(&format!("/Patient/{own}"), &token).await, 200);
    assert_eq!(smart.status(&format!("/Patient/{other}"), &token).await, 404);
    let own_observation = smart
        .ids(&format!("/Observation?subject=Patient/{own}&_count=1"), "/id")
        .await;
    let other_observation = smart
        .ids(&format!("/Observation?subject=Patient/{other}&_count=1"), "/id")
        .await;
    assert_eq!(
        smart
            .status(&format!("/Observation/{}", own_observation[0]), &token)
            .await,
        200
    );
    assert_eq!(
        smart
            .status(&format!("/Observation/{}", other_observation[0]), &token)
            .await,
        404
    );
    for path in [
        "/Observation?_count=200".to_owned(),
        format!("/Observation?patient={other}"),
    ] {
        let bundle = smart.get(&path, Some(&token)).await.json();
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        assert_eq!(entries.is_empty(), path.contains("patient="), "{path}");
        for entry in entries {
            assert_eq!(
                entry["resource"]["subject"]["reference"],
                format!("Patient/{own}"),
                "{path}"
            );
        }
    }
    let patients = smart.get("/Patient", Some(&token)).await.json();
    assert_eq!(
        (&patients["total"], &patients["entry"][0]["resource"]["id"]),
        (&1.into(), &own.clone().into())
    );
    // What belongs to nobody can be read, what is about all cannot.
    assert_eq!(
        smart
            .status(&format!("/Practitioner/{}", smart.practitioner), &token)
            .await,
        200
    );
    for path in [
        "/",
        "/_history",
        "/Observation/_history",
        &format!("/Patient/{other}/Observation"),
        &format!("/Patient/{other}/$everything"),
    ] {
        let status = smart.status(path, &token).await;
        assert!(status == 403 || status == 404, "{path}: {status}");
    }
    assert_eq!(
        smart.status(&format!("/Patient/{own}/Observation"), &token).await,
        200
    );
    assert_eq!(
        smart.status(&format!("/Patient/{own}/$everything"), &token).await,
        200
    );
}

#[tokio::test]
async fn scopes_of_both_versions_are_held_to() {
    let smart = smart(ClientType::Public).await;
    let own = smart.patients[0].clone();
    let id = smart
        .ids(&format!("/Observation?subject=Patient/{own}&_count=1"), "/id")
        .await[0]
        .clone();
    for (scope, read, search, create) in [
        ("patient/Observation.read", 200, 200, 403),
        ("patient/Observation.rs", 200, 200, 403),
        ("patient/Observation.r", 200, 403, 403),
        ("patient/Observation.s", 403, 200, 403),
        ("patient/Observation.write", 403, 403, 201),
        ("patient/Observation.c", 403, 403, 201),
        ("patient/Observation.*", 200, 200, 201),
        ("patient/Condition.cruds", 403, 403, 403),
        ("user/*.cruds", 200, 200, 201),
    ] {
        let token = smart.token(&format!("launch {scope}")).await;
        assert_eq!(
            smart.status(&format!("/Observation/{id}"), &token).await,
            read,
            "{scope}"
        );
        assert_eq!(
            smart.status("/Observation?code=x", &token).await,
            search,
            "{scope}"
        );
        let made = smart
            .write("POST", "/Observation", &token, &observation(&own))
            .await;
        assert_eq!(made, create, "{scope}");
    }
}

#[tokio::test]
async fn patient_scopes_write_for_one_patient() {
    let smart = smart(ClientType::Public).await;
    let [own, other] = smart.patients.clone();
    let token = smart.token("launch patient/Observation.cruds").await;
    let write = async |method: &str, path: &str, body: &Value| smart.write(method, path, &token, body).await;
    assert_eq!(write("POST", "/Observation", &observation(&own)).await, 201);
    assert_eq!(write("POST", "/Observation", &observation(&other)).await, 403);
    assert_eq!(
        write("POST", "/Observation", &json!({ "resourceType": "Observation" })).await,
        403
    );
    let mut both = observation(&own);
    both["performer"] = json!([{ "reference": format!("Patient/{other}") }]);
    assert_eq!(write("POST", "/Observation", &both).await, 403);
    let other_id = smart
        .ids(&format!("/Observation?subject=Patient/{other}&_count=1"), "/id")
        .await[0]
        .clone();
    let mut stolen = observation(&own);
    stolen["id"] = other_id.clone().into();
    assert_eq!(
        write("PUT", &format!("/Observation/{other_id}"), &stolen).await,
        404
    );
    assert_eq!(
        write("DELETE", &format!("/Observation/{other_id}"), &json!({})).await,
        404
    );
    let own_id = smart
        .ids(&format!("/Observation?subject=Patient/{own}&_count=1"), "/id")
        .await[0]
        .clone();
    let mut given_away = observation(&other);
    given_away["id"] = own_id.clone().into();
    assert_eq!(
        write("PUT", &format!("/Observation/{own_id}"), &given_away).await,
        403
    );
    let bundle = json!({ "resourceType": "Bundle", "type": "batch", "entry": [] });
    assert_eq!(write("POST", "/", &bundle).await, 403);
}

#[tokio::test]
async fn nothing_is_brought_along_that_the_scopes_do_not_name() {
    let smart = smart(ClientType::Public).await;
    let narrow = smart.token("launch patient/Observation.rs").await;
    let wide = smart.token("launch patient/*.rs").await;
    for (query, expected) in [
        ("_include=Observation:subject", 403),
        ("_include=Observation:subject:Patient", 403),
        ("_revinclude=Provenance:target", 403),
        ("_include=Observation:has-member:Observation", 200),
    ] {
        let path = format!("/Observation?_count=1&{query}");
        assert_eq!(smart.status(&path, &narrow).await, expected, "{query}");
        assert_eq!(smart.status(&path, &wide).await, 200, "{query}");
    }
}
