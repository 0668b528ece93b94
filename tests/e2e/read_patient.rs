//! A guest reads a patient, and the trace shows everything it asked and was told.

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::{Journey, shared};

/// One call of patient-lookup, as its trace shows it.
fn header<'t>(call: &'t Value, list: &str, name: &str) -> Option<&'t str> {
    let headers = call[list].as_array()?;
    headers.iter().find(|header| header["name"] == name)?["value"].as_str()
}

/// Request and answer of a call that read a patient, as they were.
fn check_exchange(call: &Value) -> Journey {
    ensure!(
        header(call, "request_headers", "accept") == Some("application/fhir+json"),
        "{call}"
    );
    let asked = header(call, "request_headers", "x-request-id").context("a request id")?;
    ensure!(
        header(call, "response_headers", "x-request-id") == Some(asked),
        "{call}"
    );
    ensure!(
        header(call, "response_headers", "content-type").is_some_and(|kind| kind.contains("fhir+json")),
        "{call}"
    );
    let body = call["response_body"]["text"].as_str().context("a body")?;
    let patient: Value = serde_json::from_str(body)?;
    ensure!(
        patient["resourceType"] == "Patient" && patient["id"] == "9000000009",
        "{patient}"
    );
    ensure!(
        call["response_body"]["size_bytes"] == body.len() && call["response_body"]["cut"] == false,
        "{call}"
    );
    ensure!(call["request_body"]["size_bytes"] == 0, "{call}");
    Ok(())
}

/// The call lies inside the run, and nothing took no time at all.
fn check_times(trace: &Value) -> Journey {
    let number = |value: &Value| value.as_u64().with_context(|| format!("a number in {trace}"));
    let (started, took) = (
        number(&trace["calls"][0]["started_us"])?,
        number(&trace["calls"][0]["duration_us"])?,
    );
    let (wall, cpu) = (number(&trace["wall_us"])?, number(&trace["cpu_us"])?);
    ensure!(
        took > 0 && cpu > 0 && started + took <= wall,
        "{started} + {took} of {wall}, {cpu}"
    );
    ensure!(number(&trace["memory_peak_bytes"])? > 65_536, "{trace}");
    Ok(())
}

#[tokio::test]
async fn the_trace_tells_the_call_in_plain_words() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("traced", examples::PATIENT_LOOKUP).await?;
    let answer = client
        .run("traced", "/?nhs=900%20000%200009")
        .await?
        .expect(200)?;
    ensure!(answer.text().contains("SMITH, Jane"), "{}", answer.text());

    let run = client.trace("traced", &answer).await?;
    ensure!(
        run["run"] == answer.run()? && run["app"] == "traced" && run["version"] == 1,
        "{run}"
    );
    let trace = &run["trace"];
    ensure!(
        trace["outcome"]["code"] == "answered" && trace["limits_hit"] == Value::Array(Vec::new()),
        "{run}"
    );
    ensure!(trace["request"]["method"] == "GET", "{run}");
    ensure!(
        trace["request"]["uri"]
            .as_str()
            .is_some_and(|uri| uri.ends_with("/?nhs=900%20000%200009")),
        "{run}"
    );
    ensure!(trace["response"]["status"] == 200, "{run}");
    ensure!(
        trace["response"]["body"]["text"]
            .as_str()
            .is_some_and(|page| page.contains("SMITH, Jane")),
        "{run}"
    );

    let calls = trace["calls"].as_array().context("calls")?;
    ensure!(calls.len() == 1, "{run}");
    let call = &calls[0];
    ensure!(call["title"] == "Read a patient", "{call}");
    ensure!(
        call["interface"] == "pds" && call["operation"] == "read_patient",
        "{call}"
    );
    ensure!(
        call["number"] == 1 && call["method"] == "GET" && call["status"] == 200,
        "{call}"
    );
    let url = "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/9000000009";
    ensure!(call["url"] == url, "{call}");
    ensure!(call["refused"].is_null(), "{call}");

    check_exchange(call)?;
    check_times(trace)?;

    // The platform logged the app in, and says so; the token itself is nowhere.
    ensure!(
        call["notes"][0]
            .as_str()
            .is_some_and(|note| note.contains("access token")),
        "{call}"
    );
    let token = client.json("/api/v1/workspaces/demo").await?["access_token"].clone();
    let token = token.as_str().context("a token")?;
    ensure!(
        !run.to_string().contains(token),
        "the trace holds the workspace's token"
    );

    // What the app printed, without a word about whom.
    let log: Vec<_> = trace["log"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| line["text"].as_str())
        .collect();
    ensure!(log.iter().any(|line| line.contains("It answered 200")), "{log:?}");
    ensure!(
        !log.iter()
            .any(|line| line.contains("9000000009") || line.contains("Smith")),
        "{log:?}"
    );
    Ok(())
}

