//! A run as a story: one sentence for each thing that happened, for somebody who has never seen a request.

use sandbox_runtime::trace::{Call, Level, Outcome, RunKind, Trace};
use serde_json::Value;

use super::call::host_of;
use super::ending::Tone;
use super::len;
use crate::web::words;

/// The longest piece of a stranger's text inside a sentence, in characters.
const QUOTE_CHARACTERS: usize = 160;
/// Lines of the log that a story quotes: the first that complain.
const COMPLAINTS: usize = 3;

/// One sentence or two of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// When it happened, after the start of the run.
    pub(crate) at: String,
    pub(crate) words: String,
    pub(crate) tone: Tone,
}

/// What happened, in order.
pub(super) fn story(trace: &Trace, below: &str) -> Vec<Step> {
    let mut steps = vec![(0, beginning(trace, below), Tone::Plain)];
    for call in &trace.calls {
        let (words, tone) = call_in_words(call);
        steps.push((call.started_us, words, tone));
    }
    let complaints = trace.log.iter().filter(|line| line.level >= Level::Warn);
    for line in complaints.take(COMPLAINTS) {
        let (who, tone) = if line.level == Level::Error {
            ("The app reported an error", Tone::Bad)
        } else {
            ("The app warned", Tone::Warn)
        };
        steps.push((line.at_us, format!("{who}: “{}”", quote(&line.text)), tone));
    }
    steps.sort_by_key(|(at_us, _, _)| *at_us);
    let (words, tone) = end(trace);
    steps.push((trace.wall_us, words, tone));
    steps
        .into_iter()
        .map(|(at_us, words, tone)| Step {
            at: words::duration(at_us),
            words,
            tone,
        })
        .collect()
}

fn quote(text: &str) -> String {
    words::shorten(words::visible(text).trim(), QUOTE_CHARACTERS)
}

fn beginning(trace: &Trace, below: &str) -> String {
    let asked = match &*trace.request.method {
        "GET" => format!("the page {}", quote(below)),
        "POST" => format!(
            "{} and was sent {}",
            quote(below),
            words::bytes(trace.request.body.size_bytes())
        ),
        method => format!("{} ({})", quote(below), quote(method)),
    };
    match &trace.kind {
        RunKind::Request => format!("The app was asked for {asked}."),
        RunKind::Scheduled => format!("Its schedule woke the app, and asked for {asked}."),
        RunKind::Replay { of, .. } => format!(
            "This repeats run {}: the app was asked for {asked} again, at the same time of day, and got {}.",
            quote(of),
            if trace.made_bad().is_some() {
                "the answers that were recorded then, one of them made bad on purpose"
            } else {
                "the answers that were recorded then"
            }
        ),
        RunKind::Test => format!("A test of the app asked for {asked}."),
    }
}

fn call_in_words(call: &Call) -> (String, Tone) {
    let (asked, who) = question(call);
    if let Some(reason) = &call.refused {
        return (
            format!("{asked} That was not possible: {}", quote(reason)),
            Tone::Bad,
        );
    }
    let (mut words, mut tone) = match (call.status, call.duration_us) {
        (Some(status), Some(took)) if status < 400 => (
            format!(
                "{asked} {who} answered after {}{}.",
                words::duration(took),
                found(call)
            ),
            Tone::Good,
        ),
        (Some(status), Some(took)) => (
            format!(
                "{asked} {who} answered after {}: {}.",
                words::duration(took),
                words::status(status)
            ),
            Tone::of_status(status),
        ),
        (None, _) | (_, None) => (format!("{asked} No answer came."), Tone::Bad),
    };
    if let Some(fault) = &call.fault {
        words.push_str(&format!(" On purpose: {}", quote(fault)));
        tone = Tone::Warn;
    }
    (words, tone)
}

/// What the app asked for, and who was to answer.
fn question(call: &Call) -> (String, String) {
    let Some(label) = &call.label else {
        let host = quote(host_of(&call.url));
        return (format!("The app called {host}."), host);
    };
    if call.is_own {
        let asked = format!("The app used what belongs to it: {}.", quote(&label.title));
        return (asked, "It".to_owned());
    }
    let who = label.interface.to_uppercase().replace('-', " ");
    let asked = match subject(call) {
        Some(subject) => format!("The app asked {who} for {subject}."),
        None => format!("The app asked {who}: {}.", quote(&label.title)),
    };
    (asked, who)
}

/// Whose record it was, where the answer says so: "Martha Massam's record".
fn subject(call: &Call) -> Option<String> {
    if &*call.method != "GET" {
        return None;
    }
    let body: Value = serde_json::from_str(call.response_body.text()?).ok()?;
    if body.get("resourceType")? != "Patient" {
        return None;
    }
    Some(format!("{}'s record", name_of(&body)?))
}

