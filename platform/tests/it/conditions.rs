//! Another day than a good one: faults, the clock and scenarios, for apps, for programs outside and on the pages.

use std::sync::Arc;

use http::{Request, StatusCode};
use mock_nhs_interfaces::RateLimited;
use serde_json::{Value, json};
use store::FixedClock;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

use crate::TestResult;
use crate::server::{Answer, Server};

const WORKSPACE: &str = "/api/v1/workspaces/demo";
const PAGE: &str = "/w/demo/conditions";
const JANE: &str = "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient/9000000009";

async fn send(server: &Server, method: &str, address: &str, body: Option<Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(address);
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    server.ask(request, body).await
}

async fn add_fault(server: &Server, fault: Value) -> Answer {
    send(server, "POST", &format!("{WORKSPACE}/faults"), Some(fault)).await
}

async fn clear_faults(server: &Server) {
    let cleared = send(server, "DELETE", &format!("{WORKSPACE}/faults"), None).await;
    assert_eq!(cleared.status, StatusCode::NO_CONTENT);
}

/// Asks PDS for Jane Smith from outside.
async fn read_jane(server: &Server) -> Answer {
    let request = Request::get(JANE)
        .header("authorization", format!("Bearer {}", server.demo.access_token))
        .header("x-request-id", "60E0B220-8136-4CA5-AE46-1D97EF59D068");
    server.ask(request, "").await
}

async fn press(server: &Server, address: &str, form: &str) -> Answer {
    let request = Request::post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html");
    server.ask(request, form.to_owned()).await
}

fn time_of(text: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(text.as_str().unwrap_or_default(), &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

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

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one journey, told from its beginning to its end"
)]
async fn the_clock_is_set_moved_stopped_and_put_back_and_everything_obeys() -> TestResult {
    let real = Arc::new(FixedClock::new(datetime!(2026-11-26 12:00 UTC)));
    let server = Server::start_at(Arc::clone(&real)).await?;
    let clock = format!("{WORKSPACE}/clock");
    let read = server.get(&clock).await.json();
    assert_eq!(
        (&read["mode"], time_of(&read["now"])),
        (&json!("real"), datetime!(2026-11-26 12:00 UTC))
    );
    let set = send(
        &server,
        "PUT",
        &clock,
        Some(json!({"now": "2030-02-28T23:00:00Z"})),
    )
    .await
    .json();
    assert_eq!(set["mode"], "moved");
    real.advance(std::time::Duration::from_secs(60));
    let moved = send(
        &server,
        "POST",
        &format!("{clock}/advance"),
        Some(json!({"by": "1h"})),
    )
    .await
    .json();
    assert_eq!(time_of(&moved["now"]), datetime!(2030-03-01 00:01 UTC));
    assert_eq!(time_of(&moved["real_now"]), datetime!(2026-11-26 12:01 UTC));

    // Records, checkpoints and runs.
    let request = Request::post("/w/demo/fhir/Patient").header("content-type", "application/fhir+json");
    let made = server.ask(request, r#"{"resourceType":"Patient"}"#).await.json();
    assert_eq!(
        time_of(&made["meta"]["lastUpdated"]),
        datetime!(2030-03-01 00:01 UTC),
        "{made}"
    );
    let kept = send(
        &server,
        "PUT",
        &format!("{WORKSPACE}/checkpoints/later"),
        Some(json!({})),
    )
    .await
    .json();
    assert_eq!(time_of(&kept["made_at"]), datetime!(2030-03-01 00:01 UTC));
    server.deploy("lookup", examples::PATIENT_LOOKUP).await;
    let page = server.get("/w/demo/apps/lookup/").await;
    let run = page.headers["x-c4h-run"].to_str()?;
    let trace = server.get(&format!("{WORKSPACE}/runs/{run}")).await.json();
    assert_eq!(
        time_of(&trace["trace"]["started_at"]),
        datetime!(2030-03-01 00:01 UTC),
        "{trace}"
    );

    let stopped = send(
        &server,
        "PUT",
        &clock,
        Some(json!({"now": "1999-12-31T23:59:59+01:00", "stopped": true})),
    )
    .await
    .json();
    assert_eq!(stopped["mode"], "stopped");
    real.advance(std::time::Duration::from_secs(3_600));
    assert_eq!(
        time_of(&server.get(&clock).await.json()["now"]),
        datetime!(1999-12-31 22:59:59 UTC)
    );

    // A copy has the same clock, and a clock of its own from then on.
    send(
        &server,
        "POST",
        &format!("{WORKSPACE}/fork"),
        Some(json!({"name": "ward-7"})),
    )
    .await;
    let copy = "/api/v1/workspaces/ward-7/clock";
    assert_eq!(
        time_of(&server.get(copy).await.json()["now"]),
        datetime!(1999-12-31 22:59:59 UTC)
    );
    let back = send(&server, "DELETE", copy, None).await.json();
    assert_eq!(
        (&back["mode"], time_of(&back["now"])),
        (&json!("real"), datetime!(2026-11-26 13:01 UTC))
    );
    assert_eq!(server.get(&clock).await.json()["mode"], "stopped");

    for wrong in [
        json!({"now": "2030-01-01T00:00:00"}),
        json!({"now": "1900-01-01T00:00:00Z"}),
        json!({"now": "2500-01-01T00:00:00Z"}),
        json!({"then": "2030-01-01T00:00:00Z"}),
    ] {
        let refused = send(&server, "PUT", &clock, Some(wrong.clone())).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::UNPROCESSABLE_ENTITY, "bad-body".to_owned()),
            "{wrong}"
        );
    }
    for wrong in ["", "soon", "99999999w", "-100000000w"] {
        let refused = send(
            &server,
            "POST",
            &format!("{clock}/advance"),
            Some(json!({"by": wrong})),
        )
        .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    Ok(())
}

