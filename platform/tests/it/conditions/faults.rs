//! Faults of interfaces, for apps and for programs outside.

use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{JANE, WORKSPACE, add_fault, clear_faults, read_jane, send};
use crate::TestResult;
use crate::server::Server;

#[tokio::test]
async fn an_app_meets_every_kind_of_fault_and_its_trace_says_which() -> TestResult {
    let server = Server::start().await?;
    let deployed = server.deploy("lookup", examples::PATIENT_LOOKUP).await;
    assert_eq!(deployed.status, StatusCode::CREATED, "{}", deployed.text());
    for (fault, status, refused, body) in [
        ("slow=30", json!(200), None, None),
        ("status-503", json!(503), None, Some("SERVICE_UNAVAILABLE")),
        (
            "status-429=spike",
            json!(429),
            None,
            Some("Your application, lookup, has created a spike"),
        ),
        ("expired-token", json!(401), None, Some("Access Token expired")),
        (
            "status-404=INVALIDATED_RESOURCE",
            json!(404),
            None,
            Some("INVALIDATED_RESOURCE"),
        ),
        ("timeout=30", Value::Null, Some("No answer came in time."), None),
        ("refused", Value::Null, Some("The connection was refused."), None),
        ("malformed-json", json!(200), None, None),
        ("truncated", json!(200), None, None),
        ("empty", json!(200), None, None),
        ("drip=60", json!(200), None, None),
        ("wrong-person", json!(200), None, Some("9000000017")),
    ] {
        let added = add_fault(&server, json!({"fault": fault, "interface": "pds"})).await;
        assert_eq!(added.status, StatusCode::CREATED, "{fault}: {}", added.text());
        let page = server.get("/w/demo/apps/lookup/?nhs=9000000009").await;
        assert!(
            page.status.is_success() || page.status.is_server_error(),
            "{fault}: {}",
            page.status
        );
        let run = page.headers["x-c4h-run"].to_str()?;
        let trace = server.get(&format!("{WORKSPACE}/runs/{run}")).await.json();
        let call = &trace["trace"]["calls"][0];
        assert!(
            call["fault"].as_str().is_some_and(|told| told.ends_with('.')),
            "{fault}: {call}"
        );
        assert_eq!(call["status"], status, "{fault}: {call}");
        if let Some(words) = refused {
            assert_eq!(call["refused"], words, "{fault}");
        }
        if let Some(words) = body {
            assert!(
                call["response_body"]["text"].to_string().contains(words),
                "{fault}: {call}"
            );
        }
        clear_faults(&server).await;
    }
    let page = server.get("/w/demo/apps/lookup/?nhs=9000000009").await;
    assert!(page.text().contains("Smith") || page.text().contains("SMITH"));
    let run = page.headers["x-c4h-run"].to_str()?;
    let trace = server.get(&format!("{WORKSPACE}/runs/{run}")).await.json();
    assert_eq!(trace["trace"]["calls"][0]["fault"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn what_a_fault_did_is_the_same_when_the_run_is_repeated() -> TestResult {
    let server = Server::start().await?;
    server.deploy("lookup", examples::PATIENT_LOOKUP).await;
    for fault in ["timeout=30", "refused", "truncated", "status-503"] {
        add_fault(&server, json!({"fault": fault})).await;
        let page = server.get("/w/demo/apps/lookup/?nhs=9000000009").await;
        let run = page.headers["x-c4h-run"].to_str()?.to_owned();
        clear_faults(&server).await;
        let replay = format!("{WORKSPACE}/apps/lookup/traces/{run}/replay");
        let again = send(&server, "POST", &replay, Some(json!({}))).await;
        assert_eq!(again.status, StatusCode::OK, "{fault}: {}", again.text());
        assert_eq!(
            again.json()["comparison"]["same"],
            true,
            "{fault}: {}",
            again.json()["comparison"]
        );
    }
    Ok(())
}

#[tokio::test]
async fn faults_are_listed_counted_and_taken_away() -> TestResult {
    let server = Server::start().await?;
    let first = add_fault(
        &server,
        json!({"fault": "status-500", "interface": "pds", "operation": "read_patient", "nth": 2}),
    )
    .await;
    assert_eq!(first.headers["location"], format!("{WORKSPACE}/faults/1"));
    add_fault(&server, json!({"fault": "slow=1", "patient": "900 000 0009"})).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(read_jane(&server).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 500, 200]);
    let list = server.get(&format!("{WORKSPACE}/faults")).await.json();
    assert_eq!(list["faults"][0]["requests"], 3, "{list}");
    assert_eq!(
        list["faults"][0]["when"],
        "pds, read_patient; request number 2 only"
    );
    assert_eq!(list["faults"][1]["rule"]["patient"], "900 000 0009");
    let gone = send(&server, "DELETE", &format!("{WORKSPACE}/faults/1"), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    for missing in ["1", "99", "x"] {
        let gone = send(&server, "DELETE", &format!("{WORKSPACE}/faults/{missing}"), None).await;
        assert_eq!(
            (gone.status, gone.code()),
            (StatusCode::NOT_FOUND, "unknown-fault".to_owned())
        );
    }
    for wrong in [
        json!({"fault": "slwo"}),
        json!({"fault": "slow", "interface": "psd"}),
        json!({"fault": "slow", "where": "pds"}),
        json!({}),
    ] {
        let refused = add_fault(&server, wrong.clone()).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::UNPROCESSABLE_ENTITY, "bad-body".to_owned()),
            "{wrong}"
        );
    }
    for _ in 1..50 {
        assert_eq!(
            add_fault(&server, json!({"fault": "slow=1", "nth": 9999}))
                .await
                .status,
            StatusCode::CREATED
        );
    }
    assert_eq!(
        add_fault(&server, json!({"fault": "slow=1"})).await.code(),
        "limit-faults"
    );
    Ok(())
}

#[tokio::test]
async fn outside_the_answer_says_which_fault_it_was() -> TestResult {
    let server = Server::start().await?;
    add_fault(&server, json!({"fault": "status-503", "interface": "pds"})).await;
    let answer = read_jane(&server).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers["x-c4h-fault"], "status-503");
    assert_eq!(answer.headers["retry-after"], "5");
    // Another workspace is another day.
    let made = send(
        &server,
        "POST",
        "/api/v1/workspaces",
        Some(json!({"name": "ward-7"})),
    )
    .await
    .json();
    let request = Request::get(JANE.replace("/w/demo/", "/w/ward-7/"))
        .header(
            "authorization",
            format!("Bearer {}", made["access_token"].as_str().unwrap_or_default()),
        )
        .header("x-request-id", "60E0B220-8136-4CA5-AE46-1D97EF59D068");
    assert_eq!(server.ask(request, "").await.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn the_fhir_server_has_faults_too_and_a_change_in_between_is_a_real_one() -> TestResult {
    let server = Server::start().await?;
    let patient = "/w/demo/fhir/Patient/9000000009";
    let header = Request::get(patient).header("x-c4h-fault", "status-503");
    let answer = server.ask(header, "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["resourceType"], "OperationOutcome");
    let wrong = Request::get(patient).header("x-c4h-fault", "nonsense");
    assert!(server.ask(wrong, "").await.text().contains("malformed-json"));

    add_fault(
        &server,
        json!({"fault": "changed-meanwhile", "interface": "fhir", "operation": "update", "times": 1}),
    )
    .await;
    let read = server.get(patient).await;
    let tag = read.headers["etag"].clone();
    let put = || {
        Request::put(patient)
            .header("content-type", "application/fhir+json")
            .header("if-match", tag.clone())
    };
    let late = server.ask(put(), read.body.clone()).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text());
    assert_eq!(late.headers["x-c4h-fault"], "changed-meanwhile");
    let now = server.get(patient).await;
    assert_ne!(now.headers["etag"], tag, "somebody else's version is there");
    let put = Request::put(patient)
        .header("content-type", "application/fhir+json")
        .header("if-match", now.headers["etag"].clone());
    assert_eq!(
        server.ask(put, now.body.clone()).await.status,
        StatusCode::OK,
        "once only"
    );
    Ok(())
}
