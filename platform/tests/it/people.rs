//! The people, their pages, what is changed there, and what a workspace made of the seed.

use std::sync::Arc;

use http::StatusCode;
use store::FixedClock;
use time::macros::datetime;

use crate::TestResult;
use crate::forms::{fields, fill, follow, send};
use crate::server::Server;

async fn server() -> Result<Server, Box<dyn std::error::Error>> {
    Server::start_at(Arc::new(FixedClock::new(datetime!(2026-11-26 12:00 UTC)))).await
}

#[tokio::test]
async fn people_are_found_by_name_date_postcode_and_number() -> TestResult {
    let server = server().await?;
    let all = server.get("/w/demo/people").await.text();
    for person in server.app.nhs.population().people() {
        assert!(
            all.contains(&format!("/w/demo/people/{}\"", person.nhs_number)),
            "{}",
            person.nhs_number
        );
    }
    for (query, wanted, other) in [
        ("jane+smith", "9000000009", "Featherstonehaugh"),
        ("smith+2010-10-22", "9000000009", "Featherstonehaugh"),
        ("O%27Brien", "O&#39;BRIEN", "Featherstonehaugh"),
    ] {
        let page = server.get(&format!("/w/demo/people?q={query}")).await.text();
        assert!(page.contains(wanted) && !page.contains(other), "{query}: {page}");
    }
    let nobody = server.get("/w/demo/people?q=xyzzyx").await.text();
    assert!(nobody.contains("Nobody was found."));
    let number = server.get("/w/demo/people?q=900+000+0009").await;
    assert_eq!(number.headers["location"], "/w/demo/people/9000000009");
    let wrong = server.get("/w/demo/people?q=9000000000").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("<a href=\"#q\">That is no NHS number"));
    Ok(())
}

#[tokio::test]
async fn everybody_with_a_story_has_a_page() -> TestResult {
    let server = server().await?;
    let people: Vec<_> = server
        .app
        .nhs
        .population()
        .people()
        .iter()
        .map(|person| (person.nhs_number, person.standing))
        .collect();
    let mut charts = 0;
    for (number, standing) in people {
        let page = server.get(&format!("/w/demo/people/{number}")).await;
        let text = page.text();
        let is_current = standing == mock_nhs_interfaces::population::Standing::Current;
        if is_current {
            assert_eq!(page.status, StatusCode::OK, "{number}");
            assert!(text.contains("NHS No.") && text.contains("Timeline"), "{number}");
        } else {
            assert!(
                text.contains("replaced") || text.contains("by mistake"),
                "{number}: {text}"
            );
        }
        assert!(
            !text.contains("<script>alert") && !text.contains("<b>Bold"),
            "{number}"
        );
        // Titles reach histories and screens: no name, no number.
        let title = text
            .split("<title>")
            .nth(1)
            .and_then(|rest| rest.split("</title>").next())
            .unwrap_or_default();
        let heading = if title.starts_with('N') {
            "No record"
        } else {
            "A person’s record"
        };
        assert_eq!(
            title,
            format!("{heading} – People – Workspace demo – Code4Health Sandbox")
        );
        charts += text.matches("<svg class=\"c4h-chart\"").count();
    }
    assert!(charts > 20, "{charts}");
    Ok(())
}

