//! Scenarios: those that come with the program, and ones own.

use http::{Request, StatusCode};
use serde_json::json;
use time::macros::datetime;

use super::{WORKSPACE, add_fault, send, time_of};
use crate::TestResult;
use crate::server::Server;

#[tokio::test]
async fn every_scenario_that_comes_with_the_program_is_applied_and_cleared() -> TestResult {
    let server = Server::start().await?;
    let shipped = server.get("/api/v1/scenarios").await.json();
    let shipped = shipped["scenarios"].as_array().cloned().unwrap_or_default();
    assert!(shipped.len() >= 12, "{}", shipped.len());
    let own = add_fault(&server, json!({"fault": "slow=1", "nth": 9999}))
        .await
        .json()["id"]
        .clone();
    let scenario = format!("{WORKSPACE}/scenario");
    for listed in &shipped {
        let name = &listed["name"];
        let read = server
            .get(&format!(
                "/api/v1/scenarios/{}",
                name.as_str().unwrap_or_default()
            ))
            .await;
        assert_eq!(read.json(), *listed);
        let applied = send(&server, "PUT", &scenario, Some(json!({ "name": name }))).await;
        assert_eq!(applied.status, StatusCode::OK, "{name}: {}", applied.text());
        assert_eq!(
            server.get(&scenario).await.json()["scenario"]["title"],
            listed["title"]
        );
        let faults = server.get(&format!("{WORKSPACE}/faults")).await.json();
        let faults = faults["faults"].as_array().cloned().unwrap_or_default();
        assert_eq!(faults[0]["id"], own, "one's own stays");
        assert!(
            faults[1..].iter().all(|fault| fault["from_scenario"] == true),
            "{faults:?}"
        );
        let mode = server.get(&format!("{WORKSPACE}/clock")).await.json()["mode"].clone();
        assert!(faults.len() > 1 || mode != "real", "{name} changes something");
        // Whom it is about is there.
        if let Some(patient) = listed["patient"].as_str() {
            let address = format!("/w/demo/fhir/Patient/{patient}");
            let request = Request::get(address);
            let found = server.app.records.view(server.demo.id).await?;
            let kind = records::ResourceType::parse("Patient").ok_or("a type")?;
            assert!(found.read(kind, patient).is_some(), "{name}: {request:?}");
        }
    }
    let cleared = send(&server, "DELETE", &scenario, None).await;
    assert_eq!(cleared.status, StatusCode::NO_CONTENT);
    let faults = server.get(&format!("{WORKSPACE}/faults")).await.json();
    assert_eq!(faults["faults"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        server.get(&format!("{WORKSPACE}/clock")).await.json()["mode"],
        "real"
    );
    Ok(())
}

#[tokio::test]
async fn ones_own_scenario_is_applied_and_its_mistakes_have_a_line() -> TestResult {
    let server = Server::start().await?;
    let scenario = format!("{WORKSPACE}/scenario");
    send(
        &server,
        "PUT",
        &format!("{WORKSPACE}/clock"),
        Some(json!({"now": "2028-01-01T00:00:00Z", "stopped": true})),
    )
    .await;
    let toml = "title = \"Mine\"\ntrainer = \"Look.\"\n[clock]\nat = 2027-01-05T08:30:00Z\nstopped = true\n[[faults]]\nfault = \"status-503\"\ninterface = \"fhir\"\n";
    let applied = send(&server, "PUT", &scenario, Some(json!({ "toml": toml }))).await;
    assert_eq!(
        (applied.status, &applied.json()["title"]),
        (StatusCode::OK, &json!("Mine")),
        "{}",
        applied.text()
    );
    assert_eq!(
        server.get("/w/demo/fhir/Patient/9000000009").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    send(&server, "DELETE", &scenario, None).await;
    let clock = server.get(&format!("{WORKSPACE}/clock")).await.json();
    assert_eq!(
        time_of(&clock["now"]),
        datetime!(2028-01-01 00:00 UTC),
        "as it was set before"
    );
    assert_eq!(
        server.get("/w/demo/fhir/Patient/9000000009").await.status,
        StatusCode::OK
    );

    let wrong = toml.replace("\"fhir\"", "\"fire\"");
    let refused = send(&server, "PUT", &scenario, Some(json!({ "toml": wrong }))).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad-scenario".to_owned())
    );
    assert_eq!(refused.json()["line"], 8, "{}", refused.text());
    let unknown = send(&server, "PUT", &scenario, Some(json!({"name": "nothing"}))).await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (StatusCode::NOT_FOUND, "unknown-scenario".to_owned())
    );
    for wrong in [
        json!({}),
        json!({"name": "pds-is-slow", "toml": toml}),
        json!({"title": "x"}),
    ] {
        assert_eq!(
            send(&server, "PUT", &scenario, Some(wrong)).await.code(),
            "bad-body"
        );
    }
    Ok(())
}