#[tokio::test]
async fn lists_of_runs_and_of_log_lines_lead_to_the_run() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("listed", examples::PATIENT_LOOKUP).await?;
    let first = client.run("listed", "/?nhs=9000000009").await?.expect(200)?;
    let second = client.run("listed", "/?nhs=1").await?.expect(200)?;

    let runs = client.json("/api/v1/workspaces/demo/apps/listed/traces").await?;
    let ids: Vec<_> = runs["runs"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|run| &run["run"])
        .collect();
    ensure!(ids == [second.run()?, first.run()?], "newest first: {runs}");
    ensure!(
        runs["runs"][1]["calls"] == 1 && runs["runs"][0]["calls"] == 0,
        "{runs}"
    );
    ensure!(
        runs["runs"][0]["outcome"] == "answered" && runs["runs"][0]["status"] == 200,
        "{runs}"
    );
    let one = client
        .json("/api/v1/workspaces/demo/apps/listed/traces?limit=1")
        .await?;
    ensure!(
        one["runs"].as_array().is_some_and(|runs| runs.len() == 1),
        "{one}"
    );

    let logs = client.json("/api/v1/workspaces/demo/apps/listed/logs").await?;
    let lines = logs["lines"].as_array().context("lines")?;
    ensure!(
        lines.len() >= 3 && lines[0]["run"] == first.run()?,
        "oldest first: {logs}"
    );
    ensure!(
        lines
            .iter()
            .any(|line| line["text"] == "It answered 200 with 0 bytes"
                || line["text"]
                    .as_str()
                    .is_some_and(|text| text.starts_with("It answered 200"))),
        "{logs}"
    );

    for query in ["limit=0", "limit=501", "limit=x", "limits=1"] {
        let answer = client
            .get(&format!("/api/v1/workspaces/demo/apps/listed/traces?{query}"))
            .await?;
        answer.expect_problem(422, "bad-query")?;
    }
    Ok(())
}

#[tokio::test]
async fn people_as_they_are() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    // NHS number, what the page must say, what it must not say, how many calls it takes.
    let people: [(&str, &[&str], &[&str], usize); 9] = [
        (
            "9000000009",
            &["SMITH, Jane", "22-Oct-2010", "900 000 0009"],
            &["Restricted record"],
            1,
        ),
        (
            "9000000025",
            &["SMYTHE, Janet", "Restricted record", "Not shown: restricted"],
            &["LS1"],
            1,
        ),
        (
            "9733163201",
            &["TUNNEY", "This patient has died", "14 February 2019"],
            &["Age</dt>"],
            1,
        ),
        (
            "5900053636",
            &[
                "CUFF",
                "The NHS number has changed",
                "973 201 9395",
                "590 005 3636",
            ],
            &[],
            1,
        ),
        (
            "9000000033",
            &["Name not known", "Not known"],
            &["Restricted record"],
            1,
        ),
        (
            "9111231130",
            &["Patient not found", "911 123 1130"],
            &["Patient details"],
            1,
        ),
        (
            "9000000000",
            &["There is a problem", "one of its digits is wrong"],
            &["Patient details"],
            0,
        ),
        ("12", &["NHS number must have 10 digits"], &[], 0),
        ("QQ123456C", &["not a National Insurance number"], &[], 0),
    ];
    for (number, said, unsaid, calls) in people {
        let answer = client
            .run("patient-lookup", &format!("/?nhs={number}"))
            .await?
            .expect(200)?;
        let page = answer.text();
        for words in said {
            ensure!(page.contains(words), "{number} lacks {words:?}: {page}");
        }
        for words in unsaid {
            ensure!(!page.contains(words), "{number} says {words:?}: {page}");
        }
        let trace = client.trace("patient-lookup", &answer).await?;
        let made = trace["trace"]["calls"].as_array().context("calls")?;
        ensure!(made.len() == calls, "{number} took {} calls", made.len());
        ensure!(
            made.iter().all(|call| call["title"] == "Read a patient"),
            "{trace}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_page_of_the_app_shows_the_run() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    client.deploy("shown", examples::PATIENT_LOOKUP).await?;
    let answer = client.run("shown", "/?nhs=9000000009").await?.expect(200)?;
    for path in [
        "/w/demo/app/shown".to_owned(),
        format!("/w/demo/app/shown/runs/{}", answer.run()?),
    ] {
        let page = client.get(&path).await?.expect(200)?;
        ensure!(
            page.header("content-type")
                .is_some_and(|kind| kind.starts_with("text/html"))
        );
        let page = page.text();
        for words in [
            "Read a patient",
            "200",
            "/personal-demographics/FHIR/R4/Patient/9000000009",
            "It answered 200",
        ] {
            ensure!(page.contains(words), "{path} lacks {words:?}: {page}");
        }
    }
    Ok(())
}
