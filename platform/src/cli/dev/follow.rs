//! Follows the runs of an app as they happen, and tells them line by line.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Notify, watch};

use super::super::client::Client;
use super::super::output;
use super::super::sse::{Events, Sent};
use crate::api::traces::{RunDocument, RunSummary};
use crate::model::AppName;

/// How long to wait before asking again: before its first version an app has no runs to follow.
const AGAIN: Duration = Duration::from_millis(500);
/// Where the text of a line begins that belongs to the one above.
const INDENT: &str = "          ";
/// Frames of a failed run that are told; the rest is in its trace.
const FRAMES: usize = 3;

/// How long a first version waits for whoever follows: what it does at once should be told too.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether runs are followed at the moment.
#[derive(Debug, Default)]
pub(super) struct Following {
    /// There is a version now: an app that could not be followed can be.
    again: Notify,
    connected: watch::Sender<bool>,
}

impl Following {
    /// Waits until runs are followed, or for a moment at most.
    pub(super) async fn ready(&self) {
        self.again.notify_one();
        let mut connected = self.connected.subscribe();
        // A server that cannot be followed is no reason not to work on.
        let _late = tokio::time::timeout(PATIENCE, connected.wait_for(|connected| *connected)).await;
    }
}

/// Tells what happens until the task is aborted.
pub(super) async fn follow(client: Arc<Client>, app: AppName, json: bool, following: Arc<Following>) {
    loop {
        if let Ok(mut stream) = client.stream(&format!("/apps/{app}/traces/live")).await {
            following.connected.send_replace(true);
            let mut events = Events::default();
            while let Ok(Some(piece)) = stream.chunk().await {
                for sent in events.take(&piece) {
                    if json {
                        output::line(&sent.data);
                        continue;
                    }
                    for line in lines(&sent) {
                        output::line(&line);
                    }
                    for line in why(&client, &app, &sent).await {
                        output::line(&line);
                    }
                }
            }
        }
        following.connected.send_replace(false);
        let _sooner = tokio::time::timeout(AGAIN, following.again.notified()).await;
    }
}

#[derive(Deserialize)]
struct Started {
    method: String,
    uri: String,
}

#[derive(Deserialize)]
struct Called {
    duration_us: Option<u64>,
    method: String,
    url: String,
    title: Option<String>,
    status: Option<u16>,
    refused: Option<String>,
    fault: Option<String>,
}

#[derive(Deserialize)]
struct Logged {
    level: String,
    text: String,
}

/// One event in words. What is not known here, a later server may send: it is passed over.
fn lines(sent: &Sent) -> Vec<String> {
    let told = match sent.kind.as_str() {
        "run-started" => {
            read(sent).map(|run: Started| format!("{INDENT}{} {}", run.method, path_of(&run.uri)))
        }
        "call" => read(sent).map(|call: Called| format!("{INDENT}  → {}", called(&call))),
        "log" => read(sent).map(|line: Logged| logged(&line)),
        "run-ended" => read(sent).map(|run: RunSummary| format!("{INDENT}  {}", ended(&run))),
        "gap" => Some(format!(
            "{INDENT}… more than can be told here; c4h traces has the rest"
        )),
        _ => None,
    };
    told.into_iter().collect()
}

/// Why a run failed, from its trace: the sentence and where in the code.
async fn why(client: &Client, app: &AppName, sent: &Sent) -> Vec<String> {
    let failed = match read::<RunSummary>(sent) {
        Some(run) if sent.kind == "run-ended" && run.outcome != "answered" => run.run,
        _ => return Vec::new(),
    };
    let document = client.read(&format!("/apps/{app}/traces/{failed}")).await;
    let Ok(RunDocument { trace, .. }) = document else {
        return Vec::new();
    };
    let mut lines: Vec<String> = trace.outcome.sentence.into_iter().collect();
    for frame in trace.backtrace.iter().take(FRAMES) {
        let place = match (&frame.file, frame.line) {
            (Some(file), Some(line)) => format!(" ({file}:{line})"),
            _ => String::new(),
        };
        lines.push(format!("at {}{place}", frame.function));
    }
    lines.iter().map(|line| format!("{INDENT}  {line}")).collect()
}

