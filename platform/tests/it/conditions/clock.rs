//! A workspace's clock, and the reset.

use std::sync::Arc;

use http::{Request, StatusCode};
use serde_json::json;
use store::FixedClock;
use time::macros::datetime;

use super::{WORKSPACE, add_fault, send, time_of};
use crate::TestResult;
use crate::server::Server;

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
