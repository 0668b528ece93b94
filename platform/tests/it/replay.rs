//! A run once more: exactly, with one answer made bad, on another version; from the API and from the pages.

#![expect(
    clippy::indexing_slicing,
    reason = "a missing header or field is a failed test"
)]

use http::{Request, StatusCode};
use sandbox_runtime::FaultName;
use serde_json::{Value, json};

use crate::TestResult;
use crate::server::{Answer, Server};

const APP: &str = "/api/v1/workspaces/demo/apps/lookup";
const PAGE: &str = "/w/demo/app/lookup";

/// A server with one app that has looked one patient up, and the run's id.
async fn looked_up() -> Result<(Server, String), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let deployed = server.deploy("lookup", examples::PATIENT_LOOKUP).await;
    assert_eq!(deployed.status, StatusCode::CREATED, "{}", deployed.text());
    let page = server.get("/w/demo/apps/lookup/?nhs=9000000009").await;
    let run = page.headers["x-c4h-run"].to_str()?.to_owned();
    Ok((server, run))
}

async fn replay(server: &Server, run: &str, order: &str) -> Answer {
    let request =
        Request::post(format!("{APP}/traces/{run}/replay")).header("content-type", "application/json");
    server.ask(request, order.to_owned()).await
}

async fn press(server: &Server, address: &str, form: &str) -> Answer {
    let request = Request::post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html");
    server.ask(request, form.to_owned()).await
}

