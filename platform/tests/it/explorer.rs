//! The explorer without a browser: its forms as they stand are sent, and the answers are read on the pages.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, StatusCode};
use store::FixedClock;
use time::macros::datetime;

use crate::TestResult;
use crate::forms::{Pairs, fields, fill, follow, send};
use crate::server::Server;

const FORM: &str = "id=\"form\"";
const READ: &str = "/w/demo/interfaces/pds/read_patient";

async fn form(server: &Server, address: &str) -> Pairs {
    let page = server.get(address).await;
    assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text());
    fields(&page.text(), FORM)
}

/// Sends the form of the page as it stands, with changes; answers the page with the answer.
async fn asked(server: &Server, address: &str, changes: &[(&str, &str)]) -> String {
    let mut pairs = form(server, address).await;
    for (name, value) in changes {
        fill(&mut pairs, name, value);
    }
    let place = address.split('?').next().unwrap_or_default();
    let sent = send(server, place, &pairs).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{address}: {}", sent.text());
    follow(server, &sent).await.text()
}

/// The status in the answer's head.
fn status(page: &str) -> u16 {
    let rest = page.split("c4h-answer__facts").nth(1).unwrap_or_default();
    let tag = rest.split('>').nth(2).unwrap_or_default();
    tag.get(..3)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default()
}

#[tokio::test]
async fn every_example_of_every_operation_is_answered_as_it_says() -> TestResult {
    // A day on which the examples are true: some are about appointments of the seed, which have dates.
    let clock = FixedClock::new(datetime!(2026-01-15 12:00 UTC));
    let server = Server::start_at(Arc::new(clock)).await?;
    let cards = server.get("/w/demo/interfaces").await.text();
    let mut examples = 0;
    for interface in server.app.nhs.interfaces() {
        let summary = interface.summary.replace('\'', "&#39;");
        assert!(cards.contains(&summary), "{}", interface.id);
        let list = server
            .get(&format!("/w/demo/interfaces/{}", interface.id))
            .await
            .text();
        for operation in interface.operations {
            assert!(list.contains(&format!("/interfaces/{}/{}", interface.id, operation.id)));
            let bodies = || {
                operation
                    .examples
                    .iter()
                    .filter_map(|example| example.body.as_ref())
            };
            for (place, example) in operation.examples.iter().enumerate() {
                let own = example.body.as_ref().map(|body| body.media_type);
                if own.is_some() && own != bodies().next().map(|body| body.media_type) {
                    continue;
                }
                // Each in a world of its own: what one example changes is not for the next.
                let reset = Request::post("/api/v1/workspaces/demo/reset");
                server.ask(reset, Body::empty()).await;
                let address = format!(
                    "/w/demo/interfaces/{}/{}?example={place}",
                    interface.id, operation.id
                );
                let page = asked(&server, &address, &[]).await;
                assert_eq!(status(&page), example.status, "{address}: {}", example.title);
                examples += 1;
            }
        }
    }
    assert!(examples > 100, "{examples}");
    Ok(())
}

#[tokio::test]
async fn an_answer_is_told_in_words_as_a_table_as_the_record_and_as_links() -> TestResult {
    let server = Server::start().await?;
    let page = asked(&server, READ, &[]).await;
    assert!(
        page.contains("The answer is one record: the patient Mrs Jane SMITH"),
        "{page}"
    );
    assert!(page.contains("<dt>Born</dt>") && page.contains("22 October 2010"));
    assert!(page.contains("Name › Family"));
    assert!(
        page.contains("<button class=\"c4h-field\" type=\"button\">&#34;birthDate&#34;")
            || page.contains(">\"birthDate\"<span class=\"c4h-field__meaning\">Date of birth."),
        "explained"
    );
    assert!(page.contains("id=\"view-links\""));
    assert!(page.contains("/w/demo/build?use=pds/read_patient"));
    for language in ["curl", "JavaScript", "Python", "Rust"] {
        assert!(
            page.contains(&format!("<h4 class=\"nhsuk-heading-xs\">{language}</h4>")),
            "{language}"
        );
    }
    let restricted = asked(&server, &format!("{READ}?person=9000000025"), &[]).await;
    assert!(restricted.contains("Restricted: never show where this person is"));
    let missing = asked(&server, READ, &[("f0", "9111231130")]).await;
    assert!(
        missing.contains("The interface has nothing there. It says: Resource not found"),
        "{missing}"
    );
    let everything = asked(&server, "/w/demo/interfaces/fhir/everything", &[]).await;
    assert!(everything.contains("<svg class=\"c4h-graph\"") && everything.contains("The same as a list"));
    Ok(())
}