#[tokio::test]
async fn a_reset_puts_everything_back() -> TestResult {
    let server = Server::start().await?;
    add_fault(&server, json!({"fault": "slow=1"})).await;
    send(
        &server,
        "PUT",
        &format!("{WORKSPACE}/clock"),
        Some(json!({"now": "2030-01-01T00:00:00Z"})),
    )
    .await;
    send(
        &server,
        "PUT",
        &format!("{WORKSPACE}/scenario"),
        Some(json!({"name": "pds-is-slow"})),
    )
    .await;
    let reset = send(&server, "POST", &format!("{WORKSPACE}/reset"), None).await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT);
    assert_eq!(
        server.get(&format!("{WORKSPACE}/faults")).await.json()["faults"],
        json!([])
    );
    assert_eq!(
        server.get(&format!("{WORKSPACE}/clock")).await.json()["mode"],
        "real"
    );
    assert_eq!(
        server.get(&format!("{WORKSPACE}/scenario")).await.json(),
        json!({})
    );
    Ok(())
}

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

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one journey, told from its beginning to its end"
)]
async fn the_page_changes_everything_without_scripts() -> TestResult {
    let server = Server::start().await?;
    let back = |answer: &Answer, anchor: &str| {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        assert_eq!(answer.headers["location"], format!("{PAGE}#{anchor}"));
    };
    assert!(
        server
            .get("/w/demo")
            .await
            .text()
            .contains("Everything works, and it is today.")
    );
    back(
        &press(
            &server,
            &format!("{PAGE}/clock"),
            "action=set&date=2028-10-21&time=23:30&stopped=yes",
        )
        .await,
        "clock",
    );
    assert!(
        server
            .get(PAGE)
            .await
            .text()
            .contains("21 October 2028 at 11:30pm")
    );
    back(
        &press(&server, &format!("{PAGE}/clock"), "action=advance&by=1h").await,
        "clock",
    );
    back(
        &press(
            &server,
            &format!("{PAGE}/faults"),
            "kind=slow&value=20&interface=pds&patient=9000000009&nth=3",
        )
        .await,
        "faults",
    );
    back(
        &press(&server, &format!("{PAGE}/scenario"), "scenario=wrong-person").await,
        "scenario-now",
    );
    let page = server.get(PAGE).await.text();
    assert!(
        page.contains("22 October 2028 at 12:30am") && page.contains("slow=20"),
        "{page}"
    );
    assert!(page.contains("End this scenario") && page.contains("The wrong person comes back"));
    let told = server.get("/w/demo").await.text();
    assert!(
        told.contains("2 faults") && told.contains("The clock stands still"),
        "{told}"
    );
    back(
        &press(&server, &format!("{PAGE}/scenario/clear"), "").await,
        "scenario-now",
    );
    back(
        &press(&server, &format!("{PAGE}/faults/1/remove"), "").await,
        "faults",
    );
    back(
        &press(&server, &format!("{PAGE}/faults/1/remove"), "").await,
        "faults",
    );
    back(
        &press(&server, &format!("{PAGE}/faults/clear"), "").await,
        "faults",
    );
    back(
        &press(&server, &format!("{PAGE}/clock"), "action=real").await,
        "clock",
    );
    assert!(
        server
            .get("/w/demo")
            .await
            .text()
            .contains("Everything works, and it is today.")
    );

    for (form, sent, field) in [
        ("clock", "action=set&date=soon&time=08:30", "date"),
        ("clock", "action=set&date=2027-01-05&time=25:00", "time"),
        ("clock", "action=advance&by=soon", "by"),
        ("faults", "kind=slow&value=%22%3E%3Cscript%3E", "value"),
        ("faults", "kind=slow&nth=first", "nth"),
        ("faults", "kind=slow&patient=9000000000", "patient"),
        ("faults", "kind=slwo", "kind"),
        ("scenario", "scenario=nothing", "scenario"),
        ("scenario", "toml=title+%3D+1", "toml"),
    ] {
        let refused = press(&server, &format!("{PAGE}/{form}"), sent).await;
        assert!(
            refused.status.is_client_error() || refused.status == StatusCode::UNPROCESSABLE_ENTITY,
            "{sent}"
        );
        let page = refused.text();
        assert!(page.contains("<title>Error: "), "{sent}: {page}");
        assert!(
            page.contains(&format!("href=\"#{field}\"")) && page.contains(&format!("id=\"{field}-error\"")),
            "{sent}: {page}"
        );
        assert!(!page.contains("<script>"), "{sent}");
    }
    Ok(())
}

#[tokio::test]
async fn nobody_is_limited_where_limits_are_off_and_everybody_where_they_are_on() -> TestResult {
    let server = Server::start().await?;
    for _ in 0..20 {
        assert_eq!(read_jane(&server).await.status, StatusCode::OK);
    }
    server.app.nhs.limit_rates(RateLimited::Everybody);
    let mut last = read_jane(&server).await;
    for _ in 0..200 {
        if last.status != StatusCode::OK {
            break;
        }
        last = read_jane(&server).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.headers["x-c4h-hint"].to_str()?.contains("--rate-limits off"));
    Ok(())
}