#[tokio::test]
async fn a_run_is_repeated_exactly_and_kept_as_a_run_of_its_own() -> TestResult {
    let (server, run) = looked_up().await?;
    let first = server.get(&format!("{APP}/traces/{run}")).await.json();
    assert_eq!(first["tape"], json!({"whole": true, "reason": null}));
    for _ in 0..3 {
        let again = replay(&server, &run, "").await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.text());
        let again = again.json();
        assert_eq!(again["comparison"]["same"], true, "{}", again["comparison"]);
        assert_eq!(again["run"]["replay_of"], Value::from(run.clone()));
        assert_eq!(
            again["run"]["trace"]["response"]["body"],
            first["trace"]["response"]["body"]
        );
        let id = again["run"]["run"].as_str().unwrap_or_default();
        let kept = server
            .get(&format!("/api/v1/workspaces/demo/runs/{id}"))
            .await
            .json();
        assert_eq!(
            (&kept["kind"], &kept["app"]),
            (&json!("replay"), &json!("lookup"))
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_fault_changes_one_answer_and_the_difference_says_so() -> TestResult {
    let (server, run) = looked_up().await?;
    for fault in FaultName::ALL {
        let order = json!({"fault": fault.name(), "call": 1}).to_string();
        let bad = replay(&server, &run, &order).await;
        assert_eq!(bad.status, StatusCode::OK, "{}", bad.text());
        let bad = bad.json();
        assert_eq!(bad["comparison"]["same"], false, "{fault}: {}", bad["comparison"]);
        let told = &bad["run"]["trace"]["calls"][0]["fault"];
        assert_eq!(*told, fault.sentence(), "{}", bad["run"]["trace"]["calls"]);
        // The app tells people something else, except that a late answer is as good as another.
        let answer = bad["comparison"]["answer"].as_array().map_or(0, Vec::len);
        assert_eq!(
            answer == 0,
            *fault == FaultName::Slow,
            "{fault}: {}",
            bad["comparison"]
        );
        assert_eq!(bad["run"]["replay_notes"], json!([]));
    }
    Ok(())
}

#[tokio::test]
async fn another_version_runs_on_the_same_tape() -> TestResult {
    let (server, run) = looked_up().await?;
    let second = server.deploy("lookup", examples::PATIENT_LOOKUP).await;
    assert_eq!(second.json()["number"], 2);
    let against = replay(&server, &run, r#"{"against": 2}"#).await.json();
    assert_eq!(
        (&against["run"]["version"], &against["comparison"]["same"]),
        (&json!(2), &json!(true))
    );
    // One that asks nobody and says something else.
    server.deploy("lookup", examples::HELLO).await;
    let against = replay(&server, &run, r#"{"against": 3}"#).await.json();
    let comparison = &against["comparison"];
    assert_eq!(comparison["same"], false);
    assert_eq!(comparison["calls"][0]["change"], "missing", "{comparison}");
    assert!(
        comparison["answer"]
            .as_array()
            .is_some_and(|answer| !answer.is_empty()),
        "{comparison}"
    );
    let unmet = replay(&server, &run, r#"{"against": 3, "fault": "slow"}"#)
        .await
        .json();
    let notes = unmet["run"]["replay_notes"].to_string();
    assert!(notes.contains("met no call"), "{notes}");
    Ok(())
}

#[tokio::test]
async fn a_fault_needs_a_call_that_was_answered() -> TestResult {
    let server = Server::start().await?;
    server.deploy("lookup", examples::HELLO).await;
    let page = server.get("/w/demo/apps/lookup/").await;
    let run = page.headers["x-c4h-run"].to_str()?;
    let refused = replay(&server, run, r#"{"fault": "slow"}"#).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad-query")
    );
    assert!(
        refused.text().contains("no answer to make bad"),
        "{}",
        refused.text()
    );
    Ok(())
}

#[tokio::test]
async fn cookies_and_keys_are_not_recorded_and_the_repetition_says_so() -> TestResult {
    let (server, _) = looked_up().await?;
    let request = Request::get("/w/demo/apps/lookup/?nhs=9000000009").header("x-api-key", "key-of-somebody");
    let page = server.ask(request, String::new()).await;
    let run = page.headers["x-c4h-run"].to_str()?;
    let again = replay(&server, run, "").await;
    assert!(!again.text().contains("key-of-somebody"));
    let again = again.json();
    let notes = again["run"]["replay_notes"].to_string();
    assert!(notes.contains("x-api-key"), "{notes}");
    let id = again["run"]["run"].as_str().unwrap_or_default();
    let page = server.get(&format!("{PAGE}/runs/{id}/comparison")).await.text();
    assert!(
        page.contains("Not everything was as it was then") && page.contains("x-api-key"),
        "{page}"
    );
    Ok(())
}

#[tokio::test]
async fn a_run_is_a_step_of_the_callers_story() -> TestResult {
    let (server, _) = looked_up().await?;
    let story = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = Request::get("/w/demo/apps/lookup/?nhs=9000000009")
        .header("traceparent", format!("00-{story}-00f067aa0ba902b7-01"))
        .header("tracestate", "vendor=1");
    let page = server.ask(request, String::new()).await;
    let run = page.headers["x-c4h-run"].to_str()?;
    let trace = server.get(&format!("{APP}/traces/{run}")).await.json();
    let trace = &trace["trace"];
    assert_eq!(
        (&trace["trace_id"], &trace["parent_span_id"]),
        (&json!(story), &json!("00f067aa0ba902b7"))
    );
    let otlp = server
        .get(&format!("{APP}/traces/{run}?format=otlp"))
        .await
        .json();
    let spans = &otlp["resourceSpans"][0]["scopeSpans"][0]["spans"];
    for span in [&spans[0], &spans[1]] {
        assert_eq!(
            (&span["traceId"], &span["traceState"]),
            (&json!(story), &json!("vendor=1"))
        );
    }
    assert_eq!(spans[1]["parentSpanId"], trace["span_id"]);
    let sent = trace["calls"][0]["request_headers"].to_string();
    assert!(sent.contains(story), "{sent}");
    // What is not valid begins a story of its own.
    let request = Request::get("/w/demo/apps/lookup/?nhs=9000000009")
        .header("traceparent", format!("00-{story}-0000000000000000-01"));
    let page = server.ask(request, String::new()).await;
    let run = page.headers["x-c4h-run"].to_str()?;
    let trace = server.get(&format!("{APP}/traces/{run}")).await.json();
    assert!(
        trace["trace"]["trace_id"] != story && trace["trace"]["parent_span_id"].is_null(),
        "{trace}"
    );
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_repeated_is_refused_with_the_reason() -> TestResult {
    let (server, run) = looked_up().await?;
    for (run, order, status, code) in [
        (
            run.as_str(),
            r#"{"against": 9}"#,
            StatusCode::NOT_FOUND,
            "unknown-version",
        ),
        (
            run.as_str(),
            r#"{"fault": "slwo"}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-query",
        ),
        (
            run.as_str(),
            r#"{"call": 1}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-query",
        ),
        (
            run.as_str(),
            r#"{"fault": "slow", "call": 7}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-query",
        ),
        (
            run.as_str(),
            r#"{"with": 1}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-query",
        ),
        ("0000000000000000", "", StatusCode::NOT_FOUND, "unknown-run"),
    ] {
        let refused = replay(&server, run, order).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (status, code),
            "{order}: {}",
            refused.text()
        );
    }
    // A repetition has no tape of its own.
    let again = replay(&server, &run, "{}").await.json();
    let id = again["run"]["run"].as_str().unwrap_or_default().to_owned();
    let refused = replay(&server, &id, "").await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::CONFLICT, "not-repeatable")
    );
    Ok(())
}

#[tokio::test]
async fn the_pages_repeat_a_run_and_tell_the_difference() -> TestResult {
    let (server, run) = looked_up().await?;
    let page = server.get(&format!("{PAGE}/runs/{run}")).await.text();
    for words in [
        "What happened",
        "The app was asked for the page /?nhs=9000000009.",
        "PDS answered after",
        "Replay this run",
        "What should go wrong?",
        "The answer comes three seconds late.",
        "?format=har",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let same = press(&server, &format!("{PAGE}/runs/{run}/replay"), "").await;
    assert_eq!(same.status, StatusCode::SEE_OTHER, "{}", same.text());
    let same = server.get(same.headers["location"].to_str()?).await;
    assert!(same.text().contains("The same happened again"), "{}", same.text());
    let bad = press(
        &server,
        &format!("{PAGE}/runs/{run}/replay"),
        "how=fault&fault=status-503&call=1",
    )
    .await;
    let comparison = bad.headers["location"].to_str()?.to_owned();
    let bad = server.get(&comparison).await;
    assert_eq!(bad.status, StatusCode::OK);
    let bad = bad.text();
    for words in [
        "Something different happened",
        "One answer was made bad on purpose",
        // What people see of the page, and not how it is written.
        ">page, line ",
        ">Call 1: GET https://int.api.service.nhs.uk/",
    ] {
        assert!(bad.contains(words), "{words}\n{bad}");
    }
    for noise in ["&lt;dl", "&#60;", "`", "body of the answer"] {
        assert!(!bad.contains(noise), "{noise}\n{bad}");
    }
    let repetition = server
        .get(comparison.trim_end_matches("/comparison"))
        .await
        .text();
    for words in [
        "This run is a repetition itself.",
        "one of them made bad on purpose",
    ] {
        assert!(repetition.contains(words), "{words}\n{repetition}");
    }
    let nothing = press(&server, &format!("{PAGE}/runs/{run}/replay"), "how=fault").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        nothing.text().contains("<title>Error: ") && nothing.text().contains("Choose what should go wrong")
    );
    let nowhere = server.get(&format!("{PAGE}/runs/{run}/comparison")).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND, "it repeats nothing");
    Ok(())
}

#[tokio::test]
async fn other_programs_read_the_traces() -> TestResult {
    let (server, run) = looked_up().await?;
    for below in [format!("traces/{run}?"), "traces?limit=5&".to_owned()] {
        let har = server.get(&format!("{APP}/{below}format=har")).await;
        assert_eq!(har.json()["log"]["version"], "1.2", "{}", har.text());
        assert!(har.headers["content-disposition"].to_str()?.ends_with(".har\""));
        let otlp = server.get(&format!("{APP}/{below}format=otlp")).await.json();
        assert!(otlp["resourceSpans"].is_array(), "{otlp}");
    }
    let unknown = server.get(&format!("{APP}/traces?format=xml")).await;
    assert_eq!(unknown.code(), "bad-query");
    Ok(())
}

#[tokio::test]
async fn the_page_of_an_app_changes_the_version_after_asking() -> TestResult {
    let (server, _) = looked_up().await?;
    server.deploy("lookup", examples::PATIENT_LOOKUP).await;
    let page = server.get(PAGE).await.text();
    assert!(page.contains("/w/demo/apps/lookup--v1/") && page.contains(&format!("{PAGE}/versions/1")));
    let asks = server.get(&format!("{PAGE}/versions/1")).await.text();
    assert!(asks.contains("Use version 1 of Lookup?"), "{asks}");
    let changed = press(&server, &format!("{PAGE}/versions/1"), "").await;
    assert_eq!(changed.headers["location"], format!("{PAGE}?used=1"));
    let told = server.get(&format!("{PAGE}?used=1")).await.text();
    assert!(told.contains("Version 1 answers requests from now on."));
    assert_eq!(server.get(APP).await.json()["current_version"], 1);
    assert_eq!(
        server.get(&format!("{PAGE}/versions/9")).await.status,
        StatusCode::NOT_FOUND
    );
    Ok(())
}
