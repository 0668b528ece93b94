//! The inbox: what people were sent through NHS Notify.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, StatusCode};
use serde_json::json;
use store::FixedClock;
use time::macros::datetime;

use crate::TestResult;
use crate::server::Server;

async fn send(server: &Server, reference: &str, nhs_number: &str, body: &str) {
    let message = json!({ "data": { "type": "Message", "attributes": {
        "routingPlanId": "00000000-0000-0000-0000-000000000001",
        "messageReference": reference,
        "recipient": { "nhsNumber": nhs_number },
        "personalisation": { "body": body },
    } } });
    let request = Request::post("/w/demo/nhs/int/comms/v1/messages")
        .header("authorization", format!("Bearer {}", server.demo.access_token))
        .header("content-type", "application/vnd.api+json");
    let sent = server.ask(request, message.to_string()).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{sent:?}");
}

#[tokio::test]
async fn what_people_were_sent_is_read_with_what_became_of_it() -> TestResult {
    let clock = Arc::new(FixedClock::new(datetime!(2026-11-26 12:00 UTC)));
    let server = Server::start_at(Arc::clone(&clock)).await?;
    let inbox = async || server.get("/w/demo/messages").await.text();
    let empty = inbox().await;
    assert!(empty.contains("Nothing was sent yet.") && !empty.contains("c4h-letters"));

    // Other communications of the records are no messages of Notify.
    let other = json!({ "resourceType": "Communication", "status": "completed", "payload": [{ "contentString": "By hand" }] });
    let request = Request::post("/w/demo/fhir/Communication").header("content-type", "application/fhir+json");
    assert_eq!(
        server.ask(request, other.to_string()).await.status,
        StatusCode::CREATED
    );
    send(
        &server,
        "first",
        "9999100104",
        "Results <b>are</b> back.\nPlease call.",
    )
    .await;
    clock.advance(Duration::from_secs(5));
    // She has died, says the Personal Demographics Service.
    send(&server, "second", "9000000009", "Happy birthday!").await;

    let page = inbox().await;
    assert!(page.contains("2 messages, the newest first."), "{page}");
    assert!(!page.contains("By hand"));
    let (failed, sent) = (page.find("Happy birthday!"), page.find("Results &#60;b&#62;are"));
    assert!(failed.is_some() && failed < sent, "{page}");
    assert!(
        page.contains("On its way") && page.contains("Not delivered"),
        "{page}"
    );
    assert!(page.contains("Patient is deceased"), "{page}");
    assert!(page.contains("<a href=\"/w/demo/people/9999100104\">"), "{page}");
    assert!(page.contains("By the NHS App"), "{page}");

    clock.advance(Duration::from_secs(60));
    let page = inbox().await;
    assert!(
        page.contains("Delivered") && !page.contains("On its way"),
        "{page}"
    );
    assert_eq!(
        server.get("/w/nobody/messages").await.status,
        StatusCode::NOT_FOUND
    );
    Ok(())
}