fn called(call: &Called) -> String {
    let what = match &call.title {
        Some(title) => format!("{title}: {} {}", call.method, call.url),
        None => format!("{} {}", call.method, call.url),
    };
    let came = match (&call.refused, call.status, call.duration_us) {
        (Some(refused), _, _) => format!("refused: {refused}"),
        (None, Some(status), Some(took)) => format!("{status} in {}", ms(took)),
        (None, _, _) => "no answer".to_owned(),
    };
    let fault = call.fault.as_ref().map(|fault| format!(" ({fault})"));
    format!("{what} → {came}{}", fault.unwrap_or_default())
}

fn logged(line: &Logged) -> String {
    let level = match line.level.as_str() {
        "info" => String::new(),
        other => format!("{other}: "),
    };
    let text = line.text.replace('\n', &format!("\n{INDENT}    "));
    format!("{INDENT}  {level}{text}")
}

fn ended(run: &RunSummary) -> String {
    match (run.status, run.outcome.as_str()) {
        (Some(status), "answered") => format!("{status} in {}", ms(run.wall_us)),
        (_, outcome) => format!("failed after {}: {outcome}", ms(run.wall_us)),
    }
}

/// The address as the app's author knows it: without the server and the app's own prefix.
fn path_of(uri: &str) -> &str {
    let path = uri
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    let path = path.unwrap_or(uri);
    let below = path
        .strip_prefix("/w/")
        .and_then(|rest| rest.split_once("/apps/"))
        .and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    below.unwrap_or(path)
}

fn read<A: DeserializeOwned>(sent: &Sent) -> Option<A> {
    serde_json::from_str(&sent.data).ok()
}

fn ms(us: u64) -> String {
    format!("{}.{} ms", us / 1_000, us % 1_000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_told_in_words() {
        for (kind, data, told) in [
            (
                "run-started",
                r#"{"run":"5f","version":3,"method":"GET","uri":"http://127.0.0.1:8080/w/demo/apps/bmi/?x=1"}"#,
                "GET /?x=1",
            ),
            (
                "call",
                r#"{"run":"5f","number":1,"started_us":1200,"duration_us":3100,"method":"GET","url":"https://a/b","title":"Read a patient","status":200,"refused":null,"fault":null}"#,
                "→ Read a patient: GET https://a/b → 200 in 3.1 ms",
            ),
            (
                "call",
                r#"{"run":"5f","number":1,"started_us":1200,"duration_us":3100,"method":"GET","url":"https://a/b","title":null,"status":null,"refused":"not allowed","fault":null}"#,
                "→ GET https://a/b → refused: not allowed",
            ),
            (
                "log",
                r#"{"run":"5f","at_us":1,"stream":"stderr","level":"warn","text":"odd"}"#,
                "warn: odd",
            ),
            (
                "gap",
                r#"{"lost":null}"#,
                "… more than can be told here; c4h traces has the rest",
            ),
        ] {
            let sent = Sent {
                kind: kind.to_owned(),
                data: data.to_owned(),
            };
            let lines = lines(&sent);
            assert_eq!(lines.len(), 1, "{kind}");
            assert_eq!(lines[0].trim(), told);
        }
        for (kind, data) in [
            ("call-started", "{}"),
            ("call", "no JSON"),
            ("end", "{}"),
            ("later", "{}"),
        ] {
            let sent = Sent {
                kind: kind.to_owned(),
                data: data.to_owned(),
            };
            assert!(lines(&sent).is_empty(), "{kind}");
        }
    }

    #[test]
    fn addresses_are_shown_as_the_app_knows_them() {
        for (uri, path) in [
            ("http://127.0.0.1:8080/w/demo/apps/bmi/?x=1", "/?x=1"),
            ("http://bmi.demo.apps.localhost:8080/a/b", "/a/b"),
            ("/w/demo/apps/bmi--v3/a", "/a"),
        ] {
            assert_eq!(path_of(uri), path);
        }
    }
}