#[tokio::test]
async fn a_person_is_chosen_by_story_for_any_form() -> TestResult {
    let server = Server::start().await?;
    let pairs = form(&server, &format!("{READ}?person=9000000025")).await;
    assert!(
        pairs.contains(&("f0".to_owned(), "9000000025".to_owned())),
        "{pairs:?}"
    );
    let pairs = form(
        &server,
        "/w/demo/interfaces/fhir/search-patients?person=9000000009",
    )
    .await;
    assert_eq!(pairs[0].1, "Smith");
    let page = server.get(&format!("{READ}?person=9000000025")).await.text();
    assert!(page.contains("<option value=\"9000000025\" selected>"));
    Ok(())
}

#[tokio::test]
async fn what_is_missing_comes_back_at_its_field_and_nothing_is_sent() -> TestResult {
    let server = Server::start().await?;
    let mut pairs = form(&server, READ).await;
    fill(&mut pairs, "f0", " ");
    let answer = send(&server, READ, &pairs).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(page.contains("<title>Error: ") && page.contains("<a href=\"#f0\">Enter the NHS number</a>"));
    assert!(!page.contains("Sent before"));
    Ok(())
}

#[tokio::test]
async fn a_fault_is_for_one_send_and_its_answer_is_explained() -> TestResult {
    let server = Server::start().await?;
    for (fault, told, lesson) in [
        ("status-503", "error of status 503", "tries again later"),
        ("refused", "No answer: the connection was refused.", "firewall"),
        ("slow=20", "20 milliseconds late", "waiting"),
        ("malformed-json", "not valid JSON", "broken answer"),
        ("truncated", "in the middle", "broken answer"),
        ("empty", "empty body", "Empty is not the same"),
        ("wrong-person", "another person", "most dangerous"),
        (
            "status-404=INVALIDATED_RESOURCE",
            "INVALIDATED_RESOURCE",
            "shows no empty record",
        ),
    ] {
        let page = asked(&server, READ, &[("fault", fault)]).await;
        assert!(
            page.contains("You asked for this to go wrong.") && page.contains(told),
            "{fault}: {page}"
        );
        assert!(page.contains(lesson), "{fault}");
    }
    let page = asked(&server, READ, &[]).await;
    assert!(!page.contains("You asked for this to go wrong.") && status(&page) == 200);
    let form = server.get(READ).await.text();
    assert!(
        form.contains("value=\"status-404=INVALIDATED_RESOURCE\""),
        "the interface's own errors have buttons"
    );
    Ok(())
}

#[tokio::test]
async fn one_press_logs_a_clinician_in() -> TestResult {
    let server = Server::start().await?;
    let refused = asked(&server, READ, &[("who", "nobody")]).await;
    assert_eq!(status(&refused), 401);
    assert!(refused.contains("Log in and send again"));
    let mut offer = fields(&refused, "data-explorer-again");
    assert!(
        offer
            .iter()
            .any(|(name, value)| name == "who" && value.starts_with("clinician:")),
        "{offer:?}"
    );
    let again = send(&server, &format!("{READ}/again"), &offer).await;
    let page = follow(&server, &again).await.text();
    assert_eq!(status(&page), 200, "{page}");
    assert!(page.contains("who was logged in for it") && page.contains("What is different from number"));
    fill(&mut offer, "who", "clinician:nobody-of-that-name");
    let page = follow(&server, &send(&server, &format!("{READ}/again"), &offer).await)
        .await
        .text();
    assert_eq!(status(&page), 401);
    let own = asked(
        &server,
        "/w/demo/interfaces/pds/read_patient",
        &[("who", "patient")],
    )
    .await;
    assert_eq!(status(&own), 200);
    Ok(())
}