/// How much a search found: " with 3 records".
fn found(call: &Call) -> String {
    let body = call
        .response_body
        .text()
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    let bundle = body.filter(|body| body.get("resourceType").is_some_and(|kind| kind == "Bundle"));
    match bundle {
        Some(bundle) => {
            let entries = bundle.get("entry").and_then(Value::as_array);
            format!(
                " with {}",
                words::count(entries.map_or(0, |entries| len(entries)), "record")
            )
        }
        None => String::new(),
    }
}

/// The person's name as people say it.
fn name_of(patient: &Value) -> Option<String> {
    let names = patient.get("name")?.as_array()?;
    let usual = names
        .iter()
        .find(|name| name.get("use").and_then(Value::as_str) == Some("usual"));
    let name = usual.or(names.first())?;
    let given = name.get("given").and_then(Value::as_array);
    let given = given.and_then(|given| given.first()).and_then(Value::as_str);
    let family = name.get("family").and_then(Value::as_str);
    let words: Vec<_> = [given, family].into_iter().flatten().collect();
    (!words.is_empty()).then(|| quote(&words.join(" ")))
}

fn end(trace: &Trace) -> (String, Tone) {
    let after = words::duration(trace.wall_us);
    match (&trace.outcome, &trace.response) {
        (Outcome::Answered, Some(response)) => {
            let size = words::bytes(response.body.size_bytes());
            let what = match response.headers.get("content-type") {
                Some(kind) if kind.starts_with("text/html") => "a page",
                Some(kind) if kind.contains("json") => "data",
                _ => "an answer",
            };
            let good = response.status < 400;
            let words = if good {
                format!("After {after} the app answered with {what} of {size}.")
            } else {
                format!(
                    "After {after} the app answered that something is wrong: {}.",
                    words::status(response.status)
                )
            };
            (words, Tone::of_status(response.status))
        }
        (Outcome::Answered, None) => (format!("After {after} the app answered."), Tone::Good),
        (Outcome::Failed { sentence, .. }, _) => (
            format!("After {after} it ended without an answer. {}", quote(sentence)),
            Tone::Bad,
        ),
    }
}

#[cfg(test)]
mod tests {
    use sandbox_runtime::FaultName;

    use super::*;
    use crate::web::timeline::tests::hostile_run;

    #[test]
    fn a_run_reads_as_a_story() {
        let mut kept = hostile_run();
        let patient =
            r#"{"resourceType":"Patient","name":[{"use":"usual","given":["Martha","X"],"family":"Massam"}]}"#;
        let body = serde_json::json!({"size_bytes": patient.len(), "text": patient});
        kept.trace.calls[0].response_body = serde_json::from_value(body).unwrap();
        let steps = story(&kept.trace, "/?nhs=9000000009");
        let words: Vec<_> = steps.iter().map(|step| step.words.as_str()).collect();
        assert_eq!(
            words,
            [
                "The app was asked for the page /?nhs=9000000009.",
                "The app asked PDS for Martha Massam's record. PDS answered after 14 ms.",
                "The app called evil.example. That was not possible: evil.example is not an interface; allowed are https://int.api.service.nhs.uk.",
                "The app called int.api.service.nhs.uk. No answer came.",
                "After 20 ms it ended without an answer. The app used more than 1,000 ms.",
            ]
        );
        assert_eq!(
            (steps[1].at.as_str(), steps[1].tone, steps[4].tone),
            ("2 ms", Tone::Good, Tone::Bad)
        );
    }

    #[test]
    fn faults_searches_and_complaints_are_told() {
        let mut trace = hostile_run().trace;
        trace.kind = RunKind::Replay {
            of: "0198".to_owned(),
            fault: Some(FaultName::Slow),
            notes: Vec::new(),
        };
        trace.calls.truncate(1);
        trace.calls[0].fault = Some("The answer comes three seconds late.".to_owned());
        let bundle = r#"{"resourceType":"Bundle","entry":[{},{}]}"#;
        let body = serde_json::json!({"size_bytes": bundle.len(), "text": bundle});
        trace.calls[0].response_body = serde_json::from_value(body).unwrap();
        trace.log[0].level = Level::Error;
        trace.log[0].text = "no \u{1b}[2Jname".to_owned();
        let steps = story(&trace, "/");
        assert!(steps[0].words.starts_with("This repeats run 0198:"));
        assert!(steps[0].words.ends_with("one of them made bad on purpose."));
        assert_eq!(steps[1].words, "The app reported an error: “no ␛[2Jname”");
        assert_eq!(
            steps[2].words,
            "The app asked PDS: Read a patient. PDS answered after 14 ms with 2 records. On purpose: The answer comes three seconds late."
        );
        assert_eq!(steps[2].tone, Tone::Warn);
    }
}
