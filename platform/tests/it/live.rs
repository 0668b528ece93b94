//! Who watches an app: everything in order, on from where they left, and never more than may.

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::TestResult;
use crate::server::Server;

const APP: &str = "/api/v1/workspaces/demo/apps/lookup";

/// A reader of events.
struct Reader {
    body: Body,
    rest: String,
}

#[derive(Debug, Default)]
struct Sent {
    kind: String,
    id: Option<String>,
    data: Value,
}

impl Reader {
    async fn enter(server: &Server, last: Option<&str>) -> Self {
        let mut request = Request::get(format!("{APP}/traces/live"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = server.open(request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        Self {
            body: answer.into_body(),
            rest: String::new(),
        }
    }

    /// The next event; `None` when there are no more.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let mut sent = Sent::default();
                for line in block.lines() {
                    match line.split_once(": ") {
                        Some(("event", kind)) => sent.kind = kind.to_owned(),
                        Some(("id", id)) => sent.id = Some(id.to_owned()),
                        Some(("data", data)) => sent.data = serde_json::from_str(data).unwrap_or_default(),
                        _ => {}
                    }
                }
                self.rest = rest.to_owned();
                return Some(sent);
            }
            let frame = self.body.frame().await?.ok()?;
            let piece = frame.into_data().unwrap_or_default();
            self.rest.push_str(&String::from_utf8_lossy(&piece));
        }
    }

    /// Everything up to the end of the next run.
    async fn run(&mut self) -> Vec<Sent> {
        let mut all = Vec::new();
        while let Some(sent) = self.next().await {
            let is_over = sent.kind == "run-ended";
            all.push(sent);
            if is_over {
                break;
            }
        }
        all
    }
}

/// A server with one app.
async fn started() -> Result<Server, Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let deployed = server.deploy("lookup", examples::PATIENT_LOOKUP).await;
    assert_eq!(deployed.status, StatusCode::CREATED, "{}", deployed.text());
    Ok(server)
}

/// Makes a run and answers its id.
async fn ran(server: &Server) -> String {
    let page = server.get("/w/demo/apps/lookup/?nhs=9000000009").await;
    let run = page.headers.get("x-c4h-run").and_then(|run| run.to_str().ok());
    run.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn who_watches_is_told_everything_and_comes_back_to_what_ended_meanwhile() -> TestResult {
    let server = started().await?;
    ran(&server).await;
    let mut reader = Reader::enter(&server, None).await;
    let run = ran(&server).await;
    let told = reader.run().await;
    let kinds: Vec<&str> = told.iter().map(|sent| sent.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["run-started", "log", "call-started", "call", "log", "run-ended"]
    );
    assert!(
        told.iter().all(|sent| sent.data["run"] == run.as_str()),
        "{told:?}"
    );
    // Only the end of a run is a place to come back to.
    let ids: Vec<_> = told.iter().filter_map(|sent| sent.id.clone()).collect();
    let [id] = &ids[..] else { panic!("{told:?}") };
    drop(reader);

    let missed = [ran(&server).await, ran(&server).await];
    let mut reader = Reader::enter(&server, Some(id)).await;
    let next = ran(&server).await;
    for run in &missed {
        let told = reader.run().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].data["run"] == run.as_str() && told[0].id.is_some(),
            "{told:?}"
        );
    }
    let told = reader.run().await;
    assert!(
        told.len() == 6 && told[5].data["run"] == next.as_str(),
        "{told:?}"
    );

    // An id of nobody: how many are missing is not known.
    let mut late = Reader::enter(&server, Some("0000000000000000-7")).await;
    let gap = late.next().await.unwrap_or_default();
    assert_eq!((gap.kind.as_str(), &gap.data), ("gap", &json!({"lost": null})));

    server.app.traces.end_watching();
    for mut reader in [reader, late] {
        let end = reader.next().await.unwrap_or_default();
        assert_eq!((end.kind.as_str(), &end.data), ("end", &json!({})));
        assert!(reader.next().await.is_none());
    }
    Ok(())
}

#[tokio::test]
async fn runs_that_end_together_are_all_told() -> TestResult {
    let server = started().await?;
    let mut reader = Reader::enter(&server, None).await;
    let runs = futures_util::future::join_all((0..6).map(|_| ran(&server))).await;
    let mut told = Vec::new();
    for _ in &runs {
        let ended = reader.run().await.pop().unwrap_or_default();
        told.push(ended.data["run"].as_str().unwrap_or_default().to_owned());
    }
    told.sort_unstable();
    let mut runs = runs;
    runs.sort_unstable();
    assert_eq!(told, runs);
    Ok(())
}

#[tokio::test]
async fn as_many_watch_as_may() -> TestResult {
    let server = started().await?;
    let mut inside = Vec::new();
    for _ in 0..64 {
        inside.push(Reader::enter(&server, None).await);
    }
    let refused = server.get(&format!("{APP}/traces/live")).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "limit-watchers")
    );
    inside.pop();
    Reader::enter(&server, None).await;
    Ok(())
}
