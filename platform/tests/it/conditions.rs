//! Another day than a good one: faults, the clock and scenarios, for apps, for programs outside and on the pages.

mod clock;
mod faults;
mod page;
mod scenarios;

use http::{Request, StatusCode};
use mock_nhs_interfaces::RateLimited;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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