#[tokio::test]
async fn what_was_sent_is_sent_again_and_compared_and_no_other_workspace_sees_it() -> TestResult {
    let server = Server::start().await?;
    asked(&server, READ, &[]).await;
    let history = server.get(READ).await.text();
    assert!(history.contains("Sent before") && history.contains("1. Read a patient"));
    let one = vec![("sent".to_owned(), "1".to_owned())];
    let same = follow(&server, &send(&server, &format!("{READ}/again"), &one).await)
        .await
        .text();
    assert!(same.contains("Nothing: the same was answered again."), "{same}");

    // Somebody moves; the same request has another answer.
    let change = "/w/demo/people/9000000009/change/Patient/9000000009";
    let page = server.get(change).await.text();
    let mut pairs = fields(&page, &format!("action=\"{change}\""));
    fill(&mut pairs, "/birthDate", "2010-10-23");
    let saved = send(&server, change, &pairs).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let other = follow(&server, &send(&server, &format!("{READ}/again"), &one).await)
        .await
        .text();
    assert!(
        other.contains("Birth date") && other.contains("2010-10-23") && other.contains("2010-10-22"),
        "{other}"
    );

    let body = server.get(&format!("{READ}/sent/1")).await;
    assert_eq!(body.status, StatusCode::OK);
    assert_eq!(body.json()["birthDate"], "2010-10-22");
    assert_eq!(body.headers["content-security-policy"], "sandbox");
    let fork = Request::post("/api/v1/workspaces").header("content-type", "application/json");
    server.ask(fork, Body::from(r#"{"name":"other"}"#)).await;
    assert!(
        !server
            .get(&READ.replace("demo", "other"))
            .await
            .text()
            .contains("Sent before")
    );
    assert_eq!(
        server
            .get(&format!("{}/sent/1", READ.replace("demo", "other")))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    // Another operation's answer is not this one's.
    assert_eq!(
        server.get("/w/demo/interfaces/fhir/read/sent/1").await.status,
        StatusCode::NOT_FOUND
    );
    Ok(())
}

#[tokio::test]
async fn an_added_interface_has_a_card_a_form_and_an_answer() -> TestResult {
    const DOCUMENT: &str = include_str!("../../../mock-nhs-interfaces/openapi-mock/tests/it/everything.yaml");
    let server = Server::start().await?;
    let added = Request::post("/api/v1/workspaces/demo/interfaces");
    let added = server.ask(added, Body::from(DOCUMENT)).await.json();
    let id = added["id"].as_str().unwrap_or_default().to_owned();
    let cards = server.get("/w/demo/interfaces").await.text();
    assert!(cards.contains("Added here") && cards.contains(&format!("/w/demo/interfaces/{id}")));
    let list = server.get(&format!("/w/demo/interfaces/{id}")).await.text();
    let mut seen = 0;
    for link in list.split(&format!("href=\"/w/demo/interfaces/{id}/")).skip(1) {
        let operation = link.split('"').next().unwrap_or_default();
        let page = asked(&server, &format!("/w/demo/interfaces/{id}/{operation}"), &[]).await;
        assert!((100..600).contains(&status(&page)), "{operation}");
        seen += 1;
    }
    assert!(seen > 1, "{list}");
    Ok(())
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_not_found() -> TestResult {
    let server = Server::start().await?;
    for address in [
        "/w/nowhere/interfaces",
        "/w/demo/interfaces/none",
        "/w/demo/interfaces/pds/none",
        "/w/demo/interfaces/pds/read_patient/sent/7",
        "/w/demo/interfaces/pds/read_patient/sent/x",
    ] {
        let answer = server.get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(
            answer.headers["content-type"], "application/problem+json",
            "{address}"
        );
    }
    // What is no longer kept is no mistake.
    assert_eq!(
        server.get(&format!("{READ}?sent=99&beside=98")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        server
            .get(&format!("{READ}?sent=x&example=900&person=1"))
            .await
            .status,
        StatusCode::OK
    );
    Ok(())
}