#[tokio::test]
async fn the_hard_ones_are_shown_properly() -> TestResult {
    let server = server().await?;
    let restricted = server.get("/w/demo/people/9000000025").await.text();
    assert!(restricted.contains("Restricted: never show where this person is."));
    assert!(!restricted.contains("<dt>Address</dt>") && !restricted.contains("<dt>GP practice</dt>"));
    let died = server.get("/w/demo/people/9733163201").await.text();
    assert!(
        died.contains("c4h-patient--died") && died.contains("<dt>Died</dt>"),
        "{died}"
    );
    let minimal = server.get("/w/demo/people/9000000033").await.text();
    assert!(minimal.contains("Not known") && !minimal.contains("null") && !minimal.contains("undefined"));
    let replaced = server.get("/w/demo/people/5900053636").await.text();
    assert!(replaced.contains("Go to the number that stands"), "{replaced}");
    let nobody = server.get("/w/demo/people/9111231130").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert!(
        nobody
            .text()
            .contains("Nobody in this workspace has the NHS number 911 123 1130.")
    );
    for path in [
        "/w/demo/people/x%2F..",
        "/w/demo/people/%3Cscript%3E",
        "/w/nowhere/people/9000000009",
    ] {
        assert_eq!(server.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    Ok(())
}

const CHANGE: &str = "/w/demo/people/9000000009/change/Patient/9000000009";

#[tokio::test]
async fn a_changed_value_is_seen_everywhere_listed_and_set_back() -> TestResult {
    let server = server().await?;
    let empty = server.get("/w/demo/changes").await.text();
    assert!(empty.contains("Nothing: everybody"));
    let page = server.get(CHANGE).await.text();
    let form = format!("action=\"{CHANGE}\"");
    let mut pairs = fields(&page, &form);
    fill(&mut pairs, "/birthDate", "2011-11-11");
    let saved = send(&server, CHANGE, &pairs).await;
    assert_eq!(
        saved.headers["location"],
        "/w/demo/people/9000000009?changed=Patient#changed"
    );
    let person = follow(&server, &saved).await.text();
    assert!(
        person.contains("11-Nov-2011") && person.contains("every interface shows it"),
        "{person}"
    );

    // The form that was opened before would overwrite what it has not seen.
    let stale = send(&server, CHANGE, &pairs).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("Somebody else has changed this record"));

    let pds = http::Request::get("/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient/9000000009")
        .header("authorization", format!("Bearer {}", server.demo.access_token))
        .header("x-request-id", "60E0B220-8136-4CA5-AE46-1D97EF59D068");
    assert_eq!(server.ask(pds, "").await.json()["birthDate"], "2011-11-11");

    let changes = server.get("/w/demo/changes").await.text();
    assert!(
        changes.contains("1 record is different") && changes.contains("/w/demo/changes/Patient/9000000009")
    );
    let record = server.get("/w/demo/changes/Patient/9000000009").await.text();
    assert!(
        record.contains("Birth date") && record.contains("2010-10-22") && record.contains("2011-11-11"),
        "{record}"
    );

    let unsure = send(&server, "/w/demo/changes/reset", &Vec::new()).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sure = vec![("sure".to_owned(), "yes".to_owned())];
    let reset = send(&server, "/w/demo/changes/reset", &sure).await;
    let page = follow(&server, &reset).await.text();
    assert!(page.contains("as at the beginning again") && page.contains("Nothing: everybody"));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_words_and_what_was_typed_stays() -> TestResult {
    let server = server().await?;
    let page = server.get(CHANGE).await.text();
    let mut pairs = fields(&page, &format!("action=\"{CHANGE}\""));
    fill(&mut pairs, "/birthDate", "the day before");
    let refused = send(&server, CHANGE, &pairs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = refused.text();
    assert!(
        text.contains("the record would break a rule") && text.contains("value=\"the day before\""),
        "{text}"
    );
    for path in [
        "/w/demo/people/9000000009/change/Patient/9000000025",
        "/w/demo/people/9000000009/change/Organization/A",
        "/w/demo/people/9000000009/change/Patient/..",
    ] {
        assert_eq!(server.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Nothing that differs is nothing to save.
    let page = server.get(CHANGE).await.text();
    let same = send(&server, CHANGE, &fields(&page, &format!("action=\"{CHANGE}\""))).await;
    assert_eq!(same.headers["location"], "/w/demo/people/9000000009");
    assert!(
        server
            .get("/w/demo/changes")
            .await
            .text()
            .contains("Nothing: everybody")
    );
    Ok(())
}

#[tokio::test]
async fn every_kind_of_record_can_be_changed_from_the_page() -> TestResult {
    let server = server().await?;
    let mut kinds = std::collections::BTreeSet::new();
    let people: Vec<_> = server
        .app
        .nhs
        .population()
        .people()
        .iter()
        .map(|person| person.nhs_number)
        .collect();
    for number in people.iter().take(60) {
        let page = server.get(&format!("/w/demo/people/{number}")).await.text();
        let doors = page
            .split("/change/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        for door in doors {
            let kind = door.split('/').next().unwrap_or_default().to_owned();
            if kinds.insert(kind) {
                let form = server
                    .get(&format!("/w/demo/people/{number}/change/{door}"))
                    .await;
                assert_eq!(form.status, StatusCode::OK, "{number} {door}");
                assert!(form.text().contains("Save</button>"), "{door}");
            }
        }
    }
    for kind in [
        "Patient",
        "Condition",
        "MedicationRequest",
        "AllergyIntolerance",
        "Observation",
        "Immunization",
        "Appointment",
    ] {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_workspace_is_kept_gone_back_to_and_copied() -> TestResult {
    let server = server().await?;
    let named = |name: &str| vec![("name".to_owned(), name.to_owned())];
    let made = send(&server, "/w/demo/changes/checkpoints", &named("before-lunch")).await;
    assert!(
        follow(&server, &made)
            .await
            .text()
            .contains("<strong>before-lunch</strong>")
    );
    let twice = send(&server, "/w/demo/changes/checkpoints", &named("before-lunch")).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        twice
            .text()
            .contains("There is a checkpoint before-lunch already")
    );
    let wrong = send(&server, "/w/demo/changes/checkpoints", &named("Before Lunch!")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let page = server.get(CHANGE).await.text();
    let mut pairs = fields(&page, &format!("action=\"{CHANGE}\""));
    fill(&mut pairs, "/birthDate", "2011-11-11");
    send(&server, CHANGE, &pairs).await;
    let copied = send(&server, "/w/demo/changes/fork", &named("my-copy")).await;
    assert_eq!(copied.headers["location"], "/w/my-copy");
    let taken = send(&server, "/w/demo/changes/fork", &named("my-copy")).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text().contains("href=\"#copy\""));

    let back = send(
        &server,
        "/w/demo/changes/checkpoints/before-lunch/restore",
        &Vec::new(),
    )
    .await;
    assert!(
        follow(&server, &back)
            .await
            .text()
            .contains("as they were at the checkpoint")
    );
    assert!(
        server
            .get("/w/demo/people/9000000009")
            .await
            .text()
            .contains("22-Oct-2010")
    );
    assert!(
        server
            .get("/w/my-copy/people/9000000009")
            .await
            .text()
            .contains("11-Nov-2011")
    );
    let gone = send(
        &server,
        "/w/demo/changes/checkpoints/before-lunch/delete",
        &Vec::new(),
    )
    .await;
    assert!(
        !follow(&server, &gone)
            .await
            .text()
            .contains("<strong>before-lunch</strong>")
    );
    Ok(())
}
